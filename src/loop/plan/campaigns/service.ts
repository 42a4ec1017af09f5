import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { resolveSubject, resolveSubjects } from '#loop/identify/service.ts'
import type { Campaign } from './contract.ts'
import { cleanStatuses, type Step, statusesInUse, stepsOf } from './decide.ts'
import * as queries from './queries.ts'
import { type CampaignKind, DEFAULT_STATUSES } from './vocabulary.ts'

const unknown = () => refuse('missing', 'campaign.unknown', { message: '施策が見つかりません / There is no such campaign.' })

const presented = (row: queries.CampaignRow, members: number): Campaign => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  startsOn: row.starts_on,
  endsOn: row.ends_on,
  source: row.source,
  note: row.note,
  statuses: row.statuses as string[],
  members,
  madeBy: row.made_by,
  createdAt: row.created_at.toISOString(),
})

/** Campaigns: those without a date first, then the newest. */
export async function list(
  ctx: Ctx,
  input: { cursor?: string | undefined; limit: number; kind?: CampaignKind | undefined; q?: string | undefined },
) {
  const rows = await queries.listCampaigns(ctx.db, input, dayCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  const next = rows.length > input.limit && last ? Buffer.from(`${last.day}|${last.id}`).toString('base64url') : null
  return { items: shown.map((row) => presented(row, row.members)), next }
}

function dayCursor(cursor: string | undefined): { day: string; id: string } | null {
  if (cursor === undefined) return null
  const [, day = '', id = ''] = /^(infinity|\d{4,}-\d\d-\d\d)\|([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (!id) refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  return { day, id }
}

export async function get(ctx: Ctx, input: { id: string }) {
  const row = await live(ctx, input.id)
  const counted = new Map((await queries.countByStatus(ctx.db, row.id)).map((one) => [one.status, one.n]))
  const words = [...new Set([...(row.statuses as string[]), ...counted.keys()])]
  const members = [...counted.values()].reduce((sum, n) => sum + n, 0)
  return { ...presented(row, members), counts: words.map((status) => ({ status, n: counted.get(status) ?? 0 })) }
}

/** A campaign that is there and not removed. @throws Refusal `campaign.unknown` */
export async function live(ctx: Ctx, id: string, lock = false): Promise<queries.CampaignRow> {
  const row = await queries.findCampaign(ctx.db, id, lock)
  return row && !row.removed_at ? row : unknown()
}

export async function members(ctx: Ctx, input: { id: string; status?: string | undefined; cursor?: string | undefined; limit: number }) {
  await live(ctx, input.id)
  const rows = await queries.listMembers(ctx.db, input.id, input.status, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      leadId: row.person_id,
      name: [row.family_name, row.given_name].filter(Boolean).join(' '),
      companyName: row.company_name,
      mail: row.mail,
      status: row.status,
      joinedAt: row.joined_at.toISOString(),
      statusAt: row.status_at.toISOString(),
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.status_at, last.person_id) : null,
  }
}

/** The campaigns of a lead, the last joined first. */
export async function ofLead(ctx: Ctx, input: { leadId: string }) {
  const subject = await leadOf(ctx, input.leadId)
  const rows = await queries.listOfPerson(ctx.db, subject)
  return {
    items: rows.map((row) => ({
      id: row.campaign_id,
      name: row.name,
      kind: row.kind as CampaignKind,
      status: row.status,
      statuses: row.statuses,
      joinedAt: row.joined_at.toISOString(),
      statusAt: row.status_at.toISOString(),
    })),
  }
}

interface Given {
  readonly name?: string | undefined
  readonly kind?: CampaignKind | undefined
  readonly startsOn?: string | null | undefined
  readonly endsOn?: string | null | undefined
  readonly source?: string | null | undefined
  readonly note?: string | null | undefined
  readonly statuses?: readonly string[] | undefined
}

function checkPeriod(starts: string | null, ends: string | null): void {
  if (starts && ends && ends < starts)
    refuse('unprocessable', 'campaign.period', {
      message: '終了日は開始日より後にしてください / The end lies before the beginning.',
      field: 'endsOn',
    })
}

export async function create(ctx: Ctx, input: Given & { name: string; kind: CampaignKind }): Promise<{ id: string }> {
  const id = ctx.id()
  checkPeriod(input.startsOn ?? null, input.endsOn ?? null)
  await queries.insertCampaign(ctx.db, {
    id,
    name: input.name,
    kind: input.kind,
    starts_on: input.startsOn ?? null,
    ends_on: input.endsOn ?? null,
    source: input.source || null,
    note: input.note || null,
    statuses: cleanStatuses(input.statuses ?? DEFAULT_STATUSES[input.kind]),
    created_at: ctx.now,
    made_by: 'name' in ctx.actor ? ctx.actor.name : '',
  })
  await announce(ctx, 'campaigns', { id })
  return { id }
}

/** @throws Refusal `campaign.statusUsed` when members stand at a status that is left out */
export async function update(ctx: Ctx, input: Given & { id: string }): Promise<{ ok: true }> {
  const row = await live(ctx, input.id, true)
  const starts = input.startsOn === undefined ? row.starts_on : input.startsOn
  const ends = input.endsOn === undefined ? row.ends_on : input.endsOn
  checkPeriod(starts, ends)
  const statuses = input.statuses ? cleanStatuses(input.statuses) : undefined
  if (statuses) {
    const used = (await queries.countByStatus(ctx.db, row.id)).map((one) => one.status)
    const gone = statusesInUse(statuses, used)
    if (gone.length)
      refuse('conflict', 'campaign.statusUsed', {
        message: `メンバーのいる状態は外せません / Members stand at: ${gone.join(', ')}`,
        field: 'statuses',
      })
  }
  await queries.updateCampaign(ctx.db, row.id, {
    name: input.name ?? row.name,
    kind: input.kind ?? row.kind,
    starts_on: starts,
    ends_on: ends,
    source: input.source === undefined ? row.source : input.source || null,
    note: input.note === undefined ? row.note : input.note || null,
    ...(statuses ? { statuses } : {}),
  })
  await announce(ctx, 'campaigns', { id: row.id })
  return { ok: true }
}

export async function remove(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await live(ctx, input.id, true)
  await queries.updateCampaign(ctx.db, row.id, { removed_at: ctx.now })
  await announce(ctx, 'campaigns', { id: row.id })
  return { ok: true }
}

export async function restore(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await queries.findCampaign(ctx.db, input.id, true)
  if (!row) return unknown()
  await queries.updateCampaign(ctx.db, row.id, { removed_at: null })
  await announce(ctx, 'campaigns', { id: row.id })
  return { ok: true }
}

/** People take part, or their status changes; whoever has it already is left alone. */
export async function join(ctx: Ctx, input: { id: string; leadIds: readonly string[]; status: string }): Promise<{ changed: number }> {
  const subjects = distinctSubjects((await resolveSubjects(ctx, input.leadIds)).values())
  const row = await live(ctx, input.id)
  if (!(row.statuses as string[]).includes(input.status))
    refuse('unprocessable', 'campaign.status', {
      message: 'この状態は施策にありません / The campaign has no such status.',
      field: 'status',
    })
  const steps = await joinAll(ctx, { campaignId: row.id, subjects, status: input.status, causeId: ctx.id() })
  await announce(ctx, 'campaigns', { id: row.id })
  return { changed: steps.length }
}

export interface Joining {
  readonly campaignId: string
  readonly subjects: readonly Subject[]
  readonly status: string
  readonly causeId: string
  readonly at?: Date
  readonly historic?: boolean
  /** By person, what led to it where that differs from one to the next. */
  readonly causes?: ReadonlyMap<string, { readonly id: string; readonly hop: number }>
}

/** The statuses of these campaigns; one that is gone is absent. */
export async function standing(ctx: Ctx, ids: readonly string[]): Promise<Map<string, readonly string[]>> {
  return queries.statusesOfCampaigns(ctx.db, ids)
}

/** The same for rooms that act on many people: imports, seminars, cards. @returns what changed, for undo */
export async function joinAll(ctx: Ctx, { campaignId, subjects, status, causeId, at, historic, causes }: Joining): Promise<Step[]> {
  const before = await queries.lockMembers(ctx.db, campaignId, subjects)
  const name = await nameOf(ctx, campaignId)
  const steps = stepsOf(distinctSubjects(subjects), before, status)
  await queries.upsertMembers(ctx.db, campaignId, steps, at ?? ctx.now)
  await append(
    ctx,
    steps.map((step) => {
      const cause = causes?.get(step.subject.id)
      const event = eventOf(ctx, step, { campaignId, name, causeId: cause?.id ?? causeId, at: at ?? ctx.now, historic: historic === true })
      return cause ? { ...event, hop: cause.hop } : event
    }),
  )
  return steps
}

const nameOf = async (ctx: Ctx, id: string): Promise<string> => (await queries.findCampaign(ctx.db, id))?.name ?? ''

function eventOf(ctx: Ctx, step: Step, act: { campaignId: string; name: string; causeId: string; at: Date; historic: boolean }): NewEvent {
  return {
    subject: step.subject,
    id: derivedId(act.causeId, 'plan', `campaign ${act.campaignId} ${step.subject.id}`),
    name: step.from === null ? 'campaign.joined' : 'campaign.status_changed',
    occurredAt: act.historic ? act.at : ctx.now,
    causeId: act.causeId,
    historic: act.historic,
    props: { campaign: act.campaignId, name: act.name, status: step.to, ...(step.from === null ? {} : { from: step.from }) },
  }
}

/** Takes steps back, except where the status was changed since. @returns how many were taken back */
export async function undoSteps(ctx: Ctx, input: { campaignId: string; steps: readonly Step[]; causeId: string }): Promise<number> {
  const now = await queries.lockMembers(
    ctx.db,
    input.campaignId,
    input.steps.map((step) => step.subject),
  )
  const name = await nameOf(ctx, input.campaignId)
  const same = input.steps.filter((step) => now.get(step.subject.id)?.status === step.to)
  const back = same.flatMap((step) => (step.from === null ? [] : [{ subject: step.subject, from: step.to, to: step.from }]))
  const gone = same.filter((step) => step.from === null).map((step) => step.subject)
  await queries.deleteMembers(ctx.db, input.campaignId, gone)
  await queries.upsertMembers(ctx.db, input.campaignId, back, ctx.now)
  await append(ctx, [
    ...back.map((step) => eventOf(ctx, step, { ...input, name, at: ctx.now, historic: true })),
    ...gone.map((subject) => leftEvent(ctx, subject, { id: input.campaignId, name }, input.causeId, true)),
  ])
  return same.length
}

export async function leave(ctx: Ctx, input: { id: string; leadId: string }): Promise<{ ok: true }> {
  const row = await live(ctx, input.id)
  const subject = await leadOf(ctx, input.leadId)
  const gone = await queries.deleteMembers(ctx.db, row.id, [subject])
  await append(
    ctx,
    gone.map((one) => leftEvent(ctx, one, row, ctx.id(), false)),
  )
  await announce(ctx, 'campaigns', { id: row.id })
  return { ok: true }
}

const leftEvent = (ctx: Ctx, subject: Subject, campaign: { id: string; name: string }, causeId: string, historic: boolean): NewEvent => ({
  subject,
  id: derivedId(causeId, 'plan', `left ${campaign.id} ${subject.id}`),
  name: 'campaign.left',
  occurredAt: ctx.now,
  causeId,
  historic,
  props: { campaign: campaign.id, name: campaign.name },
})

async function leadOf(ctx: Ctx, id: string): Promise<Subject> {
  const subject = await resolveSubject(ctx, id)
  return subject ?? refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.' })
}
