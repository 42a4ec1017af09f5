// What the screens read of deals.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { briefsOf, noBrief } from '../brief.ts'
import { leadOf } from '../people.ts'
import type { Deal } from './contract.ts'
import { expectedAmount } from './decide.ts'
import * as queries from './queries.ts'
import { dealStages } from './service.ts'
import type { DealStage } from './vocabulary.ts'

const SHOWN_PER_STAGE = 50

type Owner = string | undefined
const ownerOf = (ctx: Ctx, owner: Owner): string | null | undefined =>
  owner === 'none' ? null : owner === 'me' ? (ctx.actor.kind === 'user' ? ctx.actor.id : undefined) : owner

/** A page, the last changed first. */
export async function list(
  ctx: Ctx,
  input: {
    cursor?: string | undefined
    limit: number
    state?: Deal['state'] | undefined
    stage?: string | undefined
    owner?: Owner
    leadId?: string | undefined
    q?: string | undefined
  },
): Promise<{ items: Deal[]; next: string | null }> {
  const person = input.leadId ? await leadOf(ctx, input.leadId) : undefined
  const filter = { state: input.state, stage: input.stage, ownerId: ownerOf(ctx, input.owner), person, q: input.q?.trim() || undefined }
  const rows = await queries.listDeals(ctx.db, filter, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return { items: await present(ctx, shown), next: rows.length > input.limit && last ? encodeCursor(last.changed_at, last.id) : null }
}

/** Open deals by stage: number and sum count all, the cards are the last changed ones. */
export async function board(
  ctx: Ctx,
  input: { owner?: Owner },
): Promise<{ columns: { stage: DealStage; n: number; sum: number; items: Deal[] }[] }> {
  const ownerId = ownerOf(ctx, input.owner)
  const [stages, sums] = [await dealStages(ctx), new Map((await queries.sumByStage(ctx.db, ownerId)).map((row) => [row.stage, row]))]
  const deals = await present(ctx, await queries.topOfStages(ctx.db, ownerId, SHOWN_PER_STAGE))
  return {
    columns: stages.map((stage) => ({
      stage,
      n: Number(sums.get(stage.key)?.n ?? 0),
      sum: sums.get(stage.key)?.sum ?? 0,
      items: deals.filter((deal) => deal.stage === stage.key),
    })),
  }
}

/** One deal with its people and the history of its stages. */
export async function get(ctx: Ctx, input: { id: string }) {
  const row = await queries.findDeal(ctx.db, input.id, false)
  if (!row || row.removed_at) refuse('missing', 'deal.missing', { message: 'There is no such deal.' })
  const [deal] = await present(ctx, [row])
  const steps = await queries.stepsOf(ctx.db, row.id)
  return {
    ...(deal as Deal),
    note: row.note,
    lostNote: row.lost_note,
    madeBy: row.made_by,
    history: steps.map((one) => ({ id: one.id, from: one.from_stage, to: one.to_stage, at: one.at.toISOString(), by: one.by_name })),
  }
}

export async function stages(ctx: Ctx): Promise<{ items: DealStage[] }> {
  return { items: await dealStages(ctx) }
}

/** Number and worth of deals, meetings, won and lost within a time, and what is open now. */
export async function numbers(ctx: Ctx, input: { from: string; to: string }) {
  const known = await dealStages(ctx)
  const meetings = known.filter((stage) => stage.meeting).map((stage) => stage.key)
  const counted = await queries.countDeals(ctx.db, new Date(input.from), new Date(input.to), meetings)
  const open = await queries.sumByStage(ctx.db)
  return {
    opened: Number(counted.opened),
    meetings: Number(counted.meetings),
    won: Number(counted.won),
    wonAmount: counted.won_amount,
    lost: Number(counted.lost),
    open: open.reduce((sum, row) => sum + Number(row.n), 0),
    openAmount: open.reduce((sum, row) => sum + row.sum, 0),
    expectedAmount: expectedAmount(open, known),
  }
}

async function present(ctx: Ctx, rows: readonly queries.DealRow[]): Promise<Deal[]> {
  const people = await queries.peopleOf(
    ctx.db,
    rows.map((row) => row.id),
  )
  const briefs = await briefsOf(
    ctx,
    people.map((person) => person.person_id),
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    companyName: row.company_name,
    amount: row.amount,
    stage: row.stage,
    state: row.state,
    expectedClose: row.expected_close,
    products: row.products,
    ownerId: row.owner_id,
    lostReason: row.lost_reason as Deal['lostReason'],
    openedAt: row.opened_at.toISOString(),
    stageSince: row.stage_since.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    changedAt: row.changed_at.toISOString(),
    people: people
      .filter((person) => person.deal_id === row.id)
      .map(({ person_id, main }) => ({ ...(briefs.get(person_id) ?? noBrief(person_id)), main })),
  }))
}
