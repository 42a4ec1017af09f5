import './sales.css'
import './handoffs.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ScrollText, SlidersHorizontal, UserCheck } from 'lucide-react'
import { useState } from 'react'
import { again, api, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { ChipChoice, FilterChip } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { Kpi, Kpis } from '../parts/Kpi.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { maybeCount, maybeFlag, maybeOneOf, oneOf, viewOf } from '../parts/view.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { HandoffCard } from './HandoffCard.tsx'
import { HandoffDrawer } from './HandoffDrawer.tsx'
import { HandoffRules } from './HandoffRules.tsx'
import { ReturnDrawer } from './ReturnDrawer.tsx'
import type { Handoff } from './rows.ts'

const STATES = ['open', 'overdue', 'accepted', 'returned', 'all'] as const
const searchSchema = viewOf({ state: oneOf(STATES, 'open'), owner: maybeOneOf(['me', 'none']), mql: maybeCount, met: maybeFlag })

/** Leads that marketing hands to sales: the queue, the answers, and how fast they come. */
export function HandoffsPage() {
  const t = useWords('sales')
  const parts = useWords('parts')
  const qualify = useWords('qualify')
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(searchSchema)
  const [opened, setOpened] = useState<Handoff | null>(null)
  const [returning, setReturning] = useState<Handoff | null>(null)
  const [rules, setRules] = useState(false)
  const { state, owner, mql, met } = search
  const asked = {
    ...(state === 'all' ? {} : { state }),
    ...(owner ? { owner } : {}),
    ...(mql ? { mql } : {}),
    ...(met === undefined ? {} : { met: String(met) }),
  }
  const list = useInfiniteQuery(paged(api.handoffs.list, { limit: 50, ...asked }))
  useLive('handoffs', () => void again(api.handoffs.key()))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageTop title={t('handoffs')}>
        <Button component={Link} to="/mql" variant="default" leftSection={<ScrollText size={15} />} aria-label={qualify('mql')}>
          <span className="hide-s">{qualify('mql')}</span>
        </Button>
        {may('scores.write') && (
          <Button variant="default" leftSection={<SlidersHorizontal size={15} />} aria-label={t('rules')} onClick={() => setRules(true)}>
            <span className="hide-s">{t('rules')}</span>
          </Button>
        )}
      </PageTop>
      <Page>
        <Summary />
        <div className="row wrap">
          <ChipChoice
            label={t('stateLabel')}
            value={search.state}
            options={STATES.map((one) => [one, t(`state.${one}`)] as const)}
            onChange={(to) => setSearch({ state: to })}
          />
          <span className="bar-gap" />
          <ChipChoice
            label={t('ownerLabel')}
            value={search.owner ?? 'all'}
            options={[
              ['all', t('everyone')],
              ['me', t('mine')],
              ['none', t('nobody')],
            ]}
            onChange={(to) => setSearch({ owner: to === 'all' ? undefined : to })}
          />
          {mql && (
            <FilterChip
              name={qualify('mqlShort', { n: String(mql) })}
              value={qualify(met ? 'met' : 'cites')}
              onRemove={() => setSearch({ mql: undefined, met: undefined })}
            />
          )}
          <GuardLink />
        </div>
        {list.isPending && <Skeletons rows={5} height={76} />}
        {rows.length === 0 && <ErrorNote error={list.error} retry={list.refetch} />}
        {list.isSuccess && rows.length === 0 && (
          <EmptyState icon={UserCheck} title={search.state === 'open' ? t('handoffsEmpty') : t('handoffsNone')}>
            {search.state === 'open' ? t('handoffsEmptyText') : null}
          </EmptyState>
        )}
        {rows.length > 0 && (
          <div className="card flush">
            {rows.map((row) => (
              <HandoffCard key={row.id} handoff={row} onOpen={() => setOpened(row)} onReturn={() => setReturning(row)} />
            ))}
          </div>
        )}
        {list.hasNextPage && (
          <Button variant="default" className="feed-more" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {parts('more')}
          </Button>
        )}
      </Page>
      <HandoffDrawer handoff={opened} onClose={() => setOpened(null)} onReturn={setReturning} />
      <ReturnDrawer handoff={returning} onClose={() => setReturning(null)} onDone={() => setOpened(null)} />
      {rules && <HandoffRules onClose={() => setRules(false)} />}
    </>
  )
}

/** How many wait, and how the last thirty days went. */
function Summary() {
  const t = useWords('sales')
  const f = useFormats()
  const summary = useQuery(api.handoffs.summary.queryOptions({ input: { days: 30 } }))
  const { data } = summary
  const answered = (data?.accepted ?? 0) + (data?.returned ?? 0)
  const hours = data?.medianHoursToAccept ?? null
  const time =
    hours === null
      ? (['—', ''] as const)
      : hours < 1
        ? ([f.number(Math.max(1, Math.round(hours * 60))), t('minutesUnit')] as const)
        : ([f.number(Math.round(hours * 10) / 10), t('hours')] as const)
  if (summary.error) return <ErrorNote error={summary.error} retry={summary.refetch} />
  return (
    <Kpis>
      <Kpi label={t('waiting')} value={data ? f.number(data.open) : '—'} unit={t('people')} to="/handoffs" search={{ state: 'open' }} />
      <Kpi
        label={t('overdue')}
        value={data ? f.number(data.overdue) : '—'}
        unit={t('people')}
        to="/handoffs"
        search={{ state: 'overdue' }}
      />
      <Kpi label={t('acceptRate')} value={answered ? f.percent((data?.accepted ?? 0) / answered) : '—'} hint={t('last30')} />
      <Kpi label={t('timeToAccept')} value={time[0]} unit={time[1]} hint={t('last30')} />
    </Kpis>
  )
}

/** How many leads the guard keeps from this list; opens them. */
function GuardLink() {
  const t = useWords('qualify')
  const f = useFormats()
  const guard = useQuery(api.guard.report.queryOptions({ input: {} }))
  useLive('guard', () => void again(api.guard.key()))
  if (!guard.data) return null
  return (
    <Link to={'/guard' as string} className="push nowrap">
      {guard.data.settings.isOn || guard.data.open > 0 ? t('keptLink', { n: f.number(guard.data.open) }) : t('keptOff')}
    </Link>
  )
}
