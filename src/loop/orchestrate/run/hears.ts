import type { Ctx } from '#kernel/ctx.ts'
import type { NewEvent } from '#kernel/journal.ts'
import { matches } from '#loop/score/condition/decide.ts'
import { triggerMatches, waitMatches } from '../step/events.ts'
import { isHistory } from './decide.ts'
import { programsOf, versionKey } from './programs.ts'
import { findListening } from './queries.ts'

/**
 * Which events start, move or end runs, as far as the events alone tell. A scenario that is published while this is asked did not hear
 * what was journalled by then anyway.
 */
export async function hears(ctx: Ctx, events: readonly NewEvent[]): Promise<(event: NewEvent) => boolean> {
  const listening = await findListening(ctx.db, [...new Set(events.map(({ name }) => name))].sort())
  const programs = await programsOf(ctx, listening)
  const graphs = listening.flatMap((of) => {
    const graph = programs.get(versionKey(of))?.graph
    return graph ? [{ live: of.live, graph }] : []
  })
  const waits = graphs.flatMap(({ graph }) => waitMatches(graph))
  const all = [...waits, ...graphs.flatMap(({ live, graph }) => (live ? graph.triggers.flatMap(triggerMatches) : []))]
  return (event) => {
    const { name, props, pageGroup = null } = event
    return (isHistory(event) ? waits : all).some((match) => matches(match, { name, props, pageGroup }))
  }
}
