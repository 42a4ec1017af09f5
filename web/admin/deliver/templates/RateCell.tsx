import type { Figures, Rates } from '#loop/deliver/template/report/contract.ts'
import { Chip, type Tone } from '../../parts/Chip.tsx'
import { useFormats } from '../../parts/formats.ts'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { useWords } from '../../words/words.tsx'

export const COLUMNS = ['opened', 'clicked', 'converted', 'undelivered'] as const
type Column = (typeof COLUMNS)[number]
type Told = 'better' | 'worse' | 'same' | 'few'
const RAW = { opened: 'rawOpened', clicked: 'rawClicked' } as const
const TONES: Record<Told, Tone> = { better: 'green', worse: 'red', same: 'grey', few: 'grey' }

/** What a row of such a table knows: an edition, or a persona. */
interface Result {
  readonly figures: Figures
  readonly rates: Rates
  readonly against: Readonly<Record<Column, Told | null>>
}

/** The scale that the bars of a table share. */
export const widestOf = (results: readonly Result[]): number =>
  Math.max(0.05, ...results.flatMap((one) => COLUMNS.map((key) => one.rates[key]?.high ?? 0)))

/** A rate with the range it may lie in, what machines would add, and how it stands against what it is compared with. */
export function RateCell({
  result,
  of,
  widest,
  told,
  onAsk,
}: {
  result: Result
  of: Column
  widest: number
  told: Readonly<Record<Told, string>>
  onAsk: () => void
}) {
  const t = useWords('templates')
  const f = useFormats()
  const rate = result.rates[of]
  if (!rate) return <span className="muted">—</span>
  const against = result.against[of]
  const raw = of === 'opened' || of === 'clicked' ? result.rates[RAW[of]] : null
  const at = (share: number) => `${(share / widest) * 100}%`
  const range = t('range', { low: f.percent(rate.low), high: f.percent(rate.high) })
  return (
    <>
      <NumberLink label={`${t(`count.${of}`)} ${f.percent(rate.share)} ${f.number(result.figures[of])}`} onClick={onAsk}>
        <span className="big">{f.percent(rate.share)}</span>
      </NumberLink>
      <span className="edition-rate" title={range} aria-hidden>
        <i style={{ left: at(rate.low), width: at(rate.high - rate.low) }} />
        <b style={{ left: at(rate.share) }} />
      </span>
      <span className="sub">{range}</span>
      {raw && <span className="sub">{t('raw', { rate: f.percent(raw.share) })}</span>}
      {against && (
        <span className="told">
          <Chip tone={TONES[against]}>{told[against]}</Chip>
        </span>
      )}
    </>
  )
}
