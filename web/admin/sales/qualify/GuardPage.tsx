import '../sales.css'
import '../handoffs.css'
import './qualify.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ShieldCheck, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { again, api, type client, paged } from '../../api.ts'
import { useLive } from '../../live.ts'
import { Ago } from '../../parts/Ago.tsx'
import { Chip } from '../../parts/Chip.tsx'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Kpi, Kpis } from '../../parts/Kpi.tsx'
import { Card, Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useSearchOf } from '../../parts/search.ts'
import { maybeText, viewOf } from '../../parts/view.ts'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { LeadLine } from '../LeadLine.tsx'
import { GuardRules } from './GuardRules.tsx'
import { OverrideDrawer } from './OverrideDrawer.tsx'
import { useFieldName } from './useFieldName.ts'

type Row = Awaited<ReturnType<typeof client.guard.people>>['items'][number]
type Why = Row['why'][number]
type Report = Awaited<ReturnType<typeof client.guard.report>>

const searchSchema = viewOf({ day: maybeText })

/** Who is kept from sales, why, and how many per day. */
export function GuardPage() {
  const t = useWords('qualify')
  const parts = useWords('parts')
  const f = useFormats()
  const sales = useWords('sales')
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(searchSchema)
  const day = search.day && /^\d{4}-\d{2}-\d{2}$/.test(search.day) ? search.day : undefined
  const [rules, setRules] = useState(false)
  const [handing, setHanding] = useState<Row['lead'] | null>(null)
  const report = useQuery(api.guard.report.queryOptions({ input: {} }))
  const list = useInfiniteQuery(paged(api.guard.people, { limit: 50, ...(day ? { day } : {}) }))
  useLive('guard', () => void again(api.guard.key()))
  useLive('handoffs', () => void again(api.guard.key()))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const isOn = report.data?.settings.isOn ?? true
  return (
    <>
      <PageTop title={t('guard')} crumb={sales('handoffs')} crumbTo="/handoffs">
        {may('scores.write') && (
          <Button variant="default" leftSection={<SlidersHorizontal size={15} />} disabled={!report.data} onClick={() => setRules(true)}>
            {t('guardRule')}
          </Button>
        )}
      </PageTop>
      <Page>
        <ErrorNote error={report.error} retry={report.refetch} />
        {report.data && <Numbers report={report.data} day={day} onDay={(to) => setSearch({ day: to })} />}
        {day && (
          <div className="row wrap">
            <b>{t('keptOn', { day: f.day(`${day}T12:00:00`) })}</b>
            <Button size="compact-xs" variant="subtle" onClick={() => setSearch({ day: undefined })}>
              {t('keptAll')}
            </Button>
          </div>
        )}
        {list.isPending && <Skeletons rows={4} height={64} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.isSuccess && rows.length === 0 && (
          <EmptyState
            icon={ShieldCheck}
            title={t(isOn ? 'keptEmpty' : 'keptOff')}
            action={!isOn && may('scores.write') && <Button onClick={() => setRules(true)}>{t('guardRule')}</Button>}
          >
            {t(isOn ? 'keptEmptyText' : 'keptOffText')}
          </EmptyState>
        )}
        {rows.length > 0 && (
          <div className="card flush">
            {rows.map((row) => (
              <Kept key={`${row.lead.id} ${row.day}`} row={row} onHand={() => setHanding(row.lead)} />
            ))}
          </div>
        )}
        {list.hasNextPage && (
          <Button variant="default" className="feed-more" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {parts('more')}
          </Button>
        )}
      </Page>
      {rules && report.data && <GuardRules settings={report.data.settings} onClose={() => setRules(false)} />}
      <OverrideDrawer lead={handing} onClose={() => setHanding(null)} />
    </>
  )
}

function Numbers({ report, day, onDay }: { report: Report; day: string | undefined; onDay: (day: string | undefined) => void }) {
  const t = useWords('qualify')
  const f = useFormats()
  const total = report.days.reduce((sum, one) => sum + one.n, 0)
  const most = Math.max(1, ...report.days.map((one) => one.n))
  const said = (one: { day: string; n: number }) => t('dayN', { day: f.day(`${one.day}T12:00:00`), n: String(one.n) })
  return (
    <>
      <Kpis>
        <Kpi label={t('keptNow')} value={f.number(report.open)} unit={t('people')} />
        <Kpi label={t('keptToday')} value={f.number(report.today)} unit={t('people')} />
        <Kpi label={t('kept30')} value={f.number(total)} unit={t('people')} />
        <Kpi label={t('overridden')} value={f.number(report.overridden)} unit={t('people')} />
      </Kpis>
      {report.days.length > 1 && (
        <Card title={t('perDay')}>
          <div className="guard-days">
            {report.days.map((one) => (
              <button
                type="button"
                key={one.day}
                aria-pressed={day === one.day}
                aria-label={said(one)}
                title={said(one)}
                onClick={() => onDay(day === one.day ? undefined : one.day)}
              >
                <i style={{ height: `${(one.n / most) * 100}%` }} />
              </button>
            ))}
          </div>
        </Card>
      )}
    </>
  )
}

const CAUSES = ['hot', 'score', 'scenario', 'hand'] as const

function Kept({ row, onHand }: { row: Row; onHand: () => void }) {
  const t = useWords('qualify')
  const { may } = useSession()
  const whyWords = useWhyWords()
  const cause = CAUSES.find((one) => one === row.reason)
  return (
    <article className="guard-row">
      <LeadLine lead={row.lead} withStage />
      <span className="guard-why">
        <span>{row.why.map(whyWords).join('、')}</span>
        <span className="muted">
          {cause ? t(`cause.${cause}`) : row.reason} ・ <Ago at={row.at} />
        </span>
        {row.override && <span className="muted">{t('overriddenBy', { name: row.overrideBy ?? '', reason: row.override })}</span>}
      </span>
      <span className="call-acts">
        {row.settledAt ? <Chip>{t('settled')}</Chip> : !row.still && <Chip tone="green">{t('nowFree')}</Chip>}
        {!row.settledAt && may('handoffs.write') && (
          <Button size="xs" variant="default" onClick={onHand}>
            {t('handAnyway')}
          </Button>
        )}
      </span>
    </article>
  )
}

/** A reason of the guard in words. */
function useWhyWords(): (why: Why) => string {
  const t = useWords('qualify')
  const fieldName = useFieldName()
  return (why) => {
    if (why.kind === 'segment') return t('why.segment', { name: why.name })
    if (why.kind === 'score') return t('why.score', { total: String(why.total), below: String(why.below) })
    if (why.kind === 'missing') return t('why.missing', { fields: why.fields.map(fieldName).join('・') })
    return t('why.completeness', { is: String(why.is), min: String(why.min) })
  }
}
