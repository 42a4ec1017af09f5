// Pure: what rules a persona may have.
import { segmentsIn } from '../decide.ts'
import { leavesOf, type Rule } from '../rules/contract.ts'

/** Whether a rule asks a fact, itself or through the segments that it reads. */
export function asks(rule: Rule, fact: string, rules: ReadonlyMap<string, Rule>): boolean {
  const seen = new Set<string>()
  const ahead = [rule]
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    if (leavesOf(next).some(({ leaf }) => leaf.kind === 'fact' && leaf.fact === fact)) return true
    for (const id of segmentsIn(next)) {
      const theirs = rules.get(id)
      if (theirs && !seen.has(id)) ahead.push(theirs)
      seen.add(id)
    }
  }
  return false
}
