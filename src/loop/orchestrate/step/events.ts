// Which journal events triggers, goals and waits mean: the one place that knows how other rooms name theirs.
import type { JsonObject } from '#kernel/json.ts'
import type { EventMatch } from '#loop/score/condition/contract.ts'
import { matches, type SeenEvent } from '#loop/score/condition/decide.ts'
import { RANKS } from '#loop/score/rules/contract.ts'
import { type Awaited, type Exit, type Goal, type Graph, type Step, stepsOf, type Trigger, type Until } from '../graph/contract.ts'
import { effectId } from './arrive.ts'

type Crossing = 'entered' | 'left'
interface DealMatch {
  readonly stage: string
  readonly product: string
  readonly reason: string
}

const eq = (prop: string, value: string) => ({ prop, op: 'eq' as const, value })
const segmentCrossed = (segment: string, on: Crossing): EventMatch => ({ event: `segment.${on}`, filters: [eq('segment', segment)] })
const formSubmitted = (form: string): EventMatch => ({ event: 'form.submitted', filters: [eq('form', form)] })

/** A deal that is made at a stage has come to it as well as one that is moved there. */
function dealMatches({ stage, reason }: DealMatch): EventMatch[] {
  if (stage === 'won') return [{ event: 'deal.won', filters: [] }]
  if (stage === 'lost') return [{ event: 'deal.lost', filters: reason ? [eq('reason', reason)] : [] }]
  return [
    { event: 'deal.stage_changed', filters: [eq('to', stage)] },
    { event: 'deal.created', filters: [eq('stage', stage)] },
  ]
}

const isAbout = ({ product }: DealMatch, { props }: SeenEvent): boolean => {
  const products = props['products']
  return !product || (Array.isArray(products) && products.includes(product))
}

/** The events that start a run; none for triggers that time or somebody's hand pulls. */
export function triggerMatches(trigger: Trigger): EventMatch[] {
  switch (trigger.kind) {
    case 'segment':
      return [segmentCrossed(trigger.segment, trigger.on)]
    case 'form':
      return [formSubmitted(trigger.form)]
    case 'event':
    case 'silence':
      return [trigger.match]
    case 'score':
      return [{ event: 'score.changed', filters: [eq('name', trigger.score)] }]
    case 'rank':
      return [{ event: 'rank.changed', filters: [eq('name', trigger.model), eq('to', trigger.to)] }]
    case 'deal':
      return dealMatches(trigger)
    case 'date':
    case 'schedule':
    case 'manual':
      return []
  }
}

/** Whether a score crossed the threshold of a trigger: upwards, or downwards on a column of minus points. Staying beyond it is no crossing. */
export function crosses(trigger: Extract<Trigger, { kind: 'score' }>, props: JsonObject): boolean {
  const [was, is] = [columnOf(props['was'], trigger.column), columnOf(props['is'], trigger.column)]
  if (is === null) return false
  const beyond = (value: number): boolean => (trigger.column.endsWith('_minus') ? value <= trigger.threshold : value >= trigger.threshold)
  return beyond(is) && !beyond(was ?? 0)
}

function columnOf(value: unknown, column: string): number | null {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[column] : null
  return typeof found === 'number' ? found : null
}

/** Whether a rank is come to from the side that is asked for. Somebody without a rank stands below all. */
function comesFrom({ from, to }: Extract<Trigger, { kind: 'rank' }>, was: unknown): boolean {
  if (from === 'any') return true
  const place = (RANKS as readonly unknown[]).indexOf(was)
  const below = place < 0 || place > RANKS.indexOf(to)
  return below === (from === 'below')
}

/**
 * Whether an event pulls a trigger. History pulls none. A trigger of the kind `silence` besides asks what was before, which no event
 * says: `silence.ts`.
 */
