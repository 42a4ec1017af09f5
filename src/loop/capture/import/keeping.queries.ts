// What is left of an import when its time is over.
import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** Ends imports that nobody started, or went on with, since an instant. What a trial found in them goes. */
export async function cancelForgotten(db: Db, at: Date, before: { readonly uploaded: Date; readonly paused: Date }): Promise<void> {
  await sql`UPDATE import_run SET status = 'cancelled', finished_at = ${at}, found = NULL
    WHERE status IN ('uploaded', 'checked') AND created_at < ${before.uploaded} OR status = 'paused' AND coalesce(last_at, created_at) < ${before.paused}`.execute(
    db,
  )
}

/** Forgets what undoing needs, where its time is over, and headings: a file without any has somebody in their place. */
export async function forgetRuns(db: Db, before: Date): Promise<void> {
  const over = sql`r.finished_at <= ${before} AND r.status <> 'undoing'`
  await sql`DELETE FROM import_touch t USING import_run r WHERE r.id = t.import_id AND ${over}`.execute(db)
  await sql`DELETE FROM import_page p USING import_run r WHERE r.id = p.import_id AND ${over}`.execute(db)
  await sql`UPDATE import_run r SET columns = '[]' WHERE columns <> '[]' AND ${over}`.execute(db)
}

/** A row without a word of what it said. The same as `veiled` of decide.ts: what a reason quotes stands in these brackets. */
const FORGOTTEN = sql`cells = NULL, reason = regexp_replace(reason, '「.*」', '「…」')`

/** Empties rows that imports did not take, where their time is over, some at a time. @returns how many */
export async function forgetOldRows(db: Db, before: Date, most: number): Promise<number> {
  const done = await sql`UPDATE import_row SET ${FORGOTTEN} WHERE (import_id, line) IN (SELECT k.import_id, k.line FROM import_run r
      JOIN import_row k ON k.import_id = r.id AND k.cells IS NOT NULL WHERE r.finished_at <= ${before} ORDER BY 1, 2 LIMIT ${most} FOR UPDATE OF k)`.execute(
    db,
  )
  return Number(done.numAffectedRows ?? 0)
}

/** Which of these imports may still need their file. */
export async function listOpen(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const found = await sql<{ id: string }>`SELECT id FROM import_run WHERE id = ANY(${ids}::uuid[])
    AND status IN ('uploaded', 'checking', 'checked', 'running', 'paused')`.execute(db)
  return new Set(found.rows.map((row) => row.id))
}
