// How fast mail goes to the servers of one receiving group, and what their answers teach. Pure: times are epoch ms.

/** What an operator allows; null is no limit. */
export interface PaceLimits {
  /** Mails per minute to one group. */
  readonly perMinute: number | null
  /** Messages on the wire to one group at a time. */
  readonly connections: number | null
}

/** State of one group in this worker. */
export interface Pace {
  /** Mails per minute it takes now. */
  rate: number
  /** When the next one is due by the rate (the virtual clock of GCRA). */
  due: number
  /** The last instant handed out to a mail that had to wait. */
  handed: number
  slowedAt: number
  raisedAt: number
  /** Answers since `windowAt`, of either kind. */
  answers: number
  windowAt: number
  onWire: number
}

const MINUTE = 60_000
const WINDOW_MS = 10_000
/** One halving for what a server says in one breath. */
const BREATH_MS = 5_000
const SLOWEST = 6
const RECOVERS_BY = 1.25
/** So many seconds' worth may leave at once. */
const BURST_S = 2

export const newPace = (now: number): Pace => ({
  rate: Number.POSITIVE_INFINITY,
  due: now,
  handed: 0,
  slowedAt: Number.NEGATIVE_INFINITY,
  raisedAt: 0,
  answers: 0,
  windowAt: now,
  onWire: 0,
})

const rateOf = (pace: Pace, limits: PaceLimits): number => Math.min(pace.rate, limits.perMinute ?? Number.POSITIVE_INFINITY)

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
export const hasRoom = (pace: Pace, limits: PaceLimits): boolean => limits.connections === null || pace.onWire < limits.connections

/** The server took one: counted, and after a quiet minute the group may go a quarter faster. */
export function took(pace: Pace, now: number): void {
  count(pace, now)
  if (!Number.isFinite(pace.rate)) return
  if (now - Math.max(pace.slowedAt, pace.raisedAt) < MINUTE) return
  pace.raisedAt = now
  pace.rate *= RECOVERS_BY
}

/** The server asked for less (421, 4.7.x): half of what it got in the last seconds, at most once a breath. */
export function slowed(pace: Pace, now: number): void {
  count(pace, now)
  if (now - pace.slowedAt < BREATH_MS) return
  const seen = (pace.answers / Math.max(1_000, now - pace.windowAt)) * MINUTE
  pace.rate = Math.max(SLOWEST, Math.min(pace.rate, seen) / 2)
  pace.slowedAt = now
  pace.due = Math.max(pace.due, now) + MINUTE / pace.rate
  pace.handed = 0
}

function count(pace: Pace, now: number): void {
  if (now - pace.windowAt > WINDOW_MS) {
    pace.windowAt = now
    pace.answers = 0
  }
  pace.answers++
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
