// Pure: whether a rule can be kept, and whether segments would feed on each other.
import type { FieldError } from '#kernel/errors.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { misfit } from '#loop/score/condition/contract.ts'
import { endOf, valueTypeOf } from './compile/decide.ts'
import { type FactLeaf, leavesOf, MOST_LEAVES, type Rule } from './rules/contract.ts'

/** The facts there are, and when and where they are asked. */
interface Asked {
  readonly facts: ReadonlyMap<string, Fact>
  readonly now: number
  readonly zone: string
}

/** What is wrong with a rule, by the path of the leaf; empty when it can be kept. */
export function faultsOf(rule: Rule, asked: Asked, segments: ReadonlySet<string>): FieldError[] {
  const leaves = leavesOf(rule)
  if (leaves.length > MOST_LEAVES) return [{ field: 'rule', reason: `A rule has at most ${MOST_LEAVES} conditions.` }]
  return leaves.flatMap(({ path, leaf }) => {
    const why =
      leaf.kind === 'fact'
        ? factFault(leaf, asked)
        : leaf.kind === 'segment' && !segments.has(leaf.segment)
          ? 'This segment does not exist.'
          : null
    return why ? [{ field: path ? `rule.${path}` : 'rule', reason: why }] : []
  })
}

function factFault({ fact, on, is }: FactLeaf, { facts, now, zone }: Asked): string | null {
  const found = facts.get(fact)
  if (!found) return `“${fact}” is not a field that is known.`
  if (on && !found.asOf) return `What “${fact}” was on a past day is not kept.`
  if (on && endOf(on, zone) >= now) return 'Only days that are over can be asked.'
  return misfit(valueTypeOf(found.type), is)
}

/** Whether `id` with this rule would read itself through others. */
export function readsItself(id: string, rule: Rule, rules: ReadonlyMap<string, Rule>): boolean {
  const seen = new Set<string>()
  const ahead = segmentsIn(rule)
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (next === id) return true
    const theirs = rules.get(next)
    if (seen.has(next) || !theirs) continue
    seen.add(next)
    ahead.push(...segmentsIn(theirs))
  }
  return false
}

/** The segments that a rule reads. */
export function segmentsIn(rule: Rule): string[] {
  return leavesOf(rule).flatMap(({ leaf }) => (leaf.kind === 'segment' ? [leaf.segment] : []))
}

/** Surname first; the address, then the end of the id where there is no name. */
export function nameOf(person: { family_name: string | null; given_name: string | null; mail: string | null; id: string }): string {
  const name = [person.family_name, person.given_name].filter(Boolean).join(' ')
  return name || person.mail || person.id.slice(-6)
}
