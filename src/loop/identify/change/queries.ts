import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

/** Gives people an owner; their rows must be locked. */
export async function setOwners(db: Db, owned: readonly { subject: Subject; ownerId: string | null }[]): Promise<void> {
  const { buckets, ids } = columnsOf(owned.map((one) => one.subject))
  await sql`/* set_owners */ UPDATE person p SET owner_id = x.o, version = p.version + 1
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${owned.map((one) => one.ownerId)}::uuid[]) x(b, i, o) WHERE p.bucket = x.b AND p.id = x.i`.execute(
    db,
  )
}

/** Is there such a user, and are they still with us? */
export async function isActiveUser(db: Db, id: string): Promise<boolean> {
  return (
    (await db.selectFrom('auth_user').select('id').where('id', '=', id).where('deactivated_at', 'is', null).executeTakeFirst()) !==
    undefined
  )
}

/** Deletes a person's rows from a table whose columns are (bucket, person_id), or the person itself. */
export async function deleteRows(db: Db, table: string, subjects: readonly Subject[]): Promise<void> {
  const { buckets, ids } = columnsOf(subjects)
  const id = sql.id(table === 'person' ? 'id' : 'person_id')
  await sql`DELETE FROM ${sql.table(table)} t USING unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) WHERE t.bucket = x.b AND t.${id} = x.i`.execute(
    db,
  )
}

/** The companies that people are with now: they have fewer people when those go. */
export async function companiesOf(db: Db, subjects: readonly Subject[]): Promise<string[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ company_id: string }>`SELECT DISTINCT l.company_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN company_person l ON l.bucket = x.b AND l.person_id = x.i AND l.until IS NULL`.execute(db)
  return found.rows.map((row) => row.company_id)
}

/** Remembers that these ids were people once. */
export async function insertErasures(db: Db, ids: readonly string[], at: Date, actor: string): Promise<void> {
  await sql`INSERT INTO erasure (person_id, at, actor) SELECT i, ${at}::timestamptz, ${actor} FROM unnest(${[...ids]}::uuid[]) i ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

/** Visitors last seen before an instant, the longest unseen first; those of replay and import are kept. */
export async function findStale(db: Db, before: Date, most: number): Promise<Subject[]> {
  return db
    .selectFrom('person')
    .select(['bucket', 'id'])
    .where('identified_at', 'is', null)
    .where('keep', '=', false)
    .where('last_seen_at', '<', before)
    .orderBy('last_seen_at')
    .limit(most)
    .execute()
}
