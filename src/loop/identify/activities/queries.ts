import { sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { ActivityRow } from './tables.ts'

export interface ActivityAt extends Subject {
  readonly activity: string
}

/** New activities, written in key order. */
export async function insertActivities(db: Db, rows: readonly ActivityRow[]): Promise<void> {
  const sorted = [...rows].sort((a, b) => bySubject({ bucket: a.bucket, id: a.person_id }, { bucket: b.bucket, id: b.person_id }))
  await sql`/* insert_activities */ INSERT INTO activity SELECT x.* FROM jsonb_populate_recordset(NULL::activity, ${JSON.stringify(sorted)}::jsonb) x`.execute(
    db,
  )
}

/** These activities, locked in key order until commit; removed ones too. */
export async function lockActivities(db: Db, keys: readonly ActivityAt[]): Promise<ActivityRow[]> {
  const { buckets, ids } = columnsOf(keys)
  const result = await sql<ActivityRow>`/* lock_activities */ SELECT a.* FROM activity a
    JOIN unnest(${buckets}::smallint[], ${ids}::uuid[], ${keys.map((key) => key.activity)}::uuid[]) x(b, p, i)
      ON a.bucket = x.b AND a.person_id = x.p AND a.id = x.i ORDER BY a.bucket, a.person_id, a.id FOR UPDATE OF a`.execute(db)
  return result.rows
}

/** Saves one activity. It must be locked. */
export async function updateActivity(db: Db, row: ActivityRow): Promise<void> {
  await db
    .updateTable('activity')
    .set({
      occurred_at: row.occurred_at,
      direction: row.direction,
      result: row.result,
      minutes: row.minutes,
      title: row.title,
      body: row.body,
      pinned: row.pinned,
      colleagues: row.colleagues,
      changed_at: row.changed_at,
    })
    .where('bucket', '=', row.bucket)
    .where('person_id', '=', row.person_id)
    .where('id', '=', row.id)
    .execute()
}

/** Takes activities away, or brings them back. They must be locked. */
export async function setRemoved(db: Db, keys: readonly ActivityAt[], at: Date | null): Promise<void> {
  const { buckets, ids } = columnsOf(keys)
  await sql`/* remove_activities */ UPDATE activity a SET removed_at = ${at}::timestamptz
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${keys.map((key) => key.activity)}::uuid[]) x(b, p, i)
    WHERE a.bucket = x.b AND a.person_id = x.p AND a.id = x.i`.execute(db)
}

export interface ActivityPlace {
  readonly pinned: boolean
  readonly at: string
  readonly id: string
}

/** A page of what colleagues did with somebody: pinned first, then newest first. */
export async function listActivities(
  db: Db,
  subject: Subject,
  kind: string | null,
  after: ActivityPlace | null,
  limit: number,
): Promise<(ActivityRow & { key: string })[]> {
  const beyond = after
    ? sql`AND (pinned, occurred_at, id) < (${after.pinned}::boolean, ${after.at}::timestamptz, ${after.id}::uuid)`
    : sql``
  const some = kind === null ? sql`` : sql`AND kind = ${kind}`
  const result = await sql<ActivityRow & { key: string }>`SELECT *, occurred_at::text AS key FROM activity
    WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} AND removed_at IS NULL ${some} ${beyond}
    ORDER BY pinned DESC, occurred_at DESC, id DESC LIMIT ${limit}`.execute(db)
  return result.rows
}

/** These activities of one person by id; removed ones too. */
export async function findActivities(db: Db, subject: Subject, ids: readonly string[]): Promise<Map<string, ActivityRow>> {
  if (!ids.length) return new Map()
  const result = await sql<ActivityRow>`/* find_activities */ SELECT a.* FROM unnest(${[...ids]}::uuid[]) x(i)
    JOIN activity a ON a.bucket = ${subject.bucket}::smallint AND a.person_id = ${subject.id}::uuid AND a.id = x.i`.execute(db)
  return new Map(result.rows.map((row) => [row.id, row]))
}

/** The people who have a phone number; the ones seen last first. */
export async function findByPhone(db: Db, phone: string, most: number): Promise<Subject[]> {
  const result = await sql<Subject>`/* find_by_phone */ SELECT bucket, id FROM person WHERE phone = ${phone} AND identified_at IS NOT NULL
    ORDER BY coalesce(last_seen_at, created_at) DESC, id LIMIT ${most}`.execute(db)
  return result.rows
}

/** How many people each of these acts was with. */
export async function countGroups(db: Db, rows: readonly ActivityRow[]): Promise<Map<string, number>> {
  const shared = [...new Set(rows.filter((row) => row.group_id !== row.id).map((row) => row.group_id))]
  if (!shared.length) return new Map()
  const result = await sql<{ group_id: string; n: number }>`/* count_groups */ SELECT group_id, count(*)::int AS n FROM activity
    WHERE group_id = ANY(${shared}::uuid[]) AND removed_at IS NULL GROUP BY 1`.execute(db)
  return new Map(result.rows.map((row) => [row.group_id, row.n]))
}
