import { type Selectable, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { FormTable, SubmissionTable } from './tables.ts'

const json = (value: unknown) => sql<Json>`${JSON.stringify(value)}::jsonb`

export interface FormListRow extends Selectable<FormTable> {
  readonly submissions: number
  readonly last_at: Date | null
  readonly live: Json | null
}

/** Forms newest change first, with how often each was submitted. */
export async function listForms(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<FormListRow[]> {
  const beyond = after ? sql`WHERE (f.changed_at, f.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const result =
    await sql<FormListRow>`SELECT f.*, v.spec AS live, s.submissions, s.last_at FROM (SELECT * FROM form f ${beyond} ORDER BY f.changed_at DESC, f.id DESC LIMIT ${limit}) f
    LEFT JOIN form_version v ON v.form_id = f.id AND v.version = f.version
    LEFT JOIN LATERAL (SELECT count(*) AS submissions, max(at) AS last_at FROM submission s WHERE s.form_id = f.id) s ON true ORDER BY f.changed_at DESC, f.id DESC`.execute(
      db,
    )
  return result.rows
}

/** One form with its counts. */
export async function findForm(db: Db, id: string): Promise<FormListRow | undefined> {
  const result =
    await sql<FormListRow>`SELECT f.*, v.spec AS live, s.submissions, s.last_at FROM form f LEFT JOIN form_version v ON v.form_id = f.id AND v.version = f.version
    LEFT JOIN LATERAL (SELECT count(*) AS submissions, max(at) AS last_at FROM submission s WHERE s.form_id = f.id) s ON true WHERE f.id = ${id}`.execute(
      db,
    )
  return result.rows[0]
}

/** What visitors see of a form. */
export async function findLive(
  db: Db,
  id: string,
): Promise<{ name: string; status: FormTable['status']; version: number; spec: Json | null } | undefined> {
  const result = await sql<{ name: string; status: FormTable['status']; version: number; spec: Json | null }>`/* find_live_form */
    SELECT f.name, f.status, f.version, v.spec FROM form f LEFT JOIN form_version v ON v.form_id = f.id AND v.version = f.version WHERE f.id = ${id}`.execute(
    db,
  )
  return result.rows[0]
}

export async function insertForm(db: Db, row: Omit<FormTable, 'version' | 'draft'> & { draft: unknown }): Promise<void> {
  await db
    .insertInto('form')
    .values({ ...row, draft: json(row.draft) })
    .execute()
}

export async function updateDraft(db: Db, id: string, name: string, draft: unknown, at: Date): Promise<boolean> {
  const result = await db
    .updateTable('form')
    .set({ name, draft: json(draft), changed_at: at })
    .where('id', '=', id)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Makes the draft the next version and shows it. */
export async function publishDraft(db: Db, id: string, at: Date, by: string): Promise<void> {
  await sql`WITH f AS (UPDATE form SET version = version + 1, status = 'published', published_at = ${at}, changed_at = ${at} WHERE id = ${id} RETURNING id, version, draft)
    INSERT INTO form_version (form_id, version, spec, at, made_by) SELECT id, version, draft, ${at}, ${by} FROM f`.execute(db)
}

export async function setStatus(db: Db, id: string, status: FormTable['status'], at: Date): Promise<void> {
  await db.updateTable('form').set({ status, changed_at: at }).where('id', '=', id).execute()
}

export async function deleteForm(db: Db, id: string): Promise<void> {
  await db.deleteFrom('form').where('id', '=', id).execute()
}

/** Claims a submission id; waits for whoever is submitting the same one. @returns false when it was submitted before */
export async function claimReceipt(db: Db, id: string, formId: string, at: Date): Promise<boolean> {
  const result =
    await sql`/* claim_receipt */ INSERT INTO form_receipt (id, form_id, at) VALUES (${id}, ${formId}, ${at}) ON CONFLICT DO NOTHING RETURNING 1`.execute(
      db,
    )
  return result.rows.length > 0
}

export async function insertSubmission(db: Db, row: SubmissionTable): Promise<void> {
  await db
    .insertInto('submission')
    .values({ ...row, answers: json(row.answers) })
    .execute()
}

/** Counts one attempt for each key in the current window. @returns the counts after it */
export async function countAttempts(db: Db, keys: readonly string[], window: Date): Promise<Map<string, number>> {
  const result = await sql<{
    key: string
    n: number
  }>`/* count_attempts */ INSERT INTO form_limit (key, window_start, n) SELECT k, ${window}::timestamptz, 1 FROM unnest(${[...keys].sort()}::text[]) k
    ON CONFLICT (key, window_start) DO UPDATE SET n = form_limit.n + 1 RETURNING key, n`.execute(db)
  return new Map(result.rows.map((row) => [row.key, row.n]))
}

/** Counts something that was turned away. */
export async function countDrop(db: Db, formId: string, day: string, reason: string): Promise<void> {
  await sql`/* count_drop */ INSERT INTO form_drop (form_id, day, reason, n) VALUES (${formId}, ${day}, ${reason}, 1)
    ON CONFLICT (form_id, day, reason) DO UPDATE SET n = form_drop.n + 1`.execute(db)
}

/** What was turned away since a day, by reason. */
export async function listDrops(db: Db, formId: string, since: string): Promise<{ reason: string; n: number }[]> {
  const result = await sql<{
    reason: string
    n: number
  }>`SELECT reason, sum(n)::int AS n FROM form_drop WHERE form_id = ${formId} AND day >= ${since} GROUP BY reason ORDER BY 2 DESC`.execute(
    db,
  )
  return result.rows
}

export interface SubmissionListRow extends SubmissionTable {
  readonly family_name: string | null
  readonly given_name: string | null
  readonly company_name: string | null
  readonly mail: string | null
}

/** Submissions of a form, newest first, with who sent them. */
export async function listSubmissions(
  db: Db,
  formId: string,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<SubmissionListRow[]> {
  const beyond = after ? sql`AND (s.at, s.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const result =
    await sql<SubmissionListRow>`SELECT s.*, p.family_name, p.given_name, p.company_name, p.mail FROM submission s LEFT JOIN person p ON p.bucket = s.bucket AND p.id = s.person_id
    WHERE s.form_id = ${formId} ${beyond} ORDER BY s.at DESC, s.id DESC LIMIT ${limit}`.execute(db)
  return result.rows
}

/** Old windows and receipts go. */
export async function forgetOld(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('form_limit').where('window_start', '<', before).execute()
  await db.deleteFrom('form_receipt').where('at', '<', before).execute()
}
