// Finding pairs, set-wise: keys first, then who shares one. Never a comparison of all with all.
import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { selectPeople } from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import { type Key, keysOf, LARGEST_BLOCK, strengthOf } from './decide.ts'
import * as queries from './queries.ts'

/** Looks for duplicates of these people: their keys are brought up to date, new pairs go on the list, pairs that no longer hold go off it. */
export async function lookAt(ctx: Ctx, subjects: readonly Subject[]): Promise<number> {
  const rows = [...(await selectPeople(ctx.db, subjects)).values()].filter((row) => row.identified_at !== null)
  return lookAtRows(ctx, rows)
}

const MOST_LOCKED = 100

async function lookAtRows(ctx: Ctx, rows: readonly PersonRow[]): Promise<number> {
  if (!rows.length) return 0
  const subjects = rows.map(({ bucket, id }) => ({ bucket, id }))
  const keyed = rows.map((row) => ({ subject: { bucket: row.bucket, id: row.id }, keys: keysOf(row) }))
  const keys = keyed.flatMap((one) => one.keys)
  // Two passes at once would each miss the other's new lead. Large sets do not wait for each other: the nightly search finds what they miss.
  if (keys.length <= MOST_LOCKED) await queries.lockKeys(ctx.db, keys)
  await queries.putKeys(ctx.db, keyed)
  const pairs = pairsOf(await queries.findShared(ctx.db, subjects, LARGEST_BLOCK))
  await queries.dropStale(ctx.db, subjects, pairs)
  return queries.putCandidates(ctx.db, pairs, ctx.now)
}

/** Shared keys gathered into pairs. */
function pairsOf(shared: readonly queries.Shared[]): queries.Candidate[] {
  const found = new Map<string, { a: Subject; b: Subject; keys: Key[] }>()
  for (const { one, other, kind, value } of shared) {
    const [a, b] = one.id < other.id ? [one, other] : [other, one]
    const pair = found.get(a.id + b.id) ?? { a, b, keys: [] }
    if (!pair.keys.some((key) => key.kind === kind && key.value === value)) pair.keys.push({ kind, value })
    found.set(a.id + b.id, pair)
  }
  return [...found.values()].map(({ a, b, keys }) => ({
    a,
    b,
    reasons: [...new Set(keys.map((key) => key.kind))].sort(),
    strength: strengthOf(keys),
  }))
}

export const scanSchema = z.object({
  total: z.number(),
  done: z.number(),
  found: z.number(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  at: z.object({ bucket: z.number(), id: z.string() }).nullable(),
})
export type Scan = z.infer<typeof scanSchema>

const SCAN = 'identify.duplicateScan'
const PAGE = 500

/** Where the search through everything stands; null when there never was one. */
export const readScan = (ctx: Ctx): Promise<Scan | null> => readSetting(ctx, SCAN, scanSchema.nullable(), null)

/** Begins a search through everything; one under way goes on instead. */
export async function beginScan(ctx: Ctx): Promise<void> {
  const scan = await readScan(ctx)
  if (scan && scan.finishedAt === null) return
  const total = await queries.countLeads(ctx.db)
  await writeSetting(ctx, SCAN, { total, done: 0, found: 0, startedAt: ctx.now.toISOString(), finishedAt: null, at: null } satisfies Scan)
}

/** One page of it. @returns whether there is more */
export async function scanPage(ctx: Ctx): Promise<boolean> {
  const scan = await readScan(ctx)
  if (!scan || scan.finishedAt !== null) return false
  const rows = await queries.pageOfLeads(ctx.db, scan.at, PAGE)
  const found = await lookAtRows(ctx, rows)
  const last = rows.at(-1)
  const more = rows.length === PAGE && last !== undefined
  await writeSetting(ctx, SCAN, {
    ...scan,
    done: scan.done + rows.length,
    found: scan.found + found,
    at: last ? { bucket: last.bucket, id: last.id } : scan.at,
    finishedAt: more ? null : ctx.now.toISOString(),
  } satisfies Scan)
  return more
}
