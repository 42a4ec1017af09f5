// Who came and went by an edit: known by comparing the memberships of the version in force with the stays, a page at a time.
import { sql } from 'kysely'
import { bucketOf, bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Reason } from '../rules/contract.ts'
import { type Filling, isOf } from './queries.ts'

/** A place in an order of people by an instant, the newest first; the instant as the database writes it. */
export interface Place {
  readonly at: string
  readonly id: string
}

export interface Found extends Place {
  readonly bucket: number
}

/** Asked of one row after the other, and not by an index of the segment: no plan may read every stay there is (a plan made while the table was empty did). */
const openStay = sql`(SELECT true FROM segment_stay h WHERE h.bucket = m.bucket AND h.person_id = m.person_id AND h.segment_id IS NOT DISTINCT FROM m.segment_id AND h.left_at IS NULL LIMIT 1)`
const membershipOf = ({ segmentId, version }: Filling) =>
  sql`(SELECT m.is_in FROM membership m WHERE m.bucket = h.bucket AND m.person_id = h.person_id AND m.segment_id = ${segmentId}::uuid AND m.version = ${version}::integer)`

/** Members without an open stay: those whom the edit let in. */
export async function listEntered(db: Db, key: Filling, after: Place | null, most: number): Promise<Found[]> {
  const beyond = after
    ? sql`AND (m.since, m.bucket, m.person_id) < (${after.at}::timestamptz, ${bucketOf(after.id)}::smallint, ${after.id}::uuid)`
    : sql``
  const found = await sql<Found>`SELECT m.bucket, m.person_id AS id, m.since::text AS at FROM membership m
    WHERE m.segment_id = ${key.segmentId} AND m.version = ${key.version} AND m.is_in ${beyond} AND ${openStay} IS NULL
    ORDER BY m.since DESC, m.bucket DESC, m.person_id DESC LIMIT ${most}`.execute(db)
  return found.rows
}

/** Open stays of those who are no members: those whom the edit let go. */
export async function listLeft(db: Db, key: Filling, after: Place | null, most: number): Promise<Found[]> {
  const beyond = after
    ? sql`AND (h.entered_at, h.bucket, h.person_id) < (${after.at}::timestamptz, ${bucketOf(after.id)}::smallint, ${after.id}::uuid)`
    : sql``
  const found = await sql<Found>`SELECT h.bucket, h.person_id AS id, h.entered_at::text AS at FROM segment_stay h
    WHERE h.segment_id = ${key.segmentId} AND h.left_at IS NULL ${beyond} AND ${membershipOf(key)} IS NOT TRUE
    ORDER BY h.entered_at DESC, h.bucket DESC, h.person_id DESC LIMIT ${most}`.execute(db)
  return found.rows
}

interface Edit extends Filling {
  readonly at: Date
}

/** Opens the stays of an edit, under the pulse locks, for whoever is a member without one still. @returns their ids */
export async function openStays(
  db: Db,
  edit: Edit,
  entered: readonly { readonly subject: Subject; readonly because: readonly Reason[] }[],
): Promise<Set<string>> {
  const sorted = [...entered].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((one) => one.subject))
  const found = await sql<{ person_id: string }>`/* open_stays_of_edit */
    INSERT INTO segment_stay (bucket, person_id, segment_id, entered_at, id, because, entered_by_edit)
    SELECT m.bucket, m.person_id, m.segment_id, ${edit.at}::timestamptz, md5(m.segment_id::text || m.version::text || m.person_id::text)::uuid, x.w, true
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((one) => JSON.stringify(one.because))}::jsonb[]) x(b, i, w)
    CROSS JOIN LATERAL (SELECT * FROM membership o WHERE o.bucket = x.b AND o.person_id = x.i AND ${isOf(sql`o`, edit)} AND o.is_in OFFSET 0) m
    WHERE ${openStay} IS NULL ON CONFLICT DO NOTHING RETURNING person_id`.execute(db)
  return new Set(found.rows.map((row) => row.person_id))
}

/** Closes the stays that an edit ends, under the pulse locks. @returns whose, and why they had been in */
export async function endStays(db: Db, edit: Edit, left: readonly Subject[]): Promise<{ subject: Subject; because: Reason[] }[]> {
  const { buckets, ids } = columnsOf([...left].sort(bySubject))
  const found = await sql<{ bucket: number; person_id: string; because: Reason[] }>`/* end_stays_of_edit */
    UPDATE segment_stay h SET left_at = ${edit.at}, left_by_edit = true FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    WHERE h.bucket = x.b AND h.person_id = x.i AND h.segment_id IS NOT DISTINCT FROM ${edit.segmentId}::uuid AND h.left_at IS NULL
      AND ${membershipOf(edit)} IS NOT TRUE RETURNING h.bucket, h.person_id, h.because`.execute(db)
  return found.rows.map((row) => ({ subject: { bucket: row.bucket, id: row.person_id }, because: row.because }))
}

/** Closes some open stays of a segment that is archived. @returns how many */
export async function endArchived(db: Db, segmentId: string, most: number): Promise<number> {
  const done = await sql`UPDATE segment_stay h SET left_at = greatest(s.archived_at, h.entered_at), left_by_edit = true
    FROM segment s, (SELECT o.bucket, o.person_id, o.entered_at, o.id FROM segment_stay o WHERE o.segment_id = ${segmentId} AND o.left_at IS NULL
      ORDER BY o.entered_at DESC, o.bucket DESC, o.person_id DESC LIMIT ${most}) x
    WHERE s.id = ${segmentId} AND s.archived_at IS NOT NULL AND h.bucket = x.bucket AND h.person_id = x.person_id AND h.id = x.id AND h.entered_at = x.entered_at
      AND h.segment_id IS NOT DISTINCT FROM s.id`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}
