import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Block } from '../contract.ts'

export interface SavedRow {
  readonly id: string
  readonly name: string
  readonly block: Block
}

export const MOST_BLOCKS = 200

export async function listBlocks(db: Db): Promise<SavedRow[]> {
  const found = await sql<SavedRow>`SELECT id, name, block FROM template_block ORDER BY lower(name), id LIMIT ${MOST_BLOCKS}`.execute(db)
  return found.rows
}

export async function insertBlock(db: Db, row: SavedRow, madeBy: string | null, now: Date): Promise<void> {
  await sql`INSERT INTO template_block (id, name, block, made_by, created_at) VALUES (${row.id}, ${row.name}, ${JSON.stringify(row.block)}::jsonb, ${madeBy}, ${now})`.execute(
    db,
  )
}

export async function deleteBlock(db: Db, id: string): Promise<boolean> {
  const done = await sql`DELETE FROM template_block WHERE id = ${id}`.execute(db)
  return Number(done.numAffectedRows ?? 0) > 0
}
