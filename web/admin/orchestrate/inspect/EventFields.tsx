import { ActionIcon, Button, Select, TextInput } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { ACTIVITY_EVENTS } from '#loop/identify/activities/kinds/contract.ts'
import type { EventFilter, EventMatch } from '#loop/score/condition/contract.ts'
import { useWords } from '../../words/words.tsx'
import type { Names } from '../useNames.ts'
import type { Sentences } from '../useSentences.ts'

const KNOWN = [
  'page.viewed',
  'link.clicked',
  'file.downloaded',
  'form.submitted',
  'card.exchanged',
  'mail.clicked',
  'mail.opened',
  'lead.created',
  'field.changed',
  'owner.assigned',
  'heat.changed',
  'rank.changed',
  'handoff.accepted',
  'handoff.returned',
  'deal.created',
  'deal.won',
  'deal.lost',
  ...ACTIVITY_EVENTS,
  'task.due',
  'task.done',
]
const OPS = ['eq', 'ne', 'contains', 'notContains', 'startsWith', 'gte', 'lte', 'exists'] as const
type Op = (typeof OPS)[number]
const PROPS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(ACTIVITY_EVENTS.map((name) => [name, ['result', 'direction', 'minutes', 'title']])),
  'page.viewed': ['path', 'url', 'title', 'pageGroup'],
  'link.clicked': ['url'],
  'file.downloaded': ['url', 'file'],
  'form.submitted': ['form'],
  'card.exchanged': ['source', 'campaign'],
  'mail.clicked': ['url'],
  'heat.changed': ['to', 'from'],
  'rank.changed': ['to', 'from'],
  'field.changed': ['field'],
}

/** Which event: its name and conditions on its properties. */
export function EventFields({
  match,
  names,
  say,
  onChange,
}: {
  match: EventMatch
  names: Names
  say: Sentences
  onChange: (match: EventMatch) => void
}) {
  const t = useWords('orchestrate')
  const events = [...new Set([...KNOWN, ...names.events, match.event])].filter((name) => !/^(scenario|segment|score)\./.test(name))
  const setFilter = (i: number, filter: EventFilter | null) =>
    onChange({ ...match, filters: match.filters.flatMap((one, at) => (at === i ? (filter ? [filter] : []) : [one])) })
  const firstProp = PROPS[match.event]?.[0] ?? 'url'
  return (
    <>
      <Select
        label={t('event.name')}
        data={events.map((value) => ({ value, label: say.eventName(value) }))}
        value={match.event}
        searchable
        allowDeselect={false}
        onChange={(event) => event && onChange({ event, filters: [] })}
      />
      {match.filters.map((filter, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: filters have no id of their own and are edited in place
        <FilterRow key={i} filter={filter} known={PROPS[match.event] ?? []} onChange={(to) => setFilter(i, to)} />
      ))}
      {match.filters.length < 4 && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Plus size={13} />}
          onClick={() => onChange({ ...match, filters: [...match.filters, { prop: firstProp, op: 'contains', value: '/' }] })}
        >
          {t('event.addFilter')}
        </Button>
      )}
    </>
  )
}

function FilterRow({
  filter,
  known,
  onChange,
}: {
  filter: EventFilter
  known: readonly string[]
  onChange: (filter: EventFilter | null) => void
}) {
  const t = useWords('orchestrate')
  const value = 'value' in filter ? String(filter.value) : 'values' in filter ? filter.values.join(',') : ''
  const put = (prop: string, op: Op, text: string) => onChange(filterOf(prop, op, text))
  const op: Op = filter.op === 'in' ? 'eq' : filter.op
  const props = [...new Set([...known, filter.prop])]
  return (
    <div className="sc-box">
      <ActionIcon className="remove" size="sm" variant="subtle" color="gray" aria-label={t('remove')} onClick={() => onChange(null)}>
        <X size={14} />
      </ActionIcon>
      <Select
        label={t('event.prop')}
        data={props.map((prop) => ({ value: prop, label: t.has(`props.${prop as 'path'}`) ? t(`props.${prop as 'path'}`) : prop }))}
        value={filter.prop}
        allowDeselect={false}
        onChange={(prop) => prop && put(prop, op, value)}
      />
      <div className="sc-pair">
        <Select
          aria-label={t('event.op')}
          data={OPS.map((one) => ({ value: one, label: t(`ops.${one}`) }))}
          value={op}
          allowDeselect={false}
          onChange={(to) => to && put(filter.prop, to as Op, value || '/')}
        />
        {op !== 'exists' && (
          <TextInput
            aria-label={t('event.value')}
            value={value}
            maxLength={500}
            onChange={(event) => put(filter.prop, op, event.currentTarget.value)}
          />
        )}
      </div>
    </div>
  )
}

function filterOf(prop: string, op: Op, text: string): EventFilter {
  if (op === 'exists') return { prop, op }
  if (op === 'gte' || op === 'lte') return { prop, op, value: Number(text) || 0 }
  if (op === 'eq' || op === 'ne') return { prop, op, value: text }
  return { prop, op, value: text || '/' }
}
