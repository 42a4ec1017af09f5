import './sales.css'
import './assignment.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { CircleParking, Clock, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { StageChip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { ChipChoice, FilterBar } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import type { Column } from '../parts/grid.ts'
import { Kpi, Kpis } from '../parts/Kpi.tsx'
import { later } from '../parts/later.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { oneOf, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { useColleagues } from './owners.ts'

// What opens on demand is loaded on demand.
const NeglectSettings = later(() => import('./NeglectSettings.tsx').then((m) => m.NeglectSettings))
const ParkDrawer = later(() => import('./ParkDrawer.tsx').then((m) => m.ParkDrawer))

type Row = Awaited<ReturnType<typeof client.neglect.people>>['items'][number]

const LISTS = ['untouched', 'planless', 'neglected', 'parked'] as const
const DAYS = ['30', '60', '90', '180'] as const
const searchSchema = viewOf({ list: oneOf(LISTS, 'untouched'), days: oneOf(DAYS, '30') })

/** Nobody forgotten: numbers that open the leads behind them, and what to do with them. */
export function NeglectPage() {
  const t = useWords('assignment')
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(searchSchema)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [parking, setParking] = useState(false)
  const [settings, setSettings] = useState(false)
  const list = useInfiniteQuery(paged(api.neglect.people, { list: search.list, days: Number(search.days), limit: 100 }))
  const report = useQuery(api.neglect.report.queryOptions({ input: {} }))
  const columns = useColumns()
  const toast = useToasts()
  useLive('leads', () => void again(api.neglect.key()))
  const done = () => {
    setChosen(new Set())
    void again(api.neglect.key(), api.leads.key())
  }
  const unpark = () =>
    client.neglect.unpark({ ids: [...chosen].slice(0, 500) }).then(({ changed }) => {
      toast.done(t('unparked', { n: changed }))
      done()
    }, toast.failed)
  return (
    <>
      <PageTop title={t('neglect')}>
        <Button variant="default" leftSection={<SlidersHorizontal size={15} />} disabled={!report.data} onClick={() => setSettings(true)}>
          {t('settings')}
        </Button>
      </PageTop>
      <Summary report={report} onOpen={(to) => setSearch(to)} />
      <FilterBar>
        <ChipChoice
          label={t('listLabel')}
          value={search.list}
          options={LISTS.map((one) => [one, t(`list.${one}`)] as const)}
          onChange={(one) => {
            setChosen(new Set())
            setSearch({ list: one })
          }}
        />
        {search.list === 'untouched' && (
          <ChipChoice
            label={t('daysLabel')}
            value={search.days}
            options={DAYS.map((days) => [days, t('days', { n: Number(days) })] as const)}
            onChange={(days) => setSearch({ days })}
          />
        )}
        {chosen.size > 0 && may('leads.write') && (
          <span className="row push">
            {search.list === 'parked' ? (
              <Button size="xs" variant="default" onClick={() => void unpark()}>
                {t('unpark')}
              </Button>
            ) : (
              <Button size="xs" leftSection={<CircleParking size={14} />} onClick={() => setParking(true)}>
                {t('park')}
              </Button>
            )}
          </span>
        )}
      </FilterBar>
      <DataGrid<Row>
        label={t('neglect')}
        query={list}
        columns={columns}
        rowKey={(row) => row.lead.id}
        rowName={(row) => row.lead.name || t('unnamed')}
        href={(row) => `/leads/${row.lead.id}`}
        {...(may('leads.write') ? { selected: chosen, onSelect: setChosen } : {})}
        empty={
          <EmptyState icon={Clock} title={t(`empty.${search.list}`)}>
            {t('emptyText')}
          </EmptyState>
        }
      />
      {parking && <ParkDrawer ids={[...chosen]} onClose={() => setParking(false)} onDone={done} />}
      {settings && report.data && (
        <NeglectSettings settings={report.data.settings} neglected={report.data.neglected} onClose={() => setSettings(false)} />
      )}
    </>
  )
}

type Report = Awaited<ReturnType<typeof client.neglect.report>>

function Summary({
  report,
  onOpen,
}: {
  report: { data: Report | undefined; error: unknown; refetch: () => unknown }
  onOpen: (to: { list: (typeof LISTS)[number]; days?: (typeof DAYS)[number] }) => void
}) {
  const t = useWords('assignment')
  const f = useFormats()
  const { data } = report
  if (report.error) return <ErrorNote error={report.error} retry={() => void report.refetch()} />
  const n = (value: number | undefined) => (value === undefined ? '—' : f.number(value))
  const step = (days: number) => data?.untouched.find((one) => one.days === days)?.n
  return (
    <div className="neglect-top">
      <Kpis>
        <Kpi label={t('untouched', { n: 30 })} value={n(step(30))} onOpen={() => onOpen({ list: 'untouched', days: '30' })} />
        <Kpi label={t('untouched', { n: 90 })} value={n(step(90))} onOpen={() => onOpen({ list: 'untouched', days: '90' })} />
        <Kpi label={t('planless')} value={n(data?.planless)} onOpen={() => onOpen({ list: 'planless' })} />
        <Kpi label={t('neglected')} value={n(data?.neglected)} onOpen={() => onOpen({ list: 'neglected' })} />
        <Kpi label={t('parked')} value={n(data?.parked)} onOpen={() => onOpen({ list: 'parked' })} />
      </Kpis>
    </div>
  )
}

function useColumns(): Column<Row>[] {
  const t = useWords('assignment')
  const f = useFormats()
  const { nameOf } = useColleagues()
  return [
    {
      key: 'lead',
      head: t('lead'),
      width: 'minmax(220px,1.2fr)',
      phone: 'title',
      cell: (row) => (
        <span className="clip">
          <b>{row.lead.name || t('unnamed')}</b> <span className="muted">{row.lead.companyName}</span>
        </span>
      ),
    },
    { key: 'stage', head: '', width: '100px', cell: (row) => <StageChip stage={row.lead.stage} /> },
    {
      key: 'owner',
      head: t('owner'),
      width: 'minmax(100px,.6fr)',
      phone: 'sub',
      cell: (row) => <span className={row.ownerId ? 'clip' : 'clip muted'}>{nameOf(row.ownerId) ?? t('noOwner')}</span>,
    },
    {
      key: 'plan',
      head: t('planHead'),
      width: 'minmax(140px,1fr)',
      cell: (row) => (
        <span className="muted clip" title={row.parkedReason ?? ''}>
          {row.parkedUntil
            ? [t('parkedUntil', { day: f.day(row.parkedUntil) }), row.parkedReason].filter(Boolean).join('・')
            : t(`plan.${planOf(row.plan)}`)}
        </span>
      ),
    },
    { key: 'touched', head: t('touched'), width: '120px', phone: 'side', cell: (row) => <Ago at={row.touchedAt} /> },
    { key: 'worked', head: t('worked'), width: '120px', cell: (row) => <Ago at={row.workedAt} /> },
  ]
}

const PLANS = ['scenario', 'handoff', 'deal', 'newsletter'] as const
const planOf = (plan: string | null) => PLANS.find((one) => one === plan) ?? 'none'
