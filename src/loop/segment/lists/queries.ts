import { type RawBuilder, sql } from 'kysely'
import type { Fact } from '#loop/identify/facts.ts'
import { factOf } from '../compile/decide.ts'
import type { Compiling } from '../compile/queries.ts'
import { askedOf, type FactLeaf, type Rule } from '../rules/contract.ts'

type Bool = RawBuilder<unknown>

/**
 * The compiled rule with what indexes can answer beside it. The compiler casts and coalesces, so that a condition means the same as in
 * memory, and no index sees through that; parts that must hold anyway are said a second time in the words of an index.
 * @param saysFound the compiled rule says by itself what facts find for many at once
 */
export function indexHints(rule: Rule, how: Compiling, compiled: Bool, saysFound = false): Bool {
  const hints = needed(rule).flatMap((leaf) => {
    const fact = factOf(how.facts, askedOf(leaf), how)
    return (fact && !(saysFound && foundBy(fact, leaf.is)) && hintOf(fact, leaf.is)) || []
  })
  return hints.length ? sql`(${sql.join([...hints, compiled], sql` AND `)})` : compiled
}

/** Leaves without which the rule cannot hold. */
function needed(rule: Rule): FactLeaf[] {
  if (rule.kind === 'fact') return [rule]
  return rule.kind === 'and' ? rule.rules.flatMap(needed) : []
}

/** Columns with an index of their own; text columns are indexed in the order of code points. */
const TEXTS: Readonly<Record<string, RawBuilder<unknown>>> = {
  companyName: sql`p.company_name COLLATE "C"`,
  prefecture: sql`p.prefecture COLLATE "C"`,
  industry: sql`p.industry COLLATE "C"`,
  sourceFirst: sql`p.source_first COLLATE "C"`,
}

const valuesOf = (is: FactLeaf['is']): string[] | null =>
  is.op === 'eq' && typeof is.value === 'string' ? [is.value] : is.op === 'in' ? [...is.values] : null

/** A condition in the words in which the fact itself answers it for many at once; null where it has none. */
export function foundBy(fact: Fact, is: FactLeaf['is']): Bool | null {
  if (is.op === 'gte' && fact.findFrom) return fact.findFrom('p', is.value)
  const values = valuesOf(is)
  return (values && fact.find?.('p', values)) ?? null
}

function hintOf(fact: Fact, is: FactLeaf['is']): Bool | null {
  const values = valuesOf(is)
  const found = foundBy(fact, is)
  if (found || !values || fact.find) return found
  const column = Object.hasOwn(TEXTS, fact.name) ? TEXTS[fact.name] : undefined
  if (column) return sql`${column} = ANY(${values}::text[])`
  if (fact.name === 'tags') return sql`(p.tags && ${values}::text[] AND p.tags <> '{}')`
  if (fact.name.startsWith('attrs.') && values.length === 1 && (fact.type === 'text' || fact.type === 'choice'))
    return sql`p.attrs @> jsonb_build_object(${fact.name.slice('attrs.'.length)}::text, ${values[0] ?? ''}::text)`
  return null
}
