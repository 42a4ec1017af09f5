import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { ExportRunTable } from './tables.ts'

export type ExportRow = Omit<ExportRunTable, 'rows' | 'bytes' | 'lost' | 'losses' | 'downloads'> & {
  rows: number
  bytes: number
  lost: number
  losses: Json
  downloads: number
}

const asJson = (value: unknown) => sql`${JSON.stringify(value)}::jsonb` as never

/** Opens a cursor over the rows: one snapshot, read in portions, never held in memory. */
export async function openRows(db: Db, rows: RawBuilder<unknown>): Promise<void> {
  await sql`SELECT set_config('statement_timeout', '900000', true), set_config('idle_in_transaction_session_timeout', '900000', true), set_config('cursor_tuple_fraction', '1', true)`.execute(
    db,
  )
  await sql`DECLARE export_rows NO SCROLL CURSOR FOR ${rows}`.execute(db)
}

/** How many rows come at once. */
export const PORTION = 1_000

/** The next rows of the cursor. */
export async function fetchRows(db: Db): Promise<unknown[]> {
  return (await sql`FETCH 1000 FROM export_rows`.execute(db)).rows
}

/** The planner's estimate of how many rows there are: for progress. */
export async function estimateRows(db: Db, rows: RawBuilder<unknown>): Promise<number> {
  const result = await sql<{ 'QUERY PLAN': { Plan: { 'Plan Rows': number } }[] }>`EXPLAIN (FORMAT JSON) ${rows}`.execute(db)
  return Math.round(result.rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0)
}

/** A new export. */
export async function insertExport(db: Db, row: Omit<ExportRunTable, 'rows' | 'bytes' | 'lost' | 'losses' | 'downloads'>): Promise<void> {
  await db
    .insertInto('export_run')
    .values({ ...row, filter: asJson(row.filter), columns: asJson(row.columns) })
    .execute()
}

export const findExport = (db: Db, id: string): Promise<ExportRow | undefined> =>
  db.selectFrom('export_run').selectAll().where('id', '=', id).executeTakeFirst() as Promise<ExportRow | undefined>

/** Exports, the newest first. */
export function listExports(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<ExportRow[]> {
  let query = db.selectFrom('export_run').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit)
  if (after) query = query.where(sql<boolean>`(at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`)
  return query.execute() as Promise<ExportRow[]>
}

export type ExportChange = Partial<
  Pick<ExportRunTable, 'state' | 'ended_at' | 'total' | 'failure'> & { rows: number; bytes: number; lost: number; losses: Json }
>

/** Notes how far an export is; only while it stands in one of the states. @returns false when it does not any more */
export async function moveExport(db: Db, id: string, from: readonly ExportRunTable['state'][], change: ExportChange): Promise<boolean> {
  const { losses, ...plain } = change
  const result = await db
    .updateTable('export_run')
    .set({ ...plain, ...(losses === undefined ? {} : { losses: asJson(losses) }) })
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function countDownload(db: Db, id: string): Promise<void> {
  await sql`UPDATE export_run SET downloads = downloads + 1 WHERE id = ${id}::uuid`.execute(db)
}

/** Exports whose days are over: what was searched for may name somebody, and goes with the file. @returns their ids */
export async function expireExports(db: Db, now: Date): Promise<string[]> {
  const result = await sql<{
    id: string
  }>`UPDATE export_run SET state = 'expired', losses = '[]', filter = '{}' WHERE expires_at <= ${now} AND state IN ('done', 'waiting', 'running') RETURNING id`.execute(
    db,
  )
  return result.rows.map((row) => row.id)
}

/** Held by whoever begins to write a file (alone) and by erasures (together): a snapshot is taken before an erasure or after it, never amid it. */
const ERASURES = sql`hashtext('exports.erasures')`

/** Waits until whoever is being erased right now is gone. */
export async function awaitErasures(db: Db): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${ERASURES})`.execute(db)
}

/** Takes back every file that lies there or is being written; one that has not been begun will not see who is gone. @returns how many */
export async function withdrawExports(db: Db, now: Date): Promise<number> {
  await sql`SELECT pg_advisory_xact_lock_shared(${ERASURES})`.execute(db)
  const done =
    await sql`UPDATE export_run SET state = 'withdrawn', losses = '[]', filter = '{}', ended_at = coalesce(ended_at, ${now}::timestamptz)
    WHERE id IN (SELECT id FROM export_run WHERE state IN ('running', 'done') ORDER BY id FOR UPDATE)`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}

/** Exports whose file lies there or is being written. */
export async function listKept(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('export_run').select('id').where('state', 'in', ['waiting', 'running', 'done']).execute()
  return rows.map((row) => row.id)
}
