// The scenario engine: one pure function from a run and what happened to the run after it and the effects to perform.
import { nextBusinessTime } from '#kernel/calendar.ts'
import { HOUR } from '#kernel/clock.ts'
import { type Node, ON, type Program } from '../program/contract.ts'
import { armOf } from './arm.ts'
import { arrive, leaveMails } from './arrive.ts'
import { bestHour, fieldDue, stillClosed } from './due.ts'
import { ends, hears, waysOf } from './events.ts'
import type { Advance, Because, Effect, Happened, Heard, HeardEvent, How, Passed, Run, Said, World } from './state.ts'

/** Advances one run. Nothing that does not concern it changes it; an ended run never moves again. */
export function step(program: Program, run: Run, happened: Happened, world: World): Advance {
  if (run.ended) return still(run)
  const late = 'late' in happened ? (happened.late ?? 0) : 0
  if (happened.kind === 'entered') return onEntered(program, run, world, late)
  if (happened.kind === 'stop') return ended(run, 'stopped', world.now, [])
  if (happened.kind === 'moved') return onMoved(program, run, happened, world)
  const node = run.at === null ? undefined : program.nodes.get(run.at)
  if (happened.kind === 'event') return onEvent(program, run, node, happened.event, world)
  if (happened.kind === 'answer' && run.at === null) return onDrawn(program, run, happened.said, world, late)
  if (!node) return ended(run, 'completed', world.now, [])
  if (happened.kind === 'answer') return onAnswer(program, run, node, happened.said, world, late)
  if (happened.kind === 'hurried') return onHurried(program, run, node, happened.by, world)
  return onDue(program, run, node, world)
}

const still = (run: Run): Advance => ({ run, effects: [], passed: [], asks: null, late: 0 })

function onEntered(program: Program, run: Run, world: World, late: number): Advance {
  const from: Run = { ...run, at: null }
  if (program.graph.holdout > 0) return { ...still(from), asks: { kind: 'unit' }, late }
  return walk(program, from, program.first, world, [], late)
}

/** Whoever is drawn into the control group of the scenario has entered and ended: what becomes of them is measured. */
function onDrawn(program: Program, run: Run, said: Said, world: World, late: number): Advance {
  if (said.kind !== 'unit') return still(run)
  const drawn = armOf({ scenarioId: run.scenarioId, step: null }, said.unit, program.graph.holdout, world.draw)
  return drawn === 'held' ? ended(run, 'held', world.now, []) : walk(program, run, program.first, world, [], late)
}

function onEvent(program: Program, run: Run, node: Node | undefined, event: HeardEvent, world: World): Advance {
  const { goal, exits } = program.graph
  if (goal && ends(goal, event)) return ended(run, 'goal', world.now, [], event)
  if (exits.some((exit) => ends(exit, event))) return ended(run, 'exited', world.now, [], event)
  if (event.historic || run.heard || !node || isLate(run, event.receivedAt)) return still(run)
  if (node.step.kind === 'wait') return onFieldChanged(run, node, event)
  const way = waysOf(node.step, run.id, event)
  if (way === null) return still(run)
  const heard: Heard = { name: event.name, eventId: event.eventId, way }
  if (world.held) return still({ ...run, heard, dueAt: world.now })
  return leave(program, run, node, way, { kind: 'event', name: event.name, eventId: event.eventId }, world, 0)
}

/** The date that is waited for was changed: it is asked again, also of a scenario that is paused. */
function onFieldChanged(run: Run, { step: one }: Node, event: HeardEvent): Advance {
  if (one.kind !== 'wait' || one.until.kind !== 'field' || !hears(one.until, event)) return still(run)
  return { ...still(run), asks: { kind: 'day', field: one.until.field } }
}

/** The way of a step that somebody was taken away from. */
export const MOVED = 'moved'

/** The step that is left may be one that this version does not have any more. */
function onMoved(program: Program, run: Run, { to, by }: Extract<Happened, { kind: 'moved' }>, world: World): Advance {
  const passed = run.at === null ? [] : [passing(run, run.at, MOVED, { kind: 'moved', to, by }, run.arrivedAt, world.now)]
  const from: Run = { ...run, at: null, dueAt: null, heard: null, steps: run.steps + passed.length }
  return walk(program, from, to, world, passed, 0)
}

/** A wait is over as its time had come; one for an event as if it had run out. */
function onHurried(program: Program, run: Run, node: Node, by: string, world: World): Advance {
  if (world.held) return still(run)
  if (node.step.kind === 'wait') return leave(program, run, node, ON, { kind: 'hurried', by }, world, 0)
  return 'timedOut' in node.next ? leave(program, run, node, 'timedOut', { kind: 'hurried', by }, world, 0) : still(run)
}

/** An event that came in at or after the time-out is too late, even when it is read before the timer is. */
function isLate(run: Run, receivedAt: Date): boolean {
  return run.dueAt !== null && receivedAt >= run.dueAt
}

const said = (because: unknown): { because?: unknown } => (because === undefined ? {} : { because })

