// What one person agreed to, everything recorded about them, and the overview of all.
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { aliasesOf } from '../adopt/queries.ts'
import { NO_TOPIC, OPTIN_DAYS } from '../consent/decide.ts'
import { recordChoices } from '../consent/service.ts'
import { basisWord, MAIL_BASIS, MAIL_STOP, stopWord } from '../decide.ts'
import { findPerson } from '../leads/service.ts'
import type { ConsentEntryTable } from '../tables.ts'
import { noteSeen } from '../watch/service.ts'
import { pageOf } from './page.ts'
import * as queries from './queries.ts'

/** A mail that was sent: on which ledger entry, and what it showed of its sender. */
export interface MailProof {
  readonly delivery: string
  readonly at: Date
  readonly address: string | null
  readonly subject: string
  readonly template: string
  readonly version: number
  readonly purpose: string
  readonly entry: string | null
  readonly shown: JsonObject | null
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** The proofs of mails sent to a person, newest first (mail). */
    readonly mailProofs?: (ctx: Ctx, subject: Subject, most: number) => Promise<MailProof[]>
  }
}

const subjectOf = async (ctx: Ctx, id: string): Promise<Subject> => {
  const row = await findPerson(ctx, id)
  return { bucket: row.bucket, id: row.id }
}
const topicOf = (id: string | null): string | null => (id === null || id === NO_TOPIC ? null : id)
const proofsOf = (ctx: Ctx, subject: Subject, most: number) => ctx.house.ports.mailProofs?.(ctx, subject, most) ?? Promise.resolve([])

const entryOf = (row: ConsentEntryTable) => ({
  id: row.id,
  purpose: row.purpose,
  topicId: topicOf(row.topic_id),
  given: row.given,
  basis: row.basis,
  at: row.at.toISOString(),
  until: row.until?.toISOString() ?? null,
  route: row.route,
  textVersion: row.text_version,
  text: row.text,
  evidence: (row.evidence ?? {}) as JsonObject,
  actor: row.actor,
})
const proofOf = (proof: MailProof) => ({ ...proof, at: proof.at.toISOString() })

/** What a person agreed to, with every entry and the proof of each mail. */
export async function consents(ctx: Ctx, input: { id: string }) {
  const who = await subjectOf(ctx, input.id)
  return {
    states: (await queries.statesOf(ctx.db, who)).map((state) => ({
      purpose: state.purpose,
      topicId: topicOf(state.topic_id),
      given: state.given,
      basis: state.basis,
      at: state.at.toISOString(),
      until: state.until?.toISOString() ?? null,
    })),
    entries: (await queries.entriesOf(ctx.db, who)).map(entryOf),
    waiting: (await queries.optinsOf(ctx.db, who)).map((one) => ({
      askedAt: one.asked_at.toISOString(),
      sentAt: one.sent_at?.toISOString() ?? null,
      held: one.held,
    })),
    proofs: (await proofsOf(ctx, who, 100)).map(proofOf),
  }
}

/** Records what a person said, as a colleague heard it. */
export async function record(
  ctx: Ctx,
  input: { id: string; purpose: 'tracking_email' | 'phone' | 'third_party'; given: boolean; text: string },
): Promise<{ ok: true }> {
  const subject = await subjectOf(ctx, input.id)
  await recordChoices(ctx, [
    {
      subject,
      purpose: input.purpose,
      given: input.given,
      basis: input.given ? 'consent' : 'refused',
      route: 'hand',
      at: ctx.now,
      text: input.text,
    },
  ])
  await announce(ctx, 'leads', { ids: [subject.id] })
  return { ok: true }
}

const freshSince = (now: Date): Date => new Date(now.getTime() - OPTIN_DAYS * 86_400_000)

