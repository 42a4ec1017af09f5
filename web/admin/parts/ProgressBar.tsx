import { Button } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import { useFormats } from './formats.ts'

/** Progress of an import, a sending, a batch: count, rate per second, remaining seconds, cancel. */
export function ProgressBar({
  label,
  done,
  total,
  perSecond,
  remaining,
  tone,
  onCancel,
}: {
  label: string
  done: number
  total: number
  perSecond?: number | undefined
  remaining?: number | undefined
  tone?: 'accent' | 'green' | 'amber' | 'red'
  onCancel?: (() => void) | undefined
}) {
  const t = useWords('parts')
  const f = useFormats()
  const share = total > 0 ? Math.min(1, done / total) : 0
  return (
    <div className="progress">
      <div className="row">
        <b>{label}</b>
        <span className="num push">
          {f.number(done)} / {f.number(total)}
        </span>
        <span className="num muted">{Math.floor(share * 100)}%</span>
        {onCancel && share < 1 && (
          <Button size="compact-xs" variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
        )}
      </div>
      <div className="track" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={total} aria-valuenow={done}>
        <i style={{ width: `${share * 100}%`, background: `var(--${share >= 1 ? 'green' : (tone ?? 'accent')})` }} />
      </div>
      <div className="row muted num">
        {perSecond !== undefined && share < 1 && <span>{t('rate', { n: Math.round(perSecond) })}</span>}
        {remaining !== undefined && share < 1 && <span>{t('remaining', { text: f.span(remaining) })}</span>}
        {share >= 1 && <span>{t('done')}</span>}
      </div>
    </div>
  )
}
