// Double opt-in: a tick in a form asks, a button behind the link in a mail answers. Both instants are the proof.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { MAIL_STOP } from '../decide.ts'
import { parseMail } from '../normalise/decide.ts'
import { lockPeople } from '../queries.ts'
import { isFresh, OPTIN_LIMITS } from './decide.ts'
import * as queries from './optin.queries.ts'
import { addressHash, grant, liftUnsubscribe } from './service.ts'

export interface OptinAsk {
  readonly subject: Subject
  readonly mail: string
  readonly textVersion: string
  readonly text: string
  readonly evidence: JsonObject
  readonly causeId: string
  /** Of the step that asks; 0 for what the person did. */
  readonly hop?: number
}

/** Writes down that somebody ticked, and lets the mail room know. Nothing may be sent on this. @returns false when they agreed before */
export async function askOptin(ctx: Ctx, ask: OptinAsk): Promise<boolean> {
  return (await askOptins(ctx, [ask])).has(ask.subject.id)
}

/** The same for many at once. @returns the ids of those who are asked; whoever agreed before is not */
export async function askOptins(ctx: Ctx, asks: readonly OptinAsk[]): Promise<ReadonlySet<string>> {
  const able = asks.flatMap((ask) => {
    const parsed = parseMail(ask.mail)
    return parsed.ok ? [{ ask, mail: parsed.mail, hash: addressHash(ctx.house, parsed.mail) }] : []
  })
  if (!able.length) return new Set()
  const agreed = await queries.agreedAmong(
    ctx.db,
    able.map(({ ask, hash }) => ({ subject: ask.subject, hash })),
  )
  const open = able.filter(({ ask }) => !agreed.has(ask.subject.id))
  await queries.insertOptins(
    ctx.db,
    open.map(({ ask, mail, hash }) => ({
      bucket: ask.subject.bucket,
      person_id: ask.subject.id,
      id: derivedId(ask.causeId, 'identify', 'optin'),
      address: mail,
      address_hash: hash,
      domain: mail.slice(mail.lastIndexOf('@') + 1),
      asked_at: ctx.now,
      text_version: ask.textVersion,
      text: ask.text,
      evidence: ask.evidence,
      sent_at: null,
      held: null,
      confirmed_at: null,
      origin_person_id: null,
    })),
  )
  await append(
    ctx,
    open.map(({ ask }) => ({
      subject: ask.subject,
      id: derivedId(ask.causeId, 'identify', 'consent asked'),
      name: 'consent.asked',
      occurredAt: ctx.now,
      causeId: ask.causeId,
      hop: ask.hop ?? 0,
      props: { purpose: 'marketing', optin: derivedId(ask.causeId, 'identify', 'optin'), textVersion: ask.textVersion },
    })),
  )
  return new Set(open.map(({ ask }) => ask.subject.id))
}

export type Confirmed = 'confirmed' | 'already' | 'late' | 'other' | 'stays'

/**
 * The person pressed the button on the page behind the link: their own recorded act, which lifts their own unsubscribe too.
 * @param input.address the one the mail with the link went to
 */
export async function confirmOptin(ctx: Ctx, input: { subject: Subject; id: string; address: string; ip: string }): Promise<Confirmed> {
  const asked = await queries.lockOptin(ctx.db, input.subject, input.id)
  const row = (await lockPeople(ctx.db, [input.subject])).get(input.subject.id)
  if (!asked || !row || row.mail !== input.address || asked.address !== input.address) return 'other'
  if (asked.confirmed_at) return 'already'
  if (!isFresh(asked.asked_at, ctx.now)) return 'late'
  if (row.mail_stop > MAIL_STOP.unsubscribe) return 'stays'
  if (row.mail_stop > 0 && !(await liftUnsubscribe(ctx, { ...input, at: ctx.now, route: 'optin', causeId: asked.id }))) return 'stays'
  await grant(ctx, {
    subject: input.subject,
    purpose: 'marketing',
    basis: 'consent',
    at: ctx.now,
    route: 'optin',
    textVersion: asked.text_version,
    text: asked.text,
    evidence: { ...asked.evidence, askedAt: asked.asked_at.toISOString(), confirmedAt: ctx.now.toISOString(), confirmedIp: input.ip },
    causeId: derivedId(asked.id, 'identify', 'confirmed'),
  })
  await queries.noteConfirmed(ctx.db, input.subject, asked.id, ctx.now)
  return 'confirmed'
}

export type WaitingOptin = queries.Waiting

/** Asks that no mail went out for yet, with how many went to the same address and domain of late; nobody else counts them until commit. */
export async function claimWaiting(ctx: Ctx, asked: readonly { subject: Subject; id: string }[]): Promise<WaitingOptin[]> {
  const since = {
    address: new Date(ctx.now.getTime() - OPTIN_LIMITS.perAddressMs),
    domain: new Date(ctx.now.getTime() - OPTIN_LIMITS.domainMs),
  }
  const first = await queries.listWaiting(ctx.db, asked, since)
  if (!first.length) return []
  await queries.lockDomains(
    ctx.db,
    first.map((one) => one.domain),
  )
  return queries.listWaiting(ctx.db, asked, since)
}

/** What became of asks: a mail went out, or why none did. */
export function noteAsked(ctx: Ctx, rows: readonly { subject: Subject; id: string; held: string | null }[]): Promise<void> {
  return queries.noteAsked(ctx.db, rows, ctx.now)
}
