// What the servers of one receiving group bear, learnt from their answers. Pure: instants are epoch ms, rates are mails per minute.
//
// The rule is TCP's (RFC 5681 §3.1), by the minute, because receivers count by the minute:
// - At first nothing is known, and nothing is held back beyond what a person has set.
// - Push-back (421 or 4.7.x): half of what the group took in the last minute, or of the limit it had, whichever is less; at most once a
//   minute, never below six a minute. Where the reply speaks of connections or sessions, half the places on the wire instead, at least one.
// - A quiet minute in which the group was sent at least half of its limit: a tenth of what it bore when it last pushed back (at least six)
//   is added, and one place. A minute that asked nothing of the limit proves nothing and changes nothing.
// - Thirty days without push-back: forgotten.
import { DAY, MINUTE } from '#kernel/clock.ts'

export interface Learnt {
  /** null: no limit was learnt. */
  readonly perMinute: number | null
  /** Messages on the wire at a time; null: no limit was learnt. */
  readonly places: number | null
  /** Mails per minute it took when it last pushed back; the steps up are measured by it. */
  readonly bore: number
  readonly why: 'rate' | 'connections' | null
  /** What the server said when it last pushed back. */
  readonly reply: string
  readonly slowedAt: number
  readonly raisedAt: number
}

export const NOTHING: Learnt = {
  perMinute: null,
  places: null,
  bore: 0,
  why: null,
  reply: '',
  slowedAt: Number.NEGATIVE_INFINITY,
  raisedAt: Number.NEGATIVE_INFINITY,
}

export const SLOWEST = 6
export const KEPT_DAYS = 30
const KEPT_MS = KEPT_DAYS * DAY
/** A limit above this says nothing any more. */
const FREE_RATE = 100_000
const FREE_PLACES = 50

/** What a server said, and what it was sent until then. */
interface Push {
  readonly now: number
  readonly reply: string
  /** Mails per minute it took of late. */
  readonly took: number
  /** Messages on the wire to it at that moment. */
  readonly onWire: number
}

const OF_CONNECTIONS =
  /(?:too many|concurrent|simultaneous|maximum|limit)[^\r\n]{0,40}(?:connection|session)|(?:connection|session)s?[^\r\n]{0,20}(?:limit|exceed)/i

/** Whether a reply complains of open connections, and not of how many mails come. */
export const isOfConnections = (reply: string): boolean => OF_CONNECTIONS.test(reply)

/** The group asked for less. Within a minute of the last time it has been heard already. */
export function lowered(known: Learnt, push: Push): Learnt {
  if (push.now - known.slowedAt < MINUTE) return known
  const reply = push.reply.slice(0, 200)
  const base = { ...known, reply, slowedAt: push.now, raisedAt: push.now }
  if (isOfConnections(push.reply)) {
    const had = Math.min(known.places ?? FREE_PLACES, Math.max(1, push.onWire))
    return { ...base, places: Math.max(1, Math.floor(had / 2)), why: 'connections' }
  }
  const bore = Math.min(known.perMinute ?? Number.POSITIVE_INFINITY, push.took)
  return { ...base, perMinute: Math.max(SLOWEST, bore / 2), bore, why: 'rate' }
}

/** A mail was taken: after a quiet minute that made use of the limit, a step up. @param took mails of the last minute */
export function raised(known: Learnt, now: number, took: number): Learnt {
  if (!isLimited(known) || now - Math.max(known.slowedAt, known.raisedAt) < MINUTE) return known
  if (known.perMinute !== null && took < known.perMinute / 2) return known
  const perMinute = known.perMinute === null ? null : known.perMinute + stepOf(known)
  const places = known.places === null ? null : known.places + 1
  return {
    ...known,
    perMinute: perMinute !== null && perMinute > FREE_RATE ? null : perMinute,
    places: places !== null && places > FREE_PLACES ? null : places,
    raisedAt: now,
  }
}

/** How much a quiet minute adds. */
export const stepOf = ({ bore }: Pick<Learnt, 'bore'>): number => Math.max(SLOWEST, bore / 10)

export const isLimited = ({ perMinute, places }: Pick<Learnt, 'perMinute' | 'places'>): boolean => perMinute !== null || places !== null

/** What is still worth knowing: nothing after thirty days without push-back. */
export const stillKnown = (known: Learnt, now: number): Learnt => (now - known.slowedAt > KEPT_MS ? NOTHING : known)

const SLOT_MS = 10_000
const SLOTS = 6

/** How many mails a group took in each of the last six stretches of ten seconds. */
export interface Window {
  readonly slots: number[]
  /** Number of the latest stretch since the epoch. */
  at: number
  /** When it began to take mails, after a minute or more of none. */
  since: number
}

export const newWindow = (now: number): Window => ({ slots: Array<number>(SLOTS).fill(0), at: Math.floor(now / SLOT_MS), since: now })

/** Counts one mail. */
export function count(window: Window, now: number): void {
  if (turn(window, now)) window.since = now
  const slot = window.at % SLOTS
  window.slots[slot] = (window.slots[slot] ?? 0) + 1
}

/** Mails of the last minute, to ten seconds. */
export function lastMinute(window: Window, now: number): number {
  turn(window, now)
  return window.slots.reduce((sum, n) => sum + n, 0)
}

/** Mails per minute of late: of a group that was begun with a moment ago, as if it went on so, yet never by less than ten seconds. */
export function ratePerMinute(window: Window, now: number): number {
  const mails = lastMinute(window, now)
  return (mails * MINUTE) / Math.min(MINUTE, Math.max(SLOT_MS, now - window.since))
}

/** Empties what lies more than a minute back. @returns whether nothing is left */
function turn(window: Window, now: number): boolean {
  const at = Math.floor(now / SLOT_MS)
  for (let slot = Math.max(window.at + 1, at - SLOTS + 1); slot <= at; slot++) window.slots[slot % SLOTS] = 0
  window.at = Math.max(window.at, at)
  return window.slots.every((n) => n === 0)
}
