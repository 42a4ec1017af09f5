import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { PersonFileRow } from './tables.ts'

export async function insertFile(db: Db, row: PersonFileRow): Promise<void> {
  await db.insertInto('person_file').values(row).execute()
}

/** The files of a person that stand, newest first. */
export async function listFiles(db: Db, subject: Subject, limit: number): Promise<PersonFileRow[]> {
  return db
    .selectFrom('person_file')
    .selectAll()
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .where('removed_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** One file, removed or not. */
export async function findFile(db: Db, subject: Subject, id: string): Promise<PersonFileRow | undefined> {
  return db
    .selectFrom('person_file')
    .selectAll()
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Takes a file away, or brings it back. @returns whether that changed anything */
export async function setRemoved(db: Db, subject: Subject, id: string, at: Date | null): Promise<boolean> {
  const result = await db
    .updateTable('person_file')
    .set({ removed_at: at })
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .where('id', '=', id)
    .where('removed_at', at === null ? 'is not' : 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Deletes the rows of files removed before an instant: the trigger notes their bytes. */
export async function deleteRemoved(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('person_file').where('removed_at', '<', before).execute()
}

/** Stored names whose rows went; `used`: the row only moved to another person. */
export async function findGone(db: Db, most: number): Promise<{ stored: string; used: boolean }[]> {
  const result = await sql<{
    stored: string
    used: boolean
  }>`SELECT g.stored, EXISTS (SELECT 1 FROM person_file f WHERE f.stored = g.stored) AS used FROM file_gone g ORDER BY g.stored LIMIT ${most}`.execute(
    db,
  )
  return result.rows
}

/** Forgets names that were looked after. */
export async function forgetGone(db: Db, stored: readonly string[]): Promise<void> {
  await sql`DELETE FROM file_gone WHERE stored = ANY(${[...stored]}::text[])`.execute(db)
}

/** Which of these stored names some row still has. */
export async function namesInUse(db: Db, stored: readonly string[]): Promise<Set<string>> {
  const result = await sql<{ stored: string }>`SELECT stored FROM person_file WHERE stored = ANY(${[...stored]}::text[])`.execute(db)
  return new Set(result.rows.map((row) => row.stored))
}
