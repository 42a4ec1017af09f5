// What a scenario refers to in other rooms. Pure.
import type { Problem } from './check/contract.ts'
import { AT_EXITS, AT_GOAL, AT_START } from './check/contract.ts'
import { type Graph, stepsOf } from './graph/contract.ts'

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
