import { setTimeout as pause } from 'node:timers/promises'
import pg, { type Pool, type PoolClient, type PoolConfig } from 'pg'
import packageJson from '../../../package.json' with { type: 'json' }
import { codeOf } from '../errors.ts'
import { type Embedded, ensureDatabase, startEmbedded } from './embedded.ts'
import { instantReader } from './instants.ts'
import { newestMigration } from './migrate.ts'
import { wireFor } from './wire.ts'

// Numbers as numbers, days as YYYY-MM-DD: set once for every connection of the process.
const INT8 = 20
const DATE = 1082
const NUMERIC = 1700
const TIMESTAMPTZ = 1184
pg.types.setTypeParser(INT8, Number)
pg.types.setTypeParser(DATE, (text) => text)
pg.types.setTypeParser(NUMERIC, Number)
pg.types.setTypeParser(TIMESTAMPTZ, instantReader(pg.types.getTypeParser(TIMESTAMPTZ)))

/** What differs between the ways to run the database; no other place asks which one it is. */
export interface Capabilities {
  readonly kind: 'embedded' | 'server' | 'citus'
  /** Claims go over all leased buckets at once, or (distributed) one bucket at a time. */
  readonly claimAcrossBuckets: boolean
  readonly version: number
}

export interface Durability {
  readonly fsync: boolean
  readonly synchronousCommit: boolean
}

export interface Database {
  readonly pool: Pool
  readonly claimPool: Pool
  readonly capabilities: Capabilities
  readonly durability: Durability
  /** Whether the database answers now. */
  isThere(): Promise<boolean>
  /** A connection of its own outside of the pools, for LISTEN and session locks. */
  connect(): Promise<pg.Client>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly databaseUrl: string | null
  readonly dataDir: string
  /** Largest number of pooled connections; the claimers have half as many of their own. */
  readonly connections?: number
  readonly fsync?: boolean
  /** Name of the database on the embedded server; `hagukumi` when absent. The demo company lives in one of its own. */
  readonly name?: string
}

/** Planner settings of the claimers: each of their statements is a lookup by key on tables whose statistics lie (reactor.md C2, C8). */
const CLAIM_OPTIONS =
  '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c statement_timeout=30000 -c client_connection_check_interval=1000 -c jit=off'
const POOL_OPTIONS =
  '-c statement_timeout=60000 -c idle_in_transaction_session_timeout=120000 -c client_connection_check_interval=5000 -c jit=off'
/** A connection has planned what claimers ask; one that is closed in each pause has it planned anew, six times a statement (docs/decisions/0021). */
const CLAIMER_RESTS_MS = 60_000
const OLDEST = 150_000
const NAME = 'hagukumi'
/** Held in common by every process of the product as long as it is on the database. */
export const PRODUCT_LOCK = 7_212_002
/** How a process is called where the server lists who is connected. */
export const BEFORE_PROCESS = ', process '
const OWN_NAME = `Hagukumi ${packageJson.version} with data of ${newestMigration()}${BEFORE_PROCESS}${process.pid}`

/**
 * Opens the database the settings name: an own server by DATABASE_URL, else the embedded one.
 * @throws Error in one sentence when it cannot be reached or is older than PostgreSQL 15
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const embedded = options.databaseUrl
    ? null
    : await startEmbedded({ dataDir: options.dataDir, ...(options.fsync === undefined ? {} : { fsync: options.fsync }) })
  const name = options.name ?? NAME
  if (embedded) await withRoom(() => ensureDatabase(embedded, name))
  const config: PoolConfig = embedded ? embedded.config(name) : { connectionString: options.databaseUrl as string }
  return openOn(config, embedded, options.connections ?? 16)
}

/** Opens a database by its connection settings; tests give each file a database of its own. */
export async function openOn(config: PoolConfig, embedded: Embedded | null, connections = 16): Promise<Database> {
  const base: PoolConfig = { ...config, application_name: OWN_NAME, connectionTimeoutMillis: 10_000, stream: wireFor }
  const pool = patient(new pg.Pool({ ...base, max: connections, options: POOL_OPTIONS }))
  const claimPool = patient(
    new pg.Pool({ ...base, max: Math.max(4, connections / 2), idleTimeoutMillis: CLAIMER_RESTS_MS, options: CLAIM_OPTIONS }),
  )
  for (const each of [pool, claimPool]) {
    each.on('error', () => {}) // an idle connection that breaks is replaced at the next use
    // One that breaks while it is lent out rejects its query; without a listener it would end the process besides.
    each.on('connect', (client) => client.on('error', () => {}))
  }
  const holder = await holdOpen(base)
  const facts = await readFacts(pool)
  return {
    pool,
    claimPool,
    ...facts,
    capabilities: { ...facts.capabilities, kind: embedded ? 'embedded' : facts.capabilities.kind },
    isThere: () =>
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    connect: () => withRoom(() => connectAlone(base)),
    close: async () => {
      await Promise.all([pool.end(), claimPool.end()])
      await leave(holder, embedded)
    },
  }
}

