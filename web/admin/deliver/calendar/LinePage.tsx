import './calendar.css'
import { Alert, Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { CalendarPlus, Pencil, TrendingUp } from 'lucide-react'
import { again, api } from '../../api.ts'
import { useLive } from '../../live.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Kpi, Kpis } from '../../parts/Kpi.tsx'
import { LineChart } from '../../parts/LineChart.tsx'
import { Card, Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useSearchOf } from '../../parts/search.ts'
import { maybeText, viewOf } from '../../parts/view.ts'
import { addDays } from '../../parts/zone.ts'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { Alerts } from './Alerts.tsx'
import { IssueList } from './IssueList.tsx'
import { PaceChip } from './LineCards.tsx'
import { LineDrawer } from './LineDrawer.tsx'
import { type Line, thisDay, useDays, useRhythmWords } from './plan.ts'
import { ReadyCard } from './ReadyCard.tsx'
import { usePlanActs } from './usePlanActs.ts'

const schema = viewOf({ edit: maybeText })
const AHEAD = 200
const COUNTS = [1, 3, 6, 12] as const

/** One regular newsletter: plan against what really happened, what is coming, and whether it is ready to begin. */
export function LinePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const t = useWords('calendar')
  const { may } = useSession()
  const navigate = useNavigate()
  const acts = usePlanActs()
  const [search, setSearch] = useSearchOf(schema)
  const line = useQuery(api.lines.get.queryOptions({ input: { id } }))
  const today = thisDay()
  const ahead = useQuery(api.lines.calendar.queryOptions({ input: { from: today, to: addDays(today, AHEAD), lineId: id } }))
  const reload = () => void again(api.lines.key())
  useLive('newsletterLine', reload)
  useLive('newsletter', reload)
  const mayWrite = may('newsletters.write')
  const row = line.data
  const toCalendar = (more: Record<string, string>) =>
    void navigate({ to: '/newsletter-lines' as string, search: { line: id, ...more } as never })
  const onIssue = (issue: string) => {
    const day = ahead.data?.issues.find((one) => one.id === issue)?.day ?? row?.alerts.find((one) => one.issueId === issue)?.day ?? today
    toCalendar({ issue, month: day.slice(0, 7) })
  }
  const onDay = (day: string) => toCalendar({ day, of: id, month: day.slice(0, 7) })
  return (
    <>
      <PageTop title={row?.name ?? t('lines')} crumb={t('title')} crumbTo="/newsletter-lines" note={row && <PaceChip line={row} />}>
        {mayWrite && row && (
          <>
            <Button
              variant="default"
              leftSection={<Pencil size={14} />}
              aria-label={t('editLine')}
              onClick={() => setSearch({ edit: 'yes' })}
            >
              <span className="hide-s">{t('editLine')}</span>
            </Button>
            <PlanAhead onPlan={(count) => acts.plan(id, count)} />
          </>
        )}
      </PageTop>
      <Page>
        <ErrorNote error={line.error} retry={line.refetch} />
        {line.isPending && <Skeletons rows={6} height={80} />}
        {row && (
          <>
            <Alerts alerts={row.alerts} mayWrite={mayWrite} onIssue={onIssue} onDay={onDay} />
            <PaceCard line={row} />
            <div className="cols-2">
              <ReadyCard line={row} onPlan={() => acts.plan(id, 3)} onEdit={() => setSearch({ edit: 'yes' })} />
              <Card
                title={t('upcoming')}
                aside={
                  <Link to={'/newsletter-lines' as string} search={{ line: id } as never}>
                    {t('toCalendar')}
                  </Link>
                }
              >
                <ErrorNote error={ahead.error} retry={ahead.refetch} />
                {ahead.data && (
                  <IssueList
                    isOneLine
                    issues={ahead.data.issues}
                    open={ahead.data.open.slice(0, 3)}
                    mayWrite={mayWrite}
                    onIssue={onIssue}
                    onDay={onDay}
                  />
                )}
              </Card>
            </div>
          </>
        )}
      </Page>
      {row && mayWrite && search.edit !== undefined && (
        <LineDrawer line={row} today={today} onClose={() => setSearch({ edit: undefined })} />
      )}
    </>
  )
}

function PlanAhead({ onPlan }: { onPlan: (count: number) => void }) {
  const t = useWords('calendar')
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<CalendarPlus size={15} />}>{t('planAhead')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {COUNTS.map((n) => (
          <Menu.Item key={n} onClick={() => onPlan(n)}>
            {t('planCount', { n })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Plan against what really happened. */
function PaceCard({ line: { pace, next, rhythm } }: { line: Line }) {
  const t = useWords('calendar')
  const days = useDays()
  const rhythmWords = useRhythmWords()
  const inDays = (n: number | null) => (n === null ? '–' : t('days', { n }))
  return (
    <>
      <Kpis>
        <Kpi label={t('plannedInterval')} value={inDays(pace.planned)} hint={rhythmWords(rhythm)} />
        <Kpi label={t('recent')} value={inDays(pace.recent)} hint={pace.grows ? t('grows') : undefined} />
        <Kpi label={t('sinceLast')} value={inDays(pace.sinceLast)} hint={pace.lastOn ? days.day(pace.lastOn) : t('neverSent')} />
        <Kpi label={t('next')} value={next ? days.short(next.day) : '–'} hint={next?.state ? t(`state.${next.state}`) : t('noNext')} />
      </Kpis>
      {pace.grows && (
        <Alert color="yellow" icon={<TrendingUp size={16} />} title={t('grows')}>
          {t('growsText')}
        </Alert>
      )}
      <Card title={t('pace')}>
        <p className="muted mail-hint">{t('paceText')}</p>
        {pace.intervals.length === 0 ? (
          <p className="muted">{t('paceFew')}</p>
        ) : (
          <LineChart
            label={t('pace')}
            days={pace.intervals.map(({ to }) => days.short(to))}
            height={200}
            lines={[
              { name: t('actual'), values: pace.intervals.map((one) => one.days) },
              { name: t('plan'), values: pace.intervals.map(() => pace.planned), before: true },
            ]}
          />
        )}
      </Card>
    </>
  )
}
