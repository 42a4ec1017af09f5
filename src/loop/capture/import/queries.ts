import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { ImportRowTable, ImportRunTable } from './tables.ts'

const json = (value: unknown) => sql<Json>`${JSON.stringify(value)}::jsonb`

export async function insertRun(
  db: Db,
  row: Pick<ImportRunTable, 'id' | 'name' | 'bytes' | 'encoding' | 'delimiter' | 'rows_estimate' | 'created_at' | 'made_by'> & {
    columns: string[]
  },
): Promise<void> {
  const zero = { rows_done: 0, inserted: 0, updated: 0, skipped: 0, rejected: 0, failure: null, started_at: null, finished_at: null }
  await db
    .insertInto('import_run')
    .values({ ...row, ...zero, status: 'uploaded', columns: json(row.columns), mapping: json([]), options: json({}) })
    .execute()
}

export function findRun(db: Db, id: string): Promise<ImportRunTable | undefined> {
  return db.selectFrom('import_run').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The run, locked until commit: whoever writes rows holds it. */
export function lockRun(db: Db, id: string): Promise<ImportRunTable | undefined> {
  return db.selectFrom('import_run').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function listRuns(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<ImportRunTable[]> {
  const query = db.selectFrom('import_run').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
  return (after ? query.where(sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`) : query).execute()
}

export async function startRun(
  db: Db,
  id: string,
  plan: { encoding: string; delimiter: string; columns: string[]; mapping: string[]; options: object },
  at: Date,
): Promise<void> {
  await db
    .updateTable('import_run')
    .set({
      encoding: plan.encoding,
      delimiter: plan.delimiter,
      columns: json(plan.columns),
      mapping: json(plan.mapping),
      options: json(plan.options),
      status: 'running',
      started_at: at,
    })
    .where('id', '=', id)
    .execute()
}

export interface Counts {
  readonly rows: number
  readonly inserted: number
  readonly updated: number
  readonly skipped: number
  readonly rejected: number
}

/** Moves a run forward, in the transaction that wrote its rows. */
export async function moveRun(db: Db, id: string, n: Counts): Promise<void> {
  await sql`/* move_import */ UPDATE import_run SET rows_done = rows_done + ${n.rows}, inserted = inserted + ${n.inserted}, updated = updated + ${n.updated},
    skipped = skipped + ${n.skipped}, rejected = rejected + ${n.rejected} WHERE id = ${id}`.execute(db)
}

export async function endRun(db: Db, id: string, status: ImportRunTable['status'], at: Date, failure: string | null): Promise<void> {
  await db
    .updateTable('import_run')
    .set({ status, finished_at: at, failure })
    .where('id', '=', id)
    .where('status', 'in', ['running', 'uploaded'])
    .execute()
}

/** Keeps rows that were not taken. */
export async function insertRows(db: Db, rows: readonly (Omit<ImportRowTable, 'cells'> & { cells: readonly string[] })[]): Promise<void> {
  if (!rows.length) return
  await sql`/* insert_import_rows */ INSERT INTO import_row SELECT x.* FROM jsonb_populate_recordset(NULL::import_row, ${JSON.stringify(rows)}::jsonb) x ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

/** Rows that were not taken, by line. */
export function listRows(db: Db, id: string, afterLine: number, limit: number, outcome?: 'rejected'): Promise<ImportRowTable[]> {
  const query = db
    .selectFrom('import_row')
    .selectAll()
    .where('import_id', '=', id)
    .where('line', '>', afterLine)
    .orderBy('line')
    .limit(limit)
  return (outcome ? query.where('outcome', '=', outcome) : query).execute()
}

/** Ends uploads that were never started. @returns their ids */
export async function dropForgotten(db: Db, at: Date, before: Date): Promise<string[]> {
  const rows = await db
    .updateTable('import_run')
    .set({ status: 'cancelled', finished_at: at })
    .where('status', '=', 'uploaded')
    .where('created_at', '<', before)
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}
