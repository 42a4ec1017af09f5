// What a scenario refers to in other rooms. Pure.
import type { WorkWeek } from '#kernel/calendar.ts'
import { leavesOf, type Rule } from '#loop/segment/rules/contract.ts'
import type { Problem } from './check/contract.ts'
import { AT_EXITS, AT_GOAL, AT_START } from './check/contract.ts'
import { type Graph, type Step, stepsOf, type Trigger } from './graph/contract.ts'

/** A reference to a thing of another room, and the place that makes it. */
export interface Referents {
  readonly at: string
  readonly kind: 'template' | 'segment' | 'campaign' | 'scenario' | 'channel'
  readonly id: string
}

/** Everything a scenario refers to; places still empty are left out. */
export function referentsOf(graph: Graph): Referents[] {
  const triggers = graph.triggers.flatMap((one) =>
    one.kind === 'segment' || one.kind === 'schedule' ? [{ at: AT_START, kind: 'segment' as const, id: one.segment }] : [],
  )
  const exits = graph.exits.flatMap((one) => (one.kind === 'segment' ? [{ at: AT_EXITS, kind: 'segment' as const, id: one.segment }] : []))
  const goal = graph.goal?.kind === 'segment' ? [{ at: AT_GOAL, kind: 'segment' as const, id: graph.goal.segment }] : []
  const steps = stepsOf(graph.steps).flatMap((step): Referents[] => {
    if (step.kind === 'mail') return [{ at: step.id, kind: 'template', id: step.template }]
    if (step.kind === 'campaign') return [{ at: step.id, kind: 'campaign', id: step.campaign }]
    if (step.kind === 'scenario') return [{ at: step.id, kind: 'scenario', id: step.scenario }]
    if (step.kind === 'notify' && step.by !== 'signal' && step.by !== 'mail') return [{ at: step.id, kind: 'channel', id: step.channel }]
    if (step.kind === 'await' && step.event.kind === 'segment') return [{ at: step.id, kind: 'segment', id: step.event.segment }]
    return []
  })
  return [...triggers, ...goal, ...exits, ...steps].filter(({ id }) => id !== '')
}

/** A problem for every reference to something that is not there any more. */
export function missingReferents(refs: readonly Referents[], there: ReadonlySet<string>): Problem[] {
  return refs.filter(({ id }) => !there.has(id)).map(({ at, kind }) => ({ at, code: 'gone', severity: 'error', what: kind }))
}

/** Something that is asked or written by its name, or by a rule: without it a step still runs, and does nothing or goes the other way. */
export interface Named {
  readonly at: string
  readonly kind: 'form' | 'segment' | 'fact' | 'day' | 'score'
  readonly id: string
}

/** Everything of that kind, places still empty left out. `day` is a field that must hold a day. */
export function namedBy(graph: Graph): Named[] {
  const steps = stepsOf(graph.steps).flatMap((step) => [
    ...namedByStep(step),
    ...rulesOf(step).flatMap((rule) => namedByRule(step.id, rule)),
  ])
  return [...graph.triggers.flatMap(namedByTrigger), ...steps].filter(({ id }) => id !== '')
}

function namedByTrigger(one: Trigger): Named[] {
  if (one.kind === 'form') return [{ at: AT_START, kind: 'form', id: one.form }]
  if (one.kind === 'score') return [{ at: AT_START, kind: 'score', id: one.score }]
  if (one.kind === 'rank') return [{ at: AT_START, kind: 'score', id: one.model }]
  return one.kind === 'date' ? [{ at: AT_START, kind: 'day', id: one.field }] : []
}

function namedByStep(step: Step): Named[] {
  if (step.kind === 'field') return [{ at: step.id, kind: 'fact', id: step.field }]
  if (step.kind === 'points') return [{ at: step.id, kind: 'score', id: step.score }]
  if (step.kind === 'wait' && step.until.kind === 'field') return [{ at: step.id, kind: 'day', id: step.until.field }]
  return step.kind === 'await' && step.event.kind === 'form' ? [{ at: step.id, kind: 'form', id: step.event.form }] : []
}

function rulesOf(step: Step): Rule[] {
  if (step.kind === 'condition') return [step.rule]
  return step.kind === 'switch' ? step.cases.map((one) => one.rule) : []
}

const namedByRule = (at: string, rule: Rule): Named[] =>
  leavesOf(rule).flatMap(({ leaf }): Named[] => {
    if (leaf.kind === 'segment') return [{ at, kind: 'segment', id: leaf.segment }]
    return leaf.kind === 'fact' ? [{ at, kind: 'fact', id: leaf.fact }] : []
  })

/** A warning, once for each place, for what is not there any more. */
export function missingNames(named: readonly Named[], isThere: (one: Named) => boolean): Problem[] {
  const lost = new Map(named.filter((one) => !isThere(one)).map((one) => [`${one.at} ${one.kind}`, one]))
  return [...lost.values()].map(({ at, kind }) => ({ at, code: 'gone', severity: 'warning', what: kind }))
}

/** Waits for a weekday that is to be a business day, on which the company never works: they would end at once. */
export function neverOpen(graph: Graph, week: WorkWeek): Problem[] {
  return stepsOf(graph.steps).flatMap((step): Problem[] => {
    if (step.kind !== 'wait' || step.until.kind !== 'timeOfDay') return []
    const { businessDays, weekdays } = step.until
    const isNever = businessDays && weekdays.length > 0 && !weekdays.some((day) => week.weekdays.includes(day))
    return isNever ? [{ at: step.id, code: 'neverOpen', severity: 'warning' }] : []
  })
}

/** Every segment that a scenario names, wherever in it. */
export const segmentsOf = (graph: Graph): string[] =>
  [...referentsOf(graph), ...namedBy(graph)].filter(({ kind }) => kind === 'segment').map(({ id }) => id)

/** No names of steps: the ways in and out, what belongs to the whole scenario, and what every object has. */
const NO_STEP: ReadonlySet<string> = new Set([AT_START, AT_GOAL, AT_EXITS, 'end', ...Object.getOwnPropertyNames(Object.prototype)])

/** Ids of new steps that mean something else already. A step of before keeps its own. */
export function idsTaken(before: Graph, after: Graph): string[] {
  const known = new Set(stepsOf(before.steps).map((step) => step.id))
  return stepsOf(after.steps)
    .map((step) => step.id)
    .filter((id) => NO_STEP.has(id) && !known.has(id))
}
