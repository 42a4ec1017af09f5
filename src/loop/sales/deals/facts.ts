// How a fact of sales is made of one SQL expression, and what deals say of a person.
import { type RawBuilder, sql } from 'kysely'
import type { Fact, FactOption, FactType, FactValue, Words } from '#loop/identify/facts.ts'
import { selectFact } from '../fact.queries.ts'

export const DEAL_MOVED = [
  ...[
    'deal.created',
    'deal.changed',
    'deal.stage_changed',
    'deal.won',
    'deal.lost',
    'deal.reopened',
    'deal.joined',
    'deal.parted',
    'deal.removed',
    'deal.restored',
  ],
  ...['lead.adopted', 'lead.released'],
]

export interface Declared {
  readonly name: string
  readonly type: FactType
  readonly words: Words
  readonly after: readonly string[]
  readonly options?: readonly FactOption[]
  readonly sql: Fact['sql']
  readonly find?: NonNullable<Fact['find']>
  /** The same as it was at an instant. */
  readonly past?: (at: Date) => Pick<Declared, 'sql' | 'find'>
}

/** An aggregate or the first of the person's deals. */
export const deals = (select: RawBuilder<unknown>, rest: RawBuilder<unknown>) => (person: string) => {
  const p = sql.id(person)
  return sql`(SELECT ${select} FROM deal_person dp JOIN deal d ON d.id = dp.deal_id AND d.removed_at IS NULL
    WHERE dp.bucket = ${p}.bucket AND dp.person_id = ${p}.id ${rest})`
}

/** The loader runs the very expression that segments compile, so the two cannot disagree. */
export function factOf({ past, ...one }: Declared): Fact {
  const readBy = (by: Fact['sql']): Fact['load'] => {
    return async (ctx, subjects) =>
      new Map([...(await selectFact(ctx.db, subjects, by('p')))].map(([id, value]) => [id, factValue(value, one.type)]))
  }
  return {
    ...one,
    group: 'sales',
    load: readBy(one.sql),
    ...(past && {
      asOf: (at: Date) => {
        const then = past(at)
        return { ...then, load: readBy(then.sql) }
      },
    }),
  }
}

function factValue(value: unknown, type: FactType): FactValue {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map(String)
  if (type === 'date') return new Date(`${String(value)}T00:00:00Z`)
  return typeof value === 'number' || value instanceof Date ? value : String(value)
}
