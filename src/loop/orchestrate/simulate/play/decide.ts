// Plays a draft: the journal's events in their order, and the timers between them, through the very `step` that runs live. Pure but for the stage.

import { DAY } from '#kernel/clock.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { Value } from '#loop/score/condition/decide.ts'
import type { Trigger } from '../../graph/contract.ts'
import { mayEnter, newRun, runOf, type Start } from '../../run/decide.ts'
import { cameBack, RETURN } from '../../run/silence.ts'
import { step } from '../../step/decide.ts'
import { pulls } from '../../step/events.ts'
import type { Advance, Effect, Happened, HeardEvent } from '../../step/state.ts'
import type { Past } from '../past/decide.ts'
import { saidOf } from './answer.ts'
import { MAILS, newTimers, nextTimer, STEPS, setTimer } from './heap.ts'
import { leave, queueMail, takeBack } from './mail.ts'
import { type Actor, type Cast, type Due, dayOf, noted, type Part, type Setting, type Stage, type Told } from './stage.ts'
import { count, newTally, onDay, put } from './tally.ts'

/** An empty stage. */
export function newStage(part: Part, setting: Setting): Stage {
  return {
    part,
    setting,
    actors: new Map(),
    timers: newTimers<Due>(),
    tally: newTally(),
    companySends: new Map(),
    sent: [],
  }
}

/** The version that lets people in at an instant. */
export function castAt(part: Part, at: number): Cast | undefined {
  return part.casts.findLast((cast) => cast.from <= at)
}

/** What lets somebody in. */
interface By {
  readonly cast: Cast
  readonly trigger: string
}

/** The trigger an event pulls at its time, and the version it belongs to. */
export function pulled(part: Part, { event, occurred }: Told, pastOf: PastOf, last: number | null): By | null {
  const cast = castAt(part, event.receivedAt.getTime())
  if (part.isRecorded && event.name === 'scenario.entered' && event.props['scenario'] === part.scenarioId && cast)
    return { cast, trigger: String(event.props['trigger']) }
  const pulling = cast?.program?.graph.triggers.filter((one) => pulls(one, event))
  const trigger = pulling?.find((one) => one.kind !== 'silence' || isReturn(one, occurred, pastOf(), last))
  return cast && trigger ? { cast, trigger: trigger.id } : null
}

type PastOf = () => Past | undefined

/** Whether an event may let somebody in, whatever was before. */
export const mayPull = (part: Part, told: Told): boolean => {
  if (part.isRecorded && told.event.name === 'scenario.entered') return true
  return castAt(part, told.event.receivedAt.getTime())?.program?.graph.triggers.some((one) => pulls(one, told.event)) ?? false
}

function isReturn(trigger: Extract<Trigger, { kind: 'silence' }>, occurred: number, past: Past | undefined, last: number | null): boolean {
  if (!past) return false
  const before = past.seen.findLast((at) => at < occurred - RETURN) ?? past.createdAt
  return cameBack(trigger, new Date(occurred), new Date(before), last === null ? undefined : new Date(last))
}

/** An event of the journal: timers that were due by then go first, then runs hear it, then it may start one. */
export function hear(stage: Stage, told: Told, pastOf: (id: string) => Past | undefined): void {
  const at = told.event.receivedAt.getTime()
  playUntil(stage, at, STEPS)
  const actor = stage.actors.get(told.personId)
  if (actor) moves(stage, actor, told.event, at)
  const by = pulled(stage.part, told, () => actor?.past ?? pastOf(told.personId), actor?.last ?? null)
  if (by) enter(stage, told, by, at, pastOf)
}

function moves(stage: Stage, actor: Actor, event: HeardEvent, at: number): void {
  if (actor.run) tell(stage, actor, { kind: 'event', event }, at)
}

/** Somebody would enter: nobody twice at a time, nobody more often than the scenario says. */
export function enter(
  stage: Stage,
  told: Pick<Told, 'personId' | 'hop' | 'causeId'>,
  by: By,
  at: number,
  pastOf: (id: string) => Past | undefined,
): void {
  const { program, version } = by.cast
  const known = stage.actors.get(told.personId)
  const past = known?.past ?? pastOf(told.personId)
  if (!program || !past) return
  if (known?.run) {
    count(stage.tally, 'again busy')
    return
  }
  const last = known?.last ?? null
  if (!mayEnter(program.graph.entry, last === null ? undefined : new Date(last), new Date(at))) {
    count(stage.tally, 'again entry')
    return
  }
  const actor = known ?? made(stage, past)
  const start: Start = {
    personId: told.personId,
    scenarioId: stage.part.scenarioId,
    version,
    triggerId: by.trigger,
    causeId: told.causeId,
    hop: told.hop,
  }
  actor.last = at
  actor.program = program
  actor.version = version
  actor.trigger = by.trigger
  actor.run = runOf(newRun(start, new Date(at)))
  put(stage.tally, 'way start next', noted(actor, at, { trigger: by.trigger }))
  onDay(stage.tally, dayOf(stage.setting, at), 'start', 'next')
  tell(stage, actor, { kind: 'entered' }, at)
}

function made(stage: Stage, past: Past): Actor {
  const actor: Actor = {
    past,
    run: null,
    program: null,
    version: 0,
    trigger: '',
    last: null,
    overlay: { values: new Map(), events: [] },
    sends: [],
    mails: [],
    met: new Set(),
  }
  stage.actors.set(past.id, actor)
  return actor
}

