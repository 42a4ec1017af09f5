import './sending.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { again, api } from '../api.ts'
import { useLive } from '../live.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { LinesBand } from './calendar/LinesBand.tsx'

/** On every page, for those who look after mail: a route that cannot be reached, a newsletter the sender holds, issues that are missing or late. */
export function MailBand() {
  const { may } = useSession()
  return may('mail.read') && may('newsletters.write') ? <Band /> : null
}

function Band() {
  const t = useWords('sending')
  const { may } = useSession()
  const notices = useQuery({ ...api.mail.notices.queryOptions({ input: {} }), staleTime: 60_000 })
  const look = () => void again(api.mail.notices.key())
  useLive('mailRoute', look)
  useLive('newsletter', look)
  const { routes = [], held = [] } = notices.data ?? {}
  return (
    <>
      {routes.map((route) => (
        <div key={route.name} className="mail-band" role="status">
          <TriangleAlert size={16} aria-hidden />
          <span>
            {t('routeRests', { name: route.name, reason: route.reason })}{' '}
            {route.standIn ? t('routeStandIn', { name: route.standIn }) : t('routeNone')}{' '}
            {may('settings.write') && <Link to={'/settings/mail' as string}>{t('openSettings')}</Link>}
          </span>
        </div>
      ))}
      {held.map((one) => (
        <div key={one.id} className="mail-band" role="status">
          <TriangleAlert size={16} aria-hidden />
          <span>
            {t(one.reason === 'bounces' ? 'heldBounces' : 'heldComplaints', { name: one.name })}{' '}
            <Link to={`/newsletters/${one.id}` as string}>{t('look')}</Link>
          </span>
        </div>
      ))}
      <LinesBand />
    </>
  )
}
