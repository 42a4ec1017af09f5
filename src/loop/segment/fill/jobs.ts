// A new version is computed beside the old one while reactions evaluate both.
import { z } from 'zod'
import { companyProfile } from '#access/company/service.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { BUCKETS } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { settle } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { inTime } from '#loop/identify/leads/queries.ts'
import { publishVersion, sweepAll } from '#loop/score/fill/publish.ts'
import { setFilled } from '#loop/score/versions/life.queries.ts'
import { waysOf } from '../compile/full.queries.ts'
import { factsByName } from '../live/known.ts'
import { rule as ruleSchema } from '../rules/contract.ts'
import { findVersion, giveUp, moveStamp, SEGMENTS, setLive, type VersionRow } from '../versions/queries.ts'
import { pagesOf } from './decide.ts'
import { computeFull, countFilled, deleteMarks, deleteStale, endFill, type FillPage, hasStale, lockTimed, writePage } from './queries.ts'
import { endArchived } from './tell.queries.ts'
import { tellPage } from './tell.ts'

const FILLER: Actor = { kind: 'system', name: 'segment.fill' }

/** No rule may hold a connection longer than this with its full compute. */
const MOST_SECONDS = 900

/** Fills a version, makes it live and tells who came and went. Safe to repeat: it goes on where it stopped. */
export const fillSegment = defineJob({
  name: 'segment.fill',
  schema: z.object({ segment: z.guid(), version: z.number().int(), mostSeconds: z.number().optional() }),
  expireSeconds: 7_200,
  run: (house, { segment: segmentId, version, mostSeconds = MOST_SECONDS }) =>
    publishVersion(house, {
      kind: SEGMENTS,
      key: { owner: segmentId, version },
      find: (ctx) => findVersion(ctx.db, segmentId, version),
      fill: (row) => fill(house, row, mostSeconds * 1000),
      flip: async (ctx) => {
        await setLive(ctx.db, { segmentId, version, at: ctx.now })
        await announce(ctx, 'segments', { id: segmentId })
      },
      tell: tellPage,
      sweep: async (ctx, from, below) => {
        if (from === 0) await deleteMarks(ctx.db, { segmentId, version })
        await sweep(ctx, segmentId, from, below)
      },
    }),
})

/** Removes what an archived segment leaves behind. */
export const clearSegment = defineJob({
  name: 'segment.clear',
  schema: z.object({ segment: z.guid() }),
  run: async (house, { segment }) => {
    while (await withTx(house, FILLER, (ctx) => endArchived(ctx.db, segment, PAGE_ROWS)));
    await sweepAll(house, (ctx, from, below) => sweep(ctx, segment, from, below))
  },
})

export const jobs = [fillSegment, clearSegment]

/** More people than this in one transaction would keep a reaction of one of them waiting. */
const PAGE_ROWS = 4_000
/** Of 256 steps of progress, those that the compute takes. */
const COMPUTED = 64

/**
 * One statement computes everybody; its rows become memberships in short pages. @returns false when another version took its place meanwhile
 */
async function fill(house: House, row: VersionRow, most: number): Promise<boolean> {
  const key = { segmentId: row.segment_id, version: row.version }
  const computed = await withTx(house, FILLER, (ctx) => compute(ctx, row, most))
  if (!computed) return false
  const { at, isTimed, pages } = computed
  for (const page of pages)
    if (!(await withTx(house, FILLER, (ctx) => fillPage(ctx, { ...key, ...page, at }, isTimed), { claim: true }))) return false
  await withTx(house, FILLER, (ctx) => endFill(ctx.db, key))
  return true
}

interface Computed {
  readonly at: Date
  readonly isTimed: boolean
  readonly pages: readonly Pick<FillPage, 'from' | 'to'>[]
}

/** @returns null when it took too long: the version is given up, and the segment says so */
async function compute(ctx: Ctx, row: VersionRow, most: number): Promise<Computed | null> {
  const { timeZone: zone } = await companyProfile(ctx)
  const how = { facts: await factsByName(ctx), zone, now: ctx.now.getTime(), asOf: false }
  const ways = waysOf(ruleSchema.parse(row.rule), how)
  const key = { segmentId: row.segment_id, version: row.version }
  const done = await inTime(ctx.db, most, async () => {
    await computeFull(ctx.db, key, row.audience, ways)
    return true
  })
  if (!done) {
    await giveUp(ctx.db, { ...key, at: ctx.now })
    await moveStamp(ctx.db)
    await announce(ctx, 'segments', { id: key.segmentId })
    return null
  }
  return { at: ctx.now, isTimed: ways.some((way) => way.isTimed), pages: pagesOf(await countFilled(ctx.db, key), PAGE_ROWS) }
}

/** @returns false when the version is filled no more */
async function fillPage(ctx: Ctx, page: FillPage, isTimed: boolean): Promise<boolean> {
  const { segmentId, version } = page
  if ((await findVersion(ctx.db, segmentId, version))?.state !== 'filling') return false
  if (isTimed) await lockTimed(ctx.db, page)
  const sooner = await writePage(ctx.db, page)
  if (sooner.length)
    await settle(
      ctx,
      sooner.map((one) => ({ ...one, eventIds: [] })),
    )
  await setFilled(ctx.db, SEGMENTS, {
    owner: segmentId,
    version,
    buckets: COMPUTED + Math.floor((page.to * (BUCKETS - COMPUTED)) / BUCKETS),
  })
  await announce(ctx, 'segments', { id: segmentId })
  return true
}

async function sweep(ctx: Ctx, segmentId: string, from: number, below: number): Promise<void> {
  if (await hasStale(ctx.db, segmentId)) await deleteStale(ctx.db, segmentId, from, below)
}
