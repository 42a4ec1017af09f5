import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { SavedViewTable } from './tables.ts'

/** Views of a list that a user may see, shared ones first. */
export function listViews(db: Db, list: string, userId: string): Promise<SavedViewTable[]> {
  return db
    .selectFrom('saved_view')
    .selectAll()
    .where('list', '=', list)
    .where((eb) => eb.or([eb('shared', '=', true), eb('owner_id', '=', userId)]))
    .orderBy('shared', 'desc')
    .orderBy('name')
    .limit(200)
    .execute()
}

/** The views that everybody sees. */
export function listShared(db: Db): Promise<SavedViewTable[]> {
  return db.selectFrom('saved_view').selectAll().where('shared', '=', true).orderBy('list').orderBy('name').orderBy('id').execute()
}

export const findView = (db: Db, id: string): Promise<SavedViewTable | undefined> =>
  db.selectFrom('saved_view').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export async function countOwn(db: Db, list: string, userId: string): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM saved_view WHERE list = ${list} AND owner_id = ${userId}`.execute(
    db,
  )
  return found.rows[0]?.n ?? 0
}

/** Writes a view, new or changed. */
export async function saveView(db: Db, row: SavedViewTable): Promise<void> {
  const values = { ...row, state: sql`${JSON.stringify(row.state)}::jsonb` as never }
  const { id: _id, ...rest } = values
  await db
    .insertInto('saved_view')
    .values(values)
    .onConflict((on) => on.column('id').doUpdateSet(rest))
    .execute()
}

export async function deleteView(db: Db, id: string): Promise<void> {
  await db.deleteFrom('saved_view').where('id', '=', id).execute()
}
