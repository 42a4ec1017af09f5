import { type RawBuilder, sql } from 'kysely'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { WeekMove } from './contract.ts'
import type { Reason } from './rules/contract.ts'

export interface SegmentRow {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly audience: 'leads' | 'everyone'
  readonly live_version: number | null
  readonly created_at: Date
  readonly changed_at: Date
  readonly archived_at: Date | null
}

export interface SegmentShownRow extends SegmentRow {
  readonly rule: Json
  readonly members: number
  readonly entered: number
  readonly left: number
  readonly filling_version: number | null
  readonly filled_buckets: number | null
  readonly filling_rule: Json | null
  readonly fault: 'slow' | null
}

/** Counting stops here; more is shown as an estimate. */
export const COUNT_LIMIT = 100_000

/** The stays that began, or ended, within the last seven days; edits of the rule left aside. The number and the list behind it ask by the same words. */
function moved(which: WeekMove, now: Date): RawBuilder<boolean> {
  const since = new Date(now.getTime() - 7 * 86_400_000)
  return which === 'entered' ? sql`(h.entered_at > ${since} AND NOT h.entered_by_edit)` : sql`(h.left_at > ${since} AND NOT h.left_by_edit)`
}

/** Segments with their numbers; one, or all that are not archived. */
export async function listSegments(db: Db, now: Date, id: string | null = null): Promise<SegmentShownRow[]> {
  const found =
    await sql<SegmentShownRow>`SELECT s.id, s.name, s.description, s.audience, s.live_version, s.created_at, s.changed_at, s.archived_at,
      coalesce(l.rule, f.rule, n.rule) AS rule, f.version AS filling_version, f.filled_buckets, f.rule AS filling_rule, n.fault,
      (SELECT count(*)::integer FROM (SELECT 1 FROM membership m WHERE m.segment_id = s.id AND m.version = s.live_version AND m.is_in LIMIT ${COUNT_LIMIT + 1}) c) AS members,
      (SELECT count(*)::integer FROM (SELECT 1 FROM segment_stay h WHERE h.segment_id = s.id AND ${moved('entered', now)} LIMIT 10000) c) AS entered,
      (SELECT count(*)::integer FROM (SELECT 1 FROM segment_stay h WHERE h.segment_id = s.id AND ${moved('left', now)} LIMIT 10000) c) AS "left"
    FROM segment s LEFT JOIN segment_version l ON l.segment_id = s.id AND l.version = s.live_version
    LEFT JOIN segment_version f ON f.segment_id = s.id AND f.state = 'filling'
    LEFT JOIN LATERAL (SELECT rule, fault FROM segment_version v WHERE v.segment_id = s.id ORDER BY v.version DESC LIMIT 1) n ON true
    WHERE s.archived_at IS NULL AND (${id}::uuid IS NULL OR s.id = ${id}::uuid) ORDER BY s.created_at, s.id`.execute(db)
  return found.rows
}

export const lockSegment = (db: Db, id: string): Promise<SegmentRow | undefined> =>
  db.selectFrom('segment').selectAll().where('id', '=', id).where('archived_at', 'is', null).forUpdate().executeTakeFirst()

/**
 * Holds these segments against being put away until commit; the archive, which locks its segment first, then sees what was begun with them.
 * @returns false when one of them was put away before
 */
export async function holdSegments(db: Db, segments: readonly string[]): Promise<boolean> {
  const wanted = [...new Set(segments)]
  if (!wanted.length) return true
  const held = await sql`/* hold_segments */ SELECT 1 FROM segment WHERE id = ANY(${wanted}::uuid[]) AND archived_at IS NULL
    ORDER BY id FOR KEY SHARE`.execute(db)
  return held.rows.length === wanted.length
}

/** @returns false when the name is taken */
export async function insertSegment(
  db: Db,
  row: { id: string; name: string; description: string; audience: 'leads' | 'everyone'; at: Date; by: string },
): Promise<boolean> {
  const done = await sql`INSERT INTO segment (id, name, description, audience, created_at, created_by, changed_at)
    VALUES (${row.id}, ${row.name}, ${row.description}, ${row.audience}, ${row.at}, ${row.by}, ${row.at}) ON CONFLICT DO NOTHING`.execute(
    db,
  )
  return Number(done.numAffectedRows ?? 0) === 1
}

