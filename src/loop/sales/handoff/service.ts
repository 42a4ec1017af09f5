import { workWeek } from '#access/company/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { assignOwners } from '#loop/identify/change/service.ts'
import { loadPeople } from '#loop/identify/service.ts'
import { checkOwner, leadOf } from '../people.ts'
import type { GuardWhy } from '../qualify/guard/contract.ts'
import { type Kept, keptBy, noteKept, settleKept } from '../qualify/guard/service.ts'
import { citing } from '../qualify/mql/service.ts'
import { raise } from '../signals/service.ts'
import { mayHandOver } from '../stage/decide.ts'
import { lockStages } from '../stage/queries.ts'
import { moveStages, type StageAsk } from '../stage/service.ts'
import { type HandoffSettings, handoffSettings } from './contract.ts'
import { DEFAULT_SETTINGS, dueAt } from './decide.ts'
import * as queries from './queries.ts'
import type { HandoffReason } from './vocabulary.ts'

/** A lead that should go to sales. */
export interface HandoffAsk {
  readonly subject: Subject
  readonly reason: HandoffReason
  /** The event behind it: one cause hands over once. */
  readonly causeId: string
  readonly hop: number
  readonly note?: string
  readonly detail?: JsonObject
  /** Who should answer; the lead's owner when absent. */
  readonly ownerId?: string | null
  /** Why a person hands over somebody whom the guard keeps. */
  readonly override?: string
}

/** What came of an ask: who is a visitor, with sales already, or kept by the guard, is not handed over. */
export type HandoffOutcome =
  | { readonly outcome: 'made'; readonly id: string }
  | { readonly outcome: 'visitor' | 'withSales' }
  | { readonly outcome: 'kept'; readonly why: readonly GuardWhy[] }

export const settings = (ctx: Ctx): Promise<HandoffSettings> => readSetting(ctx, 'sales.handoff', handoffSettings, DEFAULT_SETTINGS)

export async function saveSettings(ctx: Ctx, input: HandoffSettings): Promise<HandoffSettings> {
  await writeSetting(ctx, 'sales.handoff', input)
  return input
}

/**
 * Hands leads to sales as MQL: the task, a signal to the owner, `handoff.made`, and the stage. Leads that sales has already
 * (waiting, accepted, in a deal, customers) are left alone, so a second crossing makes no second task.
 * @returns by person id what came of it
 */
export async function handOff(ctx: Ctx, asks: readonly HandoffAsk[]): Promise<Map<string, HandoffOutcome>> {
  const outcomes = new Map<string, HandoffOutcome>()
  if (asks.length === 0) return outcomes
  const subjects = distinctSubjects(asks.map((ask) => ask.subject))
  const people = await loadPeople(ctx, subjects)
  const leads = subjects.filter((subject) => (people.get(subject.id)?.identified_at ?? null) !== null)
  const stages = await lockStages(ctx.db, leads, ctx.now)
  const due = dueAt(ctx.house.calendar, await workWeek(ctx), ctx.now, (await settings(ctx)).answerWithinHours)
  const free = leads.filter(({ id }) => mayHandOver(stages.get(id) ?? 'new'))
  const [guarded, cite] = [await keptBy(ctx, free), await citing(ctx, free)]
  const rows: { ask: HandoffAsk; row: queries.HandoffToWrite }[] = []
  const kept: Kept[] = []
  for (const ask of asks) {
    const { id } = ask.subject
    if (outcomes.get(id)?.outcome === 'made') continue
    const stage = stages.get(id)
    const why = guarded.get(id)
    if (stage === undefined) outcomes.set(id, { outcome: 'visitor' })
    else if (!mayHandOver(stage)) outcomes.set(id, { outcome: 'withSales' })
    else if (why && !ask.override) {
      kept.push({ ...ask, why })
      outcomes.set(id, { outcome: 'kept', why })
    } else {
      const row = rowOf(ctx, ask, people.get(id)?.owner_id ?? null, due)
      const detail = { ...row.detail, ...cite(id), ...(why && ask.override ? { override: ask.override } : {}) }
      rows.push({ ask, row: { ...row, detail } })
      outcomes.set(id, { outcome: 'made', id: row.id })
    }
  }
  await noteKept(ctx, kept)
  if (rows.length) await make(ctx, rows)
  return outcomes
}

