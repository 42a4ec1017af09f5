// What is left of an import when its time is over.
import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { ImportRowTable } from './tables.ts'

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

type Line = Pick<ImportRowTable, 'import_id' | 'line'>

/** Locks rows that imports did not take and whose time is over, some at a time. */
export async function lockOldRows(db: Db, before: Date, most: number): Promise<Line[]> {
  const found = await sql<Line>`SELECT k.import_id, k.line FROM import_run r JOIN import_row k ON k.import_id = r.id AND k.cells IS NOT NULL
    WHERE r.finished_at <= ${before} ORDER BY 1, 2 LIMIT ${most} FOR UPDATE OF k`.execute(db)
  return found.rows
}

/** Locks rows that name somebody by one of these keys: the index is asked key by key, since of many at once the planner expects the whole table. */
export async function lockRowsOf(db: Db, keys: readonly string[]): Promise<Line[]> {
  const found = await sql<Line>`SELECT r.import_id, r.line FROM unnest(${keys}::text[]) x(key) JOIN import_row r ON r.keys @> ARRAY[x.key]
    ORDER BY 1, 2 FOR UPDATE OF r`.execute(db)
  return found.rows
}

/** Empties rows: line and reason stay, without what it quotes. The same as `veiled` of decide.ts. */
export async function emptyRows(db: Db, rows: readonly Line[]): Promise<void> {
  await sql`UPDATE import_row r SET cells = NULL, keys = NULL, reason = regexp_replace(reason, '「.*」', '「…」')
    FROM unnest(${rows.map((one) => one.import_id)}::uuid[], ${rows.map((one) => one.line)}::int[]) x(id, line)
    WHERE r.import_id = x.id AND r.line = x.line`.execute(db)
}

/** Empties headings of imports that are over where one is such a key, and the values that trials show: these say not whose they are. */
export async function forgetShown(db: Db, keys: readonly string[]): Promise<void> {
  await sql`UPDATE import_run SET columns = '[]' WHERE finished_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(columns) c WHERE lower(c) = ANY(${keys}::text[]))`.execute(db)
  await sql`UPDATE import_run SET found = jsonb_set(found, '{samples}', '[]') WHERE status = 'checked' AND found -> 'samples' <> '[]'`.execute(
    db,
  )
}

/** Which of these imports may still need their file. */
export async function listOpen(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const found = await sql<{ id: string }>`SELECT id FROM import_run WHERE id = ANY(${ids}::uuid[])
    AND status IN ('uploaded', 'checking', 'checked', 'running', 'paused')`.execute(db)
  return new Set(found.rows.map((row) => row.id))
}
