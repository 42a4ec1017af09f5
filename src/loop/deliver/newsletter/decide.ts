// When a newsletter may start, when it reaches whom, and how its states follow each other. Pure.
import { instantAt, isTimeZone } from '#kernel/calendar.ts'
import { MINUTE } from '#kernel/clock.ts'
import type { NewsletterStatus } from '../tables.ts'

export interface StartFacts {
  readonly status: NewsletterStatus
  /** Fields of the legal sender block that are empty (特定電子メール法 art. 4). */
  readonly legalMissing: readonly string[]
  readonly senderAddress: string
  readonly templateGone: boolean
  /** One of its segments was put away: whom it held back, or was meant for, nobody knows any more. */
  readonly segmentGone?: boolean
  readonly people: number
  readonly reachable: number
  readonly confirmed: number
  /** Another person's yes is wanted and is not there for these words. */
  readonly unapproved?: boolean
  /** Nobody could follow its links, receivers cannot tell that From is ours, or it could not be found out. */
  readonly domain?: 'private' | 'unaligned' | 'unchecked' | null
}

export type StartFault =
  | 'private'
  | 'unaligned'
  | 'unchecked'
  | 'approval'
  | 'state'
  | 'legal'
  | 'sender'
  | 'template'
  | 'segment'
  | 'audience.changed'
  | 'audience.empty'

/** What forbids the start, or null. The number of people that was shown may differ by 1 % (at least 5): lists live. */
export function maySend(facts: StartFacts): StartFault | null {
  if (facts.status !== 'draft' && facts.status !== 'scheduled') return 'state'
  if (facts.templateGone) return 'template'
  if (facts.segmentGone) return 'segment'
  if (facts.legalMissing.length) return 'legal'
  if (!facts.senderAddress) return 'sender'
  if (facts.domain) return facts.domain
  if (facts.unapproved) return 'approval'
  if (facts.people === 0) return 'audience.empty'
  return Math.abs(facts.people - facts.confirmed) > Math.max(5, facts.people * 0.01) ? 'audience.changed' : null
}

const NEXT: Readonly<Record<'pause' | 'resume' | 'cancel', readonly NewsletterStatus[]>> = {
  pause: ['sending'],
  resume: ['paused'],
  cancel: ['scheduled', 'sending', 'paused'],
}

/** Whether this may be done to a newsletter in that state. */
export function mayDo(act: 'pause' | 'resume' | 'cancel', status: NewsletterStatus): boolean {
  return NEXT[act].includes(status)
}

/** The zone in which a day begins first, and the one in which it begins last. */
const FIRST_ZONE = 'Pacific/Kiritimati'
const LAST_ZONE = 'Etc/GMT+12'

/** A zone as somebody wrote it, or the house's: one wrong value never holds up anybody else. */
export function zoneOr(given: string | undefined, house: string): string {
  const zone = given?.trim() ?? ''
  return zone !== '' && isTimeZone(zone) ? zone : house
}

/** When a wall-clock time `YYYY-MM-DDTHH:MM` comes in a zone; a time that is skipped there comes right after the gap. */
export function instantOf(local: string, zone: string): Date {
  const [day = '', time = ''] = local.split('T')
  return instantAt(zone, day, time)
}

/** When it is asked for: now, at an instant, or at each reader's own hour. */
export interface When {
  readonly sendAt?: string | undefined
  readonly localAt?: string | undefined
}

/**
 * When sending must begin at the earliest; null when the hour was over as somebody asked for it (a moment ago is now). One of the readers' own
 * is over once it is over for all of them: where it is sooner, it is sent at once.
 * @param zone of all readers; null: each has their own
 */
export function beginOf({ sendAt, localAt }: When, now: Date, zone: string | null): Date | null {
  const first = localAt ? instantOf(localAt, FIRST_ZONE) : sendAt ? new Date(sendAt) : now
  const last = localAt ? instantOf(localAt, zone ?? LAST_ZONE) : first
  if (last.getTime() < now.getTime() - 5 * MINUTE) return null
  return first < now ? now : first
}
