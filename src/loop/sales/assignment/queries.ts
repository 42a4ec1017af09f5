import { type RawBuilder, sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Turns } from './decide.ts'

export interface Colleague {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly language: 'ja' | 'en'
}

/** Active colleagues. */
export function selectActive(db: Db): Promise<Colleague[]> {
  return db.selectFrom('auth_user').select(['id', 'name', 'email', 'language']).where('deactivated_at', 'is', null).orderBy('id').execute()
}

/** The segments, of those asked for, that each of these people is in now: `person → segment ids`. */
export async function segmentsOf(db: Db, subjects: readonly Subject[], segments: readonly string[]): Promise<Map<string, Set<string>>> {
  if (!segments.length) return new Map()
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; segment_id: string }>`/* segments_of_leads */
    SELECT m.person_id, m.segment_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN membership m ON m.bucket = x.b AND m.person_id = x.i AND m.segment_id = ANY(${[...segments]}::uuid[]) AND m.is_in
    JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version`.execute(db)
  return grouped(found.rows.map((row) => [row.person_id, row.segment_id]))
}

/** The forms that each of these people sent. */
export async function formsOf(db: Db, subjects: readonly Subject[]): Promise<Map<string, Set<string>>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; form_id: string }>`/* forms_of_leads */
    SELECT DISTINCT f.person_id, f.form_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN form_submission f ON f.bucket = x.b AND f.person_id = x.i`.execute(db)
  return grouped(found.rows.map((row) => [row.person_id, row.form_id]))
}

function grouped(pairs: readonly (readonly [string, string])[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const [key, value] of pairs) found.set(key, (found.get(key) ?? new Set()).add(value))
  return found
}

/** Who owns these people's companies: the company's own owner, else whoever owns most of its other people. */
export async function companyOwners(db: Db, subjects: readonly Subject[]): Promise<Map<string, string>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; owner: string | null }>`/* company_owners */
    SELECT p.id, coalesce(c.owner_id, (SELECT q.owner_id FROM company_person cp JOIN person q ON q.bucket = cp.bucket AND q.id = cp.person_id
        WHERE cp.company_id = c.id AND cp.until IS NULL AND q.owner_id IS NOT NULL AND q.id <> p.id
        GROUP BY q.owner_id ORDER BY count(*) DESC, q.owner_id LIMIT 1)) AS owner
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN person p ON p.bucket = x.b AND p.id = x.i JOIN company c ON c.id = p.company_id`.execute(
    db,
  )
  return new Map(found.rows.flatMap((row) => (row.owner ? [[row.id, row.owner] as const] : [])))
}

/** Whose turn it is, locked until commit so that two runs never give the same turn. */
export async function lockTurns(db: Db): Promise<Turns> {
  await sql`/* lock_turns */ SELECT pg_advisory_xact_lock(20300, 1)`.execute(db)
  return readTurns(db)
}

export async function readTurns(db: Db): Promise<Turns> {
  const turns: Turns = new Map()
  for (const row of await db.selectFrom('assignment_turn').selectAll().execute())
    turns.set(row.group_id, (turns.get(row.group_id) ?? new Map<string, number>()).set(row.user_id, row.credit))
  return turns
}

export async function saveTurns(db: Db, turns: Turns): Promise<void> {
  const rows = [...turns].flatMap(([group, credits]) => [...credits].map(([user, credit]) => ({ group, user, credit })))
  if (!rows.length) return
  await sql`/* save_turns */ INSERT INTO assignment_turn (group_id, user_id, credit)
    SELECT * FROM unnest(${rows.map((one) => one.group)}::text[], ${rows.map((one) => one.user)}::uuid[], ${rows.map((one) => one.credit)}::float8[])
    ON CONFLICT (group_id, user_id) DO UPDATE SET credit = excluded.credit`.execute(db)
}

/** The newest leads for which these conditions over `p` hold. */
export async function matchingLeads(db: Db, conditions: readonly RawBuilder<unknown>[], most: number): Promise<Subject[]> {
  const found = await sql<Subject>`SELECT p.bucket, p.id FROM person p
    WHERE ${sql.join([sql`p.identified_at IS NOT NULL`, ...conditions], sql` AND `)} ORDER BY p.identified_at DESC, p.id DESC LIMIT ${most}`.execute(
    db,
  )
  return found.rows.map(({ bucket, id }) => ({ bucket, id }))
}

/** The newest leads, or the newest of those nobody owns. */
export async function newestLeads(db: Db, most: number, unowned: boolean): Promise<Subject[]> {
  const query = db.selectFrom('person').select(['bucket', 'id']).where('identified_at', 'is not', null).orderBy('identified_at', 'desc')
  return (unowned ? query.where('owner_id', 'is', null) : query).orderBy('id', 'desc').limit(most).execute()
}

export interface Given {
  readonly subject: Subject
  readonly before: string | null
  readonly after: string | null
}

/** Remembers what a run changed. */
export async function insertRun(
  db: Db,
  run: { id: string; kind: 'assigned' | 'returned'; at: Date; by_name: string },
  given: readonly Given[],
): Promise<void> {
  await db
    .insertInto('assignment_run')
    .values({ ...run, n: given.length, undone_at: null, undone_by: null })
    .execute()
  const sorted = [...given].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((one) => one.subject))
  await sql`/* insert_given */ INSERT INTO assignment_given (bucket, person_id, run_id, before_id, after_id, at)
    SELECT b, i, ${run.id}::uuid, f, t, ${run.at} FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((one) => one.before)}::uuid[],
      ${sorted.map((one) => one.after)}::uuid[]) x(b, i, f, t)`.execute(db)
}

export const lockRun = (db: Db, id: string) =>
  db.selectFrom('assignment_run').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const listRuns = (db: Db, most: number) =>
  db.selectFrom('assignment_run').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(most).execute()

export const givenBy = (db: Db, runId: string) => db.selectFrom('assignment_given').selectAll().where('run_id', '=', runId).execute()

export async function markUndone(db: Db, id: string, at: Date, by: string): Promise<void> {
  await db.updateTable('assignment_run').set({ undone_at: at, undone_by: by }).where('id', '=', id).execute()
}