/** A connection outside of the pools. */
async function connectAlone(config: PoolConfig): Promise<pg.Client> {
  const client = new pg.Client(config)
  client.on('error', () => {})
  await client.connect()
  return client
}

const NO_ROOM = '53300'
const TRIES = 40
const BETWEEN = 250

/** Tries again while the server has no connection left: a process that was killed holds its own until the server notices, and the next one is here by then. */
async function withRoom<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (codeOf(error) !== NO_ROOM || tries >= TRIES) throw error
      await pause(BETWEEN)
    }
  }
}

/** The pool, waiting for room where it would fail for want of it. */
function patient(pool: Pool): Pool {
  const connect: () => Promise<PoolClient> = pool.connect.bind(pool)
  type Told = (error: Error | undefined, client: PoolClient | undefined, release: (broken?: Error | boolean) => void) => void
  const asked = (tell?: Told): Promise<PoolClient> | undefined => {
    const client = withRoom(connect)
    if (!tell) return client
    client.then(
      (found) => tell(undefined, found, (broken) => found.release(broken)),
      (error: Error) => tell(error, undefined, () => {}),
    )
    return undefined
  }
  return Object.assign(pool, { connect: asked as Pool['connect'] })
}

/** Each process holds a shared lock while it is here, so that the last one out, and only that one, stops the embedded server. */
async function holdOpen(config: PoolConfig): Promise<pg.Client> {
  const client = await withRoom(() => connectAlone(config)).catch((error: Error) => {
    throw new Error(`The database cannot be reached: ${error.message}. Check DATABASE_URL.`, { cause: error })
  })
  await client.query('SELECT pg_advisory_lock_shared($1)', [PRODUCT_LOCK])
  return client
}

async function leave(holder: pg.Client, embedded: Embedded | null): Promise<void> {
  let alone = false
  try {
    await holder.query('SELECT pg_advisory_unlock_shared($1)', [PRODUCT_LOCK])
    // Advisory locks are a database's own: a demo company or a command beside it sits in another database of the same server.
    const { rows } = await holder.query<{ alone: boolean }>(
      `SELECT NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = $1 AND objsubid = 1) AS alone`,
      [PRODUCT_LOCK],
    )
    alone = rows[0]?.alone ?? false
    await holder.end()
  } catch {
    alone = false // the server is gone already
  }
  if (embedded && alone) await embedded.stop()
}

async function readFacts(pool: Pool): Promise<{ capabilities: Capabilities; durability: Durability }> {
  const { rows } = await pool.query<{ version: number; fsync: string; commit: string; citus: boolean }>(`
    SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
      EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') AS citus`)
  const row = rows[0]
  if (!row) throw new Error('The database did not answer.')
  if (row.version < OLDEST) throw new Error(`The database is PostgreSQL ${Math.floor(row.version / 10_000)}; Hagukumi needs 15 or newer.`)
  return {
    capabilities: { kind: row.citus ? 'citus' : 'server', claimAcrossBuckets: !row.citus, version: row.version },
    durability: { fsync: row.fsync === 'on', synchronousCommit: row.commit !== 'off' },
  }
}
