import './calendar.css'
import { ActionIcon, Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CalendarDays, ChevronLeft, ChevronRight, Plus } from 'lucide-react'
import { again, api } from '../../api.ts'
import { useLive } from '../../live.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Card, Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useSearchOf } from '../../parts/search.ts'
import { maybeDay, maybeMonth, maybeOneOf, maybeText, viewOf } from '../../parts/view.ts'
import { addDays } from '../../parts/zone.ts'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { Alerts } from './Alerts.tsx'
import { IssueDrawer } from './IssueDrawer.tsx'
import { IssueList } from './IssueList.tsx'
import { LineCards } from './LineCards.tsx'
import { LineDrawer } from './LineDrawer.tsx'
import { MonthGrid } from './MonthGrid.tsx'
import { monthLater, spanOf, thisDay, useDays } from './plan.ts'

const schema = viewOf({
  month: maybeMonth,
  view: maybeOneOf(['month', 'list']),
  line: maybeText,
  issue: maybeText,
  day: maybeDay,
  of: maybeText,
  add: maybeText,
})
/** A list shows so many days from the first of its month. */
const LIST_DAYS = 183

/** The editorial calendar: what is planned, what is missing, and how far each regular newsletter keeps its rhythm. */
export function CalendarPage() {
  const t = useWords('calendar')
  const days = useDays()
  const { may } = useSession()
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const [search, setSearch] = useSearchOf(schema)
  const view = search.view ?? (phone ? 'list' : 'month')
  const month = search.month ?? thisDay().slice(0, 7)
  const span = view === 'month' ? spanOf(month, days.firstWeekday) : { from: `${month}-01`, to: addDays(`${month}-01`, LIST_DAYS) }
  const lines = useQuery(api.lines.list.queryOptions({ input: {} }))
  const chosen = lines.data?.items.some(({ id }) => id === search.line) ? search.line : undefined
  const shown = useQuery(
    api.lines.calendar.queryOptions({ input: { ...span, ...(chosen ? { lineId: chosen } : {}) }, placeholderData: keepPreviousData }),
  )
  const reload = () => void again(api.lines.key())
  useLive('newsletterLine', reload)
  useLive('newsletter', reload)
  const mayWrite = may('newsletters.write')
  const items = lines.data?.items ?? []
  const data = shown.data
  const onIssue = (issue: string) => setSearch({ issue })
  const onDay = (day: string, of?: string) => setSearch({ day, of: of ?? chosen })
  const create = mayWrite && (
    <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
      {t('addLine')}
    </Button>
  )
  const issue = data?.issues.find(({ id }) => id === search.issue)
  const close = () => setSearch({ issue: undefined, day: undefined, of: undefined })
  return (
    <>
      <PageTop title={t('title')}>{create}</PageTop>
      <Page>
        <ErrorNote error={lines.error ?? shown.error} retry={shown.refetch} />
        {lines.isPending && <Skeletons rows={6} height={80} />}
        {lines.data && items.length === 0 && (
          <EmptyState icon={CalendarDays} title={t('empty')} action={create}>
            {t('emptyText')}
          </EmptyState>
        )}
        {items.length > 0 && (
          <>
            <Alerts
              alerts={items.filter(({ id }) => !chosen || id === chosen).flatMap(({ alerts }) => alerts)}
              mayWrite={mayWrite}
              onIssue={(id, day) => setSearch({ issue: id, month: day.slice(0, 7) })}
              onDay={onDay}
            />
            <LineCards lines={items} />
            <Card className="calendar-card">
              <div className="calendar-bar">
                <ActionIcon variant="default" aria-label={t('before')} onClick={() => setSearch({ month: monthLater(month, -1) })}>
                  <ChevronLeft size={16} />
                </ActionIcon>
                <h2 aria-live="polite">{days.month(month)}</h2>
                <ActionIcon variant="default" aria-label={t('after')} onClick={() => setSearch({ month: monthLater(month, 1) })}>
                  <ChevronRight size={16} />
                </ActionIcon>
                <Button variant="default" size="compact-sm" onClick={() => setSearch({ month: undefined })}>
                  {t('today')}
                </Button>
                <span className="push" />
                {items.length > 1 && (
                  <NativeSelect
                    size="xs"
                    aria-label={t('line')}
                    value={chosen ?? ''}
                    onChange={(e) => setSearch({ line: e.currentTarget.value || undefined })}
                    data={[{ value: '', label: t('allLines') }, ...items.map(({ id, name }) => ({ value: id, label: name }))]}
                  />
                )}
                <SegmentedControl
                  size="xs"
                  aria-label={t('view')}
                  value={view}
                  onChange={(to) => setSearch({ view: to as 'month' })}
                  data={(['month', 'list'] as const).map((value) => ({ value, label: t(value) }))}
                />
              </div>
              {!data && <Skeletons rows={6} height={60} />}
              {data && view === 'month' && <MonthGrid data={data} month={month} mayWrite={mayWrite} onIssue={onIssue} onDay={onDay} />}
              {data && view === 'list' && (
                <IssueList issues={data.issues} open={data.open} mayWrite={mayWrite} onIssue={onIssue} onDay={onDay} />
              )}
            </Card>
          </>
        )}
      </Page>
      {data && (issue || (search.day && mayWrite && items.length > 0)) && (
        <IssueDrawer
          key={issue?.id ?? search.day}
          lines={items}
          issue={issue}
          day={search.day ?? data.today}
          lineId={search.of}
          days={data.days}
          mayWrite={mayWrite}
          onClose={close}
        />
      )}
      {mayWrite && search.add !== undefined && (
        <LineDrawer
          today={data?.today ?? thisDay()}
          onClose={() => setSearch({ add: undefined })}
          onMade={(line) => setSearch({ add: undefined, line })}
        />
      )}
    </>
  )
}
