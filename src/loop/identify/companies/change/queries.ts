import { sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'

/** What a merge moved, so that undoing it moves exactly that back. */
export interface Taken {
  readonly people: readonly string[]
  /** People who had a link to both: theirs to the loser, as they were. */
  readonly doubled: readonly {
    bucket: number
    person_id: string
    role: string
    linked_by: string
    since: string
    until: string | null
    /** The dates of their link to the keeper, which takes the older day and an open end. */
    k_since: string
    k_until: string | null
  }[]
  readonly domains: readonly string[]
  readonly keys: readonly string[]
  readonly changes: readonly { column: string; from: Json; to: Json }[]
}

export async function insertMerge(
  db: Db,
  row: { id: string; keep_id: string; lose_id: string; at: Date; actor: string; taken: Taken },
): Promise<void> {
  await db
    .insertInto('company_merge')
    .values({ ...row, taken: JSON.stringify(row.taken), undone_at: null, undone_by: null })
    .execute()
}

export async function findMerge(db: Db, id: string) {
  return db.selectFrom('company_merge').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** The merges in force by which companies went into others, by the company that went. */
export async function mergesOf(db: Db, losers: readonly string[]): Promise<Map<string, { id: string; keep_id: string; taken: Taken }>> {
  if (!losers.length) return new Map()
  const rows = await db
    .selectFrom('company_merge')
    .select(['id', 'keep_id', 'lose_id', 'taken'])
    .where('lose_id', 'in', [...losers])
    .where('undone_at', 'is', null)
    .execute()
  return new Map(rows.map(({ lose_id, taken, ...row }) => [lose_id, { ...row, taken: taken as unknown as Taken }]))
}

/** What a merge filled is something else now. */
export async function saveTaken(db: Db, id: string, taken: Taken): Promise<void> {
  await db
    .updateTable('company_merge')
    .set({ taken: JSON.stringify(taken) })
    .where('id', '=', id)
    .execute()
}

export async function closeMerge(db: Db, id: string, at: Date, by: string): Promise<void> {
  await db.updateTable('company_merge').set({ undone_at: at, undone_by: by }).where('id', '=', id).execute()
}

/** The people with a company, now or before. */
export async function everyoneOf(db: Db, companyId: string): Promise<Subject[]> {
  const rows = await db
    .selectFrom('company_person')
    .select(['bucket', 'person_id'])
    .where('company_id', '=', companyId)
    .orderBy('bucket')
    .orderBy('person_id')
    .execute()
  return rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}

/** Links to the loser of people who have one to the keeper as well: taken away, and answered as they were. The older day and an open end stay. */
export async function takeDoubled(db: Db, lose: string, keep: string): Promise<Taken['doubled']> {
  const taken = await sql<Taken['doubled'][number]>`WITH d AS (DELETE FROM company_person l USING company_person k
      WHERE l.company_id = ${lose} AND k.company_id = ${keep} AND k.bucket = l.bucket AND k.person_id = l.person_id
      RETURNING l.*, k.since AS k_since, k.until AS k_until),
    u AS (UPDATE company_person k SET since = least(k.since, d.since), until = CASE WHEN k.until IS NULL OR d.until IS NULL THEN NULL ELSE greatest(k.until, d.until) END
      FROM d WHERE k.company_id = ${keep} AND k.bucket = d.bucket AND k.person_id = d.person_id)
    SELECT bucket, person_id::text, role, linked_by, to_json(since) #>> '{}' AS since, to_json(until) #>> '{}' AS until,
      to_json(k_since) #>> '{}' AS k_since, to_json(k_until) #>> '{}' AS k_until FROM d ORDER BY 1, 2`.execute(db)
  return taken.rows
}

/** Moves people's links, all or those given, and their rows. */
export async function moveLinks(db: Db, from: string, to: string, only: readonly Subject[] | null): Promise<string[]> {
  const some = only ? columnsOf([...only].sort(bySubject)) : null
  const which = some
    ? sql`AND (l.bucket, l.person_id) IN (SELECT b, i FROM unnest(${some.buckets}::smallint[], ${some.ids}::uuid[]) x(b, i))`
    : sql``
  const moved = await sql<{ person_id: string }>`UPDATE company_person l SET company_id = ${to}
    WHERE l.company_id = ${from} ${which} RETURNING l.person_id`.execute(db)
  return moved.rows.map((row) => row.person_id)
}

/** The company on the rows of people, where it is still the one given. The rows must be locked. */
export async function repointPeople(db: Db, from: string, to: string, people: readonly Subject[]): Promise<void> {
  const { buckets, ids } = columnsOf([...people].sort(bySubject))
  await sql`UPDATE person p SET company_id = ${to}, version = p.version + 1 FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    WHERE p.bucket = x.b AND p.id = x.i AND p.company_id = ${from}`.execute(db)
}

/** Puts links to both companies back as they were. */
export async function restoreLinks(db: Db, keep: string, lose: string, rows: Taken['doubled']): Promise<void> {
  await sql`UPDATE company_person k SET since = x.k_since, until = x.k_until FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      x(bucket smallint, person_id uuid, k_since timestamptz, k_until timestamptz)
    WHERE k.company_id = ${keep} AND k.bucket = x.bucket AND k.person_id = x.person_id`.execute(db)
  await sql`INSERT INTO company_person (bucket, person_id, company_id, role, linked_by, since, until)
    SELECT x.bucket, x.person_id, ${lose}::uuid, x.role, x.linked_by, x.since, x.until FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      x(bucket smallint, person_id uuid, role text, linked_by text, since timestamptz, until timestamptz) ORDER BY 1, 2 ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

/** Domains and name keys go over. @returns what went */
export async function moveNames(db: Db, from: string, to: string): Promise<{ domains: string[]; keys: string[] }> {
  const domains = await sql<{
    domain: string
  }>`UPDATE company_domain SET company_id = ${to} WHERE company_id = ${from} RETURNING domain`.execute(db)
  const keys = await sql<{ key: string }>`WITH d AS (DELETE FROM company_name_key WHERE company_id = ${from} RETURNING key)
    , i AS (INSERT INTO company_name_key (key, company_id) SELECT key, ${to}::uuid FROM d ORDER BY key ON CONFLICT DO NOTHING) SELECT key FROM d`.execute(
    db,
  )
  return { domains: domains.rows.map((row) => row.domain), keys: keys.rows.map((row) => row.key) }
}

/** Domains go back. */
export async function returnDomains(db: Db, from: string, to: string, domains: readonly string[]): Promise<void> {
  await sql`UPDATE company_domain SET company_id = ${to} WHERE company_id = ${from} AND domain = ANY(${[...domains]}::text[])`.execute(db)
}

/** People linked to a company by a human's word on its name, since an instant. */
export async function linkedByName(db: Db, companyId: string, since: Date): Promise<Subject[]> {
  const rows = await sql<{ bucket: number; person_id: string }>`SELECT bucket, person_id FROM company_person
    WHERE company_id = ${companyId} AND linked_by = 'name' AND since >= ${since} AND until IS NULL ORDER BY bucket, person_id`.execute(db)
  return rows.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}
