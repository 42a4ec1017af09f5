// Who else of the product is on a database, and whether they fit what a command is about to work on.
import type { Pool, PoolClient } from 'pg'
import { refuse } from '../errors.ts'
import { type Migration, readMigrations } from './migrate.ts'
import { BEFORE_PROCESS, PRODUCT_LOCK } from './open.ts'

/** As every process was called before it said its version. */
const NAMELESS = 'hagukumi'

/** Others of the product, of another version, on this database, by the lock that each of its processes holds as long as it lives. */
async function othersOn(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND split_part(a.application_name, $2, 1) <> split_part(current_setting('application_name'), $2, 1)
      ORDER BY a.backend_start`,
    [PRODUCT_LOCK, BEFORE_PROCESS],
  )
  return rows.map(({ name }) => (name === NAMELESS ? 'An older Hagukumi' : name))
}

const four = (n: number): string => String(n).padStart(4, '0')
const span = (numbers: readonly number[]): string =>
  numbers.length > 1 ? `${four(Math.min(...numbers))} to ${four(Math.max(...numbers))}` : four(numbers[0] ?? 0)

/**
 * For commands: another process of the product is not to find a database of another version beneath it.
 * @throws Refusal conflict when one is running and the database is not of this version
 */
export async function demandVersion(pool: Pool, migrations?: readonly Migration[]): Promise<void> {
  const wanted = (migrations ?? (await readMigrations())).map((one) => one.number)
  const client = await pool.connect()
  try {
    const { rows: known } = await client.query<{ is: boolean }>("SELECT to_regclass('migration') IS NOT NULL AS is")
    if (!known[0]?.is) return
    const { rows } = await client.query<{ number: number }>('SELECT number FROM migration')
    const done = new Set(rows.map((row) => row.number))
    const missing = wanted.filter((number) => !done.has(number))
    const unknown = [...done].filter((number) => !wanted.includes(number))
    if (!missing.length && !unknown.length) return
    const others = await othersOn(client)
    if (!others.length) return
    const who = `${others.join(' and ')} ${others.length > 1 ? 'are' : 'is'} running on this database`
    refuse('conflict', 'database.version', {
      message: missing.length
        ? `${who}, whose data is of an older version than this command: migrations ${span(missing)} would be made beneath it. Stop what runs, then start this version; or use the command line of the version that runs. To migrate all the same: npm run cli -- migrate`
        : `${who}, whose data is of a newer version than this command: it does not know migrations ${span(unknown)}. Use the command line of the version that runs.`,
    })
  } finally {
    client.release()
  }
}
