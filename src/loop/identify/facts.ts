import type { RawBuilder } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'

export type FactType = 'text' | 'number' | 'money' | 'date' | 'datetime' | 'boolean' | 'choice' | 'multi'
/** What a fact's value may be: dates are Date, multi is a list of option values, null and absent mean "nothing known". */
export type FactValue = string | number | boolean | Date | readonly string[] | null
export interface Words {
  readonly ja: string
  readonly en: string
}
export interface FactOption extends Words {
  readonly value: string
}

/** Something typed that a room keeps true about a person, for segments, scores, merge fields and list columns. */
export interface Fact {
  /** Unique, dotted by room: `mail`, `owner`, `attrs.budget`, `score.total`, `sales.stage`. */
  readonly name: string
  readonly type: FactType
  readonly words: Words
  /** Heading in pickers: basic, secondary, behaviour, consent, score, sales … */
  readonly group: string
  readonly options?: readonly FactOption[]
  /** An expression usable in WHERE and ORDER BY, correlated to the person row under the given alias (columns `bucket`, `id`). */
  readonly sql: (person: string) => RawBuilder<unknown>
  /** The values for N people in one set-based read. */
  readonly load: (ctx: Ctx, subjects: readonly Subject[]) => Promise<Map<string, FactValue>>
  /** Event names after which the value may differ. */
  readonly after: readonly string[]
  /** The next instant the value changes by time alone. */
  readonly nextChange?: (value: FactValue, now: Date) => Date | null
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** The facts every room declares, listed by server/wire; custom fields are added by `allFacts`. */
    readonly facts: readonly Fact[]
  }
}

/** Facts of this room that need no definition: person fields, consent, owner, dates. */
export const facts: readonly Fact[] = []

/** Every fact there is now: declared ones and the custom fields that users defined. */
export async function allFacts(ctx: Ctx): Promise<readonly Fact[]> {
  return ctx.house.ports.facts
}
