import type { Metric } from '#loop/measure/reports/contract.ts'
import { useFormats } from '../parts/formats.ts'
import { Change } from '../parts/Kpi.tsx'
import { NumberLink } from '../parts/NumberLink.tsx'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'
import { asked, type CardProps, movement } from './dashboard.ts'

/** Downloads and forms as light conversions, deals and meetings, won and lost. */
export function SalesCard({ data, open }: CardProps) {
  const t = useWords('measure')
  const f = useFormats()
  const lines: readonly (readonly [Metric, string])[] = [
    ['download', t('downloads')],
    ['form', t('forms')],
    ['sql', t('accepted')],
    ['deal', t('dealsMade')],
    ['meeting', t('meetings')],
    ['won', t('wonDeals')],
    ['won_yen', t('wonYen')],
    ['lost', t('lostDeals')],
  ]
  return (
    <Card title={`${t('interest')} / ${t('sales')}`}>
      <div className="counts">
        {lines.map(([metric, label]) => {
          const figure = data.figures[metric]
          const [value, unit] = metric === 'won_yen' ? f.moneyParts(figure.n) : [f.number(figure.n), t('cases')]
          return (
            <div key={metric} className="count">
              <span className="muted">{label}</span>
              <NumberLink onClick={() => open(asked(data, metric))} label={`${label} ${value}${unit}`}>
                {value}
                <span className="unit">{unit}</span>
              </NumberLink>
              <Change change={movement(figure.n, figure.before.n)} goodWhen={metric === 'lost' ? 'down' : 'up'} />
            </div>
          )
        })}
      </div>
    </Card>
  )
}
