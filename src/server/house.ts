import { hkdfSync } from 'node:crypto'
import { Kysely, PostgresDialect } from 'kysely'
import { japaneseCalendar } from '#kernel/calendar.ts'
import { type Clock, systemClock } from '#kernel/clock.ts'
import type { House, JobKind, Ports } from '#kernel/ctx.ts'
import type { Database } from '#kernel/db/open.ts'
import type { Tables } from '#kernel/db/tables.ts'
import { openJobs } from '#kernel/jobs.ts'
import { type Log, makeLog } from '#kernel/log.ts'

/** What a house is built from; the tests build theirs with a virtual clock. */
export interface HousePlan {
  readonly database: Database
  readonly ports: Ports
  readonly jobs: readonly JobKind[]
  readonly publicUrl: string
  readonly dataDir: string
  readonly secretKey: Buffer
  readonly smtpUrl?: string | null
  readonly egressAllow?: readonly string[]
  readonly clock?: Clock
  readonly log?: Log
}

/** Puts the house together: plain calls, no container. */
export async function buildHouse(plan: HousePlan): Promise<House> {
  const log = plan.log ?? makeLog('silent')
  const secrets = new Map<string, Buffer>()
  return {
    clock: plan.clock ?? systemClock,
    pool: plan.database.pool,
    claimPool: plan.database.claimPool,
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: plan.database.pool }) }),
    publicUrl: plan.publicUrl,
    dataDir: plan.dataDir,
    secret: (purpose) => {
      const known = secrets.get(purpose)
      if (known) return known
      const made = Buffer.from(hkdfSync('sha256', plan.secretKey, 'hagukumi', purpose, 32))
      secrets.set(purpose, made)
      return made
    },
    calendar: japaneseCalendar(),
    egressAllow: plan.egressAllow ?? [],
    smtpUrl: plan.smtpUrl ?? null,
    jobs: await openJobs(plan.database.pool, plan.jobs, log),
    ports: plan.ports,
    log,
  }
}
