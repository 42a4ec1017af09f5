// Pure: the rules behind the cells of tables and the bars.
import { both, placeOf, ruleOf, type Sort, type Sorting, sortsOf } from '#loop/segment/compare/decide.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import type { ColumnAsk, Heading, Place } from './contract.ts'
import { TIMES } from './contract.ts'

/** A row or column: what it stands for, the number by which SQL names it, and the rule of its people. */
export interface Line {
  readonly heading: Heading
  readonly k: number
  readonly rule: Rule
}

/** The classes of a fact as lines. */
export const linesOf = (sorting: Sorting): Line[] =>
  sortsOf(sorting).map((sort: Sort) => ({ heading: sort, k: placeOf(sort, sorting), rule: ruleOf(sorting, sort) }))

/** How often an event happened within the window, as lines. */
export function timesOf({ match, days }: Extract<ColumnAsk, { kind: 'event' }>): Line[] {
  const leaf = (op: 'atLeast' | 'atMost' | 'exactly', n: number): Rule => ({
    kind: 'event',
    match,
    count: { op, n },
    period: { kind: 'last', n: days, unit: 'days' },
  })
  return TIMES.map(({ from, to }, k) => ({
    heading: { kind: 'times', from, to },
    k,
    rule: to === null ? leaf('atLeast', from) : from === to ? leaf('exactly', from) : both(leaf('atLeast', from), leaf('atMost', to)),
  }))
}

/** Whoever stood at a stage when a day ended, or stands there now. */
export function stageRule(place: Place, on: string | null): Rule {
  const leaf = { kind: 'fact' as const, fact: 'sales.stage', ...(on ? { on } : {}) }
  return place === 'none' ? { ...leaf, is: { op: 'empty' } } : { ...leaf, is: { op: 'in', values: [place] } }
}

/** Lower bounds of the bands of the score; below the first is a band of its own. */
export const BANDS = [1, 20, 40, 60, 80, 100] as const

/** The bands of the score as rules. */
export function bandsOf(fact: string): { from: number | null; to: number | null; rule: Rule }[] {
  const leaf = (op: 'gte' | 'lt', value: number): Rule => ({ kind: 'fact', fact, is: { op, value } })
  return [null, ...BANDS].map((from, i) => {
    const below = BANDS[i] ?? null
    const rules = [...(from === null ? [] : [leaf('gte', from)]), ...(below === null ? [] : [leaf('lt', below)])]
    return { from, to: below === null ? null : below - 1, rule: both(...rules) }
  })
}
