// Reading the whole database in one snapshot. Nothing is locked besides what any SELECT locks.
import type { PoolClient } from 'pg'
import { copyOut, type Take } from '#kernel/db/copyOut.ts'
import type { TableShape } from '../archive/manifest.ts'

/** How values are written and read: the same whatever the server's own settings are. */
const PLAIN = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL timezone = 'UTC';
  SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'`

/** Begins the snapshot. @returns the database's time of it and its version */
export async function beginSnapshot(client: PoolClient): Promise<{ at: Date; postgres: number }> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await client.query(PLAIN)
  const { rows } = await client.query<{ at: Date; postgres: number }>(
    "SELECT clock_timestamp() AS at, current_setting('server_version_num')::int AS postgres",
  )
  const [row] = rows
  if (!row) throw new Error('the database did not tell its time')
  return row
}

export async function endSnapshot(client: PoolClient): Promise<void> {
  await client.query('ROLLBACK')
}

/** The migrations this database has had. */
export async function listMigrations(client: PoolClient): Promise<{ number: number; name: string; checksum: string }[]> {
  const { rows } = await client.query<{ number: number; name: string; checksum: string }>(
    'SELECT number, name, checksum FROM migration ORDER BY number',
  )
  return rows
}

export interface FoundTable extends TableShape {
  /** As the planner knows it: for the progress bar only. */
  readonly estimate: number
}

/** Our tables with the columns that are stored, in the order of their names. */
export async function listTables(client: PoolClient): Promise<FoundTable[]> {
  const { rows } = await client.query<{ name: string; estimate: number; columns: string[] }>(`
    SELECT c.relname AS name, greatest(c.reltuples, 0)::bigint AS estimate, array_agg(a.attname::text ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    GROUP BY c.oid, c.relname, c.reltuples ORDER BY c.relname`)
  return rows
}

/** Hands on a table's rows as COPY text, in the snapshot of the transaction. */
export function readTable(client: PoolClient, table: TableShape, take: Take): Promise<void> {
  const columns = table.columns.map((column) => client.escapeIdentifier(column)).join(', ')
  return copyOut(client, `COPY (SELECT ${columns} FROM ${client.escapeIdentifier(table.name)}) TO STDOUT`, take)
}

/** Where the counters stand. Read last: they do not obey the snapshot and must not lie behind it. */
export async function listSequences(client: PoolClient): Promise<{ name: string; value: number }[]> {
  const { rows } = await client.query<{ name: string; value: number }>(
    'SELECT sequencename AS name, last_value AS value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1',
  )
  return rows
}

/** Jobs that are queued or at work in the snapshot, oldest first; the queue's own tables are its library's and do not travel. */
export async function listJobs(client: PoolClient): Promise<{ name: string; data: unknown }[]> {
  const { rows: there } = await client.query("SELECT 1 WHERE to_regclass('jobs.job') IS NOT NULL")
  if (!there.length) return []
  const { rows } = await client.query<{ name: string; data: unknown }>(
    "SELECT name, data FROM jobs.job WHERE state IN ('created', 'retry', 'active') AND name NOT LIKE '\\_\\_%' ORDER BY created_on, id",
  )
  return rows
}
