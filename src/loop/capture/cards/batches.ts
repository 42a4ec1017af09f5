// Batches of business cards: where they come from, how far they are.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { live as liveCampaign } from '#loop/plan/campaigns/service.ts'
import type { CardBatch } from './contract.ts'
import * as queries from './queries.ts'

export const unknownBatch = (): never =>
  refuse('missing', 'card.batchUnknown', { message: '名刺の束が見つかりません / There is no such batch.' })

export const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')

/** The batches with their progress, newest first. */
export async function listBatches(
  ctx: Ctx,
  input: { cursor?: string | undefined; limit: number },
): Promise<{ items: CardBatch[]; next: string | null }> {
  const rows = await queries.listBatches(ctx.db, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return { items: await presented(ctx, shown), next: rows.length > input.limit && last ? encodeCursor(last.created_at, last.id) : null }
}

/** Batches as screens see them, in the order given. */
export async function presented(ctx: Ctx, rows: readonly queries.BatchRow[]): Promise<CardBatch[]> {
  const counts = await queries.countBatches(
    ctx.db,
    rows.map((row) => row.id),
  )
  const names = await queries.campaignNames(
    ctx.db,
    rows.flatMap((row) => row.campaign_id ?? []),
  )
  return rows.map((row) => {
    const n = counts.get(row.id)
    return {
      id: row.id,
      source: row.source,
      campaignId: row.campaign_id,
      campaignName: (row.campaign_id && names.get(row.campaign_id)) ?? null,
      exchangedOn: row.exchanged_on,
      exchangedBy: row.exchanged_by,
      exchangedByName: row.exchanged_by_name,
      starts: row.starts,
      overwrites: row.overwrites,
      state: row.state,
      createdAt: row.created_at.toISOString(),
      madeBy: row.made_by,
      counts: {
        total: n?.total ?? 0,
        unread: n?.unread ?? 0,
        review: n?.review ?? 0,
        confirmed: n?.confirmed ?? 0,
        discarded: n?.discarded ?? 0,
        perSecond: n?.per_second ?? null,
      },
    }
  })
}

interface BatchInput {
  readonly source: string
  readonly campaignId: string | null
  readonly exchangedOn: string
  readonly exchangedBy: string | null
  readonly starts: boolean
  readonly overwrites: boolean
}

async function batchRow(ctx: Ctx, input: BatchInput) {
  if (input.campaignId) await liveCampaign(ctx, input.campaignId)
  const name = input.exchangedBy === null ? '' : await queries.colleagueName(ctx.db, input.exchangedBy)
  if (name === undefined)
    refuse('unprocessable', 'card.colleague', {
      message: '名刺を交換した担当者が見つかりません / There is no such colleague.',
      field: 'exchangedBy',
    })
  return {
    source: input.source,
    campaign_id: input.campaignId,
    exchanged_on: input.exchangedOn,
    exchanged_by: input.exchangedBy,
    exchanged_by_name: name,
    starts: input.starts,
    overwrites: input.overwrites,
  }
}

/** Begins a batch. @throws Refusal `campaign.unknown`, `card.colleague` */
export async function beginBatch(ctx: Ctx, input: BatchInput): Promise<{ id: string }> {
  const id = ctx.id()
  await queries.insertBatch(ctx.db, { id, ...(await batchRow(ctx, input)), created_at: ctx.now, made_by: actorName(ctx) })
  await announce(ctx, 'cards', { batch: id })
  return { id }
}

export async function changeBatch(ctx: Ctx, input: BatchInput & { id: string }): Promise<{ ok: true }> {
  const row = await queries.findBatch(ctx.db, input.id, true)
  if (!row) unknownBatch()
  await queries.updateBatch(ctx.db, input.id, await batchRow(ctx, input))
  await announce(ctx, 'cards', { batch: input.id })
  return { ok: true }
}

/** Stops reading: what is not read is put away, read cards stay to be looked at. */
export async function cancelBatch(ctx: Ctx, input: { id: string }): Promise<{ put: number }> {
  const row = await queries.findBatch(ctx.db, input.id, true)
  if (!row) unknownBatch()
  await queries.updateBatch(ctx.db, input.id, { state: 'cancelled' })
  const put = await queries.putAway(ctx.db, input.id, ctx.now, actorName(ctx))
  await announce(ctx, 'cards', { batch: input.id })
  return { put }
}

/** May a photo be added? @throws Refusal `card.batchUnknown`, `card.batchClosed` */
export async function openBatch(ctx: Ctx, id: string, lock = false): Promise<queries.BatchRow> {
  const row = (await queries.findBatch(ctx.db, id, lock)) ?? unknownBatch()
  if (row.state !== 'open')
    refuse('conflict', 'card.batchClosed', { message: 'この束の読み取りは中止されています / Reading of this batch was stopped.' })
  return row
}
