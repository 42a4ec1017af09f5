import { useWords } from '../words/words.tsx'
import { useFormats } from './formats.ts'

export interface FunnelStep {
  key: string
  label: string
  n: number
  onOpen?: () => void
}

/** Bars on a log-like width (true proportions lie flat) with the rate between the steps always printed. */
export function Funnel({ steps }: { steps: readonly FunnelStep[] }) {
  const t = useWords('parts')
  const f = useFormats()
  const most = Math.log(Math.max(2, ...steps.map((s) => s.n)) + 1)
  return (
    <div>
      <div className="funnel">
        {steps.map((step, i) => {
          const before = steps[i - 1]
          const width = 14 + 86 * (Math.log(step.n + 1) / most)
          return (
            <div className="r" key={step.key}>
              <span className="nowrap">{step.label}</span>
              <button
                type="button"
                className="b num"
                disabled={!step.onOpen}
                onClick={step.onOpen}
                aria-label={`${step.label} ${f.number(step.n)}`}
                style={{ width: `${width}%`, background: step.n === 0 ? 'var(--faint)' : `var(--funnel-${Math.min(i + 1, 5)})` }}
              >
                {f.number(step.n)}
              </button>
              <span className="x num">
                {before && (
                  <>
                    <span className="hide-s">{t('fromStep')} </span>
                    <b>{f.percent(before.n ? step.n / before.n : null)}</b>
                  </>
                )}
              </span>
            </div>
          )
        })}
      </div>
      <div className="muted funnel-note">{t('logWidth')}</div>
    </div>
  )
}
