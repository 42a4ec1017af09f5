import { type Selectable, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { QualificationTable } from './tables.ts'

export type QualificationRow = Selectable<QualificationTable>

/** All answers about these people. */
export async function selectAnswers(db: Db, subjects: readonly Subject[]): Promise<QualificationRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<QualificationRow>`/* select_answers */
    SELECT q.*, q.heard_on::text AS heard_on FROM qualification q
    JOIN unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) ON q.bucket = x.b AND q.person_id = x.i`.execute(db)
  return found.rows
}

/** Writes one answer over the one there was. */
export async function writeAnswer(db: Db, row: Omit<QualificationRow, 'origin_person_id'>): Promise<void> {
  await db
    .insertInto('qualification')
    .values({ ...row, origin_person_id: null })
    .onConflict((oc) =>
      oc.columns(['bucket', 'person_id', 'framework', 'field']).doUpdateSet({
        status: row.status,
        evidence: row.evidence,
        heard_on: row.heard_on,
        activity_id: row.activity_id,
        changed_at: row.changed_at,
        changed_by: row.changed_by,
      }),
    )
    .execute()
}

/** Whether an activity is one of this person's. */
export async function hasActivity(db: Db, person: Subject, id: string): Promise<boolean> {
  const found =
    await sql`SELECT 1 FROM activity WHERE bucket = ${person.bucket} AND person_id = ${person.id} AND id = ${id} AND removed_at IS NULL`.execute(
      db,
    )
  return found.rows.length > 0
}