/** @returns false when the name is taken */
export async function updateSegment(
  db: Db,
  row: { id: string; name: string; description: string; audience: 'leads' | 'everyone'; at: Date },
): Promise<boolean> {
  const taken = await sql`SELECT 1 FROM segment WHERE lower(name) = lower(${row.name}) AND archived_at IS NULL AND id <> ${row.id}`.execute(
    db,
  )
  if (taken.rows.length) return false
  await db
    .updateTable('segment')
    .set({ name: row.name, description: row.description, audience: row.audience, changed_at: row.at })
    .where('id', '=', row.id)
    .execute()
  return true
}

/** An archived segment with the audience of its last version in force; `isTaken` when another one has its name now. */
export async function lockArchived(
  db: Db,
  id: string,
): Promise<(SegmentRow & { readonly rule: Json; readonly isTaken: boolean }) | undefined> {
  const found = await sql<SegmentRow & { rule: Json; isTaken: boolean }>`SELECT s.*, v.rule,
      EXISTS (SELECT 1 FROM segment o WHERE o.archived_at IS NULL AND lower(o.name) = lower(s.name)) AS "isTaken"
    FROM segment s JOIN LATERAL (SELECT rule FROM segment_version v WHERE v.segment_id = s.id ORDER BY v.state = 'dropped', v.version DESC LIMIT 1) v ON true
    WHERE s.id = ${id} AND s.archived_at IS NOT NULL FOR UPDATE OF s`.execute(db)
  return found.rows[0]
}

export async function restoreSegment(db: Db, id: string, at: Date): Promise<void> {
  await db.updateTable('segment').set({ archived_at: null, live_version: null, changed_at: at }).where('id', '=', id).execute()
}

export async function archiveSegment(db: Db, id: string, at: Date): Promise<void> {
  await db.updateTable('segment').set({ archived_at: at }).where('id', '=', id).execute()
  await db
    .updateTable('segment_version')
    .set({ state: 'past', ended_at: at })
    .where('segment_id', '=', id)
    .where('state', '=', 'live')
    .execute()
  await db
    .updateTable('segment_version')
    .set({ state: 'dropped', ended_at: at })
    .where('segment_id', '=', id)
    .where('state', '=', 'filling')
    .execute()
}

export interface PersonShownRow {
  readonly bucket: number
  readonly id: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly company_name: string | null
  readonly mail: string | null
  readonly identified_at: Date | null
}

const shown = sql`p.bucket, p.id, p.family_name, p.given_name, p.company_name, p.mail, p.identified_at`

const audienceSql = (audience: 'leads' | 'everyone'): RawBuilder<unknown> =>
  audience === 'leads' ? sql`p.identified_at IS NOT NULL` : sql`true`

