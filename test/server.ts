// One PostgreSQL for a test run: DATABASE_URL when it is set, else the embedded server with fsync off in a folder of its own.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg, { type PoolConfig } from 'pg'
import { startEmbedded } from '#kernel/db/embedded.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { openJobs } from '#kernel/jobs.ts'
import { makeLog } from '#kernel/log.ts'

const PREFIX = 'hagukumi-test-'

export interface TestServer {
  /** How to connect to its maintenance database, as an account that may create databases. */
  readonly admin: PoolConfig
  /** The folder of an embedded server; null with DATABASE_URL. */
  readonly dataDir: string | null
  stop(): Promise<void>
}

/** Starts (or finds) the server of this run. `stop` leaves nothing behind. */
export async function startTestServer({ fsync = false } = {}): Promise<TestServer> {
  const url = process.env.DATABASE_URL
  if (url) return { admin: { connectionString: url }, dataDir: null, stop: async () => {} }
  await sweep()
  const dataDir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  const embedded = await startEmbedded({ dataDir, fsync })
  return {
    admin: embedded.config('postgres'),
    dataDir,
    stop: async () => {
      await embedded.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The same connection for another database. */
export function onDatabase(config: PoolConfig, database: string): PoolConfig {
  if (!config.connectionString) return { ...config, database }
  const url = new URL(config.connectionString)
  url.pathname = `/${database}`
  return { connectionString: url.href }
}

/** The same connection as somebody else: in an address, the name in it would win over one beside it. */
export function asUser(config: PoolConfig, user: string, password: string): PoolConfig {
  if (!config.connectionString) return { ...config, user, password }
  const url = new URL(config.connectionString)
  url.username = user
  url.password = password
  return { connectionString: url.href }
}

/** The connection as one string, for processes started by a test. */
export function urlOf(config: PoolConfig): string {
  if (config.connectionString) return config.connectionString
  const { user, password, host, port, database } = config
  const login = `${encodeURIComponent(user ?? '')}:${encodeURIComponent(String(password ?? ''))}`
  return `postgres://${login}@localhost/${database}?host=${encodeURIComponent(host ?? '')}&port=${port}`
}

/** Runs one statement on a connection of its own. */
export async function runStatement(config: PoolConfig, statement: string): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

/** Makes a database with the tables of all rooms and the queue's own schema; copies have them from the start. */
export async function makeTemplate(admin: PoolConfig, name: string): Promise<void> {
  await runStatement(admin, `CREATE DATABASE ${name}`)
  const pool = new pg.Pool({ ...onDatabase(admin, name), max: 4 })
  try {
    await migrate(pool)
    const jobs = await openJobs(pool, [], makeLog('silent'))
    await jobs.stop()
  } finally {
    await pool.end()
  }
}

/** Servers of test runs that were killed live on: those whose run is gone are stopped and removed. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const run = Number(name.slice(PREFIX.length).split('-')[0])
    const folder = join(tmpdir(), name)
    if (isAlive(run) || !mayRemove(folder)) continue
    stopServerOf(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

function mayRemove(folder: string): boolean {
  return existsSync(join(folder, 'pg.password'))
}

function stopServerOf(folder: string): void {
  try {
    const pid = Number(readFileSync(join(folder, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0])
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)) process.kill(pid, 'SIGQUIT')
  } catch {
    // no server, or not ours: nothing to stop
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
