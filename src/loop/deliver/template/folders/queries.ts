import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Sharing } from './contract.ts'

export interface FolderRow {
  readonly id: string
  readonly parent_id: string | null
  readonly name: string
  readonly sharing: Sharing | null
  readonly made_by: string | null
}

/** All folders, by name: a company has tens of them. */
export async function listFolders(db: Db): Promise<FolderRow[]> {
  const found = await sql<FolderRow>`SELECT id, parent_id, name, sharing, made_by FROM template_folder ORDER BY lower(name), id`.execute(db)
  return found.rows
}

/** One changer of the tree at a time: two moves could otherwise make a ring. */
export async function lockFolders(db: Db): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('template_folder'))`.execute(db)
}

/** How many templates lie directly in each folder; '' for none. */
export async function countTemplates(db: Db): Promise<Map<string, number>> {
  const found = await sql<{ id: string; n: number }>`
    SELECT coalesce(folder_id::text, '') AS id, count(*)::int AS n FROM template WHERE archived_at IS NULL GROUP BY 1`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.n]))
}

export async function insertFolder(db: Db, row: FolderRow, now: Date): Promise<void> {
  await sql`INSERT INTO template_folder (id, parent_id, name, sharing, made_by, created_at)
    VALUES (${row.id}, ${row.parent_id}, ${row.name}, ${row.sharing && JSON.stringify(row.sharing)}::jsonb, ${row.made_by}, ${now})`.execute(
    db,
  )
}

export async function changeFolder(db: Db, row: Omit<FolderRow, 'made_by'>): Promise<void> {
  await sql`UPDATE template_folder SET parent_id = ${row.parent_id}, name = ${row.name}, sharing = ${row.sharing && JSON.stringify(row.sharing)}::jsonb WHERE id = ${row.id}`.execute(
    db,
  )
}

/** Empties a folder into the one above and removes it. */
export async function deleteFolder(db: Db, id: string, above: string | null): Promise<void> {
  await sql`UPDATE template SET folder_id = ${above} WHERE folder_id = ${id}`.execute(db)
  await sql`UPDATE template_folder SET parent_id = ${above} WHERE parent_id = ${id}`.execute(db)
  await sql`DELETE FROM template_folder WHERE id = ${id}`.execute(db)
}

/** The folders in which some templates lie. */
export async function foldersOf(db: Db, ids: readonly string[]): Promise<{ id: string; folder_id: string | null }[]> {
  const found = await sql<{
    id: string
    folder_id: string | null
  }>`SELECT id, folder_id FROM template WHERE id = ANY(${[...ids].sort()}::uuid[])`.execute(db)
  return found.rows
}

export async function placeTemplates(db: Db, ids: readonly string[], folderId: string | null): Promise<number> {
  const done =
    await sql`UPDATE template SET folder_id = ${folderId} WHERE id = ANY(${[...ids].sort()}::uuid[]) AND archived_at IS NULL`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}
