// Every decision about cards can be taken back: a confirmation, a back that was joined, a batch that was stopped.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { adoptionsOf } from '#loop/identify/adopt/service.ts'
import { updateLead } from '#loop/identify/change/service.ts'
import { type FieldChange, revert, settled } from '#loop/identify/fields/decide.ts'
import { lockPeople, updatePeople } from '#loop/identify/queries.ts'
import { loadPeople, resolveSubject } from '#loop/identify/service.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import { trash } from '#loop/identify/trash/service.ts'
import { undoSteps } from '#loop/plan/campaigns/service.ts'
import { actorName, unknownBatch } from './batches.ts'
import { mayUndo, UNDO_DAYS } from './decide.ts'
import * as queries from './queries.ts'
import { askReading, openCard, unknownCard } from './service.ts'
import { nextPart, takeUnread, unlinkPerson } from './undo.queries.ts'

/** What a confirmation changed about somebody who was known. */
export async function changesSince(ctx: Ctx, subject: Subject, before: PersonRow | undefined): Promise<readonly FieldChange[]> {
  const after = before && (await loadPeople(ctx, [subject])).get(subject.id)
  return before && after ? settled(before, after).changes : []
}

/**
 * Takes a confirmation back: whoever it changed has again what they had (unless it was changed since), whoever it made, or took out of the
 * trash, goes there, and the card waits for a decision again. That cards changed hands stays on the timeline.
 * @throws Refusal `card.noUndo`, `card.merged`
 */
export async function undoConfirm(ctx: Ctx, { id }: { id: string }): Promise<{ ok: true }> {
  const card = (await queries.findCard(ctx.db, id, true)) ?? unknownCard()
  const owner = await queries.ownerOf(ctx.db, id)
  const { undo } = card
  if (card.status !== 'confirmed' || !owner || !undo || !mayUndo(card, ctx.now))
    refuse('conflict', 'card.noUndo', {
      message: `確定を取り消せるのは${UNDO_DAYS}日間です / A confirmation can be taken back for ${UNDO_DAYS} days.`,
    })
  const subject = (await resolveSubject(ctx, owner.person_id)) ?? unknownCard()
  if (undo.created) await refuseMerged(ctx, subject, card.settled_at)
  await takeBack(ctx, subject, undo.changes)
  if (undo.created) await trash(ctx, [subject], { actId: null })
  if (undo.member) {
    const { campaign: campaignId, from, to } = undo.member
    await undoSteps(ctx, { campaignId, steps: [{ subject, from, to }], causeId: ctx.id() })
  }
  await unlinkPerson(ctx.db, id)
  await queries.updateCard(ctx.db, id, { status: 'review', fields: undo.fields, undo: null, settled_at: null, settled_by: null })
  await announce(ctx, 'leads', { ids: [subject.id] })
  await announce(ctx, 'cards', { batch: card.batch_id, card: id })
  return { ok: true }
}

/** Whoever is another lead as well by now does not go into the trash for a card. @throws Refusal `card.merged` */
async function refuseMerged(ctx: Ctx, subject: Subject, since: Date | null): Promise<void> {
  const merges = (await adoptionsOf(ctx, subject.id)).filter((one) => one.byHand && one.undoneAt === null)
  if (since && merges.some((one) => new Date(one.at) >= since))
    refuse('conflict', 'card.merged', {
      message:
        'このリードは名刺の確定のあとで統合されています。先に統合を取り消してください / This lead was merged after the card was confirmed: take the merge back first.',
    })
}

async function takeBack(ctx: Ctx, subject: Subject, changes: readonly FieldChange[]): Promise<void> {
  const mail = changes.find((one) => one.field === 'mail')
  const now = (await loadPeople(ctx, [subject])).get(subject.id)
  // An address goes by its own verb: its key goes with it, and the ground that the old one stood on comes back.
  const goesBack = mail !== undefined && now?.mail === mail.to
  if (goesBack) await updateLead(ctx, { id: subject.id, mail: typeof mail.from === 'string' ? mail.from : '' })
  const before = (await lockPeople(ctx.db, [subject])).get(subject.id)
  if (!before) return
  const ground = changes.find((one) => one.field === 'mailBasis')
  const plain = revert(
    before,
    changes.filter((one) => one.field !== 'mail'),
  )
  const { row, changes: undone } = settled(before, goesBack && ground ? { ...plain, mail_basis: Number(ground.from) } : plain)
  if (!undone.length) return
  await updatePeople(ctx.db, [row])
  const causeId = ctx.id()
  await append(ctx, [
    {
      subject,
      id: derivedId(causeId, 'cards', 'undone'),
      name: 'field.changed',
      occurredAt: ctx.now,
      causeId,
      historic: true,
      props: { fields: undone.map((one) => one.field), by: actorName(ctx), route: 'card.undo' },
    },
  ])
}

/** The back becomes a card of its own again, read anew. @returns its id */
export async function splitBack(ctx: Ctx, { id }: { id: string }): Promise<{ id: string }> {
  const card = await openCard(ctx, id)
  if (!card.back) refuse('conflict', 'card.noBack', { message: 'この名刺に裏面はありません / This card has no back.' })
  const other = ctx.id()
  const { back: hand, ...corners } = card.corners
  const status = 'queued' as const
  await queries.updateCard(ctx.db, id, { back: null, corners, status, tries: 0, read_at: null })
  await queries.insertCard(ctx.db, {
    id: other,
    batch_id: card.batch_id,
    position: card.position,
    part: await nextPart(ctx.db, card.batch_id, card.position),
    status,
    front: card.back,
    back: null,
    created_at: ctx.now,
    ...(hand ? { corners: { front: hand } } : {}),
  })
  await askReading(ctx, card.batch_id)
  await announce(ctx, 'cards', { batch: card.batch_id, card: id })
  return { id: other }
}

/** Goes on with a batch whose reading was stopped: what was put away by that is read after all. */
export async function resumeBatch(ctx: Ctx, { id }: { id: string }): Promise<{ taken: number }> {
  const batch = (await queries.findBatch(ctx.db, id, true)) ?? unknownBatch()
  if (batch.state !== 'cancelled') return { taken: 0 }
  await queries.updateBatch(ctx.db, id, { state: 'open' })
  const taken = await takeUnread(ctx.db, id)
  if (taken) await askReading(ctx, id)
  await announce(ctx, 'cards', { batch: id })
  return { taken }
}
