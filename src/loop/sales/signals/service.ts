import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { loadPeople } from '#loop/identify/service.ts'
import { briefsOf, noBrief } from '../brief.ts'
import { leadOf } from '../people.ts'
import type { Signal } from './contract.ts'
import { isQuiet } from './decide.ts'
import * as queries from './queries.ts'
import type { Channel, SignalKind } from './vocabulary.ts'

/** A reaction worth a call. */
export interface NewSignal {
  readonly subject: Subject
  readonly kind: SignalKind
  readonly channel: Channel
  readonly at: Date
  /** The event behind it: the same cause and kind give one signal, however often this runs. */
  readonly causeId: string
  readonly hop: number
  readonly urgent?: boolean
  /** What the scenario or colleague wrote. */
  readonly text?: string
  readonly detail?: JsonObject
  /** Who should hear of it; the lead's owner when absent. */
  readonly ownerId?: string | null
}

const MOST_ANNOUNCED = 40

/**
 * Raises signals: rows for the feed, `signal.raised` in the journal, and a word to open screens. Visitors have nobody to call
 * and are left out; a kind that was just told of the same lead stays quiet.
 * @returns how many were raised
 */
export async function raise(ctx: Ctx, signals: readonly NewSignal[]): Promise<number> {
  if (signals.length === 0) return 0
  const subjects = distinctSubjects(signals.map((one) => one.subject))
  const people = await loadPeople(ctx, subjects)
  const told = await queries.lastTold(ctx.db, subjects, new Date(ctx.now.getTime() - HOUR))
  const rows = signals.flatMap((one) => {
    const person = people.get(one.subject.id)
    if (!person || person.identified_at === null || isQuiet(told, one.subject.id, one.kind, one.at)) return []
    return [{ one, row: rowOf(one, one.ownerId === undefined ? person.owner_id : one.ownerId) }]
  })
  if (rows.length === 0) return 0
  const made = await queries.insertSignals(
    ctx.db,
    rows.map(({ row }) => row),
  )
  const fresh = rows.filter(({ row }) => made.has(row.id))
  await append(
    ctx,
    fresh.map(({ one, row }) => ({
      subject: row.subject,
      id: derivedId(row.id, 'sales', 'signal.raised'),
      name: 'signal.raised',
      occurredAt: one.at,
      causeId: one.causeId,
      hop: one.hop + 1,
      props: { signal: row.id, kind: row.kind, channel: row.channel },
      silent: true,
    })),
  )
  await tell(
    ctx,
    fresh.map(({ row }) => row),
  )
  return fresh.length
}

function rowOf(one: NewSignal, ownerId: string | null): queries.SignalToWrite {
  return {
    subject: one.subject,
    id: derivedId(one.causeId, 'sales', `signal:${one.kind}`),
    kind: one.kind,
    channel: one.channel,
    at: one.at,
    ownerId,
    urgent: one.urgent ?? false,
    text: one.text ?? null,
    detail: one.detail ?? {},
  }
}

/** Open screens read the feed again; the newest ones are named so that an owner can be told by a toast. */
async function tell(ctx: Ctx, rows: readonly queries.SignalToWrite[]): Promise<void> {
  if (rows.length === 0) return
  const named = rows
    .slice(-MOST_ANNOUNCED)
    .map((row) => ({ id: row.id, lead: row.subject.id, kind: row.kind, channel: row.channel, owner: row.ownerId, urgent: row.urgent }))
  await announce(ctx, 'signals', { n: rows.length, signals: named })
}

type Owner = 'me' | 'none' | (string & {}) | undefined

function ownerOf(ctx: Ctx, owner: Owner): string | null | undefined {
  if (owner === 'none') return null
  return owner === 'me' ? (readerOf(ctx) ?? undefined) : owner
}

const readerOf = (ctx: Ctx): string | null => (ctx.actor.kind === 'user' ? ctx.actor.id : null)

export async function list(
  ctx: Ctx,
  input: {
    cursor?: string | undefined
    limit: number
    channel?: Channel | undefined
    kind?: SignalKind | undefined
    owner?: Owner
    leadId?: string | undefined
    open?: boolean | undefined
  },
): Promise<{ items: Signal[]; next: string | null }> {
  const person = input.leadId ? await leadOf(ctx, input.leadId) : undefined
  const filter = {
    channel: input.channel,
    kind: input.kind,
    ownerId: ownerOf(ctx, input.owner),
    person,
    open: input.open,
    reader: readerOf(ctx),
  }
  const rows = await queries.listSignals(ctx.db, filter, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const briefs = await briefsOf(
    ctx,
    shown.map((row) => row.person_id),
  )
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      lead: briefs.get(row.person_id) ?? noBrief(row.person_id),
      kind: row.kind as SignalKind,
      channel: row.channel as Channel,
      at: row.at.toISOString(),
      urgent: row.urgent,
      text: row.text,
      detail: row.detail,
      ownerId: row.owner_id,
      seenAt: row.seen_at?.toISOString() ?? null,
      seenBy: row.seen_by,
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
  }
}

export async function count(ctx: Ctx, input: { owner?: Owner }): Promise<{ open: number; byChannel: Record<string, number> }> {
  const rows = await queries.countOpen(ctx.db, ownerOf(ctx, input.owner), readerOf(ctx), new Date(ctx.now.getTime() - 7 * DAY))
  const byChannel = Object.fromEntries(rows.map((row) => [row.channel, Number(row.n)]))
  return { open: Object.values(byChannel).reduce((sum, n) => sum + n, 0), byChannel }
}

type Which = { ids: readonly { leadId: string; id: string }[] }

export async function seen(ctx: Ctx, input: Which): Promise<{ ok: true }> {
  return mark(ctx, input, { at: ctx.now, by: 'name' in ctx.actor ? ctx.actor.name : '' })
}

export async function unseen(ctx: Ctx, input: Which): Promise<{ ok: true }> {
  return mark(ctx, input, { at: null, by: null })
}

async function mark(ctx: Ctx, { ids }: Which, to: { at: Date | null; by: string | null }): Promise<{ ok: true }> {
  await queries.markSignals(
    ctx.db,
    ids.map((one) => subjectOf(one.leadId)),
    ids.map((one) => one.id),
    to,
  )
  await announce(ctx, 'signals', { n: 0 })
  return { ok: true }
}

export async function mute(ctx: Ctx, input: { leadId: string }): Promise<{ ok: true }> {
  const lead = await leadOf(ctx, input.leadId)
  await queries.insertMute(ctx.db, lead, someone(ctx), ctx.now)
  return { ok: true }
}

export async function unmute(ctx: Ctx, input: { leadId: string }): Promise<{ ok: true }> {
  const lead = await leadOf(ctx, input.leadId)
  await queries.deleteMute(ctx.db, lead, someone(ctx))
  return { ok: true }
}

function someone(ctx: Ctx): string {
  return readerOf(ctx) ?? refuse('forbidden', 'signals.person_only', { message: 'Only a signed-in user can mute signals.' })
}
