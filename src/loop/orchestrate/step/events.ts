// Which journal events triggers, goals and waits mean: the one place that knows how other rooms name theirs.
import type { JsonObject } from '#kernel/json.ts'
import type { EventMatch } from '#loop/score/condition/contract.ts'
import { matches, type SeenEvent } from '#loop/score/condition/decide.ts'
import { type Awaited, branches, type Goal, type Graph, stepsOf, type Trigger } from '../graph/contract.ts'

const segmentEntered = (segment: string): EventMatch => ({
  event: 'segment.entered',
  filters: [{ prop: 'segment', op: 'eq', value: segment }],
})
const formSubmitted = (form: string): EventMatch => ({ event: 'form.submitted', filters: [{ prop: 'form', op: 'eq', value: form }] })

/** The events that start a run; null for triggers that time alone pulls. */
export function triggerMatch(trigger: Trigger): EventMatch | null {
  switch (trigger.kind) {
    case 'segment':
      return segmentEntered(trigger.segment)
    case 'form':
      return formSubmitted(trigger.form)
    case 'event':
      return trigger.match
    case 'score':
      return { event: 'score.changed', filters: [{ prop: 'name', op: 'eq', value: trigger.score }] }
    case 'date':
      return null
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

/** Whether an event pulls a trigger. History pulls none. */
export function pulls(trigger: Trigger, event: SeenEvent & { readonly historic: boolean }): boolean {
  const match = triggerMatch(trigger)
  if (!match || event.historic || !matches(match, event)) return false
  return trigger.kind !== 'score' || crosses(trigger, event.props)
}

/** The events that end a run as reached. */
export function goalMatch(goal: Goal): EventMatch {
  return goal.kind === 'event' ? goal.match : segmentEntered(goal.segment)
}

/** The events a wait is for, and whether an event is about the mail of that step of that run. */
export function awaitedMatch(event: Awaited, runId: string): { match: EventMatch; ofMail: (seen: SeenEvent) => boolean } {
  const any = () => true
  if (event.kind === 'event') return { match: event.match, ofMail: any }
  if (event.kind === 'form') return { match: formSubmitted(event.form), ofMail: any }
  if (event.kind === 'segment') return { match: segmentEntered(event.segment), ofMail: any }
  const match: EventMatch = {
    event: event.did === 'clicked' ? 'mail.clicked' : 'mail.opened',
    filters: event.link ? [{ prop: 'url', op: 'contains', value: event.link }] : [],
  }
  return { match, ofMail: (seen) => seen.props['what'] === mailKey(runId, event.step) }
}

/** What a mail of a run is for: unique per run and step, so it can never be sent twice. */
export function mailKey(runId: string, step: string): string {
  return `run:${runId}:${step}`
}

/** Names of all events that can start a run of the scenario. */
export function startNames(graph: Graph): string[] {
  return distinct(graph.triggers.flatMap((trigger) => triggerMatch(trigger)?.event ?? []))
}

/** Names of all events that can move or end a run of the scenario. */
export function waitNames(graph: Graph): string[] {
  const waits = stepsOf(graph.steps).flatMap((step) =>
    branches(step) && step.kind === 'await' ? [awaitedMatch(step.event, '').match.event] : [],
  )
  return distinct([...waits, ...(graph.goal ? [goalMatch(graph.goal).event] : [])])
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort()
