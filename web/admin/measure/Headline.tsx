import { useFormats } from '../parts/formats.ts'
import { Kpi, Kpis } from '../parts/Kpi.tsx'
import { useWords } from '../words/words.tsx'
import { asked, type CardProps, difference, movement, rate } from './dashboard.ts'

/** The four numbers at the top. */
export function Headline({ data, open }: CardProps) {
  const t = useWords('measure')
  const f = useFormats()
  const { lead, mql, deal } = data.figures
  const dealRate = rate(deal.people, mql.people)
  const dealRateBefore = rate(deal.before.people, mql.before.people)
  const [amount, unit] = f.moneyParts(data.pipeline.amount)
  return (
    <Kpis>
      <Kpi
        label={t('newLeads')}
        value={f.number(lead.people)}
        unit={t('people')}
        change={movement(lead.people, lead.before.people)}
        onOpen={() => open(asked(data, 'lead'))}
      />
      <Kpi
        label={t('mql')}
        title={t('mqlHint')}
        value={f.number(mql.people)}
        unit={t('people')}
        change={movement(mql.people, mql.before.people)}
        onOpen={() => open(asked(data, 'mql'))}
      />
      <Kpi
        label={t('dealRate')}
        title={t('dealRateHint')}
        value={dealRate === null ? '–' : f.percent(dealRate).slice(0, -1)}
        unit={dealRate === null ? '' : '%'}
        change={difference(dealRate, dealRateBefore)}
        points
        onOpen={() => open(asked(data, 'deal'))}
      />
      <Kpi label={t('pipeline')} value={amount} unit={unit} to="/deals" hint={t('pipelineHint', { n: data.pipeline.deals })} />
    </Kpis>
  )
}
