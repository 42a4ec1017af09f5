// How fast mail goes to the servers of one receiving group. Pure: times are epoch ms.
import { MINUTE } from '#kernel/clock.ts'
import {
  count,
  isLimited,
  type Learnt,
  lastMinute,
  lowered,
  NOTHING,
  newWindow,
  raised,
  ratePerMinute,
  type Window,
} from './paces/decide.ts'

/** What an operator allows; null is no limit. */
export interface PaceLimits {
  /** Mails per minute to one group. */
  readonly perMinute: number | null
  /** Messages on the wire to one group at a time. */
  readonly connections: number | null
}

export const FREE: PaceLimits = { perMinute: null, connections: null }

/** State of one group in this worker. */
export interface Pace {
  learnt: Learnt
  /** What of it is in the database. */
  kept: Learnt
  /** What a person has set for this very group: it goes before what was learnt, and before what holds for all. */
  fixed: PaceLimits
  /** How many workers share the limits of the group. */
  share: number
  readonly window: Window
  /** When the next one is due by the rate (the virtual clock of GCRA). */
  due: number
  /** The last instant handed out to a mail that had to wait. */
  handed: number
  onWire: number
}

/** So many seconds' worth may leave at once. */
const BURST_S = 2

export const newPace = (now: number, share = 1): Pace => ({
  learnt: NOTHING,
  kept: NOTHING,
  fixed: FREE,
  share,
  window: newWindow(now),
  due: now,
  handed: 0,
  onWire: 0,
})

const NONE = Number.POSITIVE_INFINITY

/** Mails per minute this worker may send the group. */
export const rateOf = ({ fixed, learnt, share }: Pace, limits: PaceLimits): number =>
  (fixed.perMinute ?? Math.min(learnt.perMinute ?? NONE, limits.perMinute ?? NONE)) / share

/** Messages this worker may have on the wire to the group. */
const placesOf = ({ fixed, learnt, share }: Pace, limits: PaceLimits): number =>
  Math.max(1, Math.floor((fixed.connections ?? Math.min(learnt.places ?? NONE, limits.connections ?? NONE)) / share))

/** Whether one more may go now; else the instant for it. Those told to wait are spread by the rate, so they do not come back together. */
export function admit(pace: Pace, limits: PaceLimits, now: number): { readonly go: true } | { readonly go: false; readonly until: number } {
  const rate = rateOf(pace, limits)
  if (!Number.isFinite(rate)) return { go: true }
  const step = MINUTE / rate
  pace.due = Math.max(pace.due, now)
  if (pace.due - now <= Math.max(0, BURST_S * 1_000 - step)) {
    pace.due += step
    return { go: true }
  }
  pace.handed = Math.max(pace.handed, pace.due) + step
  return { go: false, until: Math.ceil(pace.handed) }
}

/** Whether the group has a free place on the wire. */
export const hasRoom = (pace: Pace, limits: PaceLimits): boolean => pace.onWire < placesOf(pace, limits)

/** The server took one. */
export function took(pace: Pace, now: number): void {
  count(pace.window, now)
  if (isLimited(pace.learnt)) pace.learnt = raised(pace.learnt, now, lastMinute(pace.window, now) * pace.share)
}

/** The server asked for less (421, 4.7.x). */
export function slowed(pace: Pace, now: number, reply: string): void {
  const { window, share, onWire } = pace
  const learnt = lowered(pace.learnt, { now, reply, took: ratePerMinute(window, now) * share, onWire: onWire * share })
  if (learnt === pace.learnt) return
  pace.learnt = learnt
  const rate = rateOf(pace, FREE)
  if (!Number.isFinite(rate)) return
  pace.due = Math.max(pace.due, now) + MINUTE / rate
  pace.handed = 0
}

/** Providers that receive for many domains, by the end of their MX names. */
const SHARED = [
  ['google', /(?:^|\.)(?:google|googlemail)\.com$/],
  ['microsoft', /(?:^|\.)(?:outlook|hotmail)\.com$/],
  ['yahoo-japan', /(?:^|\.)yahoo\.co\.jp$/],
  ['docomo', /(?:^|\.)docomo\.ne\.jp$/],
  ['au', /(?:^|\.)(?:ezweb|au)\.(?:ne|com)(?:\.jp)?$/],
  ['softbank', /(?:^|\.)softbank\.(?:ne\.)?jp$/],
] as const

/** Whether a group goes by a provider's name and not by a domain. */
export const isProvider = (receiver: string): boolean => SHARED.some(([name]) => name === receiver)

/** Labels of a name that say whose it is: three below `co.jp` and the like, else two. */
function ownerOf(host: string): string {
  const labels = host.split('.')
  const deep = /^(?:co|ne|or|ac|go|ad|ed|gr|lg|com|net|org)$/.test(labels.at(-2) ?? '') && (labels.at(-1)?.length ?? 0) === 2
  return labels.slice(deep ? -3 : -2).join('.')
}

/** The group a domain's mail goes to: by its first mail exchanger, or the domain itself while that is not known. */
export function groupOf(domain: string, exchanger: string | null): string {
  const host = (exchanger ?? '').toLowerCase().replace(/\.$/, '')
  if (!host) return domain
  return SHARED.find(([, ends]) => ends.test(host))?.[0] ?? ownerOf(host)
}

/** How many mails of newsletters a young sender may send on day `n` (0 is the first): twice as many each day (Gmail, Microsoft and Yahoo ask for a slow start). */
export const rampOf = (first: number, day: number): number => Math.floor(first * 2 ** Math.min(day, 30))

/** A newsletter is held when its list is bad: of the first 500 mails answered more than 5 % dead addresses, or more than 0.3 % complaints. */
export function mustHold(seen: {
  readonly sent: number
  readonly dead: number
  readonly complained: number
}): 'bounces' | 'complaints' | null {
  const answered = seen.sent + seen.dead
  if (answered <= 500 ? seen.dead > 25 || (answered >= 100 && seen.dead > answered * 0.05) : false) return 'bounces'
  return seen.complained >= 3 && seen.complained > seen.sent * 0.003 ? 'complaints' : null
}
