import type { Ctx } from './ctx.ts'
import type { Subject } from './db/buckets.ts'
import type { Hears, News } from './journal.ts'

/** One turn of the loop over the people the reactor claimed; every stage is given it. */
export interface Pass {
  /** The instant of the pass (`ctx.now`), read after the locks. */
  readonly at: Date
  /** The people whose pulses are locked, in key order; some have no news but are due. */
  readonly people: readonly Subject[]
  /** Their news in the order of `seq`, by person id; no entry for those who are only due. */
  readonly news: ReadonlyMap<string, readonly News[]>
  /**
   * Says when time alone can next change something about a person. Each stage says so for every person of the pass in which it has
   * such an instant; the loop writes the earliest of all stages to `pulse.due_at`.
   */
  wake(personId: string, at: Date): void
  /** Names of facts that an earlier stage changed in this pass, by person id, so that a later stage looks again (`score.main`). */
  readonly changed: Map<string, Set<string>>
}

/** Notes that a fact changed in this pass. */
export function noteChange(pass: Pass, personId: string, fact: string): void {
  const seen = pass.changed.get(personId)
  if (seen) seen.add(fact)
  else pass.changed.set(personId, new Set([fact]))
}

const NONE: readonly News[] = []

/** The news of one person; none when they are only due. */
export function newsOf(pass: Pass, personId: string): readonly News[] {
  return pass.news.get(personId) ?? NONE
}

/** A standing reaction of a room: the events it looks at, and what it does with all of them of a pass at once. */
export interface Reaction {
  /** Who it is, in words an operator understands; shown when it fails or feeds itself. */
  readonly name: string
  readonly on: readonly string[]
  /** Which of these it would do something with, by what is set now; all of them when absent. At most one too many is harmless. */
  readonly hears?: Hears
  readonly run: (ctx: Ctx, pass: Pass, news: readonly News[]) => Promise<void>
}
