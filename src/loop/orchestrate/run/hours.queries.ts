import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

/** The number of the hour in the week, Sunday 0:00 is 0. */
const hourSql = (at: RawBuilder<unknown>, zone: string): RawBuilder<unknown> =>
  sql`(extract(dow FROM ${at} AT TIME ZONE ${zone}) * 24 + extract(hour FROM ${at} AT TIME ZONE ${zone}))::int`

/** How often each of these people read a mail in which hour of the week: opens and clicks by humans. */
export async function loadHours(
  db: Db,
  subjects: readonly Subject[],
  since: Date,
  zone: string,
): Promise<{ person_id: string; hour: number; n: number }[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; hour: number; n: number }>`/* load_reading_hours */
    SELECT d.person_id, ${hourSql(sql`v.at`, zone)} AS hour, count(*)::int AS n FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN delivery d ON d.bucket = x.b AND d.person_id = x.i AND d.reached_at >= ${since} AND d.sent_at >= ${since}
    CROSS JOIN LATERAL (VALUES (d.opened_at), (d.clicked_at)) v(at) WHERE v.at IS NOT NULL GROUP BY 1, 2`.execute(db)
  return found.rows
}

/** Mails that are looked at to know when people read: buckets are hashes, so the first are a fair sample of all people. */
const SAMPLE = 20_000

/** How much is read in which hour of the week by everybody. */
export async function sumHours(db: Db, since: Date, zone: string): Promise<{ hour: number; n: number }[]> {
  const found = await sql<{ hour: number; n: number }>`/* sum_reading_hours */
    SELECT ${hourSql(sql`v.at`, zone)} AS hour, count(*)::int AS n FROM (
      SELECT opened_at, clicked_at FROM delivery WHERE sent_at >= ${since} AND (opened_at IS NOT NULL OR clicked_at IS NOT NULL) LIMIT ${SAMPLE}) d
    CROSS JOIN LATERAL (VALUES (d.opened_at), (d.clicked_at)) v(at) WHERE v.at IS NOT NULL GROUP BY 1`.execute(db)
  return found.rows
}
