import { hmacOf } from '#kernel/chance.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { type Basis, MAIL_BASIS, MAIL_STOP, type StopReason } from '../decide.ts'
import { MANY } from '../naming/bulk.ts'
import { parseMail } from '../normalise/decide.ts'
import { findHolders, findStops, lockMailGate, lockPeople } from '../queries.ts'
import type { ConsentEntryTable } from '../tables.ts'
import type { LedgerPurpose, Purpose } from './decide.ts'
import * as queries from './queries.ts'

const STRIPES = 64

/** The keyed hash by which a stop survives the person: it says nothing about them without the installation's key. */
export function addressHash(house: House, mail: string): string {
  return hmacOf(house.secret('suppression'), mail)
}

/** Which stripe of the gate an address belongs to: naming and stopping one address never cross. */
export const stripeOf = (hash: string): number => Number.parseInt(hash.slice(0, 2), 16) % STRIPES

/**
 * The stops of addresses that are about to be given to people. Holds the gate (shared) until commit, so that a stop which commits in between
 * sees the people or is seen here.
 * @returns normalised address → level; unstopped ones are absent
 */
export async function stopsOf(ctx: Ctx, mails: readonly string[]): Promise<Map<string, number>> {
  const hashes = hashesOf(ctx, mails)
  await lockMailGate(ctx.db, [...hashes.values()].map(stripeOf), false)
  return levelsOf(ctx, hashes)
}

function hashesOf(ctx: Ctx, mails: readonly string[]): Map<string, string> {
  const hashes = new Map(mails.map((mail) => [mail, addressHash(ctx.house, mail)]))
  asked.set(ctx, hashes)
  return hashes
}
/** Whose stops were asked for last in a transaction: mostly they are booked in it, by the same hashes. */
const asked = new WeakMap<Ctx, ReadonlyMap<string, string>>()

async function levelsOf(ctx: Ctx, hashes: ReadonlyMap<string, string>): Promise<Map<string, number>> {
  const found = await findStops(ctx.db, [...hashes.values()])
  if (!found.size) return found
  return new Map([...hashes].flatMap(([mail, hash]) => (found.has(hash) ? [[mail, found.get(hash) ?? 0] as const] : [])))
}

export interface Stop {
  readonly address: string
  readonly reason: StopReason
  readonly at: Date
  /** In the person's own words, or the reason they ticked. */
  readonly why?: string
  /** What said so: a delivery's id, `preference`, a user. */
  readonly source?: string
  /** The person it was asked for, when that is known better than by the address (their current address is stopped too). */
  readonly subject?: Subject
  readonly causeId?: string
}

/** Stops all commercial mail to an address: list and person in one transaction, the person's row locked (architecture §5). */
export function stop(ctx: Ctx, input: Stop): Promise<void> {
  return stopMany(ctx, [input])
}

interface Asked extends Stop {
  readonly mail: string
  readonly hash: string
  readonly level: number
}

/** The same for many addresses, in as many statements as for one. Of several stops of one address the strictest counts. */
export async function stopMany(ctx: Ctx, inputs: readonly Stop[]): Promise<void> {
  const asked = strictest(inputs.map((input) => readStop(ctx, input)))
  if (!asked.length) return
  await lockMailGate(
    ctx.db,
    asked.map(({ hash }) => stripeOf(hash)),
    true,
  )
  const changed = await queries.upsertSuppressions(
    ctx.db,
    asked.map(({ hash, reason, level, at, source }) => ({ hash, reason, level, since: at, source: source ?? '' })),
  )
  const holders = await findHolders(
    ctx.db,
    asked.map(({ mail }) => ({ kind: 'mail', value: mail })),
  )
  const subjects = asked.flatMap(({ subject }) => subject ?? [])
  const rows = [
    ...(await lockPeople(ctx.db, distinctSubjects([...holders.map(({ bucket, id }) => ({ bucket, id })), ...subjects]))).values(),
  ]
  const byMail = new Map(asked.map((one) => [one.mail, one]))
  const reached = rows.flatMap((row) => {
    const one = row.mail === null ? undefined : byMail.get(row.mail)
    return one ? [{ one, subject: { bucket: row.bucket, id: row.id } }] : []
  })
  for (const [level, some] of Map.groupBy(reached, ({ one }) => one.level))
    await queries.raiseStop(
      ctx.db,
      some.map(({ subject }) => subject),
      level,
    )
  await tellWithdrawn(
    ctx,
    reached.filter(({ one }) => changed.has(one.hash)),
  )
}

