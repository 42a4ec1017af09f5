// A real database per test file, and a house around it. No mocks: the same transactions, the same pools, a clock that stands still.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Clock, type VirtualClock, virtualClock } from '#kernel/clock.ts'
import type { Actor, Ctx, House, JobKind, Ports } from '#kernel/ctx.ts'
import { openOn } from '#kernel/db/open.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { writeSetting } from '#kernel/settings.ts'
import { OPEN_CAPS } from '#loop/deliver/outbox/caps/decide.ts'
import { buildHouse } from '#server/house.ts'
import { onDatabase, runStatement, urlOf } from './server.ts'

/** A Wednesday morning in Tokyo, outside of holidays. */
export const START = '2026-04-08T10:00:00+09:00'

export interface TestDatabaseOptions {
  /** Where the virtual clock starts; START when absent. */
  readonly at?: string
  /** Another clock: `systemClock` where real waiting is the point of the test. */
  readonly clock?: Clock
  /** What links in mails begin with; a name that nobody outside can reach when absent. */
  readonly publicUrl?: string
  /** Ports of the rooms under test; `testHouse` has the whole product's. */
  readonly ports?: Partial<Ports>
  /** Job kinds that may be enqueued; run them with `drain()`. */
  readonly jobs?: readonly JobKind[]
  /** Private hosts that egress may reach, such as a loopback sink of the test. */
  readonly egressAllow?: readonly string[]
}

export interface TestDatabase {
  readonly house: House
  /** The virtual clock; without `set` when another clock was given. */
  readonly clock: VirtualClock
  /** This database as a connection string, for processes started by the test. */
  readonly url: string
  /** A writing transaction as the system, or as `actor`. */
  tx<T>(run: (ctx: Ctx) => Promise<T>, actor?: Actor): Promise<T>
  /** A reading transaction as the system, or as `actor`. */
  read<T>(run: (ctx: Ctx) => Promise<T>, actor?: Actor): Promise<T>
  /** Runs all queued jobs until none is left; answers how many ran. */
  drain(): Promise<number>
  close(): Promise<void>
}

export const SYSTEM: Actor = { kind: 'system', name: 'test' }

/** A fresh copy of the migrated database with a house around it. Call in `beforeAll`, `close()` in `afterAll`. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { admin, template } = inject('database')
  const name = `test_${randomBytes(6).toString('hex')}`
  await runStatement(admin, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const config = onDatabase(admin, name)
  const database = await openOn(config, null, 8)
  const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-house-'))
  const clock = options.clock ?? virtualClock(options.at ?? START)
  const house = await buildHouse({
    database,
    clock,
    dataDir,
    ports: (options.ports ?? {}) as Ports,
    jobs: options.jobs ?? [],
    publicUrl: options.publicUrl ?? 'http://hagukumi.test',
    secretKey: createHash('sha256').update('test').digest(),
    egressAllow: options.egressAllow ?? [],
  })
  // A house of tests sends at any hour of its virtual clock; tests of hours and caps set their own.
  await withTx(house, SYSTEM, (ctx) => writeSetting(ctx, 'mail.caps', OPEN_CAPS))
  return {
    house,
    clock: clock as VirtualClock,
    url: urlOf(config),
    tx: (run, actor = SYSTEM) => withTx(house, actor, run),
    read: (run, actor = SYSTEM) => withRead(house, actor, run),
    drain: () => house.jobs.drain(house),
    close: async () => {
      await house.jobs.stop()
      await database.close()
      await runStatement(admin, `DROP DATABASE ${name} WITH (FORCE)`)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
