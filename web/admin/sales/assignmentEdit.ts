import type { AssignmentRule } from '#loop/sales/assignment/contract.ts'

/** A removed rule behind the one it stood behind, whatever was changed since. */
export function putBackRule(now: readonly AssignmentRule[], rule: AssignmentRule, before: readonly AssignmentRule[]): AssignmentRule[] {
  if (now.some((one) => one.id === rule.id)) return [...now]
  const ahead = before.slice(0, before.indexOf(rule)).reverse()
  const after = ahead.map((one) => now.findIndex(({ id }) => id === one.id)).find((at) => at >= 0) ?? -1
  return now.toSpliced(after + 1, 0, rule)
}
