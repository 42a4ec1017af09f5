import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { LeadTrashTable } from './tables.ts'

/** Notes what comes back with these leads. */
export async function insertTrash(db: Db, rows: readonly LeadTrashTable[]): Promise<void> {
  if (rows.length)
    await db
      .insertInto('lead_trash')
      .values([...rows])
      .onConflict((on) => on.columns(['bucket', 'person_id']).doNothing())
      .execute()
}

/** Takes people out of the trash. @returns what was noted of them */
export async function takeTrash(db: Db, subjects: readonly Subject[]): Promise<Map<string, LeadTrashTable>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<LeadTrashTable>`DELETE FROM lead_trash t USING unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    WHERE t.bucket = x.b AND t.person_id = x.i RETURNING t.*`.execute(db)
  return new Map(result.rows.map((row) => [row.person_id, row]))
}

/** People whose time in the trash is over, a page of them. */
export function listDue(db: Db, now: Date, most: number): Promise<LeadTrashTable[]> {
  return db.selectFrom('lead_trash').selectAll().where('until', '<=', now).orderBy('until').limit(most).execute()
}
