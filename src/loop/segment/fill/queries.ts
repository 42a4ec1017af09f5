// Set-wise statements of a fill: the full compute, its way into memberships, what is no longer needed.
import { type RawBuilder, sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Full } from '../compile/full.queries.ts'
import { costOf, type PlanNode } from './decide.ts'

/** A version that is being filled. */
export interface Filling {
  readonly segmentId: string
  readonly version: number
}

/**
 * That a membership is of this version, said so that no index by segment answers it. Found by person it is one row; a plan made while
 * the segment was empty would read all its members for each of them, and all that one statement has written so far.
 */
export const isOf = (m: RawBuilder<unknown>, { segmentId, version }: Filling): RawBuilder<boolean> =>
  sql<boolean>`${m}.segment_id IS NOT DISTINCT FROM ${segmentId}::uuid AND ${m}.version IS NOT DISTINCT FROM ${version}::integer`

const ofFill = ({ segmentId, version }: Filling) => sql`f.segment_id = ${segmentId} AND f.version = ${version}`

/**
 * Computes everybody in one statement, the cheapest of the given ones, and sets the result down beside the memberships, in key order. A
 * statement of its own, so that no reaction waits for it. What a person does meanwhile is judged by the reaction, whose row is not
 * overwritten.
 */
export async function computeFull(db: Db, key: Filling, audience: 'leads' | 'everyone', ways: readonly Full[]): Promise<void> {
  await sql`SET LOCAL work_mem = '128MB'`.execute(db)
  await sql`DELETE FROM segment_fill f WHERE ${ofFill(key)}`.execute(db)
  const found = await cheapest(db, audience, ways)
  await sql`INSERT INTO segment_fill (bucket, person_id, segment_id, version, is_in, next_change_at)
    SELECT w.bucket, w.id, ${key.segmentId}::uuid, ${key.version}::integer, w.is_in, w.look FROM (${found}) w`.execute(db)
}

/** Instants are looked up once for each person who is kept: without OFFSET 0 the filter would look them up a second time. */
function foundSql(audience: 'leads' | 'everyone', { isIn, nextLook, isTimed, joins, where }: Full): RawBuilder<unknown> {
  const wanted = audience === 'leads' ? sql`p.identified_at IS NOT NULL AND` : sql``
  const all = sql`SELECT p.bucket, p.id, ${isIn} AS is_in, ${nextLook} AS look FROM person p ${joins} WHERE ${wanted} ${where}`
  return isTimed
    ? sql`SELECT * FROM (${all} OFFSET 0) a WHERE a.is_in OR a.look IS NOT NULL ORDER BY 1, 2`
    : sql`SELECT * FROM (${all}) a WHERE a.is_in ORDER BY 1, 2`
}

async function cheapest(db: Db, audience: 'leads' | 'everyone', ways: readonly Full[]): Promise<RawBuilder<unknown>> {
  const all = ways.map((full) => ({ full, text: foundSql(audience, full) }))
  if (all.length === 1) return all[0]?.text ?? sql``
  const costs: number[] = []
  for (const { full, text } of all) {
    const found = await sql<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>`EXPLAIN (FORMAT JSON) ${text}`.execute(db)
    const plan = found.rows[0]?.['QUERY PLAN'][0]?.Plan
    costs.push(plan ? costOf(plan, full.lookups) : 0)
  }
  return all[costs.indexOf(Math.min(...costs))]?.text ?? sql``
}

/** How many rows were computed for each bucket that has any, in order. */
export async function countFilled(db: Db, key: Filling): Promise<{ bucket: number; n: number }[]> {
  const found = await sql<{
    bucket: number
    n: number
  }>`SELECT f.bucket, count(*) AS n FROM segment_fill f WHERE ${ofFill(key)} GROUP BY 1 ORDER BY 1`.execute(db)
  return found.rows
}

/** Some buckets of a computed version, and the instant of the compute. */
export interface FillPage extends Filling {
  readonly from: number
  readonly to: number
  readonly at: Date
}

const ofPage = (page: FillPage) => sql`f.bucket BETWEEN ${page.from} AND ${page.to} AND ${ofFill(page)}`

