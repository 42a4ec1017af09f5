import '../sending.css'
import { useQuery } from '@tanstack/react-query'
import { Link, useRouterState } from '@tanstack/react-router'
import { CalendarDays } from 'lucide-react'
import { again, api } from '../../api.ts'
import { useLive } from '../../live.ts'
import { useFormats } from '../../parts/formats.ts'
import { useWords } from '../../words/words.tsx'

const KINDS = ['overdue', 'late', 'missing'] as const

/** On every page, for those who look after newsletters: how many issues are overdue, late or missing. The calendar says it in full. */
export function LinesBand() {
  const t = useWords('calendar')
  const f = useFormats()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const notices = useQuery({ ...api.lines.notices.queryOptions({ input: {} }), staleTime: 60_000 })
  const look = () => void again(api.lines.notices.key())
  useLive('newsletterLine', look)
  useLive('newsletter', look)
  const items = notices.data?.items ?? []
  if (!items.length || path.startsWith('/newsletter-lines')) return null
  const counts = KINDS.map((kind) => ({ kind, n: items.filter((one) => one.kind === kind).length })).filter(({ n }) => n > 0)
  const list = counts.map(({ kind, n }) => t('bandOf', { what: t(`alertKind.${kind}`), n })).join(f.language === 'ja' ? '・' : ', ')
  return (
    <div className="mail-band" role="status">
      <CalendarDays size={16} aria-hidden />
      <span>
        {t('bandText', { list })} <Link to={'/newsletter-lines' as string}>{t('bandLink')}</Link>
      </span>
    </div>
  )
}
