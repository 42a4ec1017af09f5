import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** Nobody's card any more: its confirmation was taken back. */
export async function unlinkPerson(db: Db, card: string): Promise<void> {
  await db.deleteFrom('card_person').where('card_id', '=', card).execute()
}

/** The next free part of a place in a batch. */
export async function nextPart(db: Db, batch: string, position: number): Promise<number> {
  const found = await sql<{
    part: number
  }>`SELECT coalesce(max(part), 0)::int + 1 AS part FROM card WHERE batch_id = ${batch} AND position = ${position}`.execute(db)
  return found.rows[0]?.part ?? 1
}

/** Cards that were put away unread at once, the last time, are to be read, or wait for their front; one that was put away by itself stays. @returns how many */
export async function takeUnread(db: Db, batch: string): Promise<number> {
  const done =
    await sql`UPDATE card SET status = CASE WHEN front IS NULL THEN 'waiting' ELSE 'queued' END, tries = 0, settled_at = NULL, settled_by = NULL,
    version = version + 1 WHERE batch_id = ${batch} AND status = 'discarded' AND read_at IS NULL
      AND settled_at = (SELECT max(settled_at) FROM card WHERE batch_id = ${batch} AND status = 'discarded' AND read_at IS NULL)`.execute(
      db,
    )
  return Number(done.numAffectedRows ?? 0)
}

/** What undoing needs goes when its time is over. */
export async function forgetUndo(db: Db, before: Date): Promise<void> {
  await sql`UPDATE card SET undo = NULL WHERE undo IS NOT NULL AND settled_at < ${before}`.execute(db)
}