function rowOf(ctx: Ctx, ask: HandoffAsk, leadOwner: string | null, due: Date): queries.HandoffToWrite {
  return {
    subject: ask.subject,
    id: derivedId(ask.causeId, 'sales', 'handoff'),
    reason: ask.reason,
    note: ask.note ?? null,
    detail: ask.detail ?? {},
    ownerId: ask.ownerId === undefined ? leadOwner : ask.ownerId,
    madeBy: ask.reason === 'hand' && 'name' in ctx.actor ? ctx.actor.name : '',
    dueAt: due,
  }
}

async function make(ctx: Ctx, rows: readonly { ask: HandoffAsk; row: queries.HandoffToWrite }[]): Promise<void> {
  const made = await queries.insertHandoffs(
    ctx.db,
    rows.map(({ row }) => row),
    ctx.now,
  )
  const fresh = rows.filter(({ row }) => made.has(row.id))
  await append(
    ctx,
    fresh.map(({ ask, row }) => ({
      subject: row.subject,
      id: derivedId(row.id, 'sales', 'handoff.made'),
      name: 'handoff.made',
      occurredAt: ctx.now,
      causeId: ask.causeId,
      hop: ask.hop + 1,
      props: {
        ...{ handoff: row.id, reason: row.reason, ...(row.note ? { note: row.note } : {}) },
        ...(typeof row.detail['mqlVersion'] === 'number' ? { mqlVersion: row.detail['mqlVersion'] } : {}),
        ...(typeof row.detail['override'] === 'string' ? { override: row.detail['override'] } : {}),
      },
    })),
  )
  await settleKept(
    ctx,
    fresh.map(({ row }) => ({
      subject: row.subject,
      override: typeof row.detail['override'] === 'string' ? row.detail['override'] : null,
    })),
  )
  await moveStages(
    ctx,
    fresh.map(({ ask, row }) => stageAsk(row.subject, 'handed', row.id, ask.hop)),
  )
  await raise(
    ctx,
    fresh.map(({ ask, row }) => ({
      subject: row.subject,
      kind: 'handoff' as const,
      channel: 'sales' as const,
      at: ctx.now,
      causeId: row.id,
      hop: ask.hop,
      urgent: true,
      ownerId: row.ownerId,
      detail: { reason: row.reason, handoff: row.id },
      ...(row.note ? { text: row.note } : {}),
    })),
  )
  await announce(ctx, 'handoffs', { n: fresh.length })
}

const stageAsk = (subject: Subject, cause: StageAsk['cause'], causeId: string, hop: number): StageAsk => ({ subject, cause, causeId, hop })

/** By hand, from a lead's page. @throws Refusal conflict when sales has the lead already, or the guard keeps it and no reason is given */
export async function makeByHand(
  ctx: Ctx,
  input: { leadId: string; ownerId?: string | undefined; note?: string | undefined; override?: string | undefined },
): Promise<{ id: string }> {
  await checkOwner(ctx, input.ownerId)
  const lead = await leadOf(ctx, input.leadId)
  const ask = { subject: { bucket: lead.bucket, id: lead.id }, reason: 'hand' as const, causeId: ctx.id(), hop: 0 }
  const outcomes = await handOff(ctx, [
    {
      ...ask,
      ...(input.ownerId ? { ownerId: input.ownerId } : {}),
      ...(input.note ? { note: input.note } : {}),
      ...(input.override ? { override: input.override } : {}),
    },
  ])
  const outcome = outcomes.get(lead.id)
  if (outcome?.outcome === 'kept')
    refuse('conflict', 'handoff.kept', {
      message: 'The guard keeps this lead from sales. Say why it goes all the same.',
      field: 'override',
    })
  if (outcome?.outcome !== 'made') refuse('conflict', 'handoff.with_sales', { message: 'Sales has this lead already.' })
  return { id: outcome.id }
}

type One = { leadId: string; id: string }

/** Sales takes the lead: SQL. Whoever accepts is named in the hand-off, and owns the lead when nobody did. */
export async function accept(ctx: Ctx, input: One): Promise<{ ok: true }> {
  const row = await openOne(ctx, input)
  const lead = await leadOf(ctx, input.leadId)
  if (ctx.actor.kind === 'user' && lead.owner_id === null) await assignOwners(ctx, [{ bucket: lead.bucket, id: lead.id }], ctx.actor.id)
  const by = ctx.actor.kind === 'user' ? ctx.actor.id : row.owner_id
  await queries.updateHandoff(ctx.db, row, { state: 'accepted', answered_at: ctx.now, answered_by: nameOf(ctx), owner_id: by })
  await answered(ctx, row, 'handoff.accepted', 'accepted', { hours: hoursSince(row.made_at, ctx.now) })
  return { ok: true }
}

