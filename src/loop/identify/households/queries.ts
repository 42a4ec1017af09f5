import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

export async function insertHousehold(db: Db, row: { id: string; name: string; created_at: Date }): Promise<void> {
  await db.insertInto('household').values(row).execute()
}

export async function renameHousehold(db: Db, id: string, name: string): Promise<boolean> {
  const done = await db.updateTable('household').set({ name }).where('id', '=', id).executeTakeFirst()
  return Number(done.numUpdatedRows) > 0
}

/** A household, locked so that it cannot be emptied meanwhile. */
export async function lockHousehold(db: Db, id: string): Promise<boolean> {
  return (await db.selectFrom('household').select('id').where('id', '=', id).forUpdate().executeTakeFirst()) !== undefined
}

/** Puts somebody in, or changes what they are there. */
export async function putMember(db: Db, subject: Subject, householdId: string, relation: string, at: Date): Promise<void> {
  await sql`INSERT INTO household_member (bucket, person_id, household_id, relation, since)
    VALUES (${subject.bucket}, ${subject.id}, ${householdId}, ${relation}, ${at})
    ON CONFLICT (bucket, person_id, household_id) DO UPDATE SET relation = excluded.relation`.execute(db)
}

/** Takes somebody out of every household but the one given; households that are empty then are gone. */
export async function takeOut(db: Db, subject: Subject, except: string | null): Promise<void> {
  const left = await sql<{
    household_id: string
  }>`DELETE FROM household_member WHERE bucket = ${subject.bucket} AND person_id = ${subject.id}
    AND household_id IS DISTINCT FROM ${except}::uuid RETURNING household_id`.execute(db)
  const ids = left.rows.map((row) => row.household_id)
  await sql`DELETE FROM household h WHERE h.id = ANY(${ids}::uuid[]) AND NOT EXISTS (SELECT 1 FROM household_member m WHERE m.household_id = h.id)`.execute(
    db,
  )
}

export interface Member {
  readonly household_id: string
  readonly household_name: string
  readonly id: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly mail: string | null
  readonly relation: string
  readonly since: Date
}

/** Everybody of the household somebody is in; of two (people who met), the older. */
export async function membersWith(db: Db, subject: Subject): Promise<Member[]> {
  const rows =
    await sql<Member>`SELECT h.id AS household_id, h.name AS household_name, p.id, p.family_name, p.given_name, p.mail, m.relation, m.since
    FROM (SELECT household_id FROM household_member WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} ORDER BY since LIMIT 1) own
    JOIN household h ON h.id = own.household_id JOIN household_member m ON m.household_id = h.id JOIN person p ON p.bucket = m.bucket AND p.id = m.person_id
    ORDER BY m.relation = 'head' DESC, m.since, p.id`.execute(db)
  return rows.rows
}
