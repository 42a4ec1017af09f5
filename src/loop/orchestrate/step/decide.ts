// The scenario engine: one pure function from a run and what happened to the run after it and the effects to perform.
import type { Calendar, WorkWeek } from '#kernel/calendar.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import { derivedId } from '#kernel/journal.ts'
import { matches, type SeenEvent } from '#loop/score/condition/decide.ts'
import type { LeafStep, SplitStep, Step } from '../graph/contract.ts'
import { type Node, ON, type Program } from '../program/contract.ts'
import { dueOf, stillClosed } from './due.ts'
import { awaitedMatch, goalMatch } from './events.ts'

export type How = 'completed' | 'goal' | 'stopped'

/** A run as the engine sees it. `at` is the step it stands at; null only before it began and after it ended. */
export interface Run {
  readonly id: string
  readonly personId: string
  readonly scenarioId: string
  readonly at: string | null
  readonly arrivedAt: Date
  readonly dueAt: Date | null
  readonly ended: How | null
  /** What it was waiting for came while the scenario was paused: the way is taken when the scenario goes on. */
  readonly heard: { readonly name: string; readonly eventId: string } | null
  /** How many steps were left behind: the ordinal of the next line of its history. */
  readonly steps: number
}

/** What can happen to a run. `answer` follows when a step of the kind `condition` asked. */
export type Happened =
  | { readonly kind: 'entered' }
  | { readonly kind: 'due' }
  /** Somebody ended the run, or the whole scenario. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'answer'; readonly yes: boolean; readonly because?: unknown }
  | { readonly kind: 'event'; readonly event: HeardEvent }
  /** Somebody put the run at another step (or its own, which begins anew), or at the end (null): by hand, or with a new version. */
  | { readonly kind: 'moved'; readonly to: string | null; readonly by: string }

/** A journal event as a run hears it. A historic one can only end the run as reached: it moves nothing else. */
export interface HeardEvent extends SeenEvent {
  readonly eventId: string
  readonly receivedAt: Date
  readonly historic: boolean
}

/** What the engine is told of the world besides: time, working time, and chance by key. */
export interface World {
  readonly now: Date
  readonly calendar: Calendar
  readonly week: WorkWeek
  readonly draw: (key: string) => number
  /** The scenario is paused: nobody moves on, but what people do is not forgotten. */
  readonly held: boolean
}

/** Why a step was left by that way. */
export type Because =
  /** `outcome` says what came of it, where that is not simply done: why a mail did not go out. */
  | { readonly kind: 'done'; readonly outcome?: string }
  | { readonly kind: 'waited'; readonly until: string }
  | { readonly kind: 'event'; readonly name: string; readonly eventId: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'rule'; readonly yes: boolean; readonly because?: unknown }
  | { readonly kind: 'drawn' }
  /** `by` is who did it, or `v` and the number of a version. */
  | { readonly kind: 'moved'; readonly to: string | null; readonly by: string }

/** One line of a run's history: a step that was left, by which way, and why. */
export interface Passed {
  readonly ordinal: number
  readonly step: string
  readonly way: string
  readonly arrivedAt: Date
  readonly leftAt: Date
  readonly because: Because
}

/** Something to be done outside the engine. The id is the same however often the step is computed. */
export interface Effect {
  readonly id: string
  readonly step: Exclude<LeafStep, { kind: 'wait' | 'end' }>
}

/** The run after what happened. `asks` means it stands at a condition and needs an answer before it can go on. */
export interface Advance {
  readonly run: Run
  readonly effects: readonly Effect[]
  readonly passed: readonly Passed[]
  readonly asks: boolean
}

/** Advances one run. Nothing that does not concern it changes it; an ended run never moves again. */
export function step(program: Program, run: Run, happened: Happened, world: World): Advance {
  if (run.ended) return still(run)
  if (happened.kind === 'entered') return walk(program, { ...run, at: null }, program.first, world, [])
  if (happened.kind === 'stop') return ended(run, 'stopped', world.now, [])
  if (happened.kind === 'moved') return onMoved(program, run, happened, world)
  const node = run.at === null ? undefined : program.nodes.get(run.at)
  if (happened.kind === 'event') return onEvent(program, run, node, happened.event, world)
  if (!node) return ended(run, 'completed', world.now, [])
  if (happened.kind === 'answer') return onAnswer(program, run, node, happened, world)
  return onDue(program, run, node, world)
}

const still = (run: Run): Advance => ({ run, effects: [], passed: [], asks: false })

function onEvent(program: Program, run: Run, node: Node | undefined, event: HeardEvent, world: World): Advance {
  const { goal } = program.graph
  if (goal && matches(goalMatch(goal), event)) return ended(run, 'goal', world.now, [], event)
  if (event.historic || run.heard || node?.step.kind !== 'await' || isLate(run, event.receivedAt)) return still(run)
  const { match, ofMail } = awaitedMatch(node.step.event, run.id)
  if (!matches(match, event) || !ofMail(event)) return still(run)
  const heard = { name: event.name, eventId: event.eventId }
  if (world.held) return still({ ...run, heard, dueAt: world.now })
  return leave(program, run, node, 'happened', { kind: 'event', ...heard }, world)
}

