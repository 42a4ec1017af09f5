import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'

/** Takes notes that wait for the file, oldest first; another process that is writing keeps its own. */
export async function takeNotes(db: Db, limit: number): Promise<{ id: number; at: Date; note: JsonObject }[]> {
  const taken = await sql<{ id: number; at: Date; note: JsonObject }>`/* take_stop_notes */ DELETE FROM stop_note WHERE id IN (
    SELECT id FROM stop_note ORDER BY id LIMIT ${limit} FOR UPDATE) RETURNING id, at, note`.execute(db)
  return taken.rows.sort((a, b) => a.id - b.id)
}
