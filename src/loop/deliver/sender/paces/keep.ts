// The paces of one worker, kept in the database: over restarts, and among workers.
import { MINUTE } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { newPace, type Pace } from '../pace.ts'
import { type Learnt, NOTHING, stillKnown } from './decide.ts'
import { countWorkers, type LearntRow, listPaces, type PaceRow, putLearnt } from './queries.ts'

/** Receiving group → its pace in this worker. */
export interface Paces {
  readonly by: Map<string, Pace>
  /** What was changed before has been read. */
  readFrom: Date
  /** Workers that share the limits. */
  share: number
  /** Some group has a limit of its own. */
  limited: boolean
}

export const openPaces = (): Paces => ({ by: new Map(), readFrom: new Date(0), share: 1, limited: false })

/** The pace of a group; a new one knows nothing. */
export function paceOf(paces: Paces, receiver: string): Pace {
  const known = paces.by.get(receiver)
  if (known) return known
  const fresh = newPace(0, paces.share)
  paces.by.set(receiver, fresh)
  return fresh
}

const rowOf = (receiver: string, { perMinute, slowedAt, raisedAt, ...learnt }: Learnt): LearntRow => ({
  ...learnt,
  receiver,
  per_minute: perMinute,
  slowed_at: new Date(slowedAt),
  raised_at: new Date(raisedAt),
})

function learntOf(row: PaceRow, now: number): Learnt {
  if (!row.slowed_at) return NOTHING
  const { places, bore, why, reply } = row
  const slowedAt = row.slowed_at.getTime()
  return stillKnown({ perMinute: row.per_minute, places, bore, why, reply, slowedAt, raisedAt: row.raised_at?.getTime() ?? slowedAt }, now)
}

/** Writes what this worker has learnt and reads what others have, and what people have set. Part of its heartbeat. */
export async function keepPaces(ctx: Ctx, paces: Paces): Promise<void> {
  const fresh = [...paces.by].filter(([, pace]) => pace.learnt !== pace.kept && pace.learnt !== NOTHING)
  const written = new Map(fresh.map(([receiver, pace]) => [receiver, pace.learnt]))
  if (written.size)
    await putLearnt(
      ctx.db,
      [...written].map(([receiver, learnt]) => rowOf(receiver, learnt)).sort((a, b) => (a.receiver < b.receiver ? -1 : 1)),
      ctx.now,
    )
  const rows = await listPaces(ctx.db, paces.readFrom)
  const workers = Math.max(1, await countWorkers(ctx.db, ctx.now))
  ctx.afterCommit(() => {
    for (const [receiver, learnt] of written) {
      const pace = paces.by.get(receiver)
      if (pace) pace.kept = learnt
    }
    // What a transaction wrote that began earlier and ended later is found with the next look.
    paces.readFrom = new Date(ctx.now.getTime() - MINUTE)
    adopt(paces, rows, workers, ctx.now.getTime())
  })
}

function adopt(paces: Paces, rows: readonly PaceRow[], workers: number, now: number): void {
  paces.share = workers
  for (const pace of paces.by.values()) {
    pace.share = workers
    if (pace.learnt !== pace.kept) continue
    pace.learnt = stillKnown(pace.learnt, now)
    pace.kept = pace.learnt
  }
  for (const row of rows) {
    const pace = paceOf(paces, row.receiver)
    pace.fixed = { perMinute: row.fixed_per_minute, connections: row.fixed_places }
    // What this worker learnt since it wrote is newer than what is read.
    if (pace.learnt !== pace.kept) continue
    pace.learnt = learntOf(row, now)
    pace.kept = pace.learnt
  }
  paces.limited ||= rows.length > 0
}
