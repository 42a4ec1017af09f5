// What companies are worth: deals follow their people's companies once, and stay.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { findCompany } from '#loop/identify/companies/heir.ts'
import { markCompanies } from '#loop/identify/companies/making/service.ts'
import type { companyDealsContract } from './contract.ts'
import * as queries from './queries.ts'

type Api = typeof companyDealsContract
const iso = (at: Date | null): string | null => at?.toISOString() ?? null
const MOST_SHOWN = 100

/** Deals of these people find their company; the companies of all their deals are looked at again. */
export async function followDeals(ctx: Ctx, people: readonly Subject[]): Promise<void> {
  const subjects = distinctSubjects(people)
  await queries.linkDeals(ctx.db, subjects)
  await markCompanies(ctx, await queries.companiesOfDeals(ctx.db, subjects), ['sales.open_deals', 'sales.won_amount', 'sales.won_deals'])
}

export async function ofCompany(ctx: Ctx, input: { id: string }): Promise<OutputOf<Api['ofCompany']>> {
  const { id } = await findCompany(ctx, input.id)
  const [deals, worth] = [await queries.listDeals(ctx.db, id, MOST_SHOWN), await queries.sumDeals(ctx.db, id)]
  return {
    items: deals.map((deal) => ({
      id: deal.id,
      name: deal.name,
      amount: deal.amount,
      stage: deal.stage,
      state: deal.state,
      expectedClose: deal.expected_close,
      closedAt: iso(deal.closed_at),
      changedAt: deal.changed_at.toISOString(),
    })),
    ltv: worth.won_amount,
    won: worth.won,
    open: worth.open,
    openAmount: worth.open_amount,
    lost: worth.lost,
    firstWonAt: iso(worth.first_won_at),
    lastWonAt: iso(worth.last_won_at),
  }
}

export async function ltv(ctx: Ctx, input: InputOf<Api['ltv']>): Promise<OutputOf<Api['ltv']>> {
  return { items: await queries.listLtv(ctx.db, input.by, input.limit) }
}
