// The journal's doors for great numbers: newcomers, and what one statement concludes of thousands.
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import { booleanBytes, instantBytes, jsonBytes, smallintBytes, textBytes, uuidBytes } from './db/binary.ts'
import { bySubject, keyBytes, type Subject } from './db/buckets.ts'
import type { NewEvent } from './journal.ts'

/**
 * `append` for subjects that were made in this very transaction: nothing of theirs can be there already, so the rows are not compared with
 * any. The same rows as `append` would write, for events whose ids differ; both tables take them from one list, which is sent and read once.
 */
export async function appendNew(ctx: Ctx, events: readonly NewEvent[]): Promise<void> {
  if (!events.length) return
  const given = events.toSorted((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = keyBytes(given, (e) => e.subject)
  await sql`/* append_new */
    WITH given AS MATERIALIZED (
      SELECT * FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${uuidBytes(given, (e) => e.id)}::uuid[],
        ${textBytes(given, (e) => e.name)}::text[], ${instantBytes(given, (e) => e.occurredAt)}::timestamptz[], ${instantBytes(given, (e) => e.receivedAt ?? ctx.now)}::timestamptz[],
        ${textBytes(given, (e) => e.via)}::text[], ${booleanBytes(given, (e) => e.historic ?? false)}::boolean[], ${uuidBytes(given, (e) => e.causeId)}::uuid[],
        ${smallintBytes(given, (e) => e.hop ?? 0)}::smallint[], ${textBytes(given, (e) => e.pageGroup)}::text[], ${jsonBytes(given, (e) => JSON.stringify(e.props))}::jsonb[],
        ${booleanBytes(given, (e) => e.silent ?? false)}::boolean[])
        WITH ORDINALITY AS g(bucket, person_id, id, name, occurred_at, received_at, via, historic, cause_id, hop, page_group, props, silent, ord)
    ), written AS (
      INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, via, historic, cause_id, hop, page_group, props)
      SELECT bucket, person_id, id, name, occurred_at, received_at, via, historic, cause_id, hop, page_group, props FROM given ORDER BY ord
    ), told AS (
      INSERT INTO news (bucket, person_id, event_id, name, occurred_at, received_at, historic, hop, page_group, props)
      SELECT bucket, person_id, id, name, occurred_at, received_at, historic, hop, page_group, props FROM given WHERE NOT silent ORDER BY ord
    )
    SELECT pg_notify('hagukumi_news', '')`.execute(ctx.db)
}

/**
 * A statement, or a part of one, that journals what a query selects as (bucket, person_id, id, name, at, cause_id, hop, props), for events that nobody
 * hears: there is no news of them. An event that is there already has no second effect.
 */
export const journalQuietly = (events: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, cause_id, hop, props)
  SELECT bucket, person_id, id, name, at, at, cause_id, hop, props FROM (${events}) e ORDER BY bucket, person_id, id ON CONFLICT DO NOTHING`

/** `derivedId` of a column that holds the cause's id, ordinal 0, as SQL. */
export function derivedIdSql(cause: RawBuilder<unknown>, room: string, kind: string): RawBuilder<string> {
  const [before, after] = ['7:derived36:', `${room.length}:${room}${kind.length}:${kind}1:0`]
  return sql<string>`(SELECT (substr(h, 1, 12) || '8' || substr(h, 14, 3) || 'a' || substr(h, 18, 15))::uuid
    FROM encode(sha256(convert_to(${before}::text || ${cause} || ${after}::text, 'UTF8')), 'hex') h)`
}

/** `makePulses` for subjects that were made in this very transaction. */
export async function pulsesOfNew(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  const { buckets, ids } = keyBytes([...subjects].sort(bySubject), (subject) => subject)
  await sql`/* pulses_of_new */ INSERT INTO pulse (bucket, person_id) SELECT * FROM unnest(${buckets}::smallint[], ${ids}::uuid[])`.execute(
    ctx.db,
  )
}
