// Who may be reached, and what an answer of a mail server means. Pure.
import type { DeliveryStatus, Purpose } from '../tables.ts'

const HARD_BOUNCE = 3

/** Whether a stop of this level holds back a mail of this purpose. */
export const isStopped = (level: number, purpose: Purpose): boolean => level >= (purpose === 'transactional' ? HARD_BOUNCE : 1)

/** What of a person decides whether a mail may go to them. */
export interface Reachable {
  readonly identified: boolean
  readonly status: string
  readonly mail: string | null
  /** 0 none · 1 unsubscribe · 2 manual · 3 hard bounce · 4 complaint */
  readonly mailStop: number
  /** 0 none · 1 published · 2 relation · 3 card · 4 consent */
  readonly mailBasis: number
  /** The consent ledger has an entry that says yes. */
  readonly proof: boolean
  /** They asked for quiet for some days. */
  readonly paused: boolean
}

/** A yes holds for the address it was given for; entries of old do not say which. */
export const provesFor = (entry: string | null, mail: string | null, hashOf: (mail: string) => string): boolean =>
  entry === null || (mail !== null && entry === hashOf(mail))

export const NOT_REACHED = [
  'gone',
  'no_address',
  'invalid',
  'on_hold',
  'unsubscribed',
  'stopped',
  'bounced',
  'complained',
  'no_basis',
  'topic',
  'held_out',
  'paused',
  'capped',
] as const
export type NotReached = (typeof NOT_REACHED)[number]

const STOPS: readonly NotReached[] = ['unsubscribed', 'stopped', 'bounced', 'complained']

/**
 * Why a mail may not go to this person, or null when it may. The opt-out overrides every basis (特定電子メール法 art. 3(3));
 * what a person has asked for themselves (transactional) stops at a dead address and at a complaint.
 */
export function mayReach(person: Reachable | undefined, purpose: Purpose): NotReached | null {
  if (!person?.identified) return 'gone'
  if (!person.mail) return 'no_address'
  if (person.status === 'invalid') return 'invalid'
  if (isStopped(person.mailStop, purpose)) return STOPS[person.mailStop - 1] ?? 'stopped'
  if (purpose === 'transactional') return null
  if (person.status === 'on_hold') return 'on_hold'
  if (person.mailBasis === 0 || !person.proof) return 'no_basis'
  return person.paused ? 'paused' : null
}

/** What the connection saw go wrong, in its own words. */
export interface SmtpFault {
  /** Where it went wrong: EENVELOPE, EMESSAGE, ECONNECTION, ETIMEDOUT, EPROTOCOL, EAUTH, ETLS, … */
  readonly code: string
  readonly command: string
  /** Three digits of the reply, when there was one that could be read. */
  readonly replyCode: number | null
  readonly reply: string
}

export type Verdict =
  | {
      readonly status: 'deferred'
      readonly reason: string /** the fault is the route's, not the mail's: the lane rests */
      readonly route: boolean
    }
  | { readonly status: 'refused'; readonly reason: string /** the address is dead: suppress it */; readonly dead: boolean }
  | { readonly status: 'unknown'; readonly reason: string }

const DEAD = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10'])
const NO_SUCH =
  /no such (?:user|recipient|mailbox|address)|user unknown|unknown (?:user|recipient|mailbox|local)|(?:mailbox|recipient|user|address)[^.]{0,40}(?:does not exist|not found|unavailable \(no\)|unknown)|invalid (?:mailbox|recipient)/i

/**
 * The table of reliability.md §2. `marked` says whether the mark `transmitting` was committed, which is before the first
 * body byte: without it nothing can have arrived; with it only a readable answer to the final dot tells.
 */
export function classify(fault: SmtpFault, marked: boolean): Verdict {
  const { replyCode } = fault
  const reason = fault.reply.slice(0, 300) || fault.code
  if (marked) {
    if (replyCode === null || replyCode < 400 || fault.code !== 'EMESSAGE') return { status: 'unknown', reason }
    return replyCode < 500 ? { status: 'deferred', reason, route: false } : { status: 'refused', reason, dead: false }
  }
  if (fault.code !== 'EENVELOPE' && fault.code !== 'EMESSAGE') return { status: 'deferred', reason, route: true }
  if (replyCode === null) return { status: 'refused', reason, dead: false }
  if (replyCode < 500) return { status: 'deferred', reason, route: false }
  // A 5xx to MAIL FROM or DATA is about us, not about the one addressed.
  const dead = fault.command === 'RCPT TO' && isDead(replyCode, fault.reply)
  return { status: 'refused', reason, dead }
}

/** Enhanced codes first (RFC 3463); 5.7.x and 5.2.x never suppress; a bare 550 only with words that say so. */
function isDead(replyCode: number, reply: string): boolean {
  const enhanced = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1]
  if (enhanced) return DEAD.has(enhanced)
  return (replyCode === 550 || replyCode === 551 || replyCode === 553) && NO_SUCH.test(reply)
}

const MINUTE = 60_000
const WAITS = [1, 5, 15, 30, 60, 120, 240, 240, 240, 480, 480, 720].map((minutes) => minutes * MINUTE)

/** When a deferred mail is tried again, or null when the time is up (some three days, RFC 5321 §4.5.4.1 asks for four to five at most). */
export function nextTry(now: Date, attempts: number): Date | null {
  const wait = WAITS[attempts]
  return wait === undefined ? null : new Date(now.getTime() + wait)
}

/** What becomes of a row whose worker is gone: nothing was begun, or nobody knows. Only transactional mail is sent once more by itself. */
export function afterDeath(row: { status: DeliveryStatus; purpose: Purpose; resent: boolean }): 'queued' | 'resend' | 'unknown' {
  if (row.status === 'claimed') return 'queued'
  return row.purpose === 'transactional' && !row.resent ? 'resend' : 'unknown'
}