/** The way of a step that somebody was taken away from. */
export const MOVED = 'moved'

/** The step that is left may be one that this version does not have any more. */
function onMoved(program: Program, run: Run, { to, by }: Extract<Happened, { kind: 'moved' }>, world: World): Advance {
  const passed = run.at === null ? [] : [passing(run, run.at, MOVED, { kind: 'moved', to, by }, run.arrivedAt, world.now)]
  const from: Run = { ...run, at: null, dueAt: null, heard: null, steps: run.steps + passed.length }
  return walk(program, from, to, world, passed)
}

/** An event that came in at or after the time-out is too late, even when it is read before the timer is. */
function isLate(run: Run, receivedAt: Date): boolean {
  return run.dueAt !== null && receivedAt >= run.dueAt
}

function onAnswer(program: Program, run: Run, node: Node, answer: Extract<Happened, { kind: 'answer' }>, world: World): Advance {
  if (node.step.kind !== 'condition') return still(run)
  const because = answer.because === undefined ? {} : { because: answer.because }
  return leave(program, run, node, answer.yes ? 'yes' : 'no', { kind: 'rule', yes: answer.yes, ...because }, world)
}

function onDue(program: Program, run: Run, node: Node, world: World): Advance {
  if (world.held || !run.dueAt || run.dueAt > world.now) return still(run)
  if (node.step.kind === 'await') {
    const because: Because = run.heard ? { kind: 'event', ...run.heard } : { kind: 'timedOut' }
    return leave(program, run, node, run.heard ? 'happened' : 'timedOut', because, world)
  }
  if (node.step.kind !== 'wait') return still(run)
  const later = stillClosed(node.step.until, world)
  if (later) return still({ ...run, dueAt: later })
  return leave(program, run, node, ON, { kind: 'waited', until: run.dueAt.toISOString() }, world)
}

function leave(program: Program, run: Run, node: Node, way: string, because: Because, world: World): Advance {
  const passed = passing(run, node.step.id, way, because, run.arrivedAt, world.now)
  return walk(program, { ...run, at: null, dueAt: null, heard: null, steps: run.steps + 1 }, node.next[way] ?? null, world, [passed])
}

const passing = (run: Run, id: string, way: string, because: Because, arrivedAt: Date, leftAt: Date): Passed => ({
  ordinal: run.steps,
  step: id,
  way,
  arrivedAt,
  leftAt,
  because,
})

/** Goes from step to step until one makes the run wait, ask, or end. */
function walk(program: Program, from: Run, to: string | null, world: World, before: readonly Passed[]): Advance {
  const passed = [...before]
  const effects: Effect[] = []
  let run = from
  for (let id = to; id !== null; ) {
    const node = program.nodes.get(id)
    if (!node || node.step.kind === 'end') return { ...ended(run, 'completed', world.now, passed), effects }
    const arrived = arrive(run, node.step, world)
    if (arrived.stops) return { run: arrived.run, effects, passed, asks: node.step.kind === 'condition' }
    if (arrived.effect) effects.push(arrived.effect)
    passed.push(passing(run, id, arrived.way, arrived.because, world.now, world.now))
    run = { ...run, steps: run.steps + 1 }
    id = node.next[arrived.way] ?? null
  }
  return { ...ended(run, 'completed', world.now, passed), effects }
}

type Arrival =
  | { readonly stops: true; readonly run: Run }
  | { readonly stops: false; readonly way: string; readonly because: Because; readonly effect?: Effect }

function arrive(run: Run, one: Step, world: World): Arrival {
  const here: Run = { ...run, at: one.id, arrivedAt: world.now, dueAt: null }
  switch (one.kind) {
    case 'condition':
      return { stops: true, run: here }
    case 'await':
      return { stops: true, run: { ...here, dueAt: new Date(world.now.getTime() + lengthOf(one.within)) } }
    case 'wait': {
      const dueAt = dueOf(one.until, world)
      return dueAt > world.now ? { stops: true, run: { ...here, dueAt } } : { stops: false, way: ON, because: { kind: 'done' } }
    }
    case 'split':
      return { stops: false, way: arm(one, world.draw(`split:${run.scenarioId}:${one.id}:${run.personId}`)), because: { kind: 'drawn' } }
    case 'end':
      return { stops: false, way: ON, because: { kind: 'done' } }
    default:
      return { stops: false, way: ON, because: { kind: 'done' }, effect: { id: derivedId(run.id, 'orchestrate', one.id), step: one } }
  }
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

const UNIT = { minutes: MINUTE, hours: HOUR, days: DAY } as const

/** The length of an amount of time in ms. A day is 24 hours. */
export function lengthOf({ amount, unit }: { readonly amount: number; readonly unit: keyof typeof UNIT }): number {
  return amount * UNIT[unit]
}

function ended(run: Run, how: How, now: Date, passed: readonly Passed[], by?: { name: string; eventId: string }): Advance {
  const last =
    by && run.at !== null ? [passing(run, run.at, 'goal', { kind: 'event', name: by.name, eventId: by.eventId }, run.arrivedAt, now)] : []
  const steps = run.steps + last.length
  return { run: { ...run, at: null, dueAt: null, heard: null, ended: how, steps }, effects: [], passed: [...passed, ...last], asks: false }
}
