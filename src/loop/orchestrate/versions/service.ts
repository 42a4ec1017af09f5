// Versions of a scenario: their differences, the way back, and the people who are moved between them.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { shownTo } from '../addresses.ts'
import { type Step, stepsOf } from '../graph/contract.ts'
import * as scenarioRows from '../queries.ts'
import { byOf, demandPublishable, hasChanges, hold, load, startClocks } from '../service.ts'
import { startNames, waitNames } from '../step/events.ts'
import type { MapPlace, versionsContract } from './contract.ts'
import { diffOf, proposeMap } from './decide.ts'
import { movePeople } from './jobs.ts'
import { graphOf, STALLED_AFTER, startMoves } from './moves.ts'
import * as rows from './queries.ts'

type In<K extends keyof typeof versionsContract> = InputOf<(typeof versionsContract)[K]>
type Out<K extends keyof typeof versionsContract> = OutputOf<(typeof versionsContract)[K]>
const MOST_MOVES = 20

/** What differs between two versions, or between a version and the draft, and where people would go. */
export async function diff(ctx: Ctx, { id, from, to }: In<'diff'>): Promise<Out<'diff'>> {
  const row = await load(ctx, id)
  const before = shownTo(ctx, await graphOf(ctx, id, from))
  const after = shownTo(ctx, to === undefined ? row.draft : await graphOf(ctx, id, to))
  const found = diffOf(before, after)
  const map = proposeMap(before, after)
  const standing = await rows.countStanding(ctx.db, id, from)
  const placeOf = (step: Step): MapPlace => ({ ...told(step), to: map[step.id] ?? null, standing: standing.get(step.id) ?? 0 })
  return {
    from,
    to: to ?? null,
    steps: found.steps.map((one) => ({ ...one, props: [...one.props] })),
    whole: [...found.whole],
    places: stepsOf(before.steps).map(placeOf),
    targets: stepsOf(after.steps).map(told),
  }
}

const told = ({ id, name, kind }: Step) => ({ step: id, name, kind })

/**
 * Publishes an older version again as a new one. Unless it is said otherwise, everybody on the way is moved to it as proposed. A draft with
 * changes that were never published stays; any other becomes that version.
 * @throws Refusal unprocessable when something it needs is gone
 */
export async function rollback(ctx: Ctx, { id, to, note, moves }: In<'rollback'>): Promise<Out<'rollback'>> {
  const row = await hold(ctx, id)
  if (row.archived_at) refuse('gone', 'scenario.archived', { message: 'This scenario was put away. Restore it first.' })
  const graph = await graphOf(ctx, id, to)
  if (row.live_version === to && row.state === 'live')
    refuse('conflict', 'scenario.alreadyLive', { message: 'This version is the live one.' })
  await demandPublishable(ctx, graph)
  const version = (row.live_version ?? 0) + 1
  const names = { starts: startNames(graph), waits: waitNames(graph) }
  await scenarioRows.insertVersion(ctx.db, { id, version, graph, ...names, by: byOf(ctx), note: note ?? '', copyOf: to }, ctx.now)
  const whole = !hasChanges(row)
  if (whole) await scenarioRows.updateDraft(ctx.db, { id, name: row.name, draft: graph, by: byOf(ctx), differs: true }, ctx.now)
  await rows.setLiveVersion(ctx.db, { id, version, by: byOf(ctx), whole }, ctx.now)
  await startClocks(ctx, row, graph)
  const asks = moves ?? (await rows.listPeopled(ctx.db, id)).map((from) => ({ from, map: {}, waits: 'keep' as const }))
  await begin(ctx, id, version, asks)
  return { version }
}

async function begin(ctx: Ctx, id: string, version: number, asks: Parameters<typeof startMoves>[3]): Promise<void> {
  if (asks.length) await startMoves(ctx, id, version, asks)
  await ctx.house.jobs.enqueue(ctx, movePeople, { id })
  await announce(ctx, 'scenario', { id })
}

/** Moves people from an older version to the live one. @throws Refusal conflict when none is live */
export async function move(ctx: Ctx, { id, ...ask }: In<'move'>): Promise<Out<'move'>> {
  const row = await hold(ctx, id)
  const { live_version: live } = row
  if (live === null || row.archived_at || row.state === 'stopped')
    return refuse('conflict', 'scenario.notLive', { message: 'People are only moved to a version that is live.' })
  if (ask.from === live) refuse('invalid', 'scenario.sameVersion', { message: 'They are on that version already.', field: 'from' })
  if (await rows.hasRunningMove(ctx.db, id))
    refuse('conflict', 'scenario.moving', { message: 'People of this scenario are being moved. Wait until that is over.' })
  await begin(ctx, id, live, [ask])
  return { ok: true }
}

/** How far the moves between versions are. */
export async function moves(ctx: Ctx, { id }: In<'moves'>): Promise<Out<'moves'>> {
  const { state } = await load(ctx, id)
  const found = await rows.listMoves(ctx.db, id, MOST_MOVES)
  // One after the other is worked off: what waits for its turn does not stand still.
  const worked = Math.max(...found.map((one) => (one.worked_at ?? one.made_at).getTime()))
  const isResting = state !== 'paused' && ctx.now.getTime() - worked > STALLED_AFTER
  return {
    items: found.map((one) => ({
      id: one.id,
      from: one.from_version,
      to: one.to_version,
      waits: one.waits,
      state: one.state,
      total: one.total,
      moved: one.moved,
      ended: one.ended,
      madeAt: one.made_at.toISOString(),
      madeBy: one.made_by,
      doneAt: one.done_at?.toISOString() ?? null,
      stalled: one.state === 'running' && isResting,
    })),
  }
}

/** Goes on with what has come to a stop, without waiting for the next look at it. */
export async function goOnMoving(ctx: Ctx, { id }: In<'goOnMoving'>): Promise<Out<'goOnMoving'>> {
  await load(ctx, id)
  if (await rows.hasRunningMove(ctx.db, id)) await ctx.house.jobs.enqueue(ctx, movePeople, { id })
  return { ok: true }
}

/** Writes what a version is for. @throws Refusal missing */
export async function note(ctx: Ctx, input: In<'note'>): Promise<Out<'note'>> {
  const found = await rows.updateNote(ctx.db, input.id, input.version, input.note)
  if (!found) refuse('missing', 'scenario.noVersion', { message: 'There is no such version.' })
  await announce(ctx, 'scenario', { id: input.id })
  return { ok: true }
}
