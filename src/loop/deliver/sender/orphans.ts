// What workers that are gone held when they went.
import { MINUTE, SECOND } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { afterDeath } from '../outbox/decide.ts'
import { SENDER } from './actor.ts'
import { forgetWorkers, lockOrphans, releaseOrphans } from './queries.ts'

/** A worker that has not been heard of for this long holds nothing any more. */
export const ALIVE_MS = 15 * SECOND
/** Nobody is known to be gone, yet a row may be held under a name that was taken off the list before it was: looked for now and then. */
const SURE_MS = 10 * MINUTE
const PAGE = 1_000

/** What one worker remembers of its looking. */
export interface Sweeping {
  at: number | null
  busy: boolean
}

/**
 * Gives orphans back or holds them as unknown. All that is on its way is looked through, so it is done when somebody is gone, when a worker
 * begins, and now and then. Names stay for a while after their time: a claim may be committed when its worker is already dead.
 * @param look the database's time now, and whether the list names somebody whose time is over
 */
export async function sweep(house: House, sweeping: Sweeping, look: { readonly at: Date; readonly isGone: boolean }): Promise<void> {
  const begun = look.at.getTime()
  if (sweeping.busy || !(look.isGone || sweeping.at === null || begun - sweeping.at >= SURE_MS)) return
  sweeping.busy = true
  try {
    while ((await sweepPage(house)) === PAGE);
    await withTx(house, SENDER, (ctx) => forgetWorkers(ctx.db, new Date(begun - ALIVE_MS)), { claim: true })
    sweeping.at = begun
  } finally {
    sweeping.busy = false
  }
}

function sweepPage(house: House): Promise<number> {
  return withTx(
    house,
    SENDER,
    async (ctx) => {
      const orphans = await lockOrphans(ctx.db, ctx.now, PAGE)
      if (orphans.length)
        await releaseOrphans(
          ctx.db,
          orphans.map((row) => ({ ...row, fate: afterDeath(row) })),
          ctx.now,
        )
      return orphans.length
    },
    { claim: true },
  )
}