/** Plays what is due until an instant, in its order; mails of that very instant only when nothing more can come before them. */
export function playUntil(stage: Stage, until: number, phase: number = MAILS): void {
  for (let due = nextTimer(stage.timers, until, phase); due; due = nextTimer(stage.timers, until, phase)) fire(stage, due.what, due.at)
}

function fire(stage: Stage, due: Due, at: number): void {
  if (due.kind === 'start') {
    const { past, causeId, cast, trigger } = due
    if (past.identifiedAt !== null && past.identifiedAt <= at)
      enter(stage, { personId: past.id, hop: 0, causeId }, { cast, trigger }, at, () => past)
    return
  }
  const { actor } = due
  if (due.kind === 'mail') {
    leave(stage, actor, due.mail, at)
    return
  }
  if (due.kind === 'answer') {
    const [, , mailStep = ''] = String(due.event.props['what']).split(':')
    put(stage.tally, `mail ${mailStep} ${due.event.name === 'mail.opened' ? 'opened' : 'clicked'}`, noted(actor, at))
    actor.overlay.events.push({ event: due.event, at })
    moves(stage, actor, due.event, at)
    return
  }
  if (actor.run?.id === due.runId && actor.run.dueAt?.getTime() === at) tell(stage, actor, { kind: 'due' }, at)
}

/** Tells a run what happened to it, answers what it asks, and keeps what came of it. */
function tell(stage: Stage, actor: Actor, happened: Happened, at: number): void {
  const { calendar, week, draw } = stage.setting
  const world = { now: new Date(at), calendar, week, draw, held: false }
  for (let next: Happened | null = happened; next && actor.run && actor.program; ) {
    const before = actor.run
    const advance: Advance = step(actor.program, before, next, world)
    if (advance.run === before && !advance.asks) return
    actor.run = advance.run
    keep(stage, actor, advance, at)
    next = advance.asks && actor.run ? { kind: 'answer', said: saidOf(stage, actor, advance.asks, at), late: advance.late } : null
  }
}

function keep(stage: Stage, actor: Actor, { run, passed, effects }: Advance, at: number): void {
  const day = dayOf(stage.setting, at)
  for (const one of passed) {
    put(stage.tally, `way ${one.step} ${one.way}`, noted(actor, at, { because: plain(one.because) }))
    onDay(stage.tally, day, one.step, one.way)
  }
  for (const effect of effects) perform(stage, actor, effect, run.id, at)
  if (run.ended) {
    put(stage.tally, `way end ${run.ended}`, noted(actor, at))
    onDay(stage.tally, day, 'end', run.ended)
    if (run.ended !== 'completed' && run.ended !== 'held') takeBack(stage, actor, run.id, at)
    actor.run = null
  } else if (run.dueAt) setTimer(stage.timers, run.dueAt.getTime(), { kind: 'run', actor, runId: run.id })
}

const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject

/** What a step does to a person lies over what is known of them; what it does outside is only counted. */
function perform(stage: Stage, actor: Actor, effect: Effect, runId: string, at: number): void {
  const one = effect.step
  if (one.kind === 'mail') {
    queueMail(stage, actor, one, runId, at)
    return
  }
  if (one.kind === 'field') lay(actor, one.field, () => one.value)
  else if (one.kind === 'tag') lay(actor, 'tags', (was) => tagged(was, one.tag, one.remove))
  else if (one.kind === 'points') lay(actor, `score.${one.score}.total`, (was) => (typeof was === 'number' ? was : 0) + one.amount)
  count(stage.tally, `effect ${one.kind}`)
}

function lay({ overlay }: Actor, fact: string, change: (value: Value) => Value): void {
  const before = overlay.values.get(fact)
  overlay.values.set(fact, before ? (value) => change(before(value)) : change)
}

function tagged(was: Value, tag: string, remove: boolean): readonly string[] {
  const rest = (Array.isArray(was) ? was : []).filter((one) => one !== tag)
  return remove ? rest : [...rest, tag]
}

/** After the window: who still stands where, and which mails still wait. */
export function finish(stage: Stage): void {
  const { until } = stage.setting
  playUntil(stage, until)
  for (const actor of stage.actors.values()) {
    if (actor.run?.at) put(stage.tally, `at ${actor.run.at}`, noted(actor, actor.run.arrivedAt.getTime(), dueOf(actor)))
    for (const mail of actor.mails) put(stage.tally, `mail ${mail.step} waiting`, noted(actor, mail.since, { reason: mail.reason }))
    weeks(stage, actor)
  }
}

const dueOf = ({ run }: Actor): JsonObject => (run?.dueAt ? { dueAt: run.dueAt.toISOString() } : {})

const WEEK = 7 * DAY
const MOST = 5

/** How many mails somebody got in each week of the window: of the draft alone, and with everything that really went to them. */
function weeks(stage: Stage, actor: Actor): void {
  const { from, until } = stage.setting
  const own = new Map<number, number>()
  for (const at of actor.sends) add(own, Math.floor((at - from) / WEEK))
  const all = new Map(own)
  for (const one of actor.past.sends)
    if (one.isMarketing && one.from !== stage.part.scenarioId && one.at >= from && one.at <= until)
      add(all, Math.floor((one.at - from) / WEEK))
  const say = (kind: string, of: Map<number, number>): void => {
    for (const [week, n] of of) put(stage.tally, `weeks ${kind} ${Math.min(n, MOST)}`, noted(actor, from + week * WEEK, { mails: n }))
  }
  say('own', own)
  say('all', all)
}

const add = (map: Map<number, number>, key: number): void => {
  map.set(key, (map.get(key) ?? 0) + 1)
}
