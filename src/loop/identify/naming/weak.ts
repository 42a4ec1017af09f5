// A click in a mail ties a device weakly: mails are forwarded. A form by which the person tells their own address decides.
import type { Ctx } from '#kernel/ctx.ts'
import { undoNow } from '../adopt/service.ts'
import { findHolders } from '../queries.ts'
import type { Asked } from './plan.ts'
import { confirmWeak, findWeak } from './queries.ts'

/**
 * Before forms are looked at: where one brings another address than the lead's to whom a click tied its device, the tie is undone, and the
 * visitor with all they did is themself again; where it brings the lead's own, the tie is no longer weak.
 */
export async function partWeak(ctx: Ctx, asked: readonly Asked[]): Promise<void> {
  const told = asked.flatMap(({ act, device, mail }) =>
    act.route === 'form' && device && mail && !act.historic ? [{ device, mail: mail.mail }] : [],
  )
  if (!told.length) return
  const ties = await findWeak(
    ctx.db,
    told.map((one) => one.device),
  )
  if (!ties.length) return
  const holders = await findHolders(
    ctx.db,
    told.map((one) => ({ kind: 'mail' as const, value: one.mail })),
  )
  for (const tie of ties) {
    const { mail } = told.find((one) => one.device === tie.device) ?? { mail: '' }
    const own = holders.some((holder) => holder.value === mail && holder.id === tie.leadId)
    if (own) await confirmWeak(ctx.db, tie.id)
    else await undoNow(ctx, tie.id, 'form')
  }
}
