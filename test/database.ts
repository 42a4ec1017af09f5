// A real database per test file, and a house around it. No mocks: the same transactions, the same pools, a clock that stands still.
import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, PostgresDialect } from 'kysely'
import pg, { type PoolConfig } from 'pg'
import { inject } from 'vitest'
import { japaneseCalendar } from '#kernel/calendar.ts'
import { type Clock, type VirtualClock, virtualClock } from '#kernel/clock.ts'
import type { Actor, Ctx, House, JobKind, Jobs, Ports } from '#kernel/ctx.ts'
import { openOn } from '#kernel/db/open.ts'
import type { Tables } from '#kernel/db/tables.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { openJobs } from '#kernel/jobs.ts'
import { makeLog } from '#kernel/log.ts'
import { onDatabase } from './server.ts'

/** A Wednesday morning in Tokyo, outside of holidays. */
export const START = '2026-04-08T10:00:00+09:00'

export interface TestDatabaseOptions {
  /** Where the virtual clock starts; START when absent. */
  readonly at?: string
  /** Another clock: `systemClock` where real waiting is the point of the test. */
  readonly clock?: Clock
  /** Ports of the rooms under test; the whole product's come from `testHouse`. */
  readonly ports?: Partial<Ports>
  /** Job kinds that may be enqueued; run them with `drain()`. */
  readonly jobs?: readonly JobKind[]
}

export interface TestDatabase {
  readonly house: House
  /** The virtual clock (throws on `set` when another clock was given). */
  readonly clock: VirtualClock
  /** This database as a connection string, for processes started by the test. */
  readonly url: string
  /** A writing transaction as the system, or as `actor`. */
  tx<T>(run: (ctx: Ctx) => Promise<T>, actor?: Actor): Promise<T>
  /** A reading transaction as the system, or as `actor`. */
  read<T>(run: (ctx: Ctx) => Promise<T>, actor?: Actor): Promise<T>
  /** Runs all queued jobs until none is left. */
  drain(): Promise<number>
  close(): Promise<void>
}

export const SYSTEM: Actor = { kind: 'system', name: 'test' }

/** A fresh copy of the migrated database with a house around it. Call in `beforeAll`, `close()` in `afterAll`. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { admin, template } = inject('database')
  const name = `test_${randomBytes(6).toString('hex')}`
  await onAdmin(admin, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const config = onDatabase(admin, name)
  const database = await openOn(config, null, 8)
  const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-house-'))
  const log = makeLog('silent')
  const jobs = await jobsOf(database.pool, options.jobs ?? [])
  const clock = options.clock ?? virtualClock(options.at ?? START)
  const house: House = {
    clock,
    pool: database.pool,
    claimPool: database.claimPool,
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: database.pool }) }),
    publicUrl: 'http://hagukumi.test',
    dataDir,
    secret: (purpose) => Buffer.from(hkdfSync('sha256', createHash('sha256').update('test').digest(), '', purpose, 32)),
    calendar: japaneseCalendar(),
    egressAllow: [],
    smtpUrl: null,
    jobs,
    ports: (options.ports ?? {}) as Ports,
    log,
  }
  return {
    house,
    clock: clock as VirtualClock,
    url: urlOf(config),
    tx: (run, actor = SYSTEM) => withTx(house, actor, run),
    read: (run, actor = SYSTEM) => withRead(house, actor, run),
    drain: () => jobs.drain(house),
    close: async () => {
      await jobs.stop()
      await database.close()
      await onAdmin(admin, `DROP DATABASE ${name} WITH (FORCE)`)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Without kinds there is no queue to open, which saves half a second per test file. */
async function jobsOf(pool: pg.Pool, kinds: readonly JobKind[]): Promise<Jobs> {
  if (kinds.length) return openJobs(pool, kinds, makeLog('silent'))
  const none = (): never => {
    throw new Error('name the job kinds in testDatabase({ jobs: [...] }) to enqueue or drain them')
  }
  return { enqueue: none, work: none, drain: async () => 0, stop: async () => {} }
}

async function onAdmin(admin: PoolConfig, statement: string): Promise<void> {
  const client = new pg.Client(admin)
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

function urlOf(config: PoolConfig): string {
  if (config.connectionString) return config.connectionString
  const { user, password, host, port, database } = config
  const login = `${encodeURIComponent(user ?? '')}:${encodeURIComponent(String(password ?? ''))}`
  return `postgres://${login}@localhost/${database}?host=${encodeURIComponent(host ?? '')}&port=${port}`
}