/** How many stand on which ground, are stopped, or said what. */
export async function overview(ctx: Ctx) {
  const grounds = await queries.countGrounds(ctx.db)
  const states = await queries.countStates(ctx.db)
  const sum = (is: (row: (typeof grounds)[number]) => boolean) => grounds.filter(is).reduce((n, row) => n + row.n, 0)
  return {
    leads: sum(() => true),
    sendable: sum((row) => row.mail && row.stop === 0 && row.basis > 0),
    bases: Object.values(MAIL_BASIS).map((code) => ({ key: basisWord(code), n: sum((row) => row.basis === code) })),
    stops: Object.values(MAIL_STOP).map((code) => ({ key: stopWord(code), n: sum((row) => row.stop === code) })),
    purposes: states
      .filter((row) => row.purpose !== 'topic' && row.purpose !== 'pause' && row.purpose !== 'marketing')
      .map(({ purpose, given, n }) => ({ purpose, given, n })),
    topics: states.filter((row) => row.purpose === 'topic' && !row.given).map((row) => ({ topicId: row.topic_id, n: row.n })),
    ...(await queries.countOptins(ctx.db, freshSince(ctx.now))),
    paused: await queries.countPaused(ctx.db, ctx.now),
  }
}

interface BehindAsk {
  readonly kind: 'basis' | 'stop' | 'purpose' | 'topic' | 'waiting' | 'held' | 'paused' | 'sendable'
  readonly key: string
  readonly given?: 'yes' | 'no' | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** The people behind a number. */
export async function people(ctx: Ctx, input: BehindAsk) {
  const after = input.cursor === undefined ? null : { bucket: bucketOf(input.cursor), id: input.cursor }
  if (after && !/^[0-9a-f-]{36}$/.test(after.id))
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  const rows = await queries.listBehind(ctx.db, behindOf(ctx, input), after, input.limit + 1)
  const shown = rows.slice(0, input.limit)
  return {
    items: shown.map((row) => ({ id: row.id, name: row.name, company: row.company_name, mail: row.mail })),
    next: rows.length > input.limit ? (shown.at(-1)?.id ?? null) : null,
  }
}

function behindOf(ctx: Ctx, { kind, key, given }: BehindAsk): queries.Behind {
  const code = (codes: Readonly<Record<string, number>>): number =>
    codes[key] ?? refuse('invalid', 'filter.unknown', { message: 'この条件は使えません / This filter is not available.', field: 'key' })
  if (kind === 'basis') return { kind, code: code(MAIL_BASIS) }
  if (kind === 'stop') return { kind, code: code(MAIL_STOP) }
  if (kind === 'purpose') return { kind, purpose: key, given: given === 'yes' }
  if (kind === 'topic') {
    if (!/^[0-9a-f-]{36}$/.test(key))
      refuse('invalid', 'filter.unknown', { message: 'この条件は使えません / This filter is not available.', field: 'key' })
    return { kind, topicId: key }
  }
  if (kind === 'paused') return { kind, now: ctx.now }
  return kind === 'sendable' ? { kind } : { kind, fresh: freshSince(ctx.now) }
}

/** Everything recorded about one person: all declared tables at all their keys, the ledger and the proof of each mail. Noted in the access log. */
export async function exportPerson(ctx: Ctx, input: { id: string; language: 'ja' | 'en' }) {
  const row = await findPerson(ctx, input.id)
  const who = { bucket: row.bucket, id: row.id }
  const keys = [who, ...(await aliasesOf(ctx.db, who)).map((id) => ({ bucket: bucketOf(id), id }))]
  const tables: Record<string, JsonObject[]> = {}
  for (const one of ctx.house.ports.personTables) {
    if (!one.export) continue
    const rows = await queries.rowsOf(ctx.db, one.table, keys)
    const isShown = ([column]: readonly [string, unknown]) => !one.hidden?.includes(column)
    if (rows.length) tables[one.table] = one.hidden ? rows.map((row) => Object.fromEntries(Object.entries(row).filter(isShown))) : rows
  }
  const proofs = (await proofsOf(ctx, who, 100_000)).map(proofOf)
  await noteSeen(ctx, [who.id], 'exported')
  const data = {
    format: 'hagukumi.person/1',
    exportedAt: ctx.now.toISOString(),
    person: who.id,
    oldIds: keys.slice(1).map((key) => key.id),
    tables,
    mailProofs: proofs,
  }
  const day = ctx.now.toISOString().slice(0, 10)
  return { fileName: `person-${who.id.slice(-8)}-${day}`, data, html: pageOf(row, data, input.language) }
}
