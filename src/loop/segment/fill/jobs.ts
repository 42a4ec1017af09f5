// A new version is computed beside the old one while reactions evaluate both; one transaction flips it; then the journal is told.
import { z } from 'zod'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { BUCKETS, type Subject } from '#kernel/db/buckets.ts'
import { atInstant, readClock, withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { walkPeople } from '#loop/score/fill/walk.ts'
import type { OpenSegment } from '../live/decide.ts'
import { loadOpenStays } from '../live/queries.ts'
import { holdRules, judgeAll, standings, writeMemberships } from '../live/service.ts'
import { findVersion, makeLive, moveStamp, setFilled, setTold, type VersionRow } from '../versions/queries.ts'
import { deleteStale, diffStays, hasStale, listEdited } from './queries.ts'

const FILLER: Actor = { kind: 'system', name: 'segment.fill' }

/** Fills a version, makes it live and tells who came and went. Safe to repeat: it goes on where it stopped. */
export const fillSegment = defineJob({
  name: 'segment.fill',
  schema: z.object({ segment: z.guid(), version: z.number().int() }),
  expireSeconds: 7_200,
  run: async (house, { segment, version }) => {
    const row = await withTx(house, FILLER, (ctx) => findVersion(ctx.db, segment, version))
    if (row?.state === 'filling' && (await fill(house, row))) await withTx(house, FILLER, (ctx) => flip(ctx, segment, version))
    await tell(house, segment, version)
  },
})

/** Removes what an archived segment leaves behind. */
export const clearSegment = defineJob({
  name: 'segment.clear',
  schema: z.object({ segment: z.guid() }),
  run: (house, { segment }) => sweep(house, segment),
})

export const jobs = [fillSegment, clearSegment]

/** @returns false when another version took its place meanwhile */
function fill(house: House, { segment_id: id, version, filled_buckets }: VersionRow): Promise<boolean> {
  let shown = filled_buckets
  return walkPeople(house, filled_buckets, async (ctx, people, bucket) => {
    const book = await holdRules(ctx)
    const segment = book.index.segments.find((one) => one.id === id && one.version === version)
    if (!segment || segment.isLive) return null
    const due = await fillPage(ctx, segment, people)
    if (bucket > shown) {
      await setFilled(ctx.db, { segmentId: id, version, buckets: bucket })
      await announce(ctx, 'segments', { id })
      shown = bucket
    }
    return due
  })
}

async function fillPage(ctx: Ctx, segment: OpenSegment, people: readonly Subject[]): Promise<Map<string, Date>> {
  const book = await holdRules(ctx)
  const standing = await standings(ctx, people, [segment])
  const judged = await judgeAll(
    ctx,
    book,
    people.map((subject) => ({ subject, segments: [segment] })),
    standing,
  )
  const stays = await loadOpenStays(
    ctx.db,
    judged.filter((one) => one.outcome.keep?.isIn).map(({ subject }) => ({ subject, segmentId: segment.id })),
  )
  await writeMemberships(ctx, judged, standing, ({ subject }) => stays.get(`${subject.id}/${segment.id}`))
  return new Map(
    judged.flatMap(({ subject, outcome }) => (outcome.keep?.nextChangeAt ? [[subject.id, outcome.keep.nextChangeAt] as const] : [])),
  )
}

/** Waits for running reactions, keeps new ones out, and makes the filled version the live one. */
async function flip(begun: Ctx, segmentId: string, version: number): Promise<void> {
  await moveStamp(begun.db)
  const ctx = atInstant(begun, await readClock(begun))
  const row = await findVersion(ctx.db, segmentId, version)
  if (row?.state !== 'filling') return
  await setFilled(ctx.db, { segmentId, version, buckets: BUCKETS })
  await makeLive(ctx.db, { segmentId, version, at: ctx.now })
  await diffStays(ctx.db, { segmentId, version, at: ctx.now })
  await announce(ctx, 'segments', { id: segmentId })
}

const PAGE = 500
const STRIDE = 32

/** Tells the journal in pages, then lets go of the memberships of older versions. Told again after a crash, nothing is written twice. */
async function tell(house: House, segmentId: string, version: number): Promise<void> {
  const row = await withTx(house, FILLER, (ctx) => findVersion(ctx.db, segmentId, version))
  if (!row?.live_at) return
  let after: Subject | null = { bucket: -1, id: '00000000-0000-0000-0000-000000000000' }
  while (after) after = await withTx(house, FILLER, (ctx) => tellPage(ctx, row, row.live_at ?? ctx.now, after as Subject))
  await withTx(house, FILLER, (ctx) => setTold(ctx.db, { segmentId, version, buckets: BUCKETS }))
  await sweep(house, segmentId)
}

async function sweep(house: House, segmentId: string): Promise<void> {
  if (!(await withTx(house, FILLER, (ctx) => hasStale(ctx.db, segmentId)))) return
  for (let from = 0; from < BUCKETS; from += STRIDE)
    await withTx(house, FILLER, (ctx) => deleteStale(ctx.db, segmentId, from, from + STRIDE))
}

/** Nobody hears of it when it starts nothing and no rule reads this segment. @returns the last one told; null at the end */
async function tellPage(ctx: Ctx, row: VersionRow, at: Date, after: Subject): Promise<Subject | null> {
  const edited = await listEdited(ctx.db, { segmentId: row.segment_id, version: row.version, at }, after, PAGE)
  const last = edited.at(-1)
  if (!last) return null
  const { index } = await holdRules(ctx)
  const name = index.segments.find((one) => one.id === row.segment_id)?.name ?? ''
  // Facts too may read memberships (the persona does).
  const silent = !row.starts_scenarios && !index.bySegment.has(row.segment_id) && !index.byAfter.has('segment.entered')
  await append(
    ctx,
    edited.map(({ bucket, person_id: id, entered, because }) => ({
      subject: { bucket, id },
      id: derivedId(`${row.segment_id}/${id}`, 'segment', `edit:${row.version}`),
      name: entered ? 'segment.entered' : 'segment.left',
      occurredAt: at,
      silent,
      props: {
        segment: row.segment_id,
        name,
        version: row.version,
        because: JSON.parse(JSON.stringify(because ?? [])),
        ...(row.starts_scenarios ? {} : { byEdit: true }),
      },
    })),
  )
  return edited.length < PAGE ? null : { bucket: last.bucket, id: last.person_id }
}
