import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pool, PoolClient } from 'pg'
import { ROOT } from '../root.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly checksum: string
}

const FOLDER = join(ROOT, 'db/migrations')
const LOCK = 7_212_001 // an advisory lock of our own: two processes that start together migrate one after the other

const NAMED = /^\d{4}_\w+\.sql$/

/** The number of the newest migration, as its file has it: `0430`. */
export const newestMigration = (): string =>
  readdirSync(FOLDER)
    .filter((name) => NAMED.test(name))
    .sort()
    .at(-1)
    ?.slice(0, 4) ?? ''

/** The migrations of this version, in order. */
export async function readMigrations(folder = FOLDER): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((name) => NAMED.test(name)).sort()
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8')
      return { number: Number(file.slice(0, 4)), name: file.slice(5, -4), text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

/**
 * Brings the database to this version: each migration in a transaction of its own together with its mark, so a kill at any point
 * leaves it either done or not begun. A migration that was changed after it ran is refused with its name.
 * @returns the numbers that were applied now
 */
export async function migrate(pool: Pool, migrations?: readonly Migration[]): Promise<number[]> {
  const wanted = migrations ?? (await readMigrations())
  const client = await pool.connect()
  try {
    // A large table takes longer than any request may, and so does waiting for another process that is at it.
    await client.query('SET statement_timeout = 0')
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    const applied: number[] = []
    const done = await readDone(client)
    for (const migration of wanted) if (await apply(client, migration, done)) applied.push(migration.number)
    return applied
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => {})
    await client.query('RESET statement_timeout').catch(() => {})
    client.release()
  }
}

async function readDone(client: PoolClient): Promise<Map<number, string>> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS migration (number int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
  )
  const { rows } = await client.query<{ number: number; checksum: string }>('SELECT number, checksum FROM migration')
  return new Map(rows.map((row) => [row.number, row.checksum]))
}

async function apply(client: PoolClient, migration: Migration, done: ReadonlyMap<number, string>): Promise<boolean> {
  const before = done.get(migration.number)
  if (before === migration.checksum) return false
  if (before !== undefined) {
    throw new Error(
      `Migration ${migration.number} (${migration.name}) was changed after it had run on this database. Restore the file of the version that created it; write a new migration for changes.`,
    )
  }
  try {
    await client.query('BEGIN')
    await client.query(migration.text)
    await client.query('INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw new Error(`Migration ${migration.number} (${migration.name}) failed and was undone: ${(error as Error).message}`, {
      cause: error,
    })
  }
  return true
}
