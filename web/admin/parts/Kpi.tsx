import { ArrowDownRight, ArrowUpRight, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.tsx'
import { useFormats } from './formats.ts'

/** The movement against the period before: `change` is a share (0.124 = +12.4 %), null when there was nothing before. */
export function Change({ change, goodWhen = 'up' }: { change: number | null; goodWhen?: 'up' | 'down' }) {
  const t = useWords('parts')
  const f = useFormats()
  if (change === null) return <span className="muted">—</span>
  const good = change === 0 ? null : change > 0 === (goodWhen === 'up')
  const Icon = change === 0 ? Minus : change > 0 ? ArrowUpRight : ArrowDownRight
  return (
    <span className="change num" style={{ color: good === null ? 'var(--sub)' : good ? 'var(--green)' : 'var(--red)' }}>
      <Icon size={14} aria-hidden />
      {change === 0 ? t('same') : `${change > 0 ? '+' : '−'}${f.percent(Math.abs(change))}`}
      <span className="muted hide-s">{t('before')}</span>
    </span>
  )
}

/** A number card: label, big number with a small unit, movement. The number opens what lies behind it (`onOpen`). */
export function Kpi({
  label,
  value,
  unit,
  change,
  goodWhen,
  hint,
  onOpen,
}: {
  label: string
  value: string
  unit?: string
  change?: number | null | undefined
  goodWhen?: 'up' | 'down'
  hint?: ReactNode
  onOpen?: (() => void) | undefined
}) {
  const number = (
    <>
      {value}
      {unit && <span className="unit">{unit}</span>}
    </>
  )
  return (
    <section className="card kpi">
      <div className="l">{label}</div>
      <div className="v num">
        {onOpen ? (
          <button type="button" className="number-link" aria-label={`${label} ${value}${unit ?? ''}`} onClick={onOpen}>
            {number}
          </button>
        ) : (
          number
        )}
      </div>
      {change !== undefined && <Change change={change} {...(goodWhen ? { goodWhen } : {})} />}
      {hint && <div className="muted">{hint}</div>}
    </section>
  )
}

/** A row of KPI cards; two per row on a phone. */
export const Kpis = ({ children }: { children: ReactNode }) => <div className="kpis">{children}</div>
