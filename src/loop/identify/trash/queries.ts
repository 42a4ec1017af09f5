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

/** Those whose time is over at an instant, or all who were put there until one. */
export interface Due {
  readonly by: 'until' | 'at'
  readonly at: Date
}

/** People in the trash who are due, a page of them. */
export function listDue(db: Db, { by, at }: Due, most: number): Promise<LeadTrashTable[]> {
  return db.selectFrom('lead_trash').selectAll().where(by, '<=', at).orderBy(by).limit(most).execute()
}

export async function countDue(db: Db, { by, at }: Due): Promise<number> {
  const found = await db
    .selectFrom('lead_trash')
    .select((all) => all.fn.countAll<string>().as('n'))
    .where(by, '<=', at)
    .executeTakeFirst()
  return Number(found?.n ?? 0)
}

/** What is noted of somebody who lies in the trash. */
export const findTrash = (db: Db, { bucket, id }: Subject): Promise<LeadTrashTable | undefined> =>
  db.selectFrom('lead_trash').selectAll().where('bucket', '=', bucket).where('person_id', '=', id).executeTakeFirst()

export interface TrashRow {
  readonly id: string
  readonly name: string | null
  readonly company_name: string | null
  readonly mail: string | null
  readonly at: Date
  readonly until: Date
  readonly by: string
}

/** Who lies in the trash, the last put there first. */
export async function listTrash(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<TrashRow[]> {
  const from = after ? sql`AND (t.at, t.person_id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const found =
    await sql<TrashRow>`SELECT p.id, nullif(concat_ws(' ', p.family_name, p.given_name), '') AS name, p.company_name, p.mail, t.at, t.until, t.by
    FROM lead_trash t JOIN person p ON p.bucket = t.bucket AND p.id = t.person_id
    WHERE p.identified_at IS NULL ${from} ORDER BY t.at DESC, t.person_id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}
