import { type Selectable, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { SignalTable } from '../tables.ts'

/** A signal to be written. */
export interface SignalToWrite {
  readonly subject: Subject
  readonly id: string
  readonly kind: string
  readonly channel: string
  readonly at: Date
  readonly ownerId: string | null
  readonly urgent: boolean
  readonly text: string | null
  readonly detail: JsonObject
}

/** Writes signals in key order; one that is there already is left alone. Returns the ids that were new. */
export async function insertSignals(db: Db, rows: readonly SignalToWrite[]): Promise<Set<string>> {
  const { buckets, ids } = columnsOf(rows.map((row) => row.subject))
  const made = await sql<{ id: string }>`/* insert_signals */
    INSERT INTO signal (bucket, person_id, id, kind, channel, at, owner_id, urgent, text, detail)
    SELECT * FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.channel)}::text[], ${rows.map((row) => row.at)}::timestamptz[], ${rows.map((row) => row.ownerId)}::uuid[],
      ${rows.map((row) => row.urgent)}::boolean[], ${rows.map((row) => row.text)}::text[], ${rows.map((row) => JSON.stringify(row.detail))}::jsonb[])
      x(bucket, person_id, id, kind, channel, at, owner_id, urgent, text, detail)
    ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING id`.execute(db)
  return new Set(made.rows.map((row) => row.id))
}

/** When each kind was last told of each of these people, since an instant, as `person/kind`. */
export async function lastTold(db: Db, subjects: readonly Subject[], since: Date): Promise<Map<string, Date>> {
  const { buckets, ids } = columnsOf(subjects)
  const rows = await sql<{ person_id: string; kind: string; at: Date }>`/* last_told */
    SELECT s.person_id, s.kind, max(s.at) AS at FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN signal s ON s.bucket = x.b AND s.person_id = x.i AND s.at > ${since} GROUP BY 1, 2`.execute(db)
  return new Map(rows.rows.map((row) => [`${row.person_id}/${row.kind}`, row.at]))
}

export interface SignalFilter {
  readonly channel?: string | undefined
  readonly kind?: string | undefined
  /** A user, null for nobody's, undefined for all. */
  readonly ownerId?: string | null | undefined
  readonly person?: Subject | undefined
  readonly open?: boolean | undefined
  /** Whose mutes count. */
  readonly reader: string | null
}

/** Newest first after `cursor`. */
export function listSignals(
  db: Db,
  filter: SignalFilter,
  cursor: { at: Date; id: string } | null,
  limit: number,
): Promise<Selectable<SignalTable>[]> {
  let query = db.selectFrom('signal').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit)
  if (filter.channel) query = query.where('channel', '=', filter.channel)
  if (filter.kind) query = query.where('kind', '=', filter.kind)
  if (filter.ownerId === null) query = query.where('owner_id', 'is', null)
  if (filter.ownerId) query = query.where('owner_id', '=', filter.ownerId)
  if (filter.person) query = query.where('bucket', '=', filter.person.bucket).where('person_id', '=', filter.person.id)
  if (filter.open) query = query.where('seen_at', 'is', null)
  if (filter.reader && !filter.person) query = query.where(notMuted(filter.reader))
  if (cursor) query = query.where(sql<boolean>`(at, id) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)`)
  return query.execute()
}

const notMuted = (reader: string) =>
  sql<boolean>`NOT EXISTS (SELECT 1 FROM signal_mute m WHERE m.user_id = ${reader}::uuid AND m.bucket = signal.bucket AND m.person_id = signal.person_id)`

export async function countOpen(
  db: Db,
  ownerId: string | null | undefined,
  reader: string | null,
  since: Date,
): Promise<{ channel: string; n: number }[]> {
  let query = db
    .selectFrom('signal')
    .select((eb) => ['channel', eb.fn.countAll<number>().as('n')])
    .where('seen_at', 'is', null)
    .where('at', '>', since)
    .groupBy('channel')
  if (ownerId === null) query = query.where('owner_id', 'is', null)
  if (ownerId) query = query.where('owner_id', '=', ownerId)
  if (reader) query = query.where(notMuted(reader))
  return query.execute()
}

/** Marks signals as seen to (or not, with nulls). */
export async function markSignals(
  db: Db,
  subjects: readonly Subject[],
  signalIds: readonly string[],
  seen: { at: Date | null; by: string | null },
): Promise<void> {
  const { buckets, ids } = columnsOf(subjects)
  await sql`/* mark_signals */ UPDATE signal s SET seen_at = ${seen.at}::timestamptz, seen_by = ${seen.by}::text
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${signalIds}::uuid[]) x(b, i, id) WHERE s.bucket = x.b AND s.person_id = x.i AND s.id = x.id`.execute(
    db,
  )
}

export async function insertMute(db: Db, person: Subject, userId: string, at: Date): Promise<void> {
  await db
    .insertInto('signal_mute')
    .values({ bucket: person.bucket, person_id: person.id, user_id: userId, at })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

export async function deleteMute(db: Db, person: Subject, userId: string): Promise<void> {
  await db
    .deleteFrom('signal_mute')
    .where('bucket', '=', person.bucket)
    .where('person_id', '=', person.id)
    .where('user_id', '=', userId)
    .execute()
}
