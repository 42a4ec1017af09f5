// Dated lists as users handle them: freeze, rename, take away, bring back.
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { conditionsOf } from '#loop/identify/leads/list.ts'
import { inTime } from '#loop/identify/leads/queries.ts'
import { isMember } from '../queries.ts'
import { leavesOf, type Rule } from '../rules/contract.ts'
import { get as getSegment } from '../service.ts'
import { listOpenVersions } from '../versions/queries.ts'
import type { Snapshot, snapshotsContract } from './contract.ts'
import { factOfSnapshot, MOST_SNAPSHOTS } from './facts.ts'
import * as queries from './queries.ts'

type In<K extends keyof typeof snapshotsContract> = InputOf<(typeof snapshotsContract)[K]>
type Out<K extends keyof typeof snapshotsContract> = OutputOf<(typeof snapshotsContract)[K]>

const MOST_MS = 60_000
const KEPT_DAYS = 30

/** All dated lists, the newest first. */
export async function list(ctx: Ctx): Promise<Out<'list'>> {
  return { items: (await queries.listSnapshots(ctx.db, MOST_SNAPSHOTS)).map(shownOf) }
}

function shownOf(row: queries.SnapshotRow): Snapshot {
  const { segment, name } = row.taken_from
  return {
    id: row.id,
    name: row.name,
    note: row.note,
    fact: factOfSnapshot(row.id),
    from: { segment: typeof segment === 'string' ? segment : null, name: typeof name === 'string' ? name : null },
    people: row.people,
    left: row.left,
    takenAt: row.taken_at.toISOString(),
    takenBy: row.taken_by,
  }
}

/** One dated list. @throws Refusal `snapshot.unknown` */
export async function get(ctx: Ctx, id: string): Promise<Snapshot> {
  const [row] = await queries.listSnapshots(ctx.db, 1, id)
  return row ? shownOf(row) : unknown()
}

const unknown = (): never =>
  refuse('missing', 'snapshot.unknown', { message: 'このスナップショットはありません / This snapshot does not exist (any more).' })

/** Freezes who is in a segment now (visitors too, where it has them) or on a filtered list of leads. */
export async function take(ctx: Ctx, input: In<'take'>): Promise<Snapshot> {
  await queries.deleteRemoved(ctx.db, new Date(ctx.now.getTime() - KEPT_DAYS * DAY))
  if ((await queries.namesOfSnapshots(ctx.db, MOST_SNAPSHOTS)).length >= MOST_SNAPSHOTS)
    refuse('conflict', 'snapshot.many', { message: `スナップショットは${MOST_SNAPSHOTS}件までです / ${MOST_SNAPSHOTS} snapshots at most.` })
  const { condition, from } = await meant(ctx, input)
  const id = ctx.id()
  await queries.insertSnapshot(ctx.db, { id, name: input.name, note: input.note, taken_from: from, at: ctx.now, by: byWhom(ctx) })
  const people = await inTime(ctx.db, MOST_MS, () => queries.fillSnapshot(ctx.db, id, condition, ctx.now))
  if (people === null)
    refuse('unprocessable', 'snapshot.slow', {
      message:
        'この条件は一度に固定するには重すぎます。セグメントとして保存してから固定してください / This combination takes too long. Save it as a segment and freeze that.',
    })
  return get(ctx, id)
}

async function meant(ctx: Ctx, { segment, filter }: In<'take'>) {
  if (segment) {
    const { name, liveVersion } = await getSegment(ctx, { id: segment })
    if (liveVersion === null)
      refuse('conflict', 'segment.filling', { message: 'メンバーを計算中です / The members are still being computed.', field: 'segment' })
    return { condition: isMember('p', segment), from: { segment, name } }
  }
  return { condition: queries.leadsWho(await conditionsOf(ctx, filter ?? {})), from: { filter: { ...filter } as Record<string, string> } }
}

const byWhom = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : ctx.actor.kind)

export async function change(ctx: Ctx, { id, name, note }: In<'change'>): Promise<Snapshot> {
  await get(ctx, id)
  await queries.renameSnapshot(ctx.db, id, { ...(name === undefined ? {} : { name }), ...(note === undefined ? {} : { note }) })
  return get(ctx, id)
}

/** Takes a list away that no segment reads. */
export async function remove(ctx: Ctx, { id }: In<'remove'>): Promise<{ ok: true }> {
  const fact = factOfSnapshot(id)
  const readers = (await listOpenVersions(ctx.db)).filter((row) =>
    leavesOf(row.rule as unknown as Rule).some(({ leaf }) => leaf.kind === 'fact' && leaf.fact === fact),
  )
  const names = [...new Set(readers.map((row) => row.name))].join(', ')
  if (names)
    refuse('conflict', 'snapshot.read', {
      message: `セグメントが使っています: ${names} / Segments read this snapshot: ${names}. Change them first.`,
    })
  if (!(await queries.setRemoved(ctx.db, id, ctx.now))) unknown()
  return { ok: true }
}

export async function restore(ctx: Ctx, { id }: In<'restore'>): Promise<{ ok: true }> {
  if (!(await queries.setRemoved(ctx.db, id, null))) unknown()
  return { ok: true }
}
