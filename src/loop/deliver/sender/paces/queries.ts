import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** What is known of one receiving group: what was learnt, and what a person has set. */
export interface PaceRow {
  readonly receiver: string
  readonly per_minute: number | null
  readonly places: number | null
  readonly bore: number
  readonly why: 'rate' | 'connections' | null
  readonly reply: string
  readonly slowed_at: Date | null
  readonly raised_at: Date | null
  readonly fixed_per_minute: number | null
  readonly fixed_places: number | null
  readonly fixed_by: string | null
  readonly fixed_at: Date | null
  readonly changed_at: Date
}

export type LearntRow = Pick<PaceRow, 'receiver' | 'per_minute' | 'places' | 'bore' | 'why' | 'reply'> & {
  readonly slowed_at: Date
  readonly raised_at: Date
}

/** Keeps what a worker has learnt; what another learnt later stays. Rows in the order of their keys. */
export async function putLearnt(db: Db, rows: readonly LearntRow[], now: Date): Promise<void> {
  await sql`/* put_mail_pace */
    INSERT INTO mail_pace AS p (receiver, per_minute, places, bore, why, reply, slowed_at, raised_at, changed_at)
    SELECT g, m, c, b, w, r, s, u, ${now}::timestamptz FROM unnest(${rows.map((row) => row.receiver)}::text[], ${rows.map((row) => row.per_minute)}::float8[], ${rows.map((row) => row.places)}::int[],
      ${rows.map((row) => row.bore)}::float8[], ${rows.map((row) => row.why)}::text[], ${rows.map((row) => row.reply)}::text[], ${rows.map((row) => row.slowed_at)}::timestamptz[], ${rows.map((row) => row.raised_at)}::timestamptz[]) x(g, m, c, b, w, r, s, u)
    ON CONFLICT (receiver) DO UPDATE SET per_minute = excluded.per_minute, places = excluded.places, bore = excluded.bore, why = excluded.why, reply = excluded.reply,
      slowed_at = excluded.slowed_at, raised_at = excluded.raised_at, changed_at = excluded.changed_at
    WHERE p.raised_at IS NULL OR p.raised_at <= excluded.raised_at`.execute(db)
}

/** Rows that were changed at an instant or later. */
export async function listPaces(db: Db, since: Date): Promise<PaceRow[]> {
  const found = await sql<PaceRow>`/* list_mail_paces */
    SELECT receiver, per_minute, places, bore, why, reply, slowed_at, raised_at, fixed_per_minute, fixed_places, fixed_by, fixed_at, changed_at
    FROM mail_pace WHERE changed_at >= ${since} ORDER BY receiver`.execute(db)
  return found.rows
}

/** How many workers send now. */
export async function countWorkers(db: Db, now: Date): Promise<number> {
  const found = await sql<{ n: number }>`/* count_mail_workers */ SELECT count(*)::int AS n FROM mail_worker WHERE until > ${now}`.execute(
    db,
  )
  return found.rows[0]?.n ?? 0
}

/** Groups with a limit, the latest first. */
export async function listLimited(db: Db, learntSince: Date): Promise<PaceRow[]> {
  const found =
    await sql<PaceRow>`SELECT receiver, CASE WHEN slowed_at >= ${learntSince} THEN per_minute END AS per_minute, CASE WHEN slowed_at >= ${learntSince} THEN places END AS places, bore, why, reply,
      slowed_at, raised_at, fixed_per_minute, fixed_places, fixed_by, fixed_at, changed_at
    FROM mail_pace WHERE fixed_at IS NOT NULL OR ((per_minute IS NOT NULL OR places IS NOT NULL) AND slowed_at >= ${learntSince})
    ORDER BY greatest(slowed_at, fixed_at) DESC NULLS LAST, receiver LIMIT 500`.execute(db)
  return found.rows
}

interface Fixed {
  readonly receiver: string
  readonly perMinute: number | null
  readonly places: number | null
  readonly by: string
}

/** What a person has set; both null takes it back. */
export async function putFixed(db: Db, { receiver, perMinute, places, by }: Fixed, now: Date): Promise<void> {
  const set = perMinute !== null || places !== null
  await sql`INSERT INTO mail_pace (receiver, fixed_per_minute, fixed_places, fixed_by, fixed_at, changed_at)
    VALUES (${receiver}, ${perMinute}, ${places}, ${set ? by : null}, ${set ? now : null}, ${now})
    ON CONFLICT (receiver) DO UPDATE SET fixed_per_minute = excluded.fixed_per_minute, fixed_places = excluded.fixed_places, fixed_by = excluded.fixed_by, fixed_at = excluded.fixed_at, changed_at = excluded.changed_at`.execute(
    db,
  )
}

/** Forgets what was learnt; the row stays, so that the workers hear of it. @returns whether it was there */
export async function forgetLearnt(db: Db, receiver: string, now: Date): Promise<boolean> {
  const done =
    await sql`UPDATE mail_pace SET per_minute = NULL, places = NULL, bore = 0, why = NULL, reply = '', slowed_at = NULL, raised_at = NULL, changed_at = ${now}
    WHERE receiver = ${receiver} AND (per_minute IS NOT NULL OR places IS NOT NULL)`.execute(db)
  return (done.numAffectedRows ?? 0n) > 0n
}

/** Whether a group goes by this name here. */
export async function isKnown(db: Db, receiver: string): Promise<boolean> {
  const found = await sql`SELECT 1 FROM mail_pace WHERE receiver = ${receiver}`.execute(db)
  return found.rows.length > 0
}
