// Many people whose instant has come at once: told from the few of every second, and claimed bucket by bucket in key order, so that what is
// written about neighbours lies side by side.
import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import type { Subject } from './db/buckets.ts'

/** Fewer due people than this are no crowd: they go with everybody else. */
const LEAST = 1_000

/**
 * The first bucket in which somebody of a crowd is due.
 * @param buckets those this worker leases
 * @param least how many make a crowd
 * @returns null when too few are due
 */
export async function findCrowd(ctx: Ctx, buckets: readonly number[], least: number = LEAST): Promise<number | null> {
  const found = await sql<{ bucket: number | null; n: number }>`/* find_crowd */ SELECT min(d.bucket) AS bucket, count(*)::integer AS n
    FROM (SELECT p.bucket FROM pulse p WHERE p.due_at <= ${ctx.now} AND p.bucket = ANY(${buckets}::smallint[]) AND p.parked_reason IS NULL
      ORDER BY p.due_at LIMIT ${least}) d`.execute(ctx.db)
  const { bucket = null, n = 0 } = found.rows[0] ?? {}
  return n < least ? null : bucket
}

/**
 * Claims people who are due and of whom there is no news, bucket by bucket: their pulse rows are locked (SKIP LOCKED, key order) until commit.
 * Said so that the index of instants does not answer: it would read everybody who is due.
 * @param from the first bucket to look at
 */
export async function claimCrowd(ctx: Ctx, buckets: readonly number[], from: number, most: number): Promise<Subject[]> {
  const found = await sql<{ bucket: number; person_id: string }>`/* claim_crowd */ SELECT p.bucket, p.person_id FROM pulse p
    WHERE p.bucket = ANY(${buckets.filter((bucket) => bucket >= from)}::smallint[]) AND (p.due_at <= ${ctx.now}) IS TRUE AND p.parked_reason IS NULL
      AND NOT EXISTS (SELECT 1 FROM news n WHERE n.bucket = p.bucket AND n.person_id = p.person_id OFFSET 0)
    ORDER BY p.bucket, p.person_id LIMIT ${most} FOR UPDATE OF p SKIP LOCKED`.execute(ctx.db)
  return found.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}
