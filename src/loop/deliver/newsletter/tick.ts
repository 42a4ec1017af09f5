import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { isHeld } from '#kernel/hold.ts'
import { announce } from '#kernel/live.ts'
import { MAIL_PART } from '../tables.ts'
import { settleHits } from '../truth/tick.ts'
import { cancelJob, expandJob, releaseJob } from './jobs.ts'
import { beginDue, finishDone, listLeftovers, touchStalled } from './queries.ts'
import { decideTrials } from './trial/service.ts'

/** Begins newsletters whose hour has come, ends those that are through, and tells clicks that were held back. The sender calls it at each round. */
export async function newslettersTick(house: House): Promise<void> {
  await withTx(
    house,
    { kind: 'system', name: 'newsletter' },
    async (ctx) => {
      if (await isHeld(ctx, MAIL_PART)) return
      const begun = await beginDue(ctx.db, ctx.now)
      for (const id of [...begun, ...(await touchStalled(ctx.db, ctx.now))]) await house.jobs.enqueue(ctx, expandJob, { id })
      for (const one of await decideTrials(ctx)) {
        await house.jobs.enqueue(ctx, releaseJob, { id: one.id, version: one.version, notBefore: one.notBefore.toISOString() })
        await announce(ctx, 'newsletter', { id: one.id })
      }
      for (const id of await listLeftovers(ctx.db, ctx.now)) await house.jobs.enqueue(ctx, cancelJob, { id }, id)
      for (const id of [...begun, ...(await finishDone(ctx.db, ctx.now))]) await announce(ctx, 'newsletter', { id })
    },
    { claim: true },
  )
  await settleHits(house)
}