/** How many people a compiled rule means. */
export async function countPeople(db: Db, audience: 'leads' | 'everyone', condition: RawBuilder<boolean>): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*) AS n FROM person p WHERE ${audienceSql(audience)} AND ${condition}`.execute(db)
  return Number(found.rows[0]?.n ?? 0)
}

/** The people a compiled rule means, in key order. */
export async function listMatching(
  db: Db,
  audience: 'leads' | 'everyone',
  condition: RawBuilder<boolean>,
  most: number,
): Promise<PersonShownRow[]> {
  const found =
    await sql<PersonShownRow>`SELECT ${shown} FROM person p WHERE ${audienceSql(audience)} AND ${condition} ORDER BY p.bucket, p.id LIMIT ${most}`.execute(
      db,
    )
  return found.rows
}

export interface MemberRow extends PersonShownRow {
  readonly since: Date
  readonly next_change_at: Date | null
  readonly because: Reason[]
  readonly total: number | null
  readonly heat: 'hot' | 'warm' | 'cold' | null
}

/** Members of the live version, the newest first, after a position. */
export async function listMembers(db: Db, segmentId: string, after: { at: Date; id: string } | null, most: number): Promise<MemberRow[]> {
  const found = await sql<MemberRow>`SELECT ${shown}, m.since, m.next_change_at, m.because, c.total, c.heat
    FROM segment s JOIN membership m ON m.segment_id = s.id AND m.version = s.live_version AND m.is_in JOIN person p ON p.bucket = m.bucket AND p.id = m.person_id
    LEFT JOIN score c ON c.bucket = p.bucket AND c.person_id = p.id AND c.model = 'main' AND c.version = (SELECT live_version FROM score_model WHERE name = 'main')
    WHERE s.id = ${segmentId} AND (${after === null} OR (m.since, m.bucket, m.person_id) < (${after?.at ?? null}::timestamptz, ${after && bucketOf(after.id)}::smallint, ${after?.id ?? null}::uuid))
    ORDER BY m.since DESC, m.bucket DESC, m.person_id DESC LIMIT ${most}`.execute(db)
  return found.rows
}

export interface StayRow extends PersonShownRow {
  readonly entered_at: Date
  readonly left_at: Date | null
  readonly because: Reason[]
  readonly left_because: Reason[] | null
  readonly entered_by_edit: boolean
  readonly left_by_edit: boolean
}

/** Stays, the newest first, after a position. */
export async function listStays(
  db: Db,
  of: { readonly id: string; readonly week?: WeekMove | undefined; readonly now: Date },
  after: { at: Date; id: string } | null,
  most: number,
): Promise<StayRow[]> {
  const found = await sql<StayRow>`SELECT ${shown}, h.entered_at, h.left_at, h.because, h.left_because, h.entered_by_edit, h.left_by_edit
    FROM segment_stay h JOIN person p ON p.bucket = h.bucket AND p.id = h.person_id
    WHERE h.segment_id = ${of.id} AND ${of.week ? moved(of.week, of.now) : sql`true`} AND (${after === null} OR (h.entered_at, h.bucket, h.person_id) < (${after?.at ?? null}::timestamptz, ${after && bucketOf(after.id)}::smallint, ${after?.id ?? null}::uuid))
    ORDER BY h.entered_at DESC, h.bucket DESC, h.person_id DESC LIMIT ${most}`.execute(db)
  return found.rows
}

export async function findPerson(db: Db, subject: Subject): Promise<PersonShownRow | undefined> {
  const found =
    await sql<PersonShownRow>`SELECT ${shown} FROM person p WHERE p.bucket = ${subject.bucket} AND p.id = ${subject.id}`.execute(db)
  return found.rows[0]
}

export async function listStaysOf(db: Db, segmentId: string, subject: Subject) {
  return db
    .selectFrom('segment_stay')
    .select(['entered_at', 'left_at'])
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .where('segment_id', '=', segmentId)
    .orderBy('entered_at', 'desc')
    .limit(50)
    .execute()
}

/** The live segments a person is in. */
export async function listSegmentsOf(db: Db, subject: Subject) {
  return db
    .selectFrom('membership as m')
    .innerJoin('segment as s', (join) => join.onRef('s.id', '=', 'm.segment_id').onRef('s.live_version', '=', 'm.version'))
    .select(['s.id', 's.name', 'm.since', 'm.next_change_at'])
    .where('m.bucket', '=', subject.bucket)
    .where('m.person_id', '=', subject.id)
    .where('m.is_in', '=', true)
    .where('s.archived_at', 'is', null)
    .orderBy('m.since', 'desc')
    .execute()
}

/** Names of events seen lately: a sample, since the journal has no index by name alone. */
export async function listEventNames(db: Db): Promise<string[]> {
  const found = await sql<{
    name: string
  }>`SELECT DISTINCT name FROM (SELECT name FROM journal WHERE bucket < 8 LIMIT 50000) seen ORDER BY name LIMIT 200`.execute(db)
  return found.rows.map((row) => row.name)
}

/** A condition: the person under alias `person` is in the segment now. */
export const isMember = (person: string, segment: string): RawBuilder<unknown> =>
  sql`EXISTS (SELECT 1 FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version
    WHERE m.segment_id = ${segment}::uuid AND m.is_in AND m.bucket = ${sql.id(person)}.bucket AND m.person_id = ${sql.id(person)}.id)`
