// Whether somebody came back after a time in which nothing was seen of them. Pure.
import { DAY, HOUR } from '#kernel/clock.ts'
import type { Trigger } from '../graph/contract.ts'

/** What somebody does within so long is one return: the first page of it ends the silence, a later one still belongs to it. */
export const RETURN = 12 * HOUR

/**
 * @param at when they did what the trigger is for
 * @param lastBefore when something was last seen of them before this return, or when they became known
 * @param lastEntry when they entered last: one return lets somebody in once
 */
export function cameBack(
  { days }: Extract<Trigger, { kind: 'silence' }>,
  at: Date,
  lastBefore: Date | undefined,
  lastEntry: Date | undefined,
): boolean {
  if (!lastBefore || at.getTime() - lastBefore.getTime() < days * DAY) return false
  return !lastEntry || at.getTime() - lastEntry.getTime() >= RETURN
}
