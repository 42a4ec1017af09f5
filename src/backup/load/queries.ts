// Filling a database from a backup, all in the one transaction of the caller: it is as before until COMMIT.
import type { Writable } from 'node:stream'
import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Migration } from '#kernel/db/migrate.ts'
import { PRODUCT_LOCK } from '#kernel/db/open.ts'
import type { TableShape } from '../archive/manifest.ts'

/** The locks of kernel/db: whoever uses the database holds the first one shared, whoever migrates it holds the second. */
const MIGRATE_LOCK = 7_212_001

/** Keeps a product that starts meanwhile waiting before its migrations. @returns how many other sessions of the product are there */
export async function keepOthersOut(client: ClientBase): Promise<number> {
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK])
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [PRODUCT_LOCK],
  )
  return Math.max(0, (rows[0]?.n ?? 0) - 1)
}

export type State = 'empty' | 'used' | 'foreign'

/** Whether something would be lost: `used` holds people or users of ours, `foreign` tables of somebody else. */
export async function stateOf(client: ClientBase): Promise<State> {
  const { rows } = await client.query<{ ours: boolean; tables: number }>(`
    SELECT to_regclass('migration') IS NOT NULL AND to_regclass('person') IS NOT NULL AS ours,
      (SELECT count(*)::int FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace) AS tables`)
  if (!rows[0]?.ours) return rows[0]?.tables ? 'foreign' : 'empty'
  const { rows: used } = await client.query('SELECT 1 FROM auth_user UNION ALL SELECT 1 FROM person LIMIT 1')
  return used.length ? 'used' : 'empty'
}

export async function beginLoad(client: ClientBase): Promise<Date> {
  await client.query('BEGIN')
  await client.query(`SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL timezone = 'UTC';
    SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL client_encoding = 'UTF8'; SET LOCAL maintenance_work_mem = '256MB'`)
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  return rows[0]?.now as Date
}

const NOT_EXTENSION = (oid: string) => `NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e')`

/** Removes what our migrations made, and the job queue. Extensions and other schemas stay. */
export async function wipe(client: ClientBase): Promise<void> {
  await each(
    client,
    `SELECT format('DROP TABLE IF EXISTS %s CASCADE', c.oid::regclass) AS run FROM pg_class c
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND ${NOT_EXTENSION('c.oid')}`,
  )
  await each(
    client,
    `SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) AS run FROM pg_proc p
      WHERE p.pronamespace = current_schema()::regnamespace AND ${NOT_EXTENSION('p.oid')}`,
  )
  await client.query('DROP SCHEMA IF EXISTS jobs CASCADE')
}

/** Runs migrations inside of the caller's transaction, with their marks. */
export async function runMigrations(client: ClientBase, migrations: readonly Migration[]): Promise<void> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS migration (number int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
  )
  for (const { number, name, checksum, text } of migrations) {
    await client.query(text)
    await client.query('INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)', [number, name, checksum])
  }
}

/**
 * Takes away what slows loading or would answer to it (keys between tables, indexes, triggers) and empties the tables.
 * @returns the statements that bring it back
 */
export async function bare(client: ClientBase, tables: readonly string[]): Promise<string[]> {
  const after: string[] = []
  const take = async (ask: string): Promise<void> => {
    const { rows } = await client.query<{ away: string; back: string }>(ask, [tables])
    for (const { away, back } of rows) {
      await client.query(away)
      after.unshift(back)
    }
  }
  await take(`SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
      format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back
    FROM pg_constraint WHERE contype = 'f' AND (conrelid = ANY($1::text[]::regclass[]) OR confrelid = ANY($1::text[]::regclass[]))`)
  await take(`SELECT format('DROP INDEX %s', indexrelid::regclass) AS away, pg_get_indexdef(indexrelid) AS back
    FROM pg_index WHERE indrelid = ANY($1::text[]::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)`)
  await take(`SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname) AS away,
      format('ALTER TABLE %s ENABLE TRIGGER %I', tgrelid::regclass, tgname) AS back
    FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = ANY($1::text[]::regclass[])`)
  if (tables.length) await client.query(`TRUNCATE ${tables.map((table) => client.escapeIdentifier(table)).join(', ')}`)
  return after
}

/** Brings back what `bare` took away. */
export async function clothe(client: ClientBase, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement)
}

/** Takes COPY text of a table. `rowCount` of the ended stream says how many rows there were. */
export function openTable(client: ClientBase, table: TableShape): Writable & { rowCount: number } {
  const columns = table.columns.map((column) => client.escapeIdentifier(column)).join(', ')
  return client.query(copyFrom(`COPY ${client.escapeIdentifier(table.name)} (${columns}) FROM STDIN`))
}

/** Sets the counters no lower than they were. Those that the tables of this version no longer have are passed over. */
export async function setSequences(client: ClientBase, sequences: readonly { name: string; value: number }[]): Promise<void> {
  for (const { name, value } of sequences)
    await client.query("SELECT setval(to_regclass(format('%I', $1::text)), $2) WHERE to_regclass(format('%I', $1::text)) IS NOT NULL", [
      name,
      value,
    ])
}

/** When anything last happened that the backup knows of. */
export async function lastEvent(client: ClientBase): Promise<Date | null> {
  const { rows } = await client.query<{ at: Date | null }>('SELECT max(received_at) AS at FROM journal')
  return rows[0]?.at ?? null
}

export async function commitLoad(client: ClientBase): Promise<void> {
  await client.query('COMMIT')
  await client.query('ANALYZE')
}

async function each(client: ClientBase, ask: string): Promise<void> {
  const { rows } = await client.query<{ run: string }>(ask)
  for (const { run } of rows) await client.query(run)
}
