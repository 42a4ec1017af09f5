// Durable jobs: what may run now. Whatever waits for an instant is a domain timer instead.

import type { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import type { z } from 'zod'
import type { Actor, Ctx, House, JobKind, Jobs } from './ctx.ts'
import { runText } from './db/connection.ts'
import { withTx } from './db/tx.ts'
import { isHeld, keepJob, takeHeldJobs } from './hold.ts'
import type { Log } from './log.ts'

/** Declares a kind of job. */
export function defineJob<S extends z.ZodType>(kind: JobKind<S>): JobKind<S> {
  return kind
}

/** A job of which its worker has said nothing for so many seconds died with it: it is run again long before its own time is over. */
const HEARTBEAT = 60

/** Opens the job queue on our pool and creates what it needs in the database; safe on every start. */
export async function openJobs(pool: Pool, kinds: readonly JobKind[], log: Log): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values as unknown[]) },
    schema: 'jobs',
    supervise: true,
    schedule: true,
  })
  boss.on('error', (error) => log.error({ err: error }, 'the job queue reports an error'))
  await boss.start()
  const have = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  for (const kind of kinds) {
    const known = have.get(kind.name)
    if (known && known.heartbeatSeconds !== HEARTBEAT) await boss.updateQueue(kind.name, { heartbeatSeconds: HEARTBEAT })
    if (known) continue
    await boss.createQueue(kind.name, {
      heartbeatSeconds: HEARTBEAT,
      retryLimit: kind.retries ?? 5,
      retryBackoff: true,
      retryDelay: 2,
      expireInSeconds: kind.expireSeconds ?? 900,
      policy: 'standard',
    })
  }
  const workers = new Map<string, string>()
  return {
    enqueue: async (ctx, kind, data, key) => {
      const db = { executeSql: (text: string, values?: unknown[]) => runText(ctx.db, text, values) } as JobDb
      await boss.send(kind.name, kind.schema.parse(data) as object, key ? { db, singletonKey: key, singletonSeconds: 1 } : { db })
      ctx.afterCommit(() => nudge(boss, workers.get(kind.name)))
    },
    letGo: (ctx) => letGo(boss, kinds, ctx),
    work: async (house) => {
      await withTx(house, WORKER, (ctx) => letGo(boss, kinds, ctx))
      for (const kind of kinds) {
        workers.set(kind.name, await boss.work(kind.name, { pollingIntervalSeconds: 2, batchSize: 1 }, (jobs) => runAll(house, kind, jobs)))
        if (kind.cron) await boss.schedule(kind.name, kind.cron, {}, { tz: 'UTC' })
      }
    },
    drain: (house) => drainAll(boss, house, kinds),
    stop: () => boss.stop({ graceful: true, timeout: 5_000 }),
  }
}

type JobDb = NonNullable<NonNullable<Parameters<PgBoss['send']>[2]>['db']>

async function runAll(house: House, kind: JobKind, jobs: readonly { data: unknown }[]): Promise<void> {
  for (const job of jobs) {
    try {
      if (await setAside(house, kind, job.data)) continue
      await kind.run(house, kind.schema.parse(job.data ?? {}))
    } catch (error) {
      house.log.error({ err: error, job: kind.name }, 'a job failed and will be repeated')
      throw error
    }
  }
}

const WORKER: Actor = { kind: 'system', name: 'worker' }

/** A job whose part is held waits beside the queue, so that its tries are not used up. */
async function setAside(house: House, kind: JobKind, data: unknown): Promise<boolean> {
  const { part } = kind
  if (part === undefined) return false
  return withTx(house, WORKER, async (ctx) => {
    if (!(await isHeld(ctx, part))) return false
    await keepJob(ctx, kind.name, data)
    return true
  })
}

async function letGo(boss: PgBoss, kinds: readonly JobKind[], ctx: Ctx): Promise<number> {
  const free: string[] = []
  for (const kind of kinds) if (kind.part === undefined || !(await isHeld(ctx, kind.part))) free.push(kind.name)
  const db = { executeSql: (text: string, values?: unknown[]) => runText(ctx.db, text, values) } as JobDb
  const jobs = await takeHeldJobs(ctx, free)
  for (const job of jobs) await boss.send(job.name, job.data as object, { db })
  return jobs.length
}

async function drainAll(boss: PgBoss, house: House, kinds: readonly JobKind[]): Promise<number> {
  let ran = 0
  for (let found = true; found; ) {
    found = false
    for (const kind of kinds) {
      for (const job of await boss.fetch(kind.name, { batchSize: 50 })) {
        found = true
        ran++
        if (!(await setAside(house, kind, job.data))) await kind.run(house, kind.schema.parse(job.data ?? {}))
        await boss.complete(kind.name, job.id)
      }
    }
  }
  return ran
}

function nudge(boss: PgBoss, worker: string | undefined): void {
  if (worker) boss.notifyWorker(worker)
}
