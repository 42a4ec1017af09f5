// What becomes of a call to the outside. Pure.
import { HOUR, MINUTE, SECOND } from '#kernel/clock.ts'
import type { CallAnswer } from '../ports.ts'

/** Pauses between tries: the last one is made about a day after the first. */
const PAUSES = [10 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR]

export type Fate =
  | { readonly state: 'taken' }
  | { readonly state: 'waiting'; readonly nextAt: Date; readonly reason: string }
  | { readonly state: 'failed' | 'refused'; readonly reason: string }

/** What an answer means, after so many tries (this one counted). */
export function fateOf(answer: CallAnswer, tries: number, now: Date): Fate {
  if (answer.kind === 'taken') return { state: 'taken' }
  if (answer.kind === 'refused') return { state: 'refused', reason: answer.reason }
  const pause = PAUSES[tries - 1]
  return pause === undefined
    ? { state: 'failed', reason: answer.reason }
    : { state: 'waiting', nextAt: new Date(now.getTime() + pause), reason: answer.reason }
}

/** What the history of a run says of a step whose call stands like this. */
export function becauseOf(fate: Fate): { kind: 'done'; outcome?: string; detail?: string } {
  if (fate.state === 'taken') return { kind: 'done' }
  return { kind: 'done', outcome: fate.state === 'waiting' ? 'call_retrying' : 'call_failed', detail: fate.reason.slice(0, 300) }
}
