import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { History, Undo2 } from 'lucide-react'
import { again, api, client, paged } from '../api.ts'
import { nameOfField, useFieldName, useFields, useFieldWords } from '../identify/fieldShow.ts'
import { useLive } from '../live.ts'
import { useFormats } from '../parts/formats.ts'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { RunCard, RunsPage } from './Runs.tsx'

type Act = Awaited<ReturnType<typeof client.bulk.list>>['items'][number]

/** Changes to many leads: who, when, what, how many; with progress, cancel and undo. */
export function BulkPage() {
  const l = useWords('lists')
  const list = useInfiniteQuery(paged(api.bulk.list, { limit: 30 }))
  useLive('bulk', () => void again(api.bulk.key()))
  return (
    <RunsPage
      title={l('history')}
      icon={History}
      empty={l('historyEmpty')}
      text={l('historyText')}
      list={list}
      card={(act) => <ActCard key={act.id} act={act} />}
    />
  )
}

function ActCard({ act }: { act: Act }) {
  const l = useWords('lists')
  const f = useFormats()
  const whatOf = useWhat()
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
    <RunCard
      run={act}
      title={l(`acts.${act.act.kind}`)}
      detail={<span className="clip act-what">{whatOf(act)}</span>}
      acts={
        act.mayUndo &&
        may('leads.write') && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Undo2 size={14} />}
            onClick={() => void run(() => client.bulk.undo({ id: act.id }))}
          >
            {l('undo')}
          </Button>
        )
      }
      facts={
        <>
          <span>{l(act.filter ? 'whole' : 'chosen')}</span>
          {act.filter && !act.forgotten && <FilterWords filter={act.filter} />}
          <span className="num">{l('changed', { n: act.changed })}</span>
          {act.restored > 0 && <span className="num">{l('restored', { n: act.restored })}</span>}
          {act.kept > 0 && <span className="num">{l('kept', { n: act.kept })}</span>}
          {act.forgotten && <span>{l('forgotten')}</span>}
          {act.mayUndo && <span>{l('undoUntil', { when: f.day(act.undoUntil) })}</span>}
        </>
      }
    >
      {going && act.total !== null && (
        <ProgressBar
          label={l(`states.${act.state}`)}
          done={act.state === 'undoing' ? act.restored + act.kept : act.done}
          total={act.state === 'undoing' ? act.changed : act.total}
          {...(act.state === 'undoing' ? {} : { onCancel: () => void run(() => client.bulk.cancel({ id: act.id })) })}
        />
      )}
    </RunCard>
  )
}

/** The change itself in a few words, fields and values as people call them. */
function useWhat(): (act: Act) => string {
  const l = useWords('lists')
  const f = useFormats()
  const { items } = useFields()
  const nameOf = useFieldName()
  const wordOf = useFieldWords()
  const field = (name: string, value: unknown) => {
    const known = items.find((one) => nameOfField(one) === name)
    return f.pair(nameOf(name), (known ? wordOf(known, value) : value === null || value === '' ? null : String(value)) ?? '—')
  }
  return ({ act, forgotten }) => {
    if (forgotten && (act.kind === 'field' || act.kind === 'attr')) return nameOf(act.kind === 'field' ? act.field : `attrs.${act.key}`)
    if (act.kind === 'tags' || act.kind === 'interest')
      return [...(act.add ?? []).map((one) => `＋${one}`), ...(act.remove ?? []).map((one) => `－${one}`)].join(' ')
    if (act.kind === 'field') return field(act.field, act.value)
    if (act.kind === 'attr') return field(`attrs.${act.key}`, act.value)
    if (act.kind === 'status') return l(`statuses.${act.status}`)
    return act.kind === 'priority' ? l(`priorities.${act.priority ?? 'none'}`) : ''
  }
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
