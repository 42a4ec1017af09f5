// Cards and what a human does with each. Confirming stands in confirm.ts, reading in work.ts, batches in batches.ts.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { resolveSubject } from '#loop/identify/service.ts'
import { actorName, openBatch, presented, unknownBatch } from './batches.ts'
import { type CardDetail, type CardDuplicate, type CardFields, type CardSummary, failures, MOST_PHOTOS, type Quad } from './contract.ts'
import { confidenceOf, likenessOf, mayUndo, reasonsFor } from './decide.ts'
import { readJob } from './jobs.ts'
import type { CardFieldKey } from './kinds/contract.ts'
import * as queries from './queries.ts'
import { isSound } from './read/decide.ts'

export const unknownCard = (): never => refuse('missing', 'card.unknown', { message: '名刺が見つかりません / There is no such card.' })

/**
 * Puts a stored photo at its place in the batch, as front or back, and asks for it to be read. The same place again replaces the photo.
 * @returns the card, and the photo that was replaced
 */
export async function addPhoto(
  ctx: Ctx,
  input: { batch: string; photo: string; position: number; side: 'front' | 'back' },
): Promise<{ id: string; replaced: string | null }> {
  await openBatch(ctx, input.batch, true)
  const known = await queries.findAt(ctx.db, input.batch, input.position)
  if (known && (known.status === 'confirmed' || known.status === 'discarded'))
    refuse('conflict', 'card.settled', { message: 'この名刺はもう処理されています / This card was settled already.' })
  const replaced = known?.[input.side] ?? null
  if (!replaced && (await queries.countPhoto(ctx.db, input.batch)) > MOST_PHOTOS)
    refuse('unprocessable', 'card.tooMany', {
      message: `1つの束は${MOST_PHOTOS}枚までです。続きは新しい束にしてください / A batch takes ${MOST_PHOTOS} photos at most: begin another.`,
      field: 'file',
    })
  const id = known?.id ?? ctx.id()
  const photos = { front: known?.front ?? null, back: known?.back ?? null, [input.side]: input.photo }
  const status = photos.front ? 'queued' : 'waiting'
  if (known) await queries.updateCard(ctx.db, id, { ...photos, status, tries: 0, failure: null, corners: {} })
  else
    await queries.insertCard(ctx.db, {
      id,
      batch_id: input.batch,
      position: input.position,
      part: 0,
      status,
      ...photos,
      created_at: ctx.now,
    })
  if (status === 'queued') await askReading(ctx, input.batch)
  await announce(ctx, 'cards', { batch: input.batch })
  return { id, replaced }
}

/** One job at a time stands in the queue for a batch; it reads whatever waits when it runs. */
export async function askReading(ctx: Ctx, batch: string): Promise<void> {
  if (await queries.askReading(ctx.db, batch)) await ctx.house.jobs.enqueue(ctx, readJob, { batch })
}

const failureOf = (text: string | null): CardSummary['failure'] => failures.find((one) => one === text) ?? null

function summaryOf(row: queries.CardRow): CardSummary {
  const { familyName, givenName, companyName } = row.fields
  return {
    id: row.id,
    batchId: row.batch_id,
    status: row.status,
    version: row.version,
    name: [familyName?.value, givenName?.value].filter(Boolean).join(' '),
    companyName: companyName?.value ?? '',
    confidence: confidenceOf(row.fields),
    failure: failureOf(row.failure),
    readable: row.seen.front !== undefined,
  }
}

/** Cards of one state, the oldest first: the order in which people work through a pile. */
export async function listCards(
  ctx: Ctx,
  input: { cursor?: string | undefined; limit: number; state: CardSummary['status']; batchId?: string | undefined },
): Promise<{ items: CardSummary[]; next: string | null }> {
  const rows = await queries.listCards(ctx.db, { state: input.state, batch: input.batchId }, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return { items: shown.map(summaryOf), next: rows.length > input.limit && last ? encodeCursor(last.created_at, last.id) : null }
}

export async function getCard(ctx: Ctx, input: { id: string }): Promise<CardDetail> {
  const row = (await queries.findCard(ctx.db, input.id)) ?? unknownCard()
  const owner = row.status === 'confirmed' ? await queries.ownerOf(ctx.db, row.id) : undefined
  if (row.status === 'confirmed' && !owner) unknownCard() // erased: swept in a moment
  const [batch] = await presented(ctx, [(await queries.findBatch(ctx.db, row.batch_id)) ?? unknownBatch()])
  return {
    ...summaryOf(row),
    batch: batch ?? unknownBatch(),
    fields: row.fields,
    seen: row.seen,
    hasBack: row.back !== null,
    duplicates: row.status === 'review' ? await duplicatesOf(ctx, row.fields) : [],
    leadId: owner?.person_id ?? null,
    settledAt: row.settled_at?.toISOString() ?? null,
    settledBy: row.settled_by,
  }
}

/** Leads that may be the person of the card, the best reasons first. */
export async function duplicatesOf(ctx: Ctx, fields: CardFields): Promise<CardDuplicate[]> {
  const values = Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field?.value])) as Partial<
    Record<CardFieldKey, string>
  >
  const like = likenessOf(values)
  const known = await queries.findAlike(ctx.db, like)
  return known
    .map((lead) => ({ lead, reasons: reasonsFor(like, lead) }))
    .filter(({ reasons }) => reasons.length)
    .sort((a, b) => Number(b.reasons.includes('mail')) - Number(a.reasons.includes('mail')) || b.reasons.length - a.reasons.length)
    .slice(0, 5)
    .map(({ lead, reasons }) => ({
      id: lead.id,
      name: [lead.family_name, lead.given_name].filter(Boolean).join(' '),
      companyName: lead.company_name,
      title: lead.title,
      mail: lead.mail_typed ?? lead.mail,
      phone: lead.phone,
      reasons,
    }))
}

