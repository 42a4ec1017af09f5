import './lift.css'
import type { Lift, LiftArm, Verdict } from '#loop/measure/lift/contract.ts'
import { Chip, type Tone } from '../../parts/Chip.tsx'
import { useFormats } from '../../parts/formats.ts'
import { useWords } from '../../words/words.tsx'

const TONES: Readonly<Record<Verdict, Tone>> = { helps: 'green', hurts: 'red', open: 'amber', few: 'grey', noControl: 'grey' }
type Estimate = NonNullable<Lift['deals']>

/** Incremental deals and yen with their intervals drawn, the verdict in words, and both arms. */
export function LiftFigures({ lift }: { lift: Lift }) {
  const t = useWords('lift')
  const f = useFormats()
  const money = (n: number) => (n < 0 ? `−${f.money(-n)}` : f.money(n))
  const count = (n: number) => (n < 0 ? `−${f.number(Math.round(-n * 10) / 10)}` : f.number(Math.round(n * 10) / 10))
  const waits = lift.verdict === 'open' || lift.verdict === 'few'
  return (
    <div className="stack lift">
      <div className="lift-says">
        <Chip tone={TONES[lift.verdict]}>{t(`verdict.${lift.verdict}`)}</Chip>
        <span>
          {t(`verdictText.${lift.verdict}`)} {waits && (lift.more === null ? t('moreNever') : t('more', { n: lift.more }))}
        </span>
      </div>
      {lift.deals && lift.yen && lift.treated.deals + lift.held.deals > 0 && (
        <div className="lift-two">
          <Interval
            label={t('extraDeals')}
            unit={t('dealsUnit')}
            of={lift.deals}
            show={count}
            level={lift.level}
            quiet={lift.verdict === 'few'}
          />
          <Interval label={t('extraYen')} unit="" of={lift.yen} show={money} level={lift.level} quiet={lift.yenVerdict === 'few'} />
        </div>
      )}
      <Arms treated={lift.treated} held={lift.held} />
      <p className="muted lift-method">{t('method')}</p>
    </div>
  )
}

interface IntervalProps {
  readonly label: string
  readonly unit: string
  readonly of: Estimate
  readonly show: (n: number) => string
  readonly level: number
  /** Nothing can be said yet: the figure is there, but does not shine. */
  readonly quiet: boolean
}

/** A figure over a line from low to high, with nothing in its place. */
function Interval({ label, unit, of, show, level, quiet }: IntervalProps) {
  const t = useWords('lift')
  const f = useFormats()
  const [least, most] = [Math.min(0, of.low), Math.max(0, of.high)]
  const wide = most - least || 1
  const at = (n: number): string => `${4 + ((n - least) / wide) * 92}%`
  const tone = quiet || (of.low <= 0 && of.high >= 0) ? 'grey' : of.low > 0 ? 'green' : 'red'
  const text = t('interval', { low: show(of.low), high: show(of.high), level: f.percent(level).replace('.0', '') })
  return (
    <div className="lift-figure" data-tone={tone}>
      <div className="l">{label}</div>
      <div className="v num">
        {of.value > 0 ? '+' : ''}
        {show(of.value)}
        {unit && <span className="unit">{unit}</span>}
      </div>
      <div className="lift-line" role="img" aria-label={`${label}: ${show(of.value)}, ${text}`}>
        <i className="zero" style={{ left: at(0) }} />
        <i className="span" style={{ left: at(of.low), right: `calc(100% - ${at(of.high)})` }} />
        <i className="point" style={{ left: at(of.value) }} />
        <span className="num" style={{ left: at(0) }}>
          0
        </span>
      </div>
      <div className="muted num">{text}</div>
    </div>
  )
}

function Arms({ treated, held }: { treated: LiftArm; held: LiftArm }) {
  const t = useWords('lift')
  const f = useFormats()
  return (
    <div className="lift-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('side')}</th>
            <th scope="col">{t('people')}</th>
            <th scope="col">{t('units')}</th>
            <th scope="col">{t('deals')}</th>
            <th scope="col">{t('rate')}</th>
            <th scope="col">{t('yen')}</th>
          </tr>
        </thead>
        <tbody>
          {(
            [
              ['treated', treated],
              ['held', held],
            ] as const
          ).map(([name, arm]) => (
            <tr key={name}>
              <th scope="row">{t(name)}</th>
              <td className="num">{f.number(arm.people)}</td>
              <td className="num">{f.number(arm.units)}</td>
              <td className="num">{f.number(arm.deals)}</td>
              <td className="num">{arm.people ? (arm.deals / arm.people).toFixed(3) : '–'}</td>
              <td className="num">{f.money(arm.yen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
