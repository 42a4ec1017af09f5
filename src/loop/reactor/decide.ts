// Pure: what becomes of a person after a pass, and which news have gone round too often.
import type { Subject } from '#kernel/db/buckets.ts'
import { MOST_HOPS, type News } from '#kernel/journal.ts'

/** What a pass leaves behind for one person. */
export interface After {
  readonly subject: Subject
  readonly dueAt: Date | null
  /** Why nothing more may run for them until somebody looks. */
  readonly parkedBecause: string | null
}

/**
 * A person due in the past would be claimed again at once and for ever: they are parked with the stage that did it.
 * Those whose news have gone round too often are parked with the rules that feed each other.
 */
export function afterPass(
  subject: Subject,
  due: { readonly at: Date; readonly by: string } | undefined,
  now: Date,
  feeding: string | null,
): After {
  if (feeding) return { subject, dueAt: null, parkedBecause: feeding }
  if (due && due.at <= now)
    return {
      subject,
      dueAt: null,
      parkedBecause: `“${due.by}” asked to be woken at ${due.at.toISOString()}, which had passed: it would never have rested.`,
    }
  return { subject, dueAt: due?.at ?? null, parkedBecause: null }
}

/** News split into those that may be reacted to and those that have gone round too often. */
export function splitByHop(news: ReadonlyMap<string, readonly News[]>): { fine: Map<string, News[]>; runaway: Map<string, News[]> } {
  const fine = new Map<string, News[]>()
  const runaway = new Map<string, News[]>()
  for (const [id, list] of news) {
    const over = list.filter((one) => one.hop >= MOST_HOPS)
    fine.set(id, over.length ? list.filter((one) => one.hop < MOST_HOPS) : [...list])
    if (over.length) runaway.set(id, over)
  }
  return { fine, runaway }
}

/** The sentence under which a person is parked whose rules feed each other: the rules are named by their events. */
export function feedingReason(chain: readonly { readonly name: string; readonly what: string | null }[]): string {
  const named = [...new Set(chain.map(({ name, what }) => (what ? `${name} “${what}”` : name)))].slice(0, 4)
  return `These rules feed each other: ${named.join(' ⇄ ')}. Stopped after ${MOST_HOPS} rounds.`
}

/** How an error is shown beside the person it concerns. */
export function errorReason(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