function readStop(ctx: Ctx, input: Stop): Asked {
  const parsed = parseMail(input.address)
  const mail = parsed.ok ? parsed.mail : input.address.trim().toLowerCase()
  return { ...input, mail, hash: addressHash(ctx.house, mail), level: MAIL_STOP[input.reason] }
}

function strictest(asked: readonly Asked[]): Asked[] {
  const byMail = new Map<string, Asked>()
  for (const one of asked) if ((byMail.get(one.mail)?.level ?? -1) < one.level) byMail.set(one.mail, one)
  return [...byMail.values()]
}

async function tellWithdrawn(ctx: Ctx, told: readonly { readonly one: Asked; readonly subject: Subject }[]): Promise<void> {
  if (!told.length) return
  await queries.insertConsents(
    ctx.db,
    told.map(({ one, subject }) =>
      entry(ctx, subject, {
        purpose: 'marketing',
        given: false,
        basis: one.reason,
        at: one.at,
        route: one.source ?? 'stop',
        address: one.address,
        ...(one.why ? { text: one.why } : {}),
      }),
    ),
  )
  await append(
    ctx,
    told.map(({ one, subject }) => {
      const causeId = one.causeId ?? ctx.id()
      return {
        subject,
        id: derivedId(causeId, 'identify', 'withdrawn', 0),
        name: 'consent.withdrawn',
        occurredAt: one.at,
        causeId,
        props: { purpose: 'marketing', reason: one.reason },
      }
    }),
  )
}

/**
 * Lifts an unsubscribe because the person themself asked for it (the preference page of their own mail). Complaints and hard bounces stay;
 * imports, the API and forms never come here: anybody can type somebody else's address into a form.
 * @param input.address the one their mail went to; only its own stop is lifted
 * @returns false when a stop stays
 */
export async function liftUnsubscribe(
  ctx: Ctx,
  input: { subject: Subject; address: string; at: Date; route: string; causeId?: string },
): Promise<boolean> {
  const row = (await lockPeople(ctx.db, [input.subject])).get(input.subject.id)
  // Whoever reads an old inbox of theirs speaks for that one only.
  if (!row?.mail || row.mail !== input.address) return false
  const hash = addressHash(ctx.house, row.mail)
  await lockMailGate(ctx.db, [stripeOf(hash)], true)
  await queries.deleteSuppression(ctx.db, hash, MAIL_STOP.unsubscribe)
  if (row.mail_stop > MAIL_STOP.unsubscribe) return false
  await queries.clearStop(ctx.db, input.subject, MAIL_STOP.unsubscribe)
  await grant(ctx, {
    subject: input.subject,
    purpose: 'marketing',
    basis: 'consent',
    at: input.at,
    route: input.route,
    ...(input.causeId ? { causeId: input.causeId } : {}),
  })
  return true
}

export interface Grant {
  readonly subject: Subject
  readonly purpose: Purpose
  readonly basis: Basis
  /** The address it was given for; another one needs its own. */
  readonly mail?: string | null
  readonly at: Date
  readonly route: string
  readonly textVersion?: string
  readonly text?: string
  readonly evidence?: JsonObject
  readonly causeId?: string
}

/** Writes the ledger and mirrors the basis. A grant never lifts a stop. */
export async function grant(ctx: Ctx, input: Grant): Promise<void> {
  const row = (await lockPeople(ctx.db, [input.subject])).get(input.subject.id)
  if (!row) refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.' })
  if (input.purpose === 'marketing') await queries.raiseBasis(ctx.db, input.subject, MAIL_BASIS[input.basis])
  await recordGrants(ctx, [{ mail: row.mail, ...input }])
}