/** A deal answers whatever hand-off of its leads still waits: who makes one has taken the lead over. */
export async function acceptOpen(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  for (const row of (await queries.latestHandoffs(ctx.db, subjects)).values()) {
    if (row.state === 'open') await accept(ctx, { leadId: row.person_id, id: row.id })
  }
}

/** Sales gives the lead back, and says why: nurturing goes on. */
export async function giveBack(ctx: Ctx, input: One & { reason: string; note?: string | undefined }): Promise<{ ok: true }> {
  const row = await openOne(ctx, input)
  const note = input.note || null
  await queries.updateHandoff(ctx.db, row, {
    state: 'returned',
    answered_at: ctx.now,
    answered_by: nameOf(ctx),
    return_reason: input.reason,
    return_note: note,
  })
  await answered(ctx, row, 'handoff.returned', 'returned', { reason: input.reason, ...(note ? { note } : {}) })
  return { ok: true }
}

/** Takes an answer back within the hour of a slip: the newest hand-off of the lead waits again. */
export async function reopen(ctx: Ctx, input: One): Promise<{ ok: true }> {
  const row = await one(ctx, input)
  const person = { bucket: row.bucket, id: row.person_id }
  const latest = (await queries.latestHandoffs(ctx.db, [person])).get(row.person_id)
  const stage = (await lockStages(ctx.db, [person], ctx.now)).get(row.person_id)
  if (row.state === 'open') return { ok: true }
  if (latest?.id !== row.id || (row.state === 'accepted' && (stage === 'deal' || stage === 'customer')))
    refuse('conflict', 'handoff.moved_on', { message: 'This lead has moved on since: the answer stays.' })
  await queries.updateHandoff(ctx.db, row, { state: 'open', answered_at: null, answered_by: null, return_reason: null, return_note: null })
  const undo = ctx.id()
  await append(ctx, [{ subject: person, id: undo, name: 'handoff.reopened', occurredAt: ctx.now, props: { handoff: row.id } }])
  // Back to MQL by way of nurturing: the rule for a hand-off starts there.
  await moveStages(ctx, [stageAsk(person, 'returned', undo, 0), stageAsk(person, 'handed', undo, 0)])
  await announce(ctx, 'handoffs', { n: 1 })
  return { ok: true }
}

export async function assign(ctx: Ctx, input: One & { ownerId: string | null }): Promise<{ ok: true }> {
  await checkOwner(ctx, input.ownerId)
  const row = await one(ctx, input)
  await queries.updateHandoff(ctx.db, row, { owner_id: input.ownerId })
  await announce(ctx, 'handoffs', { n: 1 })
  return { ok: true }
}

async function answered(ctx: Ctx, row: queries.HandoffRow, name: string, cause: 'accepted' | 'returned', props: JsonObject): Promise<void> {
  const person = { bucket: row.bucket, id: row.person_id }
  const event = ctx.id()
  await append(ctx, [{ subject: person, id: event, name, occurredAt: ctx.now, props: { handoff: row.id, ...props } }])
  await moveStages(ctx, [stageAsk(person, cause, event, 0)])
  await announce(ctx, 'handoffs', { n: 1 })
}

async function one(ctx: Ctx, input: One): Promise<queries.HandoffRow> {
  const lead = await leadOf(ctx, input.leadId)
  const row = await queries.findHandoff(ctx.db, lead, input.id, true)
  return row ?? refuse('missing', 'handoff.missing', { message: 'There is no such hand-off.' })
}

async function openOne(ctx: Ctx, input: One): Promise<queries.HandoffRow> {
  const row = await one(ctx, input)
  if (row.state !== 'open')
    refuse('conflict', 'handoff.answered', { message: `This hand-off was answered by ${row.answered_by ?? 'somebody'} already.` })
  return row
}

const nameOf = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : '')
const hoursSince = (from: Date, to: Date): number => Math.round((to.getTime() - from.getTime()) / 36_000) / 100
