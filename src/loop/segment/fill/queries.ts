// Set-wise statements of a fill and its flip: the full compute, its way into memberships, who came and went, what is no longer needed.
import { type RawBuilder, sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Full } from '../compile/full.queries.ts'
import type { Reason } from '../rules/contract.ts'

/** A version that is being filled. */
interface Filling {
  readonly segmentId: string
  readonly version: number
}

/**
 * That a membership is of this version, said so that no index by segment answers it. Found by person it is one row; a plan made while
 * the segment was empty would read all its members for each of them, and all that one statement has written so far.
 */
const isOf = (m: RawBuilder<unknown>, { segmentId, version }: Filling): RawBuilder<boolean> =>
  sql<boolean>`${m}.segment_id IS NOT DISTINCT FROM ${segmentId}::uuid AND ${m}.version IS NOT DISTINCT FROM ${version}::integer`

const ofFill = ({ segmentId, version }: Filling) => sql`f.segment_id = ${segmentId} AND f.version = ${version}`

/**
 * Computes everybody in one statement and sets the result down beside the memberships, in key order. A statement of its own, so that
 * no reaction waits for it. What a person does meanwhile is judged by the reaction, whose row is not overwritten.
 */
export async function computeFull(db: Db, key: Filling, audience: 'leads' | 'everyone', full: Full): Promise<void> {
  await sql`SET LOCAL work_mem = '128MB'`.execute(db)
  await sql`DELETE FROM segment_fill f WHERE ${ofFill(key)}`.execute(db)
  const wanted = audience === 'leads' ? sql`p.identified_at IS NOT NULL AND` : sql``
  await sql`INSERT INTO segment_fill (bucket, person_id, segment_id, version, is_in, next_change_at)
    SELECT w.bucket, w.id, ${key.segmentId}::uuid, ${key.version}::integer, w.is_in, w.look
    FROM (SELECT p.bucket, p.id, ${full.isIn} AS is_in, ${full.nextLook} AS look FROM person p ${full.joins} WHERE ${wanted} ${full.where}) w
    WHERE w.is_in OR w.look IS NOT NULL ORDER BY 1, 2`.execute(db)
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

/** Sets down why people are in who came by a full compute, in their membership and in the stay that began with it. */
export async function explainEntries(
  db: Db,
  { segmentId, version }: Filling,
  entered: readonly { readonly subject: Subject; readonly because: readonly Reason[] }[],
): Promise<void> {
  const sorted = [...entered].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((one) => one.subject))
  const people = sql`unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((one) => JSON.stringify(one.because))}::jsonb[]) x(b, i, w)`
  await sql`UPDATE membership m SET because = x.w FROM ${people}
    WHERE m.bucket = x.b AND m.person_id = x.i AND ${isOf(sql`m`, { segmentId, version })} AND m.is_in AND m.because = '[]'`.execute(db)
  await sql`UPDATE segment_stay h SET because = x.w FROM ${people}
    WHERE h.bucket = x.b AND h.person_id = x.i AND h.segment_id IS NOT DISTINCT FROM ${segmentId}::uuid AND h.entered_by_edit AND h.because = '[]' AND h.left_at IS NULL`.execute(
    db,
  )
}

interface Flip {
  readonly segmentId: string
  readonly version: number
  readonly at: Date
}

/** Opens and closes stays by the memberships of the version that goes live. */
export async function diffStays(db: Db, { segmentId, version, at }: Flip): Promise<void> {
  await sql`UPDATE segment_stay h SET left_at = ${at}, left_by_edit = true WHERE h.segment_id = ${segmentId} AND h.left_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM membership m WHERE m.bucket = h.bucket AND m.person_id = h.person_id AND ${isOf(sql`m`, { segmentId, version })} AND m.is_in)`.execute(
    db,
  )
  await sql`INSERT INTO segment_stay (bucket, person_id, segment_id, entered_at, id, because, entered_by_edit)
    SELECT m.bucket, m.person_id, m.segment_id, ${at}, md5(m.segment_id::text || ${String(version)} || m.person_id::text)::uuid, m.because, true FROM membership m
    WHERE m.segment_id = ${segmentId} AND m.version = ${version} AND m.is_in AND NOT EXISTS (
      SELECT 1 FROM segment_stay h WHERE h.bucket = m.bucket AND h.person_id = m.person_id AND h.segment_id IS NOT DISTINCT FROM m.segment_id AND h.left_at IS NULL)
    ORDER BY m.bucket, m.person_id ON CONFLICT DO NOTHING`.execute(db)
}

/** Closes every open stay of a segment that is archived. */
export async function closeAllStays(db: Db, segmentId: string, at: Date): Promise<void> {
  await sql`UPDATE segment_stay SET left_at = ${at}, left_by_edit = true WHERE segment_id = ${segmentId} AND left_at IS NULL`.execute(db)
}

/** A person who came or went by an edit. */
export interface Edited {
  readonly bucket: number
  readonly person_id: string
  readonly entered: boolean
  readonly because: Reason[]
}

/** Those who came or went by an edit, a page after a person: each half read in the order of its index. */
export async function listEdited(db: Db, { segmentId, at }: Flip, after: string, most: number): Promise<Edited[]> {
  const found = await sql<Edited>`SELECT * FROM (
      (SELECT bucket, person_id, true AS entered, because FROM segment_stay WHERE segment_id = ${segmentId} AND entered_at = ${at} AND entered_by_edit
        AND person_id > ${after}::uuid ORDER BY person_id LIMIT ${most})
      UNION ALL (SELECT bucket, person_id, false, because FROM segment_stay WHERE segment_id = ${segmentId} AND left_at = ${at} AND left_by_edit
        AND person_id > ${after}::uuid ORDER BY person_id LIMIT ${most})) e
    ORDER BY person_id LIMIT ${most}`.execute(db)
  return found.rows
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