/** Ledger rows and events of grants whose mirror is written by the caller. */
export async function recordGrants(ctx: Ctx, grants: readonly Grant[]): Promise<void> {
  if (!grants.length) return
  await bookGrants(ctx, grants)
  await append(ctx, grantEvents(ctx, grants))
}

/** The ledger rows alone. `newcomers`: people made in this transaction, of whom the ledger knows nothing yet. */
export async function bookGrants(ctx: Ctx, grants: readonly Grant[], newcomers: ReadonlySet<string> = new Set()): Promise<void> {
  const entries = grants.map((one) => entry(ctx, one.subject, { ...one, given: true, address: one.mail ?? null }))
  const first = entries.filter((one) => newcomers.has(one.person_id))
  const isOnce = new Set(first.map((one) => one.person_id)).size === first.length
  if (first.length < MANY || !isOnce) return queries.insertConsents(ctx.db, entries)
  await queries.bookNewcomers(ctx.db, first)
  await queries.insertConsents(
    ctx.db,
    entries.filter((one) => !newcomers.has(one.person_id)),
  )
}

/** What the journal hears of grants. */
export function grantEvents(ctx: Ctx, grants: readonly Grant[]): NewEvent[] {
  return grants.map((one) => {
    const cause = one.causeId ?? ctx.id()
    return {
      subject: one.subject,
      id: derivedId(cause, 'identify', 'consent', 0),
      name: 'consent.given',
      occurredAt: one.at,
      causeId: cause,
      historic: one.route === 'import',
      props: { purpose: one.purpose, basis: one.basis, route: one.route, ...(one.textVersion ? { textVersion: one.textVersion } : {}) },
    }
  })
}

function entry(
  ctx: Ctx,
  subject: Subject,
  said: {
    purpose: string
    given: boolean
    basis: string
    at: Date
    route: string
    textVersion?: string | undefined
    text?: string | undefined
    evidence?: JsonObject | undefined
    topicId?: string | undefined
    until?: Date | undefined
    address?: string | null
  },
): ConsentEntryTable {
  return {
    bucket: subject.bucket,
    person_id: subject.id,
    id: ctx.id(),
    purpose: said.purpose,
    given: said.given,
    basis: said.basis,
    at: said.at,
    route: said.route,
    text_version: said.textVersion ?? null,
    text: said.text ?? null,
    evidence: said.evidence ?? {},
    actor: 'name' in ctx.actor ? ctx.actor.name : 'public',
    origin_person_id: null,
    topic_id: said.topicId ?? null,
    until: said.until ?? null,
    address_hash: said.address ? (asked.get(ctx)?.get(said.address) ?? addressHash(ctx.house, said.address)) : null,
  }
}

/** One choice of a person about their own mail, or a colleague's record of what they said: a topic, a pause, tracking, phone, third parties. */
export interface Choice {
  readonly subject: Subject
  readonly purpose: Exclude<LedgerPurpose, 'marketing'>
  readonly given: boolean
  readonly basis: string
  readonly route: string
  readonly at: Date
  readonly topicId?: string
  readonly until?: Date
  readonly text?: string
  readonly evidence?: JsonObject
}

/** Appends choices to the ledger; the state follows. */
export async function recordChoices(ctx: Ctx, choices: readonly Choice[]): Promise<void> {
  await queries.insertConsents(
    ctx.db,
    choices.map((one) => entry(ctx, one.subject, one)),
  )
}

/** The ledger of a person for their page. */
export const ledger = (ctx: Ctx, subject: Subject) => queries.listConsents(ctx.db, subject)

/** The stops of addresses as they stand now, whoever holds them: normalised address → level; unstopped ones are absent. */
export function stopLevels(ctx: Ctx, mails: readonly string[]): Promise<Map<string, number>> {
  return levelsOf(ctx, hashesOf(ctx, mails))
}
