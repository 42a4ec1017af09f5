// New steps, triggers and exits, set as most people would set them.
import type { Branch, Exit, Graph, Step, StepKind, SwitchCase, Trigger, TriggerKind, Until } from '#loop/orchestrate/graph/contract.ts'
import { stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { newId, type Place } from './edit.ts'

type Base = { readonly id: string; readonly name: string }

/** Keys of ways that a marketer adds. */
export const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** The first key that is not used yet. */
export const freeKey = (used: readonly { readonly key: string }[]): string | undefined =>
  KEYS.find((key) => !used.some((one) => one.key === key))

/** An empty way. */
export const branch = (key: string, weight = 0): Branch => ({ key, name: '', weight, steps: [] })

/** The ways that belong to keys, in their order; steps of a way that stays are kept. */
export function waysOf(keys: readonly string[], before: readonly Branch[]): Branch[] {
  return keys.map((key) => before.find((one) => one.key === key) ?? branch(key))
}

const blanks: { readonly [K in StepKind]: (base: Base) => Extract<Step, { kind: K }> } = {
  wait: (base) => ({ ...base, kind: 'wait', until: untils.for }),
  mail: (base) => ({ ...base, kind: 'mail', template: '', purpose: 'marketing' }),
  field: (base) => ({ ...base, kind: 'field', field: '', value: '' }),
  tag: (base) => ({ ...base, kind: 'tag', tag: '', remove: false }),
  points: (base) => ({ ...base, kind: 'points', score: 'main', amount: 10 }),
  notify: (base) => ({ ...base, kind: 'notify', by: 'signal', to: { kind: 'owner' }, channel: '', text: '', urgent: false }),
  handoff: (base) => ({ ...base, kind: 'handoff', note: '' }),
  owner: (base) => ({ ...base, kind: 'owner', rule: { kind: 'rules' }, replace: false }),
  campaign: (base) => ({ ...base, kind: 'campaign', campaign: '', status: '' }),
  consent: (base) => ({ ...base, kind: 'consent' }),
  webhook: (base) => ({ ...base, kind: 'webhook', url: '' }),
  scenario: (base) => ({ ...base, kind: 'scenario', scenario: '', do: 'start' }),
  end: (base) => ({ ...base, kind: 'end' }),
  condition: (base) => ({ ...base, kind: 'condition', rule: { kind: 'and', rules: [] }, branches: [branch('yes'), branch('no')] }),
  await: (base) => ({
    ...base,
    kind: 'await',
    event: { kind: 'mail', step: '', did: 'clicked', link: '' },
    within: { amount: 3, unit: 'days' },
    branches: [branch('happened'), branch('timedOut')],
  }),
  split: (base) => ({ ...base, kind: 'split', branches: [branch('a', 50), branch('b', 50)] }),
  switch: (base) => switchOf(base, [{ key: 'a', name: '', rule: { kind: 'and', rules: [] } }]),
  holdout: (base) => ({ ...base, kind: 'holdout', share: 10, branches: [branch('treated'), branch('held')] }),
  task: (base) => ({
    ...base,
    kind: 'task',
    title: '',
    script: '',
    assignee: { kind: 'owner' },
    results: [],
    within: { amount: 7, unit: 'days' },
    branches: [],
  }),
}

/** A switch with a way for each case. */
export function switchOf(base: Base, cases: readonly SwitchCase[]): Extract<Step, { kind: 'switch' }> {
  return { ...base, kind: 'switch', cases: [...cases], branches: [...cases.map((one) => branch(one.key)), branch('else')] }
}

export const untils: { readonly [K in Until['kind']]: Extract<Until, { kind: K }> } = {
  for: { kind: 'for', amount: 1, unit: 'days', businessHours: true },
  businessDay: { kind: 'businessDay', days: 1, time: '09:30' },
  businessHours: { kind: 'businessHours' },
  timeOfDay: { kind: 'timeOfDay', time: '09:30', businessDays: true, weekdays: [] },
  field: { kind: 'field', field: '', days: -7, time: '09:30' },
  bestHour: { kind: 'bestHour', within: 24, control: 10 },
}

const triggers: { readonly [K in TriggerKind]: (id: string) => Extract<Trigger, { kind: K }> } = {
  segment: (id) => ({ kind: 'segment', id, segment: '', on: 'entered' }),
  event: (id) => ({ kind: 'event', id, match: { event: 'page.viewed', filters: [] } }),
  form: (id) => ({ kind: 'form', id, form: '' }),
  score: (id) => ({ kind: 'score', id, score: 'main', column: 'total', threshold: 50 }),
  rank: (id) => ({ kind: 'rank', id, model: 'main', to: 'A', from: 'below' }),
  deal: (id) => ({ kind: 'deal', id, stage: '', product: '', reason: '' }),
  date: (id) => ({ kind: 'date', id, field: '', days: 0, time: '09:00', yearly: false }),
  schedule: (id) => ({ kind: 'schedule', id, segment: '', days: { kind: 'weekdays', weekdays: [1] }, time: '09:30' }),
  silence: (id) => ({ kind: 'silence', id, days: 90, match: { event: 'page.viewed', filters: [] } }),
  manual: (id) => ({ kind: 'manual', id }),
}

/** A new trigger of a kind. */
export const blankTrigger = (kind: TriggerKind, id: string = newId()): Trigger => triggers[kind](id)

export const exits: { readonly [K in Exit['kind']]: Exit } = {
  event: { kind: 'event', match: { event: 'deal.created', filters: [] } },
  segment: { kind: 'segment', segment: '', on: 'entered' },
}

/** A new step of a kind, set as most people would set it. A wait for a mail's reader takes the nearest mail before it. */
export function blankStep(kind: StepKind, graph: Graph, place: Place): Step {
  const made: Step = blanks[kind]({ id: newId(), name: '' })
  if (made.kind !== 'await' || made.event.kind !== 'mail') return made
  const before = stepsOf(graph.steps)
  const upTo = before.findIndex((one) => one.id === place.after) + 1
  const mail = before
    .slice(0, upTo)
    .reverse()
    .find((one) => one.kind === 'mail')
  return { ...made, event: { ...made.event, step: mail?.id ?? '' } }
}