export function pulls(trigger: Trigger, event: SeenEvent & { readonly historic: boolean }): boolean {
  if (event.historic || !triggerMatches(trigger).some((match) => matches(match, event))) return false
  if (trigger.kind === 'score') return crosses(trigger, event.props)
  if (trigger.kind === 'rank') return comesFrom(trigger, event.props['from'])
  return trigger.kind !== 'deal' || isAbout(trigger, event)
}

function endMatch(end: Goal | Exit): EventMatch {
  return end.kind === 'event' ? end.match : segmentCrossed(end.segment, 'on' in end ? end.on : 'entered')
}

/** Whether an event ends a run by this goal or exit. */
export function ends(end: Goal | Exit, event: SeenEvent): boolean {
  return matches(endMatch(end), event)
}

function awaitedMatches(event: Awaited): EventMatch[] {
  switch (event.kind) {
    case 'event':
      return [event.match]
    case 'form':
      return [formSubmitted(event.form)]
    case 'segment':
      return [segmentCrossed(event.segment, event.on)]
    case 'deal':
      return dealMatches(event)
    case 'mail':
      return [
        {
          event: event.did === 'clicked' ? 'mail.clicked' : 'mail.opened',
          filters: event.link ? [{ prop: 'url', op: 'contains', value: event.link }] : [],
        },
      ]
  }
}

/** Whether an event is what a wait is for; one about a mail must be about the mail of that step of that run. */
function isAwaited(event: Awaited, runId: string, seen: SeenEvent): boolean {
  if (!awaitedMatches(event).some((match) => matches(match, seen))) return false
  if (event.kind === 'deal') return isAbout(event, seen)
  return event.kind !== 'mail' || seen.props['what'] === mailKey(runId, event.step)
}

const FIELD_CHANGED = 'field.changed'
const TASK_DONE = 'task.done'

/** Whether an event says that the date a wait is for may be another now. */
export function hears(until: Extract<Until, { kind: 'field' }>, event: SeenEvent): boolean {
  const fields = event.props['fields']
  return event.name === FIELD_CHANGED && Array.isArray(fields) && fields.includes(until.field)
}

/** The way an event lets a run go on by from a step that waits for one; null when it is not what the step waits for. */
export function waysOf(step: Step, runId: string, event: SeenEvent): string | null {
  if (step.kind === 'await') return isAwaited(step.event, runId, event) ? 'happened' : null
  if (step.kind !== 'task' || event.name !== TASK_DONE || event.props['task'] !== effectId(runId, step.id)) return null
  const result = event.props['result']
  return step.results.find(({ key }) => key === result)?.key ?? null
}

/** How the names of all mails of a run begin. */
export const runName = (runId: string): string => `run:${runId}`

/** What a mail of a run is for: unique per run and step, so it can never be sent twice. */
export function mailKey(runId: string, step: string): string {
  return `${runName(runId)}:${step}`
}

/** Names of all events that can start a run of the scenario. */
export function startNames(graph: Graph): string[] {
  return distinct(graph.triggers.flatMap((trigger) => triggerMatches(trigger).map(({ event }) => event)))
}

/** Names of all events that can move or end a run of the scenario. */
export function waitNames(graph: Graph): string[] {
  return distinct(waitMatches(graph).map(({ event }) => event))
}

/** Which events can move or end a run of the scenario: whatever does is one of these. */
export function waitMatches(graph: Graph): EventMatch[] {
  const ending = [...(graph.goal ? [graph.goal] : []), ...graph.exits].map(endMatch)
  return [...stepsOf(graph.steps).flatMap(matchesOf), ...ending]
}

function matchesOf(step: Step): EventMatch[] {
  if (step.kind === 'await') return awaitedMatches(step.event)
  if (step.kind === 'task') return step.branches.length ? [{ event: TASK_DONE, filters: [] }] : []
  return step.kind === 'wait' && step.until.kind === 'field' ? [{ event: FIELD_CHANGED, filters: [] }] : []
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort()
