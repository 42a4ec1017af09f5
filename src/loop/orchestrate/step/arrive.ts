// What a run does when it comes to a step: goes on at once, does something, waits, or asks. Pure.
import { HOUR } from '#kernel/clock.ts'
import { derivedId } from '#kernel/journal.ts'
import type { Late, SplitStep, Step, TaskStep, Until } from '../graph/contract.ts'
import { ON } from '../program/contract.ts'
import { dueOf, lengthOf } from './due.ts'
import type { Ask, Because, Effect, Run, World } from './state.ts'

type Going = { readonly stops: false; readonly way: string; readonly because: Because; readonly effect?: Effect }
type Stopping = { readonly stops: true; readonly run: Run; readonly asks: Ask | null; readonly effect?: Effect }
export type Arrival = Going | Stopping

const stop = (run: Run, asks: Ask | null = null): Stopping => ({ stops: true, run, asks })
const goOn = (way: string, because: Because): Going => ({ stops: false, way, because })

/** Comes to a step that is no end. */
export function arrive(run: Run, one: Step, world: World, priority: number): Arrival {
  const here: Run = { ...run, at: one.id, arrivedAt: world.now, dueAt: null }
  switch (one.kind) {
    case 'condition':
    case 'switch':
      return stop(here, { kind: one.kind })
    case 'holdout':
      return stop(here, { kind: 'unit' })
    case 'await':
      return stop({ ...here, dueAt: new Date(world.now.getTime() + lengthOf(one.within)) })
    case 'task':
      return atTask(here, one, world, priority)
    case 'wait':
      return atWait(here, one.until, world)
    case 'split':
      return goOn(arm(one, world.draw(`split:${run.scenarioId}:${one.id}:${run.personId}`)), { kind: 'drawn' })
    case 'end':
      return goOn(ON, { kind: 'done' })
    default:
      return { ...goOn(ON, { kind: 'done' }), effect: { id: effectId(run.id, one.id), step: one, priority } }
  }
}

/** The id of what a step of a run does: the same however often it is computed. */
export function effectId(runId: string, step: string): string {
  return derivedId(runId, 'orchestrate', step)
}

/** A task is made at once; only one with results to choose from is waited for. */
function atTask(here: Run, one: TaskStep, world: World, priority: number): Arrival {
  const effect: Effect = { id: effectId(here.id, one.id), step: one, priority }
  if (!one.branches.length) return { ...goOn(ON, { kind: 'done' }), effect }
  return { ...stop({ ...here, dueAt: new Date(world.now.getTime() + lengthOf(one.within)) }), effect }
}

function atWait(here: Run, until: Until, world: World): Arrival {
  if (until.kind === 'field') return stop(here, { kind: 'day', field: until.field })
  if (until.kind === 'bestHour') {
    const isControl = world.draw(`hour:${here.scenarioId}:${here.at}:${here.personId}`) * 100 < until.control
    return isControl ? goOn(ON, { kind: 'timing', arm: 'control' }) : stop(here, { kind: 'hours' })
  }
  const dueAt = dueOf(until, world)
  return dueAt > world.now ? stop({ ...here, dueAt }) : goOn(ON, { kind: 'done' })
}

/** The arm a draw in [0, 1) falls on, by the weights of the arms in their order. */
export function arm(split: SplitStep, draw: number): string {
  const total = split.branches.reduce((sum, branch) => sum + branch.weight, 0)
  let left = draw * total
  for (const branch of split.branches) {
    if (left < branch.weight) return branch.key
    left -= branch.weight
  }
  return split.branches.at(-1)?.key ?? ON
}

/** The late rule `skip` leaves out what speaks to the person; what is done in the house is done, however late. @returns why, or null */
export function leaveMails(rule: Late, effect: Effect, late: number): Because | null {
  if (rule.kind !== 'skip' || effect.step.kind !== 'mail' || late <= rule.hours * HOUR) return null
  return { kind: 'late', hours: Math.floor(late / HOUR) }
}
