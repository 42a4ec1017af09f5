import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/**
 * Whatever was on its way when the backup was made may have arrived since: each such row is held as unknown, and only a person who
 * looks at it may send it once more.
 * @returns how many
 */
export async function doubtDeliveries(db: Db, reason: string): Promise<number> {
  const done =
    await sql`UPDATE delivery SET status = 'unknown', reason = ${reason}, fence = fence + 1, worker = NULL, marked_at = coalesce(marked_at, created_at)
    WHERE status IN ('queued', 'claimed', 'transmitting', 'deferred')`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}

/** Newsletters that were going out are paused; those whose hour has passed since become drafts again. @returns how many of each */
export async function restNewsletters(db: Db, now: Date): Promise<{ paused: number; drafted: number }> {
  const paused = await sql`UPDATE newsletter SET status = 'paused', updated_at = ${now} WHERE status = 'sending'`.execute(db)
  const drafted =
    await sql`UPDATE newsletter SET status = 'draft', send_at = NULL, updated_at = ${now} WHERE status = 'scheduled' AND send_at <= ${now}`.execute(
      db,
    )
  return { paused: Number(paused.numAffectedRows ?? 0), drafted: Number(drafted.numAffectedRows ?? 0) }
}

/** Topics people do not want, told again; whoever or whatever is no longer there is passed over. @returns how many were new */
export async function reapplyTopicStops(db: Db, stops: readonly { person: string; topic: string; since: Date }[]): Promise<number> {
  const done = await sql`INSERT INTO topic_stop (bucket, person_id, topic_id, since)
    SELECT p.bucket, p.id, t.id, x.since FROM unnest(${stops.map((s) => s.person)}::uuid[], ${stops.map((s) => s.topic)}::uuid[], ${stops.map((s) => s.since)}::timestamptz[]) x(person, topic, since)
    LEFT JOIN person_alias a ON a.old_id = x.person AND a.undone_at IS NULL
    JOIN person p ON p.id = coalesce(a.person_id, x.person) AND p.bucket = get_byte(decode(right(coalesce(a.person_id, x.person)::text, 2), 'hex'), 0)
    JOIN mail_topic t ON t.id = x.topic ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}
