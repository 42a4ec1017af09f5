import { type RawBuilder, sql } from 'kysely'
import { column, textArray } from '#kernel/db/arrays.ts'
import { columnsOf, keyBytes, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { CONVERSION_DAYS } from '#loop/deliver/conversion.ts'
import type { DayCount, TakenBack } from './decide.ts'

interface OfPerson {
  readonly bucket: number
  readonly personId: string
}

/** Adds the counts and notes which days' totals are behind, in one statement. Counts must be distinct and in key order. */
export async function addCounts(db: Db, counts: readonly DayCount[]): Promise<void> {
  if (counts.length) await countsAdded(counts).execute(db)
}

/** The same as a statement to be sent with others. */
export function countsAdded(counts: readonly DayCount[]): RawBuilder<unknown> {
  const { buckets, ids } = keyBytes(counts, (c) => ({ bucket: c.bucket, id: c.personId }))
  const day = column(counts, (c) => c.day)
  const metric = column(counts, (c) => c.metric)
  const key = column(counts, (c) => c.key, textArray)
  const n = column(counts, (c) => c.n)
  return sql`/* add_person_days */
    WITH given AS (
      SELECT bucket, person_id, coalesce(day, ${day.one}::date) AS day, coalesce(metric, ${metric.one}::text) AS metric, coalesce(key, ${key.one}::text) AS key, coalesce(n, ${n.one}::bigint) AS n
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${day.list}::date[], ${metric.list}::text[], ${key.list}::text[], ${n.list}::bigint[]) AS g(bucket, person_id, day, metric, key, n)
    ), added AS (
      INSERT INTO person_day AS p (bucket, person_id, day, metric, key, n) SELECT bucket, person_id, day, metric, key, n FROM given
      ON CONFLICT (bucket, person_id, day, metric, key) DO UPDATE SET n = p.n + excluded.n
    )
    INSERT INTO touched_day (day, metric, key) SELECT DISTINCT day, metric, key FROM given`
}

/** Sets to 0 whatever was counted for these keys, on any day, and notes those days. */
export async function takeBack(db: Db, keys: readonly TakenBack[]): Promise<void> {
  if (!keys.length) return
  await sql`/* take_back */
    WITH given AS (SELECT DISTINCT * FROM unnest(${keys.map((k) => k.bucket)}::smallint[], ${keys.map((k) => k.personId)}::uuid[],
      ${keys.map((k) => k.metric)}::text[], ${keys.map((k) => k.key)}::text[]) AS g(bucket, person_id, metric, key)),
    voided AS (
      UPDATE person_day p SET n = 0 FROM given g
      WHERE p.bucket = g.bucket AND p.person_id = g.person_id AND p.metric = g.metric AND p.key = g.key AND p.n <> 0 RETURNING p.day, p.metric, p.key
    )
    INSERT INTO touched_day (day, metric, key) SELECT DISTINCT day, metric, key FROM voided`.execute(db)
}

/** When the mails behind these events were sent, by delivery id. */
export async function readSentAt(db: Db, wanted: readonly (OfPerson & { readonly delivery: string })[]): Promise<Map<string, Date | null>> {
  if (!wanted.length) return new Map()
  const found = await sql<{ id: string; sent_at: Date | null }>`/* read_sent_at */
    SELECT d.id, d.sent_at FROM unnest(${wanted.map((w) => w.bucket)}::smallint[], ${wanted.map((w) => w.personId)}::uuid[], ${wanted.map((w) => w.delivery)}::uuid[])
      AS w(bucket, person_id, id) JOIN delivery d ON d.bucket = w.bucket AND d.person_id = w.person_id AND d.id = w.id`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.sent_at]))
}

/** The delivery of the last human click before each goal event, by event id; none when there was no click in the days before. */
export async function readClicksBefore(
  db: Db,
  goals: readonly (OfPerson & { readonly eventId: string; readonly occurredAt: Date })[],
): Promise<(OfPerson & { readonly eventId: string; readonly delivery: string })[]> {
  if (!goals.length) return []
  const found = await sql<{ bucket: number; person_id: string; event_id: string; delivery: string }>`/* read_clicks_before */
    SELECT g.bucket, g.person_id, g.event_id, c.delivery
    FROM unnest(${goals.map((g) => g.bucket)}::smallint[], ${goals.map((g) => g.personId)}::uuid[], ${goals.map((g) => g.eventId)}::uuid[],
      ${goals.map((g) => g.occurredAt)}::timestamptz[]) AS g(bucket, person_id, event_id, at)
    CROSS JOIN LATERAL (
      SELECT j.props->>'delivery' AS delivery FROM journal j
      WHERE j.bucket = g.bucket AND j.person_id = g.person_id AND j.name = 'mail.clicked' AND j.occurred_at <= g.at
        AND j.occurred_at > g.at - make_interval(days => ${CONVERSION_DAYS}::int) AND j.props->>'agent' IS DISTINCT FROM 'machine'
      ORDER BY j.occurred_at DESC LIMIT 1) c
    WHERE c.delivery IS NOT NULL`.execute(db)
  return found.rows.map((row) => ({ bucket: row.bucket, personId: row.person_id, eventId: row.event_id, delivery: row.delivery }))
}

/** Notes all days of people whose rows moved. */
export async function touchDaysOf(db: Db, people: readonly Subject[]): Promise<void> {
  if (!people.length) return
  const { buckets, ids } = columnsOf(people)
  await sql`/* touch_days_of */ INSERT INTO touched_day (day, metric, key)
    SELECT DISTINCT p.day, p.metric, p.key FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) AS w(bucket, person_id)
    JOIN person_day p ON p.bucket = w.bucket AND p.person_id = w.person_id`.execute(db)
}

/** Notes every day since `from` that has counts or a total. */
export async function touchSince(db: Db, from: string): Promise<void> {
  await sql`INSERT INTO touched_day (day, metric, key)
    SELECT day, metric, key FROM person_day WHERE day >= ${from}::date UNION SELECT day, metric, key FROM total_day WHERE day >= ${from}::date`.execute(
    db,
  )
}

/** Counts the totals that are behind anew and forgets the notes, in one snapshot. @returns how many totals were written */
export async function settle(db: Db): Promise<number> {
  const done = await sql<{ n: string }>`
    WITH gone AS (DELETE FROM touched_day RETURNING day, metric, key),
    keys AS (SELECT DISTINCT day, metric, key FROM gone),
    fresh AS (
      SELECT k.day, k.metric, k.key, count(p.person_id) FILTER (WHERE p.n > 0) AS people, coalesce(sum(p.n), 0) AS n
      FROM keys k LEFT JOIN person_day p ON p.metric = k.metric AND p.day = k.day AND p.key = k.key GROUP BY 1, 2, 3
    ), written AS (
      INSERT INTO total_day (day, metric, key, people, n) SELECT day, metric, key, people, n FROM fresh ORDER BY metric, key, day
      ON CONFLICT (metric, key, day) DO UPDATE SET people = excluded.people, n = excluded.n RETURNING 1
    )
    SELECT count(*) AS n FROM written`.execute(db)
  return Number(done.rows[0]?.n ?? 0)
}