/** A card that a human may still decide about, locked. @throws Refusal `card.unknown`, `card.settled` */
export async function openCard(ctx: Ctx, id: string): Promise<queries.CardRow> {
  const row = (await queries.findCard(ctx.db, id, true)) ?? unknownCard()
  if (row.status === 'confirmed' || row.status === 'discarded')
    refuse('conflict', 'card.settled', { message: 'この名刺はもう処理されています / This card was settled already.' })
  return row
}

/** Reads a card again, within corners given by hand (null: found by the machine again). @throws Refusal `card.corners` */
export async function reread(ctx: Ctx, input: { id: string; side: 'front' | 'back'; corners: Quad | null }): Promise<{ ok: true }> {
  const row = await openCard(ctx, input.id)
  if (input.corners && !isSound(input.corners))
    refuse('unprocessable', 'card.corners', {
      message: '4つの角が名刺を囲んでいません。角を引いて直してください / The four corners do not enclose a card: drag them apart.',
      field: 'corners',
    })
  await queries.updateCard(ctx.db, row.id, {
    corners: { ...row.corners, [input.side]: input.corners },
    status: 'queued',
    tries: 0,
    read_at: null,
    failure: null,
  })
  await askReading(ctx, row.batch_id)
  await announce(ctx, 'cards', { batch: row.batch_id, card: row.id })
  return { ok: true }
}

/** The other card's photo becomes the back of this one; the other is gone. */
export async function joinBack(ctx: Ctx, input: { id: string; other: string }): Promise<{ ok: true }> {
  const [first = '', second = ''] = [input.id, input.other].sort()
  if (first === second) refuse('unprocessable', 'card.same', { message: '別の名刺を選んでください / Choose another card.', field: 'other' })
  const rows = new Map([await openCard(ctx, first), await openCard(ctx, second)].map((row) => [row.id, row]))
  const [card, other] = [rows.get(input.id), rows.get(input.other)]
  if (!card || !other?.front) return unknownCard()
  if (card.back) refuse('conflict', 'card.hasBack', { message: 'この名刺には裏面があります / This card has a back already.' })
  const hand = other.corners.front ?? other.seen.front?.corners ?? null
  await queries.deleteCards(ctx.db, [other.id])
  await queries.updateCard(ctx.db, card.id, {
    back: other.front,
    corners: { ...card.corners, ...(hand ? { back: hand } : {}) },
    status: 'queued',
    tries: 0,
    read_at: null,
  })
  await askReading(ctx, card.batch_id)
  await announce(ctx, 'cards', { batch: card.batch_id, card: card.id })
  return { ok: true }
}

export async function discard(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await openCard(ctx, input.id)
  await queries.updateCard(ctx.db, row.id, { status: 'discarded', settled_at: ctx.now, settled_by: actorName(ctx) })
  await announce(ctx, 'cards', { batch: row.batch_id, card: row.id })
  return { ok: true }
}

/** Takes a card back that was put away. */
export async function restore(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = (await queries.findCard(ctx.db, input.id, true)) ?? unknownCard()
  if (row.status !== 'discarded')
    refuse('conflict', 'card.notDiscarded', { message: 'この名刺は破棄されていません / This card was not put away.' })
  const status = row.read_at ? 'review' : row.front ? 'queued' : 'waiting'
  await queries.updateCard(ctx.db, row.id, { status, settled_at: null, settled_by: null })
  if (status === 'queued') {
    await queries.updateBatch(ctx.db, row.batch_id, { state: 'open' })
    await askReading(ctx, row.batch_id)
  }
  await announce(ctx, 'cards', { batch: row.batch_id, card: row.id })
  return { ok: true }
}

/** The cards of a lead for their page. */
export async function cardsOfLead(ctx: Ctx, input: { leadId: string }) {
  const subject = await resolveSubject(ctx, input.leadId)
  if (!subject) refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.' })
  const rows = await queries.cardsOf(ctx.db, subject)
  return {
    items: rows.map((row) => ({
      id: row.id,
      version: row.version,
      exchangedOn: row.exchanged_on,
      exchangedByName: row.exchanged_by_name,
      source: row.source,
      hasBack: row.seen.back !== undefined,
      hasPicture: row.seen.front !== undefined,
      mayUndo: mayUndo(row, ctx.now),
    })),
  }
}

/** Which picture may be shown. @throws Refusal `card.unknown` also for cards of erased people */
export async function pictureOf(ctx: Ctx, id: string): Promise<queries.CardRow> {
  const row = (await queries.findCard(ctx.db, id)) ?? unknownCard()
  if (row.status === 'confirmed' && !(await queries.ownerOf(ctx.db, id))) unknownCard()
  return row
}
