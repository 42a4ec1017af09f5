// Pure: the classes into which a fact sorts people, and the rule that means exactly the people of a class.
import type { ValueType } from '#loop/score/condition/contract.ts'
import type { Rule } from '../rules/contract.ts'

/** A value of a fact, all values that have no class of their own, or no value. */
export type Sort = { readonly kind: 'value'; readonly value: string } | { readonly kind: 'other' } | { readonly kind: 'none' }

/** A fact that sorts people: its name, type, and the values that have a class each. */
export interface Sorting {
  readonly fact: string
  readonly type: ValueType
  readonly values: readonly string[]
}

/** Types of facts whose values are few enough to be rows of a table. */
export const SORTABLE: readonly ValueType[] = ['text', 'choice', 'choices', 'boolean']

/** The rule that means the people of a class. */
export function ruleOf({ fact, type, values }: Sorting, sort: Sort): Rule {
  const leaf = (is: Extract<Rule, { kind: 'fact' }>['is']): Rule => ({ kind: 'fact', fact, is })
  if (sort.kind === 'none') return leaf({ op: 'empty' })
  if (sort.kind === 'value')
    return leaf(type === 'boolean' ? { op: 'eq', value: sort.value === 'true' } : { op: 'in', values: [sort.value] })
  const some = leaf({ op: 'notEmpty' })
  return values.length ? { kind: 'and', rules: [some, leaf({ op: 'notIn', values: [...values] })] } : some
}

/** All classes in order: the values, then other values, then none. */
export const sortsOf = ({ values }: Sorting): Sort[] => [
  ...values.map((value) => ({ kind: 'value' as const, value })),
  { kind: 'other' },
  { kind: 'none' },
]

/** The number by which SQL names a class: its place among the values, -1 for others, -2 for none. */
export const placeOf = (sort: Sort, { values }: Sorting): number =>
  sort.kind === 'value' ? values.indexOf(sort.value) : sort.kind === 'other' ? -1 : -2

/** Values in the order of the fact's options where it has some, else by how many people have them. */
export function ordered(values: readonly string[], options: readonly { readonly value: string }[] | undefined): string[] {
  const place = new Map((options ?? []).map((option, i) => [option.value, i]))
  const at = (value: string): number => place.get(value) ?? place.size
  return [...values].sort((a, b) => at(a) - at(b))
}

/** Both at once; an `and` within an `and` is opened, so that rules stay flat. */
export function both(...rules: readonly Rule[]): Rule {
  const parts = rules.flatMap((rule) => (rule.kind === 'and' ? rule.rules : [rule]))
  const [only] = parts
  return parts.length === 1 && only ? only : { kind: 'and', rules: parts }
}
