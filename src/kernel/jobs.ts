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

/** How often this process looks for jobs that are due, in ms; what it enqueues itself runs at once. */
const LOOK_MS = 2_000
/** The queue's own look, for each kind by itself: it only stands behind ours. */
const BACKSTOP_SECONDS = 60

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
  let looking: { stop(): Promise<void> } | null = null
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
        workers.set(
          kind.name,
          await boss.work(kind.name, { pollingIntervalSeconds: BACKSTOP_SECONDS, batchSize: 1 }, (jobs) => runAll(house, kind, jobs)),
        )
        if (kind.cron) await boss.schedule(kind.name, kind.cron, {}, { tz: 'UTC' })
      }
      looking ??= look(pool, workers, (worker) => boss.notifyWorker(worker), log)
    },
    drain: (house) => drainAll(boss, house, kinds),
    stop: async () => {
      await looking?.stop()
      await boss.stop({ graceful: true, timeout: 5_000 })
    },
  }
}

/**
 * One look for all kinds together, and only those with something due are called. Each kind looking for itself was 25 statements a second on
 * a server at rest, planned anew each time and in bursts that kept every connection of the pool open.
 */
function look(pool: Pool, workers: ReadonlyMap<string, string>, call: (worker: string) => void, log: Log): { stop(): Promise<void> } {
  let running: Promise<void> | null = null
  const once = async () => {
    try {
      for (const name of await dueKinds(pool, [...workers.keys()])) call(workers.get(name) ?? '')
    } catch (error) {
      log.warn({ err: error }, 'the look for jobs failed and is repeated')
    }
    running = null
  }
  const timer = setInterval(() => {
    running ??= once()
  }, LOOK_MS)
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}

/** Of these kinds, those with a job that may run now: one look by key for each. */
export async function dueKinds(pool: Pick<Pool, 'query'>, names: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>({
    name: 'due_kinds',
    text: `/* due_kinds */ SELECT q.name FROM unnest($1::text[]) q(name) CROSS JOIN LATERAL (SELECT 1 FROM jobs.job
      WHERE name = q.name AND state < 'active' AND NOT blocked AND start_after <= now() LIMIT 1) j`,
    values: [names],
  })
  return rows.map((row) => row.name)
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
