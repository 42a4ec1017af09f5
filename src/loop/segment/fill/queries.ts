// Set-wise statements of a flip: who came and went by it, and the rows that are no longer needed.
import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Reason } from '../rules/contract.ts'

interface Flip {
  readonly segmentId: string
  readonly version: number
  readonly at: Date
}

/** Opens and closes stays by the memberships of the version that goes live. */
export async function diffStays(db: Db, { segmentId, version, at }: Flip): Promise<void> {
  await sql`UPDATE segment_stay h SET left_at = ${at}, left_by_edit = true WHERE h.segment_id = ${segmentId} AND h.left_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM membership m WHERE m.bucket = h.bucket AND m.person_id = h.person_id AND m.segment_id = ${segmentId} AND m.version = ${version} AND m.is_in)`.execute(
    db,
  )
  await sql`INSERT INTO segment_stay (bucket, person_id, segment_id, entered_at, id, because, entered_by_edit)
    SELECT m.bucket, m.person_id, m.segment_id, ${at}, md5(m.segment_id::text || ${String(version)} || m.person_id::text)::uuid, m.because, true FROM membership m
    WHERE m.segment_id = ${segmentId} AND m.version = ${version} AND m.is_in AND NOT EXISTS (
      SELECT 1 FROM segment_stay h WHERE h.bucket = m.bucket AND h.person_id = m.person_id AND h.segment_id = m.segment_id AND h.left_at IS NULL)
    ON CONFLICT DO NOTHING`.execute(db)
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

/** Those who came or went by an edit, a page after a key. */
export async function listEdited(db: Db, { segmentId, at }: Flip, after: { bucket: number; id: string }, most: number): Promise<Edited[]> {
  const beyond = sql`(bucket, person_id) > (${after.bucket}::smallint, ${after.id}::uuid)`
  const found = await sql<Edited>`
    SELECT bucket, person_id, true AS entered, because FROM segment_stay WHERE segment_id = ${segmentId} AND entered_at = ${at} AND entered_by_edit AND ${beyond}
    UNION ALL SELECT bucket, person_id, false, because FROM segment_stay
    WHERE segment_id = ${segmentId} AND left_at = ${at} AND left_by_edit AND ${beyond}
    ORDER BY 1, 2 LIMIT ${most}`.execute(db)
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
