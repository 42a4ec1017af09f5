// Reading cards: claim one, read it in a thread with no transaction open, record. Killed at any point, the card is claimed again.
import { MINUTE, SECOND } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { announce } from '#kernel/live.ts'
import type { SeenSides } from './contract.ts'
import { photoPath, storeCard } from './files.ts'
import * as queries from './queries.ts'
import type { ReadAnswer } from './read/card.ts'
import { ReaderFault, type ReaderPool } from './read/pool.ts'

const WORKER = { kind: 'system', name: 'cards' } as const
/** A reader that did not come back within this time is gone. Longer than the pool lets one card take. */
export const READER_GONE = 90 * SECOND
const SLICE = MINUTE
const MOST_TRIES = 2

/**
 * Reads waiting cards, the smallest batch first, on every thread of the pool, for about a minute.
 * @returns true when there may be more
 */
export async function readSlice(house: House, pool: ReaderPool, batch: string): Promise<boolean> {
  const began = await withTx(house, WORKER, async (ctx) => {
    await queries.readingBegan(ctx.db, batch)
    return ctx.now
  })
  const runners = await Promise.all(Array.from({ length: pool.size }, () => readOn(house, pool, began)))
  return runners.some(Boolean)
}

async function readOn(house: House, pool: ReaderPool, began: Date): Promise<boolean> {
  for (;;) {
    const claimed = await withTx(house, WORKER, async (ctx) => ({
      now: ctx.now,
      card: await queries.claimCard(ctx.db, ctx.now, new Date(ctx.now.getTime() - READER_GONE)),
    }))
    if (!claimed.card) return false
    await readOne(house, pool, claimed.card)
    if (claimed.now.getTime() - began.getTime() > SLICE) return true
  }
}

async function readOne(house: House, pool: ReaderPool, card: queries.CardRow): Promise<void> {
  // Killed again and again while it was read: the picture may be what kills the reader.
  if (!card.front || card.tries > MOST_TRIES + 1) return byHand(house, card, 'reader')
  try {
    const ask = { front: photoPath(house, card.front), back: card.back && photoPath(house, card.back), corners: card.corners }
    const answer = await pool.read(ask)
    await storeCard(house, card.id, 'front', answer.front.picture)
    if (answer.back) await storeCard(house, card.id, 'back', answer.back.picture)
    await withTx(house, WORKER, (ctx) => recordRead(ctx, card, answer))
  } catch (error) {
    if (!(error instanceof ReaderFault)) throw error
    house.log.warn({ card: card.id, why: error.message, kind: error.kind }, 'a card could not be read')
    if (error.kind === 'unreadable') return byHand(house, card, 'unreadable')
    if (card.tries >= MOST_TRIES) return byHand(house, card, 'reader')
    await settle(house, card, { status: 'queued', claimed_at: null })
  }
}

const byHand = (house: House, card: queries.CardRow, failure: string): Promise<void> =>
  withTx(house, WORKER, async (ctx) => {
    await change(ctx, card, { status: 'review', failure, read_at: ctx.now })
  })

const settle = (house: House, card: queries.CardRow, to: queries.CardChange): Promise<boolean> =>
  withTx(house, WORKER, (ctx) => change(ctx, card, to))

/** Writes only while the card is still ours: meanwhile somebody may have put it away, or given it other corners. */
async function change(ctx: Ctx, card: queries.CardRow, to: queries.CardChange): Promise<boolean> {
  const now = await queries.findCard(ctx.db, card.id, true)
  if (now?.status !== 'reading' || now.claimed_at?.getTime() !== card.claimed_at?.getTime()) return false
  await queries.updateCard(ctx.db, card.id, to)
  await announce(ctx, 'cards', { batch: card.batch_id, card: card.id })
  return true
}

async function recordRead(ctx: Ctx, card: queries.CardRow, answer: ReadAnswer): Promise<void> {
  const sideOf = ({ width, height, corners, confidence }: ReadAnswer['front']) => ({ width, height, corners, confidence })
  const seen = { front: sideOf(answer.front), ...(answer.back ? { back: sideOf(answer.back) } : {}) } as SeenSides
  const failure = Object.keys(answer.fields).length ? null : 'nothing'
  const ours = await change(ctx, card, { status: 'review', seen, fields: answer.fields, failure, read_at: ctx.now })
  if (!ours || card.part > 0 || !card.front) return
  // Further cards on the same photo become cards of their own.
  for (const [index, corners] of answer.others.entries())
    await queries.insertCard(ctx.db, {
      id: ctx.id(),
      batch_id: card.batch_id,
      position: card.position,
      part: index + 1,
      status: 'queued',
      front: card.front,
      back: null,
      created_at: card.created_at,
      corners: { front: corners },
    })
}

/** Batches whose cards nobody reads. */
export function forgotten(house: House): Promise<string[]> {
  return withRead(house, WORKER, (ctx) => queries.forgottenBatches(ctx.db, new Date(ctx.now.getTime() - READER_GONE)))
}
