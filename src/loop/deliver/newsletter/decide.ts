// When a newsletter may start, and how its states follow each other. Pure.
import type { NewsletterStatus } from '../tables.ts'

export interface StartFacts {
  readonly status: NewsletterStatus
  /** Fields of the legal sender block that are empty (特定電子メール法 art. 4). */
  readonly legalMissing: readonly string[]
  readonly senderAddress: string
  readonly templateGone: boolean
  readonly people: number
  readonly reachable: number
  readonly confirmed: number
}

export type StartFault = 'state' | 'legal' | 'sender' | 'template' | 'audience.changed' | 'audience.empty'

/** What forbids the start, or null. The number of people that was shown may differ by 1 % (at least 5): lists live. */
export function maySend(facts: StartFacts): StartFault | null {
  if (facts.status !== 'draft' && facts.status !== 'scheduled') return 'state'
  if (facts.templateGone) return 'template'
  if (facts.legalMissing.length) return 'legal'
  if (!facts.senderAddress) return 'sender'
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
