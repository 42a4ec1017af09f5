import { ActionIcon, TagsInput, Tooltip } from '@mantine/core'
import { ListFilterPlus, X } from 'lucide-react'
import { ACTIVITY_EVENTS } from '#loop/identify/activities/kinds/contract.ts'
import type { EventFilter, EventMatch } from '#loop/score/condition/contract.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { Pick, PickNumber, PickText } from './pick.tsx'
import { isChosen, type RuleWords, useNames, type Vocabulary } from './ruleWords.ts'

/** Events that are always offered, seen or not. */
const COMMON = [
  'page.viewed',
  'form.submitted',
  'card.exchanged',
  'file.downloaded',
  'link.clicked',
  'session.started',
  'mail.opened',
  'mail.clicked',
  'mail.sent',
  'mail.unsubscribed',
  'mail.bounced',
  'deal.created',
  'deal.won',
  'deal.lost',
  'heat.changed',
  'rank.changed',
  'handoff.made',
  ...ACTIVITY_EVENTS,
]

/** The name of the event meant. */
export function EventPick({
  match,
  onChange,
  vocabulary,
  words,
}: {
  match: EventMatch
  onChange: (to: EventMatch) => void
  vocabulary: Vocabulary
  words: RuleWords
}) {
  const t = useWords('segment')
  const names = [...new Set([...COMMON, ...vocabulary.events, match.event])]
  return (
    <Pick
      label={t('rule.event')}
      value={match.event}
      options={names.map((name) => ({ value: name, label: words.eventName(name) }))}
      onChange={(event) => onChange({ event, filters: [] })}
    />
  )
}

const PROPS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(ACTIVITY_EVENTS.map((name) => [name, ['result', 'direction', 'minutes', 'title']])),
  'page.viewed': ['url', 'pageGroup', 'title'],
  'page.left': ['url', 'pageGroup', 'engaged', 'scroll'],
  'form.submitted': ['form', 'formName', 'url'],
  'card.exchanged': ['source', 'campaign'],
  'file.downloaded': ['file', 'href', 'url'],
  'link.clicked': ['href', 'url'],
  'mail.opened': ['delivery'],
  'mail.clicked': ['url', 'delivery'],
  'mail.unsubscribed': ['reason'],
  'stage.changed': ['to', 'from'],
  'heat.changed': ['to', 'from'],
  'rank.changed': ['to', 'from'],
}

/** The filters of an event, each a small sentence of its own. */
export function FilterList({ match, onChange, words }: { match: EventMatch; onChange: (to: EventMatch) => void; words: RuleWords }) {
  const t = useWords('segment')
  const set = (i: number, filter: EventFilter | null) =>
    onChange({ ...match, filters: match.filters.flatMap((one, j) => (j !== i ? [one] : filter ? [filter] : [])) })
  return (
    <>
      {match.filters.map((filter, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: filters have no other identity than their place
        <span className="filter" key={i}>
          <FilterInput filter={filter} event={match.event} onChange={(to) => set(i, to)} words={words} />
          <ActionIcon size="xs" variant="subtle" color="gray" aria-label={t('rule.remove')} onClick={() => set(i, null)}>
            <X size={12} />
          </ActionIcon>
        </span>
      ))}
      {match.filters.length < 4 && (
        <Tooltip label={t('rule.addFilter')}>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t('rule.addFilter')}
            onClick={() => onChange({ ...match, filters: [...match.filters, firstFilter(match.event)] })}
          >
            <ListFilterPlus size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </>
  )
}

function firstFilter(event: string): EventFilter {
  const prop = PROPS[event]?.[0] ?? 'url'
  return { prop, op: isChosen(event, prop) ? 'eq' : 'contains', value: '' }
}

const FILTER_OPS = ['contains', 'notContains', 'startsWith', 'eq', 'ne', 'in', 'gte', 'lte', 'exists'] as const

function FilterInput({
  filter,
  event,
  onChange,
  words,
}: {
  filter: EventFilter
  event: string
  onChange: (to: EventFilter) => void
  words: RuleWords
}) {
  const t = useWords('segment')
  const { language } = useLanguage()
  const props = [...new Set([...(PROPS[event] ?? []), 'url', 'label', 'name', filter.prop])]
  const prop = (
    <Pick
      label={t('rule.prop')}
      value={filter.prop}
      options={props.map((name) => ({ value: name, label: words.propName(name) }))}
      onChange={(name) => onChange(isChosen(event, name) ? { prop: name, op: 'eq', value: '' } : { ...filter, prop: name })}
    />
  )
  const op = (
    <Pick
      label={t('rule.op')}
      value={filter.op}
      options={FILTER_OPS.map((one) => ({ value: one, label: t(`ops.${one}`) }))}
      onChange={(to) => onChange(withOp(filter, to))}
    />
  )
  const value = <FilterValue filter={filter} event={event} onChange={onChange} words={words} />
  return language === 'ja' ? (
    <>
      {prop}
      <span className="glue">{t('rule.ga')}</span>
      {value}
      {op}
    </>
  ) : (
    <>
      {prop}
      {op}
      {value}
    </>
  )
}

function FilterValue({ filter, event, onChange, words }: Parameters<typeof FilterInput>[0]) {
  const t = useWords('segment')
  const { language } = useLanguage()
  const named = useProposals(filter.prop)
  const proposals = words.optionsOf(event, filter.prop)?.map((one) => ({ value: one.value, label: one[language] })) ?? named
  if (filter.op === 'exists') return null
  if ('values' in filter)
    return (
      <TagsInput
        size="xs"
        className="pick-many"
        aria-label={t('rule.value')}
        value={filter.values}
        onChange={(values) => onChange({ ...filter, values })}
      />
    )
  if (typeof filter.value === 'number')
    return (
      <PickNumber
        label={t('rule.value')}
        value={filter.value}
        step="any"
        onChange={(value) => onChange({ ...filter, value } as EventFilter)}
      />
    )
  const text = String(filter.value)
  if (proposals.length && (filter.op === 'eq' || filter.op === 'ne'))
    return (
      <Pick
        label={t('rule.value')}
        value={text}
        options={[{ value: '', label: t('rule.choose') }, ...proposals]}
        onChange={(value) => onChange({ ...filter, value } as EventFilter)}
      />
    )
  return (
    <PickText
      label={t('rule.value')}
      value={text}
      placeholder={filter.prop === 'url' ? '/pricing' : t('rule.value')}
      onChange={(value) => onChange({ ...filter, value } as EventFilter)}
    />
  )
}

/** Forms and page groups by name; the rule keeps their ids. */
function useProposals(prop: string): { value: string; label: string }[] {
  const names = useNames()
  return prop === 'form' || prop === 'pageGroup' ? [...names[prop]].map(([value, label]) => ({ value, label })) : []
}

function withOp(filter: EventFilter, op: (typeof FILTER_OPS)[number]): EventFilter {
  const { prop } = filter
  const one = 'value' in filter ? filter.value : 'values' in filter ? (filter.values[0] ?? '') : ''
  if (op === 'exists') return { prop, op }
  if (op === 'in') return { prop, op, values: one === '' ? [] : [String(one)] }
  if (op === 'gte' || op === 'lte') return { prop, op, value: Number(one) || 0 }
  if (op === 'eq' || op === 'ne') return { prop, op, value: one }
  return { prop, op, value: String(one) }
}
