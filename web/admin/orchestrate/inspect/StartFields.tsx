// Where a scenario begins and ends: triggers and entry at the start, goal and exits at the goal.
import { ActionIcon, Button, Select } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Entry, Exit, Goal, Graph, Late, Trigger, TriggerKind } from '#loop/orchestrate/graph/contract.ts'
import { MOST_HELD } from '#loop/orchestrate/graph/contract.ts'
import { useWords } from '../../words/words.tsx'
import { exits as blankExits, blankTrigger } from '../blanks.ts'
import { TRIGGERS } from '../kinds.ts'
import type { Names } from '../useNames.ts'
import type { Sentences } from '../useSentences.ts'
import { EventFields } from './EventFields.tsx'
import { CrossingFields, SegmentSelect, WholeInput, WordSelect } from './picks.tsx'
import { TriggerFields } from './TriggerFields.tsx'

interface Props {
  readonly graph: Graph
  readonly names: Names
  readonly say: Sentences
  readonly onChange: (make: (graph: Graph) => Graph) => void
}

/** Boxes joined by "or", each of which can be taken away. */
function Boxes<V>({
  items,
  keyOf,
  onRemove,
  children,
}: {
  items: readonly V[]
  keyOf: (item: V, i: number) => string
  onRemove: (i: number) => void
  children: (item: V, i: number) => ReactNode
}) {
  const t = useWords('orchestrate')
  return items.map((item, i) => (
    <div key={keyOf(item, i)} className="stack">
      {i > 0 && <div className="sc-or">{t('trigger.or')}</div>}
      <div className="sc-box">
        <ActionIcon className="remove" size="sm" variant="subtle" color="gray" aria-label={t('remove')} onClick={() => onRemove(i)}>
          <X size={14} />
        </ActionIcon>
        {children(item, i)}
      </div>
    </div>
  ))
}

/** Why somebody enters, how often, and what holds for the whole scenario. */
export function StartFields({ graph, names, say, onChange }: Props) {
  const t = useWords('orchestrate')
  const put = (triggers: Trigger[]) => onChange((now) => ({ ...now, triggers }))
  const change = (to: Trigger) => put(graph.triggers.map((one) => (one.id === to.id ? to : one)))
  return (
    <div className="stack">
      <Boxes items={graph.triggers} keyOf={(one) => one.id} onRemove={(i) => put(graph.triggers.filter((_, at) => at !== i))}>
        {(trigger) => (
          <>
            <WordSelect
              label={t('trigger.kind')}
              data={TRIGGERS.map((kind) => ({ value: kind, label: t(`trigger.${kind}`) }))}
              value={trigger.kind}
              onChange={(kind: TriggerKind) => change(blankTrigger(kind, trigger.id))}
            />
            <TriggerFields key={trigger.kind} trigger={trigger} names={names} say={say} onChange={change} />
          </>
        )}
      </Boxes>
      {graph.triggers.length < 10 && (
        <Button
          variant="default"
          size="xs"
          leftSection={<Plus size={13} />}
          onClick={() => put([...graph.triggers, blankTrigger(graph.triggers.length ? 'event' : 'segment')])}
        >
          {t('addTrigger')}
        </Button>
      )}
      <p className="muted">{t('trigger.past')}</p>
      <EntryFields entry={graph.entry} onChange={(entry) => onChange((now) => ({ ...now, entry }))} />
      <WholeFields graph={graph} onChange={onChange} />
    </div>
  )
}

function EntryFields({ entry, onChange }: { entry: Entry; onChange: (entry: Entry) => void }) {
  const t = useWords('orchestrate')
  return (
    <>
      <WordSelect
        label={t('entry.label')}
        data={[
          { value: 'once', label: t('entry.once') },
          { value: 'every', label: t('entry.every', { n: entry.kind === 'every' ? entry.days : 30 }) },
          { value: 'each', label: t('entry.each') },
        ]}
        value={entry.kind}
        onChange={(kind: Entry['kind']) => onChange(kind === 'every' ? { kind, days: 30 } : { kind })}
      />
      {entry.kind === 'every' && (
        <WholeInput label={t('entry.days')} min={1} max={3_650} value={entry.days} onChange={(days) => onChange({ kind: 'every', days })} />
      )}
    </>
  )
}

/** Whose mails go first, what becomes of late waits, and how many are held back for measuring. */
function WholeFields({ graph, onChange }: Pick<Props, 'graph' | 'onChange'>) {
  const t = useWords('orchestrate')
  const { late } = graph
  const put = (to: Late) => onChange((now) => ({ ...now, late: to }))
  return (
    <>
      <h3 className="sc-part">{t('whole.title')}</h3>
      <WordSelect
        label={t('whole.priority')}
        data={(['5', '4', '3', '2', '1'] as const).map((value) => ({ value, label: t(`whole.priorities.p${value}`) }))}
        value={String(graph.priority) as '3'}
        onChange={(to) => onChange((now) => ({ ...now, priority: Number(to) }))}
      />
      <WordSelect
        label={t('whole.late')}
        data={(['run', 'skip', 'nextWindow'] as const).map((value) => ({ value, label: t(`whole.lates.${value}`) }))}
        value={late.kind}
        onChange={(kind: Late['kind']) => put(kind === 'skip' ? { kind, hours: 24 } : { kind })}
      />
      {late.kind === 'skip' && (
        <WholeInput
          label={t('whole.hours')}
          min={1}
          max={8_760}
          value={late.hours}
          unit={t('wait.hours')}
          onChange={(hours) => put({ kind: 'skip', hours })}
        />
      )}
      <WholeInput
        label={t('whole.holdout')}
        description={t('whole.holdoutText')}
        min={0}
        max={MOST_HELD}
        value={graph.holdout}
        unit="%"
        onChange={(holdout) => onChange((now) => ({ ...now, holdout }))}
      />
    </>
  )
}

/** What ends a run anywhere: as reached, or without. */
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
        <SegmentSelect value={goal.segment} names={names} onChange={(segment) => put({ kind: 'segment', segment })} />
      )}
      <ExitFields graph={graph} names={names} say={say} onChange={onChange} />
    </div>
  )
}

function ExitFields({ graph, names, say, onChange }: Props) {
  const t = useWords('orchestrate')
  const put = (exits: Exit[]) => onChange((now) => ({ ...now, exits }))
  return (
    <>
      <h3 className="sc-part">{t('exits.title')}</h3>
      <p className="muted">{t('exits.text')}</p>
      <Boxes items={graph.exits} keyOf={(_, i) => String(i)} onRemove={(i) => put(graph.exits.filter((_, at) => at !== i))}>
        {(exit, i) => {
          const change = (to: Exit) => put(graph.exits.map((one, at) => (at === i ? to : one)))
          return (
            <>
              <WordSelect
                label={t('exits.kind')}
                data={(['event', 'segment'] as const).map((value) => ({ value, label: t(`exits.${value}`) }))}
                value={exit.kind}
                onChange={(kind: Exit['kind']) => change(blankExits[kind])}
              />
              {exit.kind === 'event' ? (
                <EventFields match={exit.match} names={names} say={say} onChange={(match) => change({ kind: 'event', match })} />
              ) : (
                <CrossingFields match={exit} names={names} onChange={change} />
              )}
            </>
          )
        }}
      </Boxes>
      {graph.exits.length < 10 && (
        <Button variant="default" size="xs" leftSection={<Plus size={13} />} onClick={() => put([...graph.exits, blankExits.event])}>
          {t('exits.add')}
        </Button>
      )}
    </>
  )
}