/** Waits for the reactions of those whom time alone will change: their next instants are about to be written. */
export async function lockTimed(db: Db, page: FillPage): Promise<void> {
  await sql`SELECT count(*) FROM (SELECT 1 FROM pulse p JOIN segment_fill f ON f.bucket = p.bucket AND f.person_id = p.person_id
    WHERE ${ofPage(page)} AND f.next_change_at IS NOT NULL ORDER BY p.bucket, p.person_id FOR UPDATE OF p) locked`.execute(db)
}

/**
 * Writes computed rows where no reaction has written one; whoever is in since an earlier version stays in since then.
 * @returns who is now due earlier than so far
 */
export async function writePage(db: Db, page: FillPage): Promise<{ subject: Subject; dueAt: Date }[]> {
  const stay = sql`(SELECT min(h.entered_at) FROM segment_stay h WHERE h.bucket = f.bucket AND h.person_id = f.person_id AND h.segment_id = f.segment_id AND h.left_at IS NULL)`
  const since = page.version > 1 ? sql`coalesce(CASE WHEN f.is_in THEN ${stay} END, ${page.at})` : sql`${page.at}::timestamptz`
  const found = await sql<{ bucket: number; person_id: string; due: Date }>`WITH put AS (
      INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, next_change_at, because)
      SELECT f.bucket, f.person_id, f.segment_id, f.version, f.is_in, ${since}, f.next_change_at, '[]'
      FROM segment_fill f WHERE ${ofPage(page)} ORDER BY f.bucket, f.person_id ON CONFLICT DO NOTHING
      RETURNING bucket, person_id, next_change_at)
    SELECT put.bucket, put.person_id, put.next_change_at AS due FROM put JOIN pulse p ON p.bucket = put.bucket AND p.person_id = put.person_id
    WHERE put.next_change_at IS NOT NULL AND (p.due_at IS NULL OR p.due_at > put.next_change_at)`.execute(db)
  return found.rows.map((row) => ({ subject: { bucket: row.bucket, id: row.person_id }, dueAt: row.due }))
}

/** Those who were merged or erased between the compute and their page must leave nothing; then the computed rows go. */
export async function endFill(db: Db, key: Filling): Promise<void> {
  await sql`DELETE FROM membership m USING (SELECT f.bucket, f.person_id FROM segment_fill f WHERE ${ofFill(key)}
      AND NOT EXISTS (SELECT 1 FROM person p WHERE p.bucket = f.bucket AND p.id = f.person_id)) gone
    WHERE m.bucket = gone.bucket AND m.person_id = gone.person_id AND ${isOf(sql`m`, key)}`.execute(db)
  await sql`DELETE FROM segment_fill f WHERE ${ofFill(key)}`.execute(db)
}

/** Whether a segment has versions whose memberships are no longer needed. */
export async function hasStale(db: Db, segmentId: string): Promise<boolean> {
  const found = await sql`SELECT 1 FROM segment_version v JOIN segment s ON s.id = v.segment_id
    WHERE v.segment_id = ${segmentId} AND (v.state NOT IN ('live', 'filling') OR s.archived_at IS NOT NULL) LIMIT 1`.execute(db)
  return found.rows.length > 0
}

/** Memberships of versions that are neither live nor being filled go, some buckets at a time. */
export async function deleteStale(db: Db, segmentId: string, from: number, below: number): Promise<void> {
  await sql`DELETE FROM membership m WHERE m.bucket >= ${from} AND m.bucket < ${below} AND m.segment_id = ${segmentId} AND NOT EXISTS (
    SELECT 1 FROM segment_version v JOIN segment s ON s.id = v.segment_id
    WHERE v.segment_id = m.segment_id AND v.version = m.version AND v.state IN ('live', 'filling') AND s.archived_at IS NULL)`.execute(db)
}

/** Rows that said “the compute is not to write here” say nothing once the version is in force. Locked in key order, as reactions do. */
export async function deleteMarks(db: Db, { segmentId, version }: Filling): Promise<void> {
  await sql`DELETE FROM membership m USING (SELECT k.bucket, k.person_id FROM membership k
      WHERE k.segment_id = ${segmentId} AND k.version = ${version} AND NOT k.is_in AND k.next_change_at IS NULL
      ORDER BY k.bucket, k.person_id FOR UPDATE) gone
    WHERE m.bucket = gone.bucket AND m.person_id = gone.person_id AND ${isOf(sql`m`, { segmentId, version })} AND NOT m.is_in AND m.next_change_at IS NULL`.execute(
    db,
  )
}
