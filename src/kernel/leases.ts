// Which buckets this worker looks after. Leases only spare collisions: every claim is SKIP LOCKED besides, so a wrong lease costs time, never correctness.
import { sql } from 'kysely'
import type { Ctx, House } from './ctx.ts'
import { BUCKETS } from './db/buckets.ts'
import { withTx } from './db/tx.ts'

const LIVES_MS = 15_000
const BEAT_MS = 4_000

export interface Leases {
  /** The buckets held now, in order; empty until the first turn and while the database is away. */
  buckets(): readonly number[]
  stop(): Promise<void>
}

/** Keeps a fair share of the buckets leased until stopped; a worker that dies loses them after 15 s. */
export async function holdLeases(house: House, worker: string): Promise<Leases> {
  let held: readonly number[] = []
  const actor = { kind: 'system', name: 'worker' } as const
  const beat = async () => {
    try {
      held = await withTx(house, actor, (ctx) => takeShare(ctx, worker))
    } catch (error) {
      held = []
      house.log.warn({ err: error }, 'the bucket leases could not be renewed')
    }
  }
  await beat()
  const timer = setInterval(() => void beat(), BEAT_MS)
  return {
    buckets: () => held,
    stop: async () => {
      clearInterval(timer)
      held = []
      await withTx(house, actor, (ctx) => giveBack(ctx, worker)).catch(() => {})
    },
  }
}

/**
 * One turn: says that this worker lives, counts those that do, renews its leases, gives back what is over its share and takes
 * free or lapsed buckets up to it. Each change of hands raises the bucket's fence.
 * @returns the buckets held after the turn
 */
export async function takeShare(ctx: Ctx, worker: string): Promise<number[]> {
  const until = new Date(ctx.now.getTime() + LIVES_MS)
  await sql`INSERT INTO worker (id, seen_at) VALUES (${worker}, ${ctx.now}) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`.execute(
    ctx.db,
  )
  await sql`DELETE FROM worker WHERE seen_at < ${new Date(ctx.now.getTime() - LIVES_MS)}`.execute(ctx.db)
  const { rows: alive } = await sql<{ n: number }>`SELECT count(*) AS n FROM worker`.execute(ctx.db)
  const share = Math.ceil(BUCKETS / Math.max(1, Number(alive[0]?.n ?? 1)))
  await sql`UPDATE bucket_lease SET worker = NULL, until = NULL
    WHERE worker = ${worker} AND bucket IN (SELECT bucket FROM bucket_lease WHERE worker = ${worker} ORDER BY bucket OFFSET ${share})`.execute(
    ctx.db,
  )
  await sql`UPDATE bucket_lease SET until = ${until} WHERE worker = ${worker}`.execute(ctx.db)
  await sql`UPDATE bucket_lease SET worker = ${worker}, until = ${until}, fence = fence + 1 WHERE bucket IN (
    SELECT bucket FROM bucket_lease WHERE worker IS NULL OR until < ${ctx.now} ORDER BY bucket
    LIMIT greatest(0, ${share} - (SELECT count(*) FROM bucket_lease WHERE worker = ${worker})) FOR UPDATE SKIP LOCKED)`.execute(ctx.db)
  const { rows } = await sql<{ bucket: number }>`SELECT bucket FROM bucket_lease WHERE worker = ${worker} ORDER BY bucket`.execute(ctx.db)
  return rows.map((row) => row.bucket)
}

async function giveBack(ctx: Ctx, worker: string): Promise<void> {
  await sql`UPDATE bucket_lease SET worker = NULL, until = NULL WHERE worker = ${worker}`.execute(ctx.db)
  await sql`DELETE FROM worker WHERE id = ${worker}`.execute(ctx.db)
}
