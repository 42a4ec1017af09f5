import { ArrowDownRight, ArrowUpRight, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.tsx'
import { useFormats } from './formats.ts'
import { NumberLink } from './NumberLink.tsx'

/** The movement against the period before: `change` is a share (0.124 = +12.4 %), null when there was nothing before. `points`: a rate moved by so many percentage points. */
export function Change({ change, goodWhen = 'up', points }: { change: number | null; goodWhen?: 'up' | 'down'; points?: boolean }) {
  const t = useWords('parts')
  const f = useFormats()
  if (change === null) return <span className="muted">{t('noBefore')}</span>
  const good = change === 0 ? null : change > 0 === (goodWhen === 'up')
  const Icon = change === 0 ? Minus : change > 0 ? ArrowUpRight : ArrowDownRight
  return (
    <span className="change num" style={{ color: good === null ? 'var(--sub)' : good ? 'var(--green)' : 'var(--red)' }}>
      <Icon size={14} aria-hidden />
      {change === 0
        ? t('same')
        : `${change > 0 ? '+' : '−'}${points ? t('percentPoints', { n: f.decimal(Math.abs(change) * 100) }) : f.percent(Math.abs(change))}`}
      <span className="muted hide-s">{t('before')}</span>
    </span>
  )
}

/** A number card: label, big number with a small unit, movement. The number opens what lies behind it (`onOpen` or `to`). */
export function Kpi({
  label,
  title,
  value,
  unit,
  change,
  goodWhen,
  points,
  hint,
  onOpen,
  to,
  search,
}: {
  label: string
  /** Explains the number on hover. */
  title?: string
  value: string
  unit?: string
  change?: number | null | undefined
  goodWhen?: 'up' | 'down'
  points?: boolean
  hint?: ReactNode
  onOpen?: (() => void) | undefined
  to?: string
  search?: Record<string, unknown>
}) {
  const spoken = `${label} ${value}${unit ?? ''}`
  const number = (
    <>
      {value}
      {unit && <span className="unit">{unit}</span>}
    </>
  )
  return (
    <section className="card kpi">
      <div className="l" title={title}>
        {label}
      </div>
      <div className="v num">
        {onOpen || to ? (
          <NumberLink label={spoken} {...(to ? { to } : {})} {...(search ? { search } : {})} {...(onOpen ? { onClick: onOpen } : {})}>
            {number}
          </NumberLink>
        ) : (
          number
        )}
      </div>
      {change !== undefined && <Change change={change} {...(goodWhen ? { goodWhen } : {})} {...(points ? { points } : {})} />}
      {hint && <div className="muted">{hint}</div>}
    </section>
  )
}

/** A row of four KPI cards, or two rows of three when there are six; two per row on a phone. */
export const Kpis = ({ children, six }: { children: ReactNode; six?: boolean }) => (
  <div className="kpis" data-six={six}>
    {children}
  </div>
)
