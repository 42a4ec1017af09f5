// Plays drafts over the journal: pages of events in the order of time, people's pasts looked up page by page, timers between. Reads only.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import type { Past } from './past/decide.ts'
import { loadPasts } from './past/service.ts'
import type { Plan } from './plan.ts'
import { finish, hear, mayPull, newStage } from './play/decide.ts'
import { setTimer } from './play/heap.ts'
import type { Stage, Told } from './play/stage.ts'
import { newWatch, touches, type Watch, watch, watchUntil } from './play/watch.ts'
import { readEvents } from './stream.queries.ts'
import { type Turn, turnsOf } from './timed.ts'

/** How far a play has come. */
export interface Progress {
  readonly events: number
  /** Of the window, 0–1. */
  readonly share: number
}

/** A play that is over. */
export interface Played {
  readonly plan: Plan
  readonly stages: readonly Stage[]
  readonly events: number
}

interface Running {
  readonly ctx: Ctx
  readonly plan: Plan
  readonly stages: readonly Stage[]
  readonly pasts: Map<string, Past>
  readonly watch: Watch
  readonly turns: Turn[]
}

/** Looked up at once: more are split, so that a statement stays short. */
const MOST = 5_000

/**
 * Plays a plan to its end in the caller's read-only transaction.
 * @param report called after each page; what it throws ends the play
 */
export async function playPlan(ctx: Ctx, plan: Plan, report: (progress: Progress) => Promise<void>): Promise<Played> {
  const { from, until } = plan.setting
  const running: Running = {
    ctx,
    plan,
    stages: plan.parts.map((part) => newStage(part, plan.setting)),
    pasts: new Map(),
    watch: newWatch(plan.watched, plan.setting.week.timeZone),
    turns: await turnsOf(ctx, plan),
  }
  let events = 0
  for await (const page of readEvents(ctx, plan.hearing, new Date(from), new Date(until))) {
    const last = page.at(-1)?.event.receivedAt.getTime() ?? from
    await setTurns(running, last)
    await meet(running, page)
    for (const told of page) act(running, told)
    events += page.length
    await report({ events, share: (last - from) / Math.max(until - from, 1) })
  }
  await setTurns(running, until)
  for (const changed of watchUntil(running.watch, until)) tellAll(running, changed)
  for (const stage of running.stages) finish(stage)
  return { plan, stages: running.stages, events }
}

/** Turns of triggers by time, up to an instant, become timers of their stage. */
async function setTurns(running: Running, until: number): Promise<void> {
  while (running.turns[0] && running.turns[0].at <= until) {
    const people = (running.turns.shift() as Turn).people()
    await lookUp(
      running,
      people.map((one) => one.personId),
    )
    for (const { part, at, personId, causeId, trigger, cast } of people) {
      const past = running.pasts.get(personId)
      const stage = running.stages.find((one) => one.part === part)
      if (past && stage) setTimer(stage.timers, at, { kind: 'start', past, causeId, trigger, cast })
    }
  }
}

/** Looks up whoever may enter by this page, or is watched. */
async function meet(running: Running, page: readonly Told[]): Promise<void> {
  const wanted = page.filter((told) => running.plan.parts.some((part) => mayPull(part, told)) || touches(running.watch, told))
  await lookUp(
    running,
    wanted.map((told) => told.personId),
  )
}

async function lookUp({ ctx, plan, pasts }: Running, ids: readonly string[]): Promise<void> {
  const missing = distinctSubjects([...new Set(ids)].filter((id) => !pasts.has(id)).map(subjectOf))
  for (let i = 0; i < missing.length; i += MOST)
    for (const [id, past] of await loadPasts(ctx, plan.wish, missing.slice(i, i + MOST))) pasts.set(id, past)
}

function act(running: Running, told: Told): void {
  const { watch: watched, pasts } = running
  for (const changed of watchUntil(watched, told.event.receivedAt.getTime())) tellAll(running, changed)
  tellAll(running, told)
  const past = pasts.get(told.personId)
  if (past && watched.segments.length) for (const changed of watch(watched, told, past)) tellAll(running, changed)
}

function tellAll({ stages, pasts }: Running, told: Told): void {
  for (const stage of stages) hear(stage, told, (id) => pasts.get(id))
}
