import './office.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CirclePause } from 'lucide-react'
import { again, api } from '../api.ts'
import { useLive } from '../live.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** On every page of a restored installation: nothing leaves the house, and where to change that. */
export function HoldBand() {
  const t = useWords('office')
  const { may } = useSession()
  const held = useQuery({ ...api.backups.held.queryOptions({ input: {} }), staleTime: 60_000 })
  useLive('hold', () => void again(api.backups.held.key()))
  const hold = held.data?.hold
  if (!hold) return null
  return (
    <div className="hold-band" role="status">
      <CirclePause size={16} aria-hidden />
      <span>
        {t('heldShort', { parts: hold.parts.map((part) => t(`part.${part}`)).join('・') })}{' '}
        {may('backups.read') && <Link to={'/settings/backup' as string}>{t('heldLook')}</Link>}
      </span>
    </div>
  )
}
