import { type Selectable, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import { byPeople } from '#loop/identify/machines.queries.ts'
import type { HandoffTable } from '../tables.ts'

export type HandoffRow = Selectable<HandoffTable>

/** A hand-off to be written. */
export interface HandoffToWrite {
  readonly subject: Subject
  readonly id: string
  readonly reason: string
  readonly note: string | null
  readonly detail: JsonObject
  readonly ownerId: string | null
  readonly madeBy: string
  readonly dueAt: Date
}

/** Writes hand-offs in key order; returns the ids that were new. */
export async function insertHandoffs(db: Db, rows: readonly HandoffToWrite[], at: Date): Promise<Set<string>> {
  const { buckets, ids } = columnsOf(rows.map((row) => row.subject))
  const made = await sql<{ id: string }>`/* insert_handoffs */
    INSERT INTO handoff (bucket, person_id, id, reason, note, detail, owner_id, made_at, made_by, due_at)
    SELECT b, i, id, reason, note, detail, owner_id, ${at}, made_by, due_at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => row.note)}::text[], ${rows.map((row) => JSON.stringify(row.detail))}::jsonb[], ${rows.map((row) => row.ownerId)}::uuid[],
      ${rows.map((row) => row.madeBy)}::text[], ${rows.map((row) => row.dueAt)}::timestamptz[]) x(b, i, id, reason, note, detail, owner_id, made_by, due_at)
    ORDER BY b, i, id ON CONFLICT DO NOTHING RETURNING id`.execute(db)
  return new Set(made.rows.map((row) => row.id))
}

/** The newest hand-off of each of these people. */
export async function latestHandoffs(db: Db, subjects: readonly Subject[]): Promise<Map<string, HandoffRow>> {
  const { buckets, ids } = columnsOf(subjects)
  const rows = await sql<HandoffRow>`/* latest_handoffs */
    SELECT DISTINCT ON (h.bucket, h.person_id) h.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN handoff h ON h.bucket = x.b AND h.person_id = x.i ORDER BY h.bucket, h.person_id, h.made_at DESC, h.id DESC`.execute(db)
  return new Map(rows.rows.map((row) => [row.person_id, row]))
}

/** One hand-off, locked when it is to be answered. */
export function findHandoff(db: Db, person: Subject, id: string, lock: boolean): Promise<HandoffRow | undefined> {
  const query = db
    .selectFrom('handoff')
    .selectAll()
    .where('bucket', '=', person.bucket)
    .where('person_id', '=', person.id)
    .where('id', '=', id)
  return (lock ? query.forUpdate() : query).executeTakeFirst()
}

export async function updateHandoff(
  db: Db,
  row: Pick<HandoffRow, 'bucket' | 'person_id' | 'id'>,
  change: Partial<Omit<HandoffRow, 'detail' | 'bucket' | 'person_id' | 'id'>>,
): Promise<void> {
  await db
    .updateTable('handoff')
    .set(change)
    .where('bucket', '=', row.bucket)
    .where('person_id', '=', row.person_id)
    .where('id', '=', row.id)
    .execute()
}

/** Newest first after `cursor`; `ownerId` null means nobody's. */
export function listHandoffs(
  db: Db,
  filter: {
    state?: HandoffRow['state'] | undefined
    ownerId?: string | null | undefined
    person?: Subject | undefined
    dueBefore?: Date | undefined
    /** The version of the MQL definition they cite. */
    mql?: number | undefined
    /** Whether they met it then. */
    met?: boolean | undefined
  },
  cursor: { at: Date; id: string } | null,
  limit: number,
): Promise<HandoffRow[]> {
  let query = db.selectFrom('handoff').selectAll().orderBy('made_at', 'desc').orderBy('id', 'desc').limit(limit)
  if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.ownerId === null) query = query.where('owner_id', 'is', null)
  if (filter.ownerId) query = query.where('owner_id', '=', filter.ownerId)
  if (filter.person) query = query.where('bucket', '=', filter.person.bucket).where('person_id', '=', filter.person.id)
  if (filter.dueBefore) query = query.where('due_at', '<', filter.dueBefore)
  // Said as the index over the versions says it.
  if (filter.mql !== undefined)
    query = query.where(sql<boolean>`detail ? 'mqlVersion' AND detail -> 'mqlVersion' = ${JSON.stringify(filter.mql)}::jsonb`)
  if (filter.met !== undefined) query = query.where(sql<boolean>`detail @> ${JSON.stringify({ mqlMet: filter.met })}::jsonb`)
  if (cursor) query = query.where(sql<boolean>`(made_at, id) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)`)
  return query.execute()
}

/** What a person did up to an instant, newest first: the history a hand-off is read with. */
export async function selectHistory(
  db: Db,
  person: Subject,
  until: Date,
  limit: number,
): Promise<{ id: string; name: string; occurred_at: Date; props: JsonObject }[]> {
  const rows = await db
    .selectFrom('journal')
    .select(['id', 'name', 'occurred_at', 'props'])
    .where('bucket', '=', person.bucket)
    .where('person_id', '=', person.id)
    .where('occurred_at', '<=', until)
    .where(byPeople('journal'))
    .where('name', 'not in', ['score.changed', 'page.left', 'session.started', 'signal.raised', 'stage.changed', 'handoff.made'])
    .orderBy('occurred_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, props: row.props as JsonObject }))
}

export interface Numbers {
  open: number
  overdue: number
  made: number
  accepted: number
  returned: number
  median_hours: number | null
}

/** Counts of all open ones, and of those made since an instant; the median time to accept in hours. */
export async function countHandoffs(db: Db, now: Date, since: Date): Promise<Numbers> {
  const found = await sql<Numbers>`/* count_handoffs */
    SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'open' AND due_at < ${now}) AS overdue,
      count(*) FILTER (WHERE made_at >= ${since}) AS made, count(*) FILTER (WHERE made_at >= ${since} AND state = 'accepted') AS accepted,
      count(*) FILTER (WHERE made_at >= ${since} AND state = 'returned') AS returned,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - made_at) / 3600)
        FILTER (WHERE made_at >= ${since} AND state = 'accepted')::float8 AS median_hours
    FROM handoff WHERE state = 'open' OR made_at >= ${since}`.execute(db)
  return found.rows[0] ?? { open: 0, overdue: 0, made: 0, accepted: 0, returned: 0, median_hours: null }
}

export function countReturns(db: Db, since: Date): Promise<{ return_reason: string | null; n: number }[]> {
  return db
    .selectFrom('handoff')
    .select((eb) => ['return_reason', eb.fn.countAll<number>().as('n')])
    .where('state', '=', 'returned')
    .where('made_at', '>=', since)
    .groupBy('return_reason')
    .orderBy('n', 'desc')
    .orderBy('return_reason')
    .execute()
}
