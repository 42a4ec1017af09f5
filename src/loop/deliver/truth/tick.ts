import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { lockDelivery } from '../feedback/queries.ts'
import { dueMails, listHits } from './queries.ts'
import { lookAgain } from './service.ts'

/** Tells what was held back and is through; the sender's round calls it. @returns how many mails were looked at */
export async function settleHits(house: House): Promise<number> {
  return withTx(
    house,
    { kind: 'system', name: 'mail truth' },
    async (ctx) => {
      const due = await dueMails(ctx.db, ctx.now, 100)
      for (const one of due) {
        const mail = await lockDelivery(ctx.db, { bucket: one.bucket, id: one.person_id }, one.id)
        if (mail) await lookAgain(ctx, mail, await listHits(ctx.db, mail), null)
      }
      return due.length
    },
    { claim: true },
  )
}
