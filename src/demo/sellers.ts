// How the demo's salespeople work: hand-offs are answered, some become deals, deals move on and end.
import { drawFor } from '#kernel/chance.ts'
import { DAY } from '#kernel/clock.ts'
import type { Actor } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { create, lose, move, win } from '#loop/sales/deals/service.ts'
import { DEFAULT_STAGES, LOST_REASON_VALUES } from '#loop/sales/deals/vocabulary.ts'
import { accept, giveBack } from '#loop/sales/handoff/service.ts'
import { countDeals, type OpenDeal, openDeals, type WaitingHandoff, waitingHandoffs } from './queries.ts'
import type { MonthOptions } from './visits.ts'

/** A few are left waiting, so that the queue has something to show. */
const LEFT_WAITING = 3
const MOST_DEALS = 14

/** One day at the sales desk. */
export async function sell(options: MonthOptions): Promise<void> {
  const { house } = options
  const waiting = await withRead(house, { kind: 'system', name: 'demo' }, (ctx) => waitingHandoffs(ctx.db))
  const last = options.until.getTime() - house.clock.now().getTime() < 2 * DAY
  for (const handoff of last ? waiting.slice(0, -LEFT_WAITING) : waiting) await answer(options, handoff)
  for (const deal of await withRead(house, { kind: 'system', name: 'demo' }, (ctx) => openDeals(ctx.db))) await moveOn(options, deal)
}

async function answer(options: MonthOptions, handoff: WaitingHandoff): Promise<void> {
  const { house } = options
  const draw = (what: string) => drawFor(`${handoff.made_at.getTime()}/${what}`)
  const seller = sellerOf(options, draw('seller'))
  const input = { leadId: handoff.person_id, id: handoff.id }
  if (draw('returns') < 0.18) {
    await withTx(house, seller, (ctx) => giveBack(ctx, { ...input, reason: 'too_early', note: 'まだ情報収集の段階でした。' }))
    return
  }
  await withTx(house, seller, (ctx) => accept(ctx, input))
  const deals = await withRead(house, seller, (ctx) => countDeals(ctx.db))
  if (deals >= MOST_DEALS || draw('deal') < 0.62) return
  const amount = Math.round(4 + draw('amount') * 40) * 100_000
  await withTx(house, seller, (ctx) =>
    create(ctx, { leadIds: [handoff.person_id], amount, ...(seller.kind === 'user' ? { ownerId: seller.id } : {}) }),
  )
}

function sellerOf({ state }: MonthOptions, draw: number): Actor {
  const index = Math.floor(draw * state.sellers.length)
  return { kind: 'user', id: state.sellers[index] as string, name: index ? '試作 健' : '例示 さくら', role: 'sales' }
}

async function moveOn(options: MonthOptions, deal: OpenDeal): Promise<void> {
  const { house } = options
  const now = house.clock.now()
  const draw = (what: string) => drawFor(`${deal.stage_since.getTime()}/${deal.stage}/${what}`)
  if (now.getTime() - deal.stage_since.getTime() < (0.6 + draw('rest') * 2.4) * DAY) return
  const seller = sellerOf(options, draw('seller'))
  const next = DEFAULT_STAGES[DEFAULT_STAGES.findIndex((stage) => stage.key === deal.stage) + 1]
  if (draw('ends') < 0.1) {
    const reason = LOST_REASON_VALUES[Math.floor(draw('why') * 5)] ?? 'timing'
    await withTx(house, seller, (ctx) => lose(ctx, { id: deal.id, reason }))
    return
  }
  await withTx(
    house,
    seller,
    async (ctx) => void (next ? await move(ctx, { id: deal.id, stage: next.key }) : await win(ctx, { id: deal.id })),
  )
}
