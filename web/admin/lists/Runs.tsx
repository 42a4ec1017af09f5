import './lists.css'
import { Button } from '@mantine/core'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { PageOf } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'

/** What was done with lists, the newest first: a page of cards that teaches while there are none. */
export function RunsPage<Run>({
  title,
  icon,
  empty,
  text,
  list,
  card,
}: {
  title: string
  icon: LucideIcon
  empty: string
  text: string
  list: UseInfiniteQueryResult<{ pages: PageOf<Run>[] }>
  card: (run: Run) => ReactNode
}) {
  const l = useWords('lists')
  const t = useWords('identify')
  const p = useWords('parts')
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageTop title={title} crumb={t('leads')} crumbTo="/leads" />
      <Page>
        {list.isPending && <Skeletons rows={4} height={72} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.data && items.length === 0 && (
          <EmptyState
            icon={icon}
            title={empty}
            action={
              <Button component={Link} to="/leads" variant="default">
                {l('toLeads')}
              </Button>
            }
          >
            {text}
          </EmptyState>
        )}
        <div className="stack">
          {items.map(card)}
          {list.hasNextPage && (
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {p('more')}
            </Button>
          )}
        </div>
      </Page>
    </>
  )
}

/** One of them: what it was and how it stands, what can be done about it, by whom and when, what else is to say. */
export function RunCard({
  run,
  title,
  detail,
  acts,
  facts,
  children,
}: {
  run: { readonly state: StateKey; readonly by: string; readonly at: string; readonly failure: string | null }
  title: string
  detail?: ReactNode
  acts?: ReactNode
  facts: ReactNode
  children?: ReactNode
}) {
  const l = useWords('lists')
  return (
    <Card>
      <div className="stack act-card">
        <div className="row wrap">
          <b>{title}</b>
          {detail}
          <span className={`act-state ${run.state}`}>{l(`states.${run.state}`)}</span>
          <span className="push row">{acts}</span>
        </div>
        <div className="row wrap muted act-facts">
          <span>
            {run.by}・<Ago at={run.at} />
          </span>
          {facts}
          {run.failure && <span>{run.failure}</span>}
        </div>
        {children}
      </div>
    </Card>
  )
}

type StateKey = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed' | 'undoing' | 'undone' | 'expired' | 'withdrawn'