function onAnswer(program: Program, run: Run, node: Node, answer: Said, world: World, late: number): Advance {
  const one = node.step
  const go = (way: string, because: Because): Advance => leave(program, run, node, way, because, world, late)
  if (one.kind === 'condition' && answer.kind === 'condition')
    return go(answer.yes ? 'yes' : 'no', { kind: 'rule', yes: answer.yes, ...said(answer.because) })
  if (one.kind === 'switch' && answer.kind === 'switch')
    return go(answer.key ?? 'else', { kind: 'case', key: answer.key, ...said(answer.because) })
  if (one.kind === 'holdout' && answer.kind === 'unit')
    return go(armOf({ scenarioId: run.scenarioId, step: one.id }, answer.unit, one.share, world.draw), { kind: 'drawn' })
  if (one.kind !== 'wait') return still(run)
  if (one.until.kind === 'field' && answer.kind === 'day') return onDay(run, fieldDue(one.until, answer.day, world.week), world, go)
  if (one.until.kind === 'bestHour' && answer.kind === 'hours') {
    const at = answer.hours ? bestHour(answer.hours, world.now, one.until.within, world.week.timeZone) : world.now
    if (at > world.now) return still({ ...run, dueAt: at })
    return go(ON, { kind: 'timing', arm: 'best', ...(answer.hours ? { of: answer.of } : {}) })
  }
  return still(run)
}

/** Until a date: what was reached by waiting was waited for, what is past or empty on arrival is said to be so. */
function onDay(run: Run, due: Date | null, world: World, go: (way: string, because: Because) => Advance): Advance {
  if (due && due > world.now) return still({ ...run, dueAt: due })
  if (world.held) return still({ ...run, dueAt: run.dueAt && run.dueAt < world.now ? run.dueAt : world.now })
  if (due && run.dueAt) return go(ON, { kind: 'waited', until: due.toISOString() })
  return go(ON, { kind: 'done', outcome: due ? 'datePast' : 'noDate' })
}

function onDue(program: Program, run: Run, node: Node, world: World): Advance {
  const { dueAt } = run
  if (world.held || !dueAt || dueAt > world.now) return still(run)
  const by = world.now.getTime() - dueAt.getTime()
  const later = putOff(program, node, by, world)
  if (later) return still({ ...run, dueAt: later })
  const one = node.step
  if (one.kind === 'await' || one.kind === 'task') {
    const because: Because = run.heard ? { kind: 'event', name: run.heard.name, eventId: run.heard.eventId } : { kind: 'timedOut' }
    return leave(program, run, node, run.heard ? (run.heard.way ?? 'happened') : 'timedOut', because, world, by)
  }
  if (one.kind !== 'wait') return still(run)
  if (one.until.kind === 'field') return { ...still(run), asks: { kind: 'day', field: one.until.field }, late: by }
  const until = dueAt.toISOString()
  const because: Because = one.until.kind === 'bestHour' ? { kind: 'timing', arm: 'best', until } : { kind: 'waited', until }
  return leave(program, run, node, ON, because, world, by)
}

/** Waits that are over for no longer than this are on time. */
export const ON_TIME = HOUR

/** When to try again: a wait that promised working time keeps its promise, and the late rule may ask for business hours. */
function putOff({ graph: { late } }: Program, { step: one }: Node, by: number, world: World): Date | null {
  // Mails that are left out as late need no working time, and being put off must not make them look timely.
  if (late.kind === 'skip' && by > late.hours * HOUR) return null
  const closed = one.kind === 'wait' ? stillClosed(one.until, world) : null
  if (closed || late.kind !== 'nextWindow' || by <= ON_TIME) return closed
  const open = nextBusinessTime(world.calendar, world.week, world.now)
  return open > world.now ? open : null
}

function leave(program: Program, run: Run, node: Node, way: string, because: Because, world: World, late: number): Advance {
  const passed = passing(run, node.step.id, way, because, run.arrivedAt, world.now)
  return walk(program, { ...run, at: null, dueAt: null, heard: null, steps: run.steps + 1 }, node.next[way] ?? null, world, [passed], late)
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
function walk(program: Program, from: Run, to: string | null, world: World, before: readonly Passed[], late: number): Advance {
  const { graph } = program
  const passed = [...before]
  const effects: Effect[] = []
  let run = from
  for (let id = to; id !== null; ) {
    const node = program.nodes.get(id)
    if (!node || node.step.kind === 'end') break
    const arrived = arrive(run, node.step, world, graph.priority)
    const leftOut = arrived.effect ? leaveMails(graph.late, arrived.effect, late) : null
    if (arrived.effect && !leftOut) effects.push(arrived.effect)
    if (arrived.stops) return { run: arrived.run, effects, passed, asks: arrived.asks, late: arrived.asks ? late : 0 }
    passed.push(passing(run, id, arrived.way, leftOut ?? arrived.because, world.now, world.now))
    run = { ...run, steps: run.steps + 1 }
    id = node.next[arrived.way] ?? null
  }
  return { ...ended(run, 'completed', world.now, passed), effects }
}

function ended(run: Run, how: How, now: Date, passed: readonly Passed[], by?: { name: string; eventId: string }): Advance {
  const because: Because | null = by ? { kind: 'event', name: by.name, eventId: by.eventId } : null
  const last = because && run.at !== null ? [passing(run, run.at, how === 'goal' ? 'goal' : 'exit', because, run.arrivedAt, now)] : []
  const steps = run.steps + last.length
  const over: Run = { ...run, at: null, dueAt: null, heard: null, ended: how, steps }
  return { run: over, effects: [], passed: [...passed, ...last], asks: null, late: 0 }
}
