// What a returned mail means for the address: which reason, dead or not, and when soft ones have become too many. Pure.
import { DAY } from '#kernel/clock.ts'
import type { Failure } from './notice.ts'
import { type BounceReason, DEAD_REASONS, OUR_REASONS } from './reasons.ts'
import { reasonIn } from './words.ts'

export interface Finding {
  readonly address: string
  readonly reason: BounceReason
  /** The address is dead: nothing is sent there any more. */
  readonly hard: boolean
  readonly delayed: boolean
  readonly status: string | null
  readonly reply: number | null
  readonly said: string
}

/** Enhanced statuses that mean one thing whatever the words are (RFC 3463, its registry). */
const STATUSES: Readonly<Record<string, BounceReason>> = {
  '1.1': 'unknown_user',
  '1.2': 'unknown_domain',
  '1.3': 'unknown_user',
  '1.6': 'moved',
  '1.7': 'refused',
  '1.8': 'refused',
  '1.10': 'unknown_user',
  '2.1': 'disabled',
  '2.2': 'mailbox_full',
  '2.3': 'too_big',
  '3.1': 'server',
  '3.2': 'no_mail',
  '3.4': 'too_big',
  '3.5': 'server',
  '4.1': 'unreachable',
  '4.2': 'unreachable',
  '4.4': 'unknown_domain',
  '4.5': 'busy',
  '4.6': 'unreachable',
  '4.7': 'unreachable',
  '7.13': 'disabled',
}

/** What a failure means; null when it is none (delivered, relayed). */
export function findingOf(failure: Failure): Finding | null {
  if (failure.action === 'delivered') return null
  const reason = reasonOf(failure)
  return {
    address: failure.address,
    reason,
    hard: !isTemporary(failure) && DEAD_REASONS.includes(reason) && !failure.status?.startsWith('5.7.'),
    delayed: failure.action === 'delayed',
    status: failure.status,
    reply: failure.reply,
    said: (failure.said || failure.around).replace(/\s+/g, ' ').trim().slice(0, 500),
  }
}

function reasonOf(failure: Failure): BounceReason {
  const found = wordsOf(failure)
  const { command } = failure
  if (found === 'unknown_user' && !isWitnessed(failure)) return 'filtered'
  if (command === 'MAIL' && OF_SENDERS.includes(found)) return 'refused'
  // A name that cannot be found just now is one that may be found tomorrow.
  return found === 'unknown_domain' && isTemporary(failure) ? 'unreachable' : found
}

function wordsOf(failure: Failure): BounceReason {
  const byStatus = STATUSES[detailOf(failure)] ?? null
  if (CARRIERS.test(failure.address) && failure.status?.startsWith('5.1.') !== true && BY_FILTERS.test(failure.said)) return 'filtered'
  const again = /host not\s+found, try\s+again/i.test(failure.said)
  return again ? 'unreachable' : (reasonIn(failure.said) ?? byStatus ?? reasonIn(failure.around) ?? byNumber(failure))
}

const detailOf = ({ status }: Failure): string => status?.replace(/^[245]\./, '') ?? ''

/** An answer to MAIL FROM speaks of the sender, whatever words it uses. */
const OF_SENDERS: readonly BounceReason[] = ['unknown_user', 'unknown_domain', 'unclear']

/**
 * Whether "no such user" may be believed: the status says so, or the recipient's own command was refused. In answer to the message
 * itself, and in the words of who knows which hop, it is what filters say as well: the address may be alive.
 */
function isWitnessed(failure: Failure): boolean {
  const detail = detailOf(failure)
  if (detail.startsWith('1.')) return true
  if (failure.command === 'RCPT') return true
  if (failure.command === 'DATA') return !BY_FILTERS.test(failure.said)
  // Without any code the server speaks for itself, unless the words are a webmail's, which it can only have repeated.
  if (failure.status === null && failure.reply === null) return !/doesn't have an? \S+ account/i.test(failure.said)
  return !BARE.includes(detail)
}

/** Statuses that say nothing. */
const BARE: readonly string[] = ['', '0.0', '2.0', '2.1', '3.0']

/** Carriers whose "unknown user" also stands for a reader's own filter. */
const CARRIERS = /@(?:[a-z0-9-]+\.)*docomo(?:\.[a-z]+)*\.ne\.jp$/

const BY_FILTERS = /unknown user|user unknown|no such user/i

const isTemporary = (failure: Failure): boolean =>
  failure.action === 'delayed' ||
  failure.status?.startsWith('4') === true ||
  (failure.status === null && failure.reply !== null && failure.reply < 500)

function byNumber({ status, reply, action }: Failure): BounceReason {
  if (status?.startsWith('4') || action === 'delayed') return 'unreachable'
  if (status?.startsWith('5.7.')) return 'policy'
  if (reply === 421) return 'busy'
  return 'unclear'
}

/** Soft bounces that make an address one that is given up: so many, over so long (reliability of a mailbox is judged by weeks). */
const SOFT_COUNT = 5
const SOFT_DAYS = 14

/** A run of soft bounces without a delivery or sign of life between. */
export interface SoftRun {
  readonly count: number
  readonly first: Date
  readonly last: Date
}

/** Whether an address that keeps failing softly is given up. Reasons that lie with us never count. */
export function isGivenUp(run: SoftRun): boolean {
  return run.count >= SOFT_COUNT && run.last.getTime() - run.first.getTime() >= SOFT_DAYS * DAY
}

/** Whether a soft bounce counts against the address. */
export const countsAgainst = (finding: Pick<Finding, 'hard' | 'delayed' | 'reason' | 'status'>): boolean =>
  !finding.hard && !finding.delayed && !OUR_REASONS.includes(finding.reason) && !finding.status?.startsWith('5.7.')
