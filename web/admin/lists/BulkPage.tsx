import './lists.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { History, Undo2 } from 'lucide-react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Act = Awaited<ReturnType<typeof client.bulk.list>>['items'][number]

/** Changes to many leads: who, when, what, how many; with progress, cancel and undo. */
export function BulkPage() {
  const l = useWords('lists')
  const t = useWords('identify')
  const p = useWords('parts')
  const list = useInfiniteQuery(paged(api.bulk.list, { limit: 30 }))
  useLive('bulk', () => void again(api.bulk.key()))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageTop title={l('history')} crumb={t('leads')} crumbTo="/leads" />
      <Page>
        {list.isPending && <Skeletons rows={5} height={72} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.data && items.length === 0 && (
          <EmptyState
            icon={History}
            title={l('historyEmpty')}
            action={
              <Button component={Link} to="/leads" variant="default">
                {l('toLeads')}
              </Button>
            }
          >
            {l('historyText')}
          </EmptyState>
        )}
        <div className="stack">
          {items.map((act) => (
            <ActCard key={act.id} act={act} />
          ))}
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

function ActCard({ act }: { act: Act }) {
  const l = useWords('lists')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const run = async (what: () => Promise<unknown>) => {
    try {
      await what()
      await Promise.all([again(api.bulk.key()), again(api.leads.key())])
    } catch (error) {
      toast.failed(error)
    }
  }
  const going = act.state === 'running' || act.state === 'undoing' || act.state === 'waiting'
  return (
    <Card>
      <div className="stack act-card">
        <div className="row wrap">
          <b>{l(`acts.${act.act.kind}`)}</b>
          <span className="clip act-what">{whatOf(act)}</span>
          <span className={`act-state ${act.state}`}>{l(`states.${act.state}`)}</span>
          <span className="push row">
            {act.mayUndo && may('leads.write') && (
              <Button
                size="xs"
                variant="default"
                leftSection={<Undo2 size={14} />}
                onClick={() => void run(() => client.bulk.undo({ id: act.id }))}
              >
                {l('undo')}
              </Button>
            )}
          </span>
        </div>
        <div className="row wrap muted act-facts">
          <span>
            {act.by}・<Ago at={act.at} />
          </span>
          <span>{l(act.filter ? 'whole' : 'chosen')}</span>
          {act.filter && <FilterWords filter={act.filter} />}
          <span className="num">{l('changed', { n: act.changed })}</span>
          {act.restored > 0 && <span className="num">{l('restored', { n: act.restored })}</span>}
          {act.kept > 0 && <span className="num">{l('kept', { n: act.kept })}</span>}
          {act.mayUndo && <span>{l('undoUntil', { when: f.day(act.undoUntil) })}</span>}
          {act.failure && <span>{act.failure}</span>}
        </div>
        {going && act.total !== null && (
          <ProgressBar
            label={l(`states.${act.state}`)}
            done={act.state === 'undoing' ? act.restored + act.kept : act.done}
            total={act.state === 'undoing' ? act.changed : act.total}
            {...(act.state === 'undoing' ? {} : { onCancel: () => void run(() => client.bulk.cancel({ id: act.id })) })}
          />
        )}
      </div>
    </Card>
  )
}

/** The change itself in a few words: names of fields and values as they are kept. */
function whatOf({ act }: Act): string {
  if (act.kind === 'tags' || act.kind === 'interest')
    return [...(act.add ?? []).map((one) => `＋${one}`), ...(act.remove ?? []).map((one) => `－${one}`)].join(' ')
  if (act.kind === 'field') return `${act.field}：${act.value || '—'}`
  if (act.kind === 'attr') return `${act.key}：${act.value === null ? '—' : String(act.value)}`
  if (act.kind === 'status') return act.status
  return act.kind === 'priority' ? (act.priority ?? '—') : ''
}

function FilterWords({ filter }: { filter: NonNullable<Act['filter']> }) {
  const entries = Object.entries(filter).filter(([key, value]) => key !== 'rule' && value !== undefined && value !== '')
  const l = useWords('lists')
  return (
    <span className="clip">
      {entries.map(([, value]) => String(value)).join('・')}
      {filter.rule ? ` ${l('rule')}` : ''}
    </span>
  )
}
