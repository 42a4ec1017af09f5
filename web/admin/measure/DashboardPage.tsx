import { SegmentedControl } from '@mantine/core'
import { useThrottledCallback } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { again, api } from '../api.ts'
import { useLive } from '../live.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useWords } from '../words/words.tsx'
import type { Asked } from './dashboard.ts'
import { FirstSteps } from './FirstSteps.tsx'
import { FunnelCard } from './FunnelCard.tsx'
import { Headline } from './Headline.tsx'
import { HotCard } from './HotCard.tsx'
import { MailCard } from './MailCard.tsx'
import { SalesCard } from './SalesCard.tsx'
import { TrendCard } from './TrendCard.tsx'
import './measure.css'

const PERIODS = [7, 30, 90] as const
/** The period in the address. Read by hand: a schema would bring zod into the first page. */
const view = {
  safeParse: (raw: unknown) => ({ success: true, data: view.parse(raw) }),
  parse: (raw: unknown): { days: number } => ({ days: Number((raw as { days?: unknown }).days ?? 30) }),
}

// The list brings the grid with it: loaded when a number is first opened.
const PeopleDrawer = lazy(() => import('./PeopleDrawer.tsx').then((m) => ({ default: m.PeopleDrawer })))

/** The numbers of the loop: each opens the people behind it. Moves by itself while people act. */
export function DashboardPage() {
  const t = useWords('measure')
  const f = useFormats()
  const [search, setSearch] = useSearchOf(view)
  const days = PERIODS.find((d) => d === search.days) ?? 30
  const numbers = useQuery(api.reports.dashboard.queryOptions({ input: { days }, placeholderData: keepPreviousData }))
  const [asked, setAsked] = useState<Asked | null>(null)
  const [opened, setOpened] = useState(false)
  const open = (what: Asked) => {
    setAsked(what)
    setOpened(true)
  }
  // A busy site announces many times a second; numbers that change faster cannot be read anyway.
  const refresh = useThrottledCallback(() => void again(api.reports.key()), 2_000)
  useLive('measure', refresh)
  const data = numbers.data
  return (
    <>
      <PageTop
        title={t('dashboard')}
        note={data && <span aria-live="off">{data.waiting ? t('waiting') : t('asOf', { time: f.time(data.asOf) })}</span>}
      >
        <SegmentedControl
          aria-label={t('period')}
          value={String(days)}
          onChange={(to) => setSearch({ days: Number(to) })}
          data={PERIODS.map((n) => ({ value: String(n), label: t('days', { n }) }))}
        />
      </PageTop>
      <Page>
        <FirstSteps />
        {numbers.error && !data && <ErrorNote error={numbers.error} retry={numbers.refetch} />}
        {numbers.isPending && <Skeletons rows={8} height={72} />}
        {data && (
          <>
            <Headline data={data} open={open} />
            <div className="cols-2">
              <FunnelCard data={data} days={days} open={open} />
              <TrendCard days={days} open={open} />
            </div>
            <div className="cols-2">
              <MailCard data={data} open={open} />
              <HotCard leads={data.hot} />
            </div>
            <SalesCard data={data} open={open} />
          </>
        )}
      </Page>
      <Suspense>{asked && <PeopleDrawer asked={asked} opened={opened} close={() => setOpened(false)} />}</Suspense>
    </>
  )
}
