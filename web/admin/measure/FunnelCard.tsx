import { Funnel } from '../parts/Funnel.tsx'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'
import { asked, type CardProps } from './dashboard.ts'

/** Visitors → leads → MQL → deals → won: people who did each in the period. */
export function FunnelCard({ data, days, open }: CardProps & { days: number }) {
  const t = useWords('measure')
  const steps = [
    ['visit', t('visitors')],
    ['lead', t('leads')],
    ['mql', t('mql')],
    ['deal', t('deals')],
    ['won', t('won')],
  ] as const
  return (
    <Card title={t('funnel')} aside={t('lastDays', { n: days })}>
      <Funnel
        steps={steps.map(([metric, label]) => ({
          key: metric,
          label,
          n: data.figures[metric].people,
          onOpen: () => open(asked(data, metric)),
        }))}
      />
    </Card>
  )
}
