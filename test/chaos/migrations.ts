// D7: a kill in the middle of any migration leaves it not begun, and the next start goes forward to the same schema.
import { deepEqual, equal } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { type Migration, migrate, readMigrations } from '#kernel/db/migrate.ts'
import { onDatabase, runStatement, urlOf } from '../server.ts'
import { seeded, until } from '../world.ts'
import type { Ground, Row } from './row.ts'

const SMALL = 10
const SHAPE = `
  SELECT 'column' AS kind, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS what
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  ORDER BY 1, 2`

async function shapeOf(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ kind: string; what: string }>(SHAPE)
  return rows.map((row) => `${row.kind} ${row.what}`)
}

/** Kills a migrating process while it stands between a migration's last statement and its mark. */
async function killIn(pool: pg.Pool, url: string, migration: Migration): Promise<void> {
  const blocker = await pool.connect()
  try {
    await blocker.query('BEGIN; LOCK TABLE migration IN SHARE ROW EXCLUSIVE MODE')
    await killBefore(pool, blocker, url, migration)
  } finally {
    blocker.release(true) // closing it gives the lock up
  }
}

// Looks through the pool: within one transaction pg_stat_activity never changes.
async function killBefore(pool: pg.Pool, blocker: pg.PoolClient, url: string, migration: Migration): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'migrate.ts')], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: 'ignore',
  })
  const gone = new Promise((resolve) => child.on('exit', resolve))
  const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO migration%'`
  const backend = await until(async () => (await pool.query<{ pid: number }>(waiting)).rows[0]?.pid, {
    what: `migration ${migration.number} to stand before its mark`,
  })
  child.kill('SIGKILL')
  await gone
  await blocker.query('ROLLBACK')
  // The backend notices the death of its client when it tries to answer: its COMMIT was never sent.
  await until(async () => (await pool.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [backend])).rowCount === 0, {
    what: 'the backend of the killed process to end',
  })
}

async function throwAt(ground: Ground, migrations: readonly Migration[], at: number, reference: readonly string[]): Promise<void> {
  const name = `chaos_${randomBytes(6).toString('hex')}`
  await runStatement(ground.admin, `CREATE DATABASE ${name}`)
  const config = onDatabase(ground.admin, name)
  const pool = new pg.Pool({ ...config, max: 3 })
  pool.on('error', () => {}) // dropping the database at the end breaks idle connections
  try {
    await migrate(pool, migrations.slice(0, at))
    const before = await shapeOf(pool)
    const migration = migrations[at]
    if (migration) await killIn(pool, urlOf(config), migration)
    deepEqual(await shapeOf(pool), before, `migration ${migration?.number} was killed and left something behind`)
    equal((await migrate(pool)).length, migrations.length - at, 'the next start applies exactly what is missing')
    deepEqual(await shapeOf(pool), reference, 'going forward again ends in the same schema')
  } finally {
    await pool.end()
    await runStatement(ground.admin, `DROP DATABASE ${name} WITH (FORCE)`)
  }
}

export const killedMigrations: Row = {
  id: 'D7',
  title: 'D7 a migration killed before its mark is as if it had never begun, and the next start goes forward to the same schema',
  async run(ground, scale, seed) {
    const migrations = await readMigrations()
    const draw = seeded(seed)
    const all = migrations.map((_, at) => at)
    const chosen =
      scale === 'full'
        ? all
        : all
            .map((at) => ({ at, by: draw() }))
            .sort((a, b) => a.by - b.by)
            .slice(0, SMALL)
            .map(({ at }) => at)
    const pool = new pg.Pool({ ...onDatabase(ground.admin, ground.template), max: 1 })
    const reference = await shapeOf(pool)
    await pool.end()
    for (const at of chosen) await throwAt(ground, migrations, at, reference)
    return `${chosen.length} of ${migrations.length} migrations killed`
  },
}
