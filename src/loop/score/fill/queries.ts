// Pages of people for full computes. Read under their pulse locks, so no reaction runs beside a page.
import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

/** A page of people in key order, after a key. */
export async function listPeople(db: Db, after: Subject | null, most: number): Promise<Subject[]> {
  const rows = await db
    .selectFrom('person')
    .select(['bucket', 'id'])
    .$if(after !== null, (query) => query.where(sql<boolean>`(bucket, id) > (${after?.bucket ?? 0}::smallint, ${after?.id ?? ''}::uuid)`))
    .orderBy('bucket')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows
}

/** When people are due by what is known so far, by id; no entry where nothing is. */
export async function loadDue(db: Db, subjects: readonly Subject[]): Promise<Map<string, Date>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{
    id: string
    due: Date | null
  }>`SELECT x.i AS id, (SELECT p.due_at FROM pulse p WHERE p.bucket = x.b AND p.person_id = x.i) AS due FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)`.execute(
    db,
  )
  return new Map(found.rows.flatMap((row) => (row.due ? [[row.id, row.due] as const] : [])))
}
