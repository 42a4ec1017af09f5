// Pure: whether a rule over companies can be kept, what it reads, and whether time alone can change it.
import type { FieldError } from '#kernel/errors.ts'
import type { CompanyFact } from '#loop/identify/companies/facts.ts'
import { misfit } from '#loop/score/condition/contract.ts'
import { valueTypeOf } from '../compile/decide.ts'
import { type FactLeaf, leavesOf, MOST_LEAVES, type Rule } from '../rules/contract.ts'

/** What is wrong with a rule, by the path of the leaf; empty when it can be kept. */
export function companyFaults(rule: Rule, facts: ReadonlyMap<string, CompanyFact>): FieldError[] {
  const leaves = leavesOf(rule)
  if (leaves.length > MOST_LEAVES) return [{ field: 'rule', reason: `A rule has at most ${MOST_LEAVES} conditions.` }]
  return leaves.flatMap(({ path, leaf }) => {
    const why = leaf.kind === 'fact' ? fault(facts.get(leaf.fact), leaf) : 'Only what is known of companies can be asked here.'
    return why ? [{ field: path ? `rule.${path}` : 'rule', reason: why }] : []
  })
}

function fault(fact: CompanyFact | undefined, leaf: FactLeaf): string | null {
  if (leaf.on) return 'What a company was on a past day is not kept.'
  return fact ? misfit(valueTypeOf(fact.type), leaf.is) : `“${leaf.fact}” is not known of companies.`
}

const TIMED = new Set(['withinLast', 'withinNext', 'olderThan', 'furtherThan'])

/** Whether time alone can bring a company in or out. */
export const movesByTime = (rule: Rule): boolean => leavesOf(rule).some(({ leaf }) => leaf.kind === 'fact' && TIMED.has(leaf.is.op))
