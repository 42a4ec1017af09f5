import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { ChipChoice } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { LineChart } from '../parts/LineChart.tsx'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'
import type { Asked } from './dashboard.ts'

const SHOWN = ['lead', 'visit', 'mql'] as const

/** People per day, the period before dashed; a day opens its people. */
export function TrendCard({ days, open }: { days: number; open: (asked: Asked) => void }) {
  const t = useWords('measure')
  const parts = useWords('parts')
  const f = useFormats()
  const [metric, setMetric] = useState<(typeof SHOWN)[number]>('lead')
  const trend = useQuery(api.reports.trend.queryOptions({ input: { metric, days }, placeholderData: keepPreviousData }))
  const words = { lead: t('newLeads'), visit: t('visitors'), mql: t('mql') }
  const openDay = (index: number) => {
    const day = trend.data?.days[index]
    const people = trend.data?.people[index] ?? 0
    if (day) open({ metric, from: day, to: day, people, n: people })
  }
  return (
    <Card
      title={t('trend')}
      aside={<ChipChoice label={t('trend')} value={metric} onChange={setMetric} options={SHOWN.map((m) => [m, words[m]])} />}
    >
      <ErrorNote error={trend.data ? null : trend.error} retry={trend.refetch} />
      {trend.data && (
        <LineChart
          label={t('trendOf', { what: words[metric] })}
          days={trend.data.days.map((day) => f.shortDay(`${day}T00:00`))}
          onDay={openDay}
          height={216}
          lines={[
            { name: parts('current'), values: trend.data.people },
            { name: parts('previous'), values: trend.data.before, before: true },
          ]}
        />
      )}
    </Card>
  )
}
