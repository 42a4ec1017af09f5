// The pipeline between parsing and writing: named steps, each may drop a message with its reason; the rest of what one message means.
import { isbot, isbotMatch } from 'isbot'
import { hashedId } from '#kernel/chance.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import { isOwnOrigin } from './address.ts'
import type { ConsentMode, CountReason } from './contract.ts'
import type { Incoming } from './incoming.ts'

/** What the steps know of the site. */
export interface SiteRules {
  readonly id: string
  readonly domains: readonly string[]
  readonly consentMode: ConsentMode
  readonly countRobots: boolean
}

/** What the request itself says. */
export interface Sender {
  readonly userAgent: string | null
  /** The Origin header: set by browsers on every cross-site post. */
  readonly origin: string | null
  /** Sec-GPC: 1 (https://w3c.github.io/gpc/). */
  readonly gpc: boolean
}

export interface Drop {
  readonly reason: CountReason
  readonly detail: string
}

interface Step {
  readonly name: string
  readonly drop: (message: Incoming, site: SiteRules, sender: Sender) => Drop | null
}

/** Parsing comes before, resolving the person and finding duplicates after: these two need the database. */
export const STEPS: readonly Step[] = [
  {
    name: 'domain',
    drop: (_message, site, sender) =>
      isOwnOrigin(sender.origin, site.domains) ? null : { reason: 'domain', detail: (sender.origin ?? '').slice(0, 100) },
  },
  { name: 'consent', drop: consentDrop },
  { name: 'bot', drop: robotDrop },
]

/** The first reason to drop a message, or null when it goes on. */
export function dropOf(message: Incoming, site: SiteRules, sender: Sender): Drop | null {
  for (const step of STEPS) {
    const drop = step.drop(message, site, sender)
    if (drop) return drop
  }
  return null
}

/**
 * Consent. Opt-in sites take nothing from a browser without a yes. Messages of a server library are its sender's own responsibility,
 * unless they carry a no. Global Privacy Control is a no, until the visitor has said yes themselves.
 */
function consentDrop(message: Incoming, site: SiteRules, sender: Sender): Drop | null {
  if (message.consent === 'granted') return null
  if (message.consent === 'refused') return { reason: 'consent', detail: 'refused' }
  if (sender.gpc) return { reason: 'gpc', detail: '' }
  const browser = message.consent === 'implied' || sender.origin !== null
  return site.consentMode === 'opt-in' && browser ? { reason: 'consent', detail: 'opt-in' } : null
}

const robots = new Map<string, string | null>()
const MOST_REMEMBERED = 5_000

/** The robot a user agent names itself as (isbot), or null for a browser. Remembered: agents repeat, the pattern is long. */
export function robotIn(userAgent: string): string | null {
  const known = robots.get(userAgent)
  if (known !== undefined) return known
  const found = isbot(userAgent) ? robotName(userAgent) : null
  if (robots.size >= MOST_REMEMBERED) robots.clear()
  robots.set(userAgent, found)
  return found
}

const NAMED = /([a-z][\w.-]*(?:bot|crawl|spider|slurp|archiver|feed|fetch|preview|monitor|scan|validator)[\w.-]*)/i

/** A robot's name without its version: the word that says what it is, else what isbot recognised. */
function robotName(userAgent: string): string {
  const name = NAMED.exec(userAgent)?.[1] ?? isbotMatch(userAgent) ?? ''
  return (
    name
      .toLowerCase()
      .replace(/[/\s(;].*$/, '')
      .slice(0, 60) || 'robot'
  )
}

/** Server libraries name themselves too ("axios", "node-fetch"): only what claims to come from a browser is asked. */
function robotDrop(message: Incoming, _site: SiteRules, sender: Sender): Drop | null {
  const agent = message.userAgent ?? (message.consent === 'implied' || sender.origin !== null ? sender.userAgent : null)
  if (agent === null) return message.consent === 'implied' ? { reason: 'robot', detail: 'no user agent' } : null
  const robot = robotIn(isLoopback(sender.origin) ? agent.replace('HeadlessChrome/', 'Chrome/') : agent)
  return robot ? { reason: 'robot', detail: robot } : null
}

/** A headless browser on a page of this very machine is somebody trying the tag out, not a robot that found the site. */
const isLoopback = (origin: string | null) => /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(origin ?? '')

const LATEST_AHEAD = 5 * MINUTE
const OLDEST = 3 * 366 * DAY
const HISTORIC_AFTER = HOUR

/** When it happened, as far as the sender's clock can be believed. */
export interface Moment {
  readonly at: Date
  readonly historic: boolean
  /** The sender's clock told something impossible; the server's time stands in for it. */
  readonly crooked: boolean
}

/**
 * The sender's clock may be wrong by years, but the time between the event and the sending is read off one clock: it is subtracted from
 * the time of receipt. Times without a sending time are taken as they are. Whatever then lies in the future, or more than three years
 * back, gets the time of receipt. Older than an hour is history: it counts, but starts nothing.
 */
export function momentOf(at: Date | null, sentAt: Date | null, received: Date): Moment {
  const now = received.getTime()
  if (!at) return { at: received, historic: false, crooked: false }
  const age = (sentAt ?? received).getTime() - at.getTime()
  if (!(age >= -LATEST_AHEAD && age <= OLDEST)) return { at: received, historic: false, crooked: true }
  const moment = Math.min(now, now - age)
  return { at: new Date(moment), historic: now - moment > HISTORIC_AFTER, crooked: false }
}

/** The id of a message: the sender's, or a hash of what was sent where a time makes that unambiguous, or a fresh one. */
export function messageIdOf(message: Incoming, fresh: () => string): string {
  if (message.messageId) return message.messageId
  if (!message.at) return fresh()
  return hashedId(
    message.kind,
    message.name,
    message.device ?? '',
    message.userId ?? '',
    message.at.toISOString(),
    message.url ?? '',
    JSON.stringify(message.props),
  )
}

export const VISIT_GAP = 30 * MINUTE

/** A visit as far as assigning events to it goes. */
export interface OpenVisit {
  readonly id: string
  readonly startedAt: Date
  readonly lastAt: Date
}

/** The visit of one person that an instant belongs to: within it, or less than 30 minutes from its ends; the nearest wins. */
export function visitFor(at: Date, visits: readonly OpenVisit[]): OpenVisit | null {
  let best: OpenVisit | null = null
  let bestGap = VISIT_GAP
  for (const visit of visits) {
    const gap = Math.max(visit.startedAt.getTime() - at.getTime(), at.getTime() - visit.lastAt.getTime(), 0)
    if (gap < bestGap || (gap === 0 && best === null)) {
      best = visit
      bestGap = gap
    }
  }
  return best
}
