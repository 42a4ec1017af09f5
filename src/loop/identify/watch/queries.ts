import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

export interface Seen {
  readonly userId: string
  readonly userName: string
  readonly subjects: readonly string[]
  readonly act: string
  readonly at: Date
}

/** Notes who saw whom; the same day, colleague, person and act is one row. */
export async function insertSeen(db: Db, { userId, userName, subjects, act, at }: Seen): Promise<void> {
  await sql`/* note_access */ INSERT INTO access_log (day, user_id, user_name, subject_id, act, at)
    SELECT (${at}::timestamptz AT TIME ZONE 'Asia/Tokyo')::date, ${userId}, ${userName}, s, ${act}, ${at} FROM unnest(${[...subjects]}::uuid[]) s ORDER BY s ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

export interface AccessRow {
  readonly user_name: string
  readonly subject_id: string
  readonly act: string
  readonly at: Date
  readonly name: string | null
}

/** The log, newest first; of one person when asked. */
export async function listSeen(
  db: Db,
  after: { at: Date; id: string } | null,
  subject: string | null,
  limit: number,
): Promise<AccessRow[]> {
  const found = await sql<AccessRow>`
    SELECT l.user_name, l.subject_id, l.act, l.at, CASE WHEN p.id IS NULL THEN NULL ELSE coalesce(nullif(concat_ws(' ', p.family_name, p.given_name), ''), p.company_name, p.mail, '') END AS name
    FROM access_log l LEFT JOIN person_alias a ON a.old_id = l.subject_id AND a.undone_at IS NULL
    LEFT JOIN person p ON p.bucket = coalesce(a.bucket, ('x' || right(l.subject_id::text, 2))::bit(8)::int) AND p.id = coalesce(a.person_id, l.subject_id)
    WHERE (${subject}::uuid IS NULL OR l.subject_id = ${subject}::uuid) AND (${after === null} OR (l.at, l.subject_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY l.at DESC, l.subject_id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

/** Deletes a page of rows older than an instant. @returns how many */
export async function deleteSeen(db: Db, before: Date, most: number): Promise<number> {
  const done =
    await sql`DELETE FROM access_log WHERE (day, user_id, subject_id, act) IN (SELECT day, user_id, subject_id, act FROM access_log WHERE at < ${before} LIMIT ${most})`.execute(
      db,
    )
  return Number(done.numAffectedRows ?? 0)
}
