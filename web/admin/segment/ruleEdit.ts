// Pure edits of a rule tree as the editor makes them.
import { condition, eventMatch } from '#loop/score/condition/contract.ts'
import { type Leaf, leavesOf, type Rule } from '#loop/segment/rules/contract.ts'

/** A group, perhaps excluded: what the editor draws as one box. */
export interface Box {
  readonly joined: 'and' | 'or'
  readonly parts: readonly Rule[]
  readonly isNot: boolean
}

export const EVERYBODY: Rule = { kind: 'and', rules: [] }

/** The rule as a box at the root: a lone leaf stands in a box of one. */
export function boxOf(rule: Rule): Box {
  if (rule.kind === 'and' || rule.kind === 'or') return { joined: rule.kind, parts: rule.rules, isNot: false }
  if (rule.kind === 'not') {
    const inner = boxOf(rule.rule)
    return { ...inner, isNot: !inner.isNot }
  }
  return { joined: 'and', parts: [rule], isNot: false }
}

export function ruleOf({ joined, parts, isNot }: Box): Rule {
  const rule: Rule = { kind: joined, rules: [...parts] }
  return isNot ? { kind: 'not', rule } : rule
}

/** Whether a part is drawn as a box of its own. */
export function isGroup(rule: Rule): boolean {
  return rule.kind === 'and' || rule.kind === 'or' || (rule.kind === 'not' && isGroup(rule.rule))
}

/** A leaf and whether it is excluded. */
export function leafOf(rule: Rule): { leaf: Leaf; isNot: boolean } | null {
  if (rule.kind === 'not') {
    const inner = leafOf(rule.rule)
    return inner && { leaf: inner.leaf, isNot: !inner.isNot }
  }
  return rule.kind === 'and' || rule.kind === 'or' ? null : { leaf: rule, isNot: false }
}

export const withNot = (rule: Rule, isNot: boolean): Rule => (isNot ? { kind: 'not', rule } : rule)

/** Whether everything in the rule is filled in, so that it can be counted and kept. */
export function isComplete(rule: Rule): boolean {
  return leavesOf(rule).every(({ leaf }) => {
    if (leaf.kind === 'fact') return condition.safeParse(leaf.is).success
    if (leaf.kind === 'segment') return leaf.segment !== ''
    const matches = leaf.kind === 'event' && leaf.after ? [leaf.match, leaf.after.match] : [leaf.match]
    return matches.every(
      (match) => eventMatch.safeParse(match).success && match.filters.every((filter) => !('value' in filter) || filter.value !== ''),
    )
  })
}
