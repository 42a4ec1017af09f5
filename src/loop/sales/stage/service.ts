import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { leadsOf } from '../people.ts'
import { type StageCause, type Standing, stageAfter } from './decide.ts'
import { lockStages, selectStages, selectStanding, updateStages } from './queries.ts'
import type { Stage } from './vocabulary.ts'

/** Something that may move the stages of people. */
export interface StageAsk {
  readonly subject: Subject
  readonly cause: StageCause
  /** The event behind it; makes `stage.changed` idempotent. */
  readonly causeId: string
  readonly hop: number
  readonly historic?: boolean
}

/** Leads among these people that are new yet are being nurtured from now on. */
export async function beginNurturing(ctx: Ctx, asks: readonly Omit<StageAsk, 'cause'>[]): Promise<void> {
  if (asks.length === 0) return
  // Most are past this step: they are only read, not locked.
  const stages = await selectStages(ctx.db, distinctSubjects(asks.map((ask) => ask.subject)))
  const open = asks.filter((ask) => (stages.get(ask.subject.id)?.stage ?? 'new') === 'new')
  const leads = await leadsOf(
    ctx,
    open.map((ask) => ({ personId: ask.subject.id })),
  )
  await moveStages(
    ctx,
    open.filter((ask) => leads.has(ask.subject.id)).map((ask) => ({ ...ask, cause: 'nurtured' as const })),
  )
}

const NEEDS_STANDING: ReadonlySet<StageCause> = new Set(['dealClosed', 'dealUndone', 'merged', 'parted'])

/** Moves stages as each cause says, under their row locks, and appends `stage.changed` where one moved. */
export async function moveStages(ctx: Ctx, asks: readonly StageAsk[]): Promise<void> {
  if (asks.length === 0) return
  const subjects = distinctSubjects(asks.map((ask) => ask.subject))
  const stages = await lockStages(ctx.db, subjects, ctx.now)
  const standing = asks.some((ask) => NEEDS_STANDING.has(ask.cause)) ? await selectStanding(ctx.db, subjects) : new Map<string, Standing>()
  const before = new Map(stages)
  const events: NewEvent[] = []
  for (const ask of asks) {
    const from = stages.get(ask.subject.id) ?? 'new'
    const to = stageAfter(from, ask.cause, standing.get(ask.subject.id))
    if (to === from) continue
    stages.set(ask.subject.id, to)
    events.push(changed(ctx, ask, from, to))
  }
  const moves = subjects.flatMap((subject) => {
    const to = stages.get(subject.id)
    return to !== undefined && to !== before.get(subject.id) ? [{ subject, to }] : []
  })
  if (moves.length) await updateStages(ctx.db, moves, ctx.now)
  await append(ctx, events)
}

function changed(ctx: Ctx, ask: StageAsk, from: Stage, to: Stage): NewEvent {
  return {
    subject: ask.subject,
    id: derivedId(ask.causeId, 'sales', `stage:${ask.cause}`),
    name: 'stage.changed',
    occurredAt: ctx.now,
    causeId: ask.causeId,
    hop: ask.hop + 1,
    props: { from, to },
    ...(ask.historic ? { historic: true } : {}),
  }
}
