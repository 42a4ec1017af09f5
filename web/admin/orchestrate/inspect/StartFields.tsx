import { ActionIcon, Button, Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import type { Entry, Goal, Graph, Trigger } from '#loop/orchestrate/graph/contract.ts'
import { SCORE_COLUMNS } from '#loop/score/rules/contract.ts'
import { useWords } from '../../words/words.tsx'
import { newId } from '../edit.ts'
import type { Names } from '../useNames.ts'
import type { Sentences } from '../useSentences.ts'
import { EventFields } from './EventFields.tsx'

interface Props {
  readonly graph: Graph
  readonly names: Names
  readonly say: Sentences
  readonly onChange: (make: (graph: Graph) => Graph) => void
}

const KINDS = ['segment', 'form', 'event', 'score', 'date'] as const
const blank = (kind: Trigger['kind'], id: string): Trigger => {
  if (kind === 'segment') return { kind, id, segment: '' }
  if (kind === 'form') return { kind, id, form: '' }
  if (kind === 'score') return { kind, id, score: 'main', column: 'total', threshold: 50 }
  if (kind === 'date') return { kind, id, field: '', days: 0, time: '09:00', yearly: false }
  return { kind, id, match: { event: 'page.viewed', filters: [] } }
}

/** Why somebody enters, and how often. */
export function StartFields({ graph, names, say, onChange }: Props) {
  const t = useWords('orchestrate')
  const put = (triggers: Trigger[]) => onChange((now) => ({ ...now, triggers }))
  return (
    <div className="stack">
      {graph.triggers.map((trigger, i) => (
        <div key={trigger.id} className="stack">
          {i > 0 && <div className="sc-or">{t('trigger.or')}</div>}
          <div className="sc-box">
            <ActionIcon
              className="remove"
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('remove')}
              onClick={() => put(graph.triggers.filter((one) => one.id !== trigger.id))}
            >
              <X size={14} />
            </ActionIcon>
            <Select
              label={t('trigger.kind')}
              data={KINDS.map((kind) => ({ value: kind, label: t(`trigger.${kind}`) }))}
              value={trigger.kind}
              allowDeselect={false}
              onChange={(kind) =>
                kind && put(graph.triggers.map((one) => (one.id === trigger.id ? blank(kind as Trigger['kind'], trigger.id) : one)))
              }
            />
            <TriggerFields
              trigger={trigger}
              names={names}
              say={say}
              onChange={(to) => put(graph.triggers.map((one) => (one.id === trigger.id ? to : one)))}
            />
          </div>
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<Plus size={13} />}
        onClick={() => put([...graph.triggers, blank(graph.triggers.length ? 'event' : 'segment', newId())])}
      >
        {t('addTrigger')}
      </Button>
      <p className="muted">{t('trigger.past')}</p>
      <EntryFields entry={graph.entry} onChange={(entry) => onChange((now) => ({ ...now, entry }))} />
    </div>
  )
}

function TriggerFields({
  trigger,
  names,
  say,
  onChange,
}: {
  trigger: Trigger
  names: Names
  say: Sentences
  onChange: (trigger: Trigger) => void
}) {
  const t = useWords('orchestrate')
  switch (trigger.kind) {
    case 'segment':
      return (
        <Select
          label={t('pick.segment')}
          data={names.segments}
          value={trigger.segment || null}
          placeholder={t('pick.none')}
          searchable
          onChange={(segment) => onChange({ ...trigger, segment: segment ?? '' })}
        />
      )
    case 'form':
      return (
        <Select
          label={t('pick.form')}
          data={names.forms}
          value={trigger.form || null}
          placeholder={t('pick.none')}
          searchable
          onChange={(form) => onChange({ ...trigger, form: form ?? '' })}
        />
      )
    case 'event':
      return <EventFields match={trigger.match} names={names} say={say} onChange={(match) => onChange({ ...trigger, match })} />
    case 'score':
      return <ScoreFields trigger={trigger} names={names} onChange={onChange} />
    case 'date':
      return <DateFields trigger={trigger} names={names} onChange={onChange} />
  }
}

type Of<K extends Trigger['kind']> = Extract<Trigger, { kind: K }>

function ScoreFields({ trigger, names, onChange }: { trigger: Of<'score'>; names: Names; onChange: (trigger: Trigger) => void }) {
  const t = useWords('orchestrate')
  return (
    <>
      <Select
        label={t('trigger.score_')}
        data={names.scores}
        value={trigger.score}
        allowDeselect={false}
        onChange={(score) => score && onChange({ ...trigger, score })}
      />
      <div className="sc-pair">
        <Select
          label={t('trigger.column')}
          data={SCORE_COLUMNS.map((column) => ({ value: column, label: t(`columnsOf.${column}`) }))}
          value={trigger.column}
          allowDeselect={false}
          onChange={(column) => column && onChange({ ...trigger, column: column as Of<'score'>['column'] })}
        />
        <NumberInput
          label={t('trigger.threshold')}
          value={trigger.threshold}
          min={-100_000}
          max={100_000}
          onChange={(to) => onChange({ ...trigger, threshold: Math.trunc(Number(to) || 0) })}
        />
      </div>
    </>
  )
}

function DateFields({ trigger, names, onChange }: { trigger: Of<'date'>; names: Names; onChange: (trigger: Trigger) => void }) {
  const t = useWords('orchestrate')
  const isBefore = trigger.days < 0
  return (
    <>
      <Select
        label={t('trigger.field')}
        data={names.dates}
        value={trigger.field || null}
        placeholder={t('pick.none')}
        searchable
        onChange={(field) => onChange({ ...trigger, field: field ?? '' })}
      />
      <div className="sc-pair">
        <NumberInput
          label={t('trigger.days')}
          min={0}
          max={365}
          value={Math.abs(trigger.days)}
          onChange={(to) => onChange({ ...trigger, days: (isBefore ? -1 : 1) * Math.trunc(Number(to) || 0) })}
        />
        <Select
          label={t('trigger.direction')}
          data={[
            { value: 'before', label: t('trigger.beforeWord') },
            { value: 'after', label: t('trigger.afterWord') },
          ]}
          value={isBefore ? 'before' : 'after'}
          allowDeselect={false}
          onChange={(to) =>
            onChange({ ...trigger, days: (to === 'before' ? -1 : 1) * (Math.abs(trigger.days) || (to === 'before' ? 1 : 0)) })
          }
        />
      </div>
      <TextInput
        type="time"
        label={t('trigger.time')}
        value={trigger.time}
        onChange={(event) => event.currentTarget.value && onChange({ ...trigger, time: event.currentTarget.value.slice(0, 5) })}
      />
      <Checkbox
        label={t('trigger.yearly')}
        checked={trigger.yearly}
        onChange={(event) => onChange({ ...trigger, yearly: event.currentTarget.checked })}
      />
    </>
  )
}

function EntryFields({ entry, onChange }: { entry: Entry; onChange: (entry: Entry) => void }) {
  const t = useWords('orchestrate')
  return (
    <>
      <Select
        label={t('entry.label')}
        data={[
          { value: 'once', label: t('entry.once') },
          { value: 'every', label: t('entry.every', { n: entry.kind === 'every' ? entry.days : 30 }) },
          { value: 'each', label: t('entry.each') },
        ]}
        value={entry.kind}
        allowDeselect={false}
        onChange={(kind) => onChange(kind === 'every' ? { kind, days: 30 } : { kind: kind === 'each' ? 'each' : 'once' })}
      />
      {entry.kind === 'every' && (
        <NumberInput
          label={t('entry.days')}
          min={1}
          max={3650}
          value={entry.days}
          onChange={(days) => onChange({ kind: 'every', days: Math.max(1, Math.trunc(Number(days) || 1)) })}
        />
      )}
    </>
  )
}

/** What ends a run as reached. */
export function GoalFields({ graph, names, say, onChange }: Props) {
  const t = useWords('orchestrate')
  const { goal } = graph
  const put = (to: Goal | null) => onChange((now) => ({ ...now, goal: to }))
  return (
    <div className="stack">
      <p className="muted">{t('goalText')}</p>
      <Select
        label={t('goal')}
        data={[
          { value: 'none', label: t('noGoal') },
          { value: 'event', label: t('trigger.event') },
          { value: 'segment', label: t('trigger.segment') },
        ]}
        value={goal?.kind ?? 'none'}
        allowDeselect={false}
        onChange={(kind) =>
          put(
            kind === 'event' ? { kind, match: { event: 'deal.created', filters: [] } } : kind === 'segment' ? { kind, segment: '' } : null,
          )
        }
      />
      {goal?.kind === 'event' && (
        <EventFields match={goal.match} names={names} say={say} onChange={(match) => put({ kind: 'event', match })} />
      )}
      {goal?.kind === 'segment' && (
        <Select
          label={t('pick.segment')}
          data={names.segments}
          value={goal.segment || null}
          placeholder={t('pick.none')}
          searchable
          onChange={(segment) => put({ kind: 'segment', segment: segment ?? '' })}
        />
      )}
    </div>
  )
}
