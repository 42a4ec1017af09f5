// Which rule a lead meets, and whose turn it is. Pure.
import type { FactValue } from '#loop/identify/facts.ts'
import type { AssignmentGroup, AssignmentPlan, AssignmentRule, Condition, Why } from './contract.ts'

/** What rules ask of one lead. */
export interface Known {
  readonly facts: ReadonlyMap<string, FactValue>
  readonly segments: ReadonlySet<string>
  readonly forms: ReadonlySet<string>
  /** The owner of the lead's company, or of most of its people there; null when nobody. */
  readonly companyOwner: string | null
}

/** Whose turn it is in each group: credits by user, as kept between runs. */
export type Turns = Map<string, Map<string, number>>

export interface Choice {
  readonly why: Why
  readonly rule: AssignmentRule | null
  readonly ownerId: string | null
}

const holds = (one: Condition, known: Known): boolean => {
  if (one.kind === 'segment') return known.segments.has(one.segmentId)
  if (one.kind === 'form') return one.formIds.some((id) => known.forms.has(id))
  const value = known.facts.get(one.fact) ?? null
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return one.any.some((wanted) => values.includes(wanted))
}

/** The first rule that is on and whose conditions all hold. */
export const ruleFor = (rules: readonly AssignmentRule[], known: Known): AssignmentRule | null =>
  rules.find((rule) => rule.isOn && rule.conditions.every((one) => holds(one, known))) ?? null

/**
 * Who gets this lead. `there` are the colleagues who are active and not away today. A group's turn moves on in `turns`.
 * A company's owner comes before the rules, when the plan says so and they are there.
 */
export function choose(plan: AssignmentPlan, known: Known, there: ReadonlySet<string>, turns: Turns): Choice {
  if (plan.keepCompanyOwner && known.companyOwner !== null && there.has(known.companyOwner))
    return { why: 'company', rule: null, ownerId: known.companyOwner }
  const rule = ruleFor(plan.rules, known)
  if (!rule) return { why: 'noRule', rule: null, ownerId: null }
  const ownerId = targetOf(plan, rule, there, turns)
  return { why: ownerId === null && rule.target.kind !== 'none' ? 'nobodyThere' : 'rule', rule, ownerId }
}

function targetOf(plan: AssignmentPlan, { target }: AssignmentRule, there: ReadonlySet<string>, turns: Turns): string | null {
  if (target.kind === 'none') return null
  if (target.kind === 'owner') return there.has(target.ownerId) ? target.ownerId : null
  const group = plan.groups.find((one) => one.id === target.groupId)
  return group ? nextInTurn(group, there, turns) : null
}

/**
 * Round robin by weight, spread evenly (a 2:1 group gives A B A, not A A B). Whoever is away neither gets nor gathers: coming back,
 * they are not flooded to catch up. Moves the credits on.
 */
export function nextInTurn(group: AssignmentGroup, there: ReadonlySet<string>, turns: Turns): string | null {
  const present = group.members.filter((one) => there.has(one.userId))
  if (!present.length) return null
  const credits = turns.get(group.id) ?? new Map<string, number>()
  turns.set(group.id, credits)
  const total = present.reduce((sum, one) => sum + one.weight, 0)
  for (const one of present) credits.set(one.userId, (credits.get(one.userId) ?? 0) + one.weight)
  const next = present.reduce((best, one) => ((credits.get(one.userId) ?? 0) > (credits.get(best.userId) ?? 0) ? one : best))
  credits.set(next.userId, (credits.get(next.userId) ?? 0) - total)
  return next.userId
}

/** Colleagues who may get leads on a day `YYYY-MM-DD`: active, and not away. */
export function presentOn(plan: Pick<AssignmentPlan, 'absences'>, active: readonly string[], day: string): Set<string> {
  const away = new Set(plan.absences.filter((one) => one.from <= day && day <= one.to).map((one) => one.userId))
  return new Set(active.filter((id) => !away.has(id)))
}

/** The names of facts and segments, and whether forms, that a plan asks for: nothing else is loaded. */
export function asksOf(plan: AssignmentPlan): { facts: string[]; segments: string[]; forms: boolean } {
  const all = plan.rules.filter((rule) => rule.isOn).flatMap((rule) => rule.conditions)
  return {
    facts: [...new Set(all.flatMap((one) => (one.kind === 'fact' ? [one.fact] : [])))],
    segments: [...new Set(all.flatMap((one) => (one.kind === 'segment' ? [one.segmentId] : [])))],
    forms: all.some((one) => one.kind === 'form'),
  }
}
