// What a scenario does in other rooms of the house: owners, campaigns, asks for consent, other scenarios.
import type { Ctx } from '#kernel/ctx.ts'
import { subjectOf } from '#kernel/db/buckets.ts'
import { append, derivedId, MOST_HOPS } from '#kernel/journal.ts'
import { mayReach } from '#loop/deliver/outbox/decide.ts'
import { loadReachable } from '#loop/deliver/outbox/queries.ts'
import { giveOwners } from '#loop/identify/change/owners.ts'
import { askOptins } from '#loop/identify/consent/optin.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { joinAll, standing } from '#loop/plan/campaigns/service.ts'
import type { AssignmentPlan } from '#loop/sales/assignment/contract.ts'
import { assignBy, readPlan } from '#loop/sales/assignment/service.ts'
import type { OwnerRule } from '../graph/actions.ts'
import { grouped, type Of, type Outcomes } from './doing.ts'

/** Gives owners by the rule of each step. Whoever keeps their owner, or for whom nobody is there, is said so. */
export async function giveOwner(ctx: Ctx, doings: readonly Of<'owner'>[]): Promise<Outcomes> {
  const outcomes = new Map<string, string>()
  for (const group of grouped(doings, ({ effect }) => [effect.step.rule, effect.step.replace, effect.step.name])) {
    const moved = await giveBy(ctx, group)
    for (const { effect, run } of group) if (!moved.has(run.person_id)) outcomes.set(effect.id, 'owner_kept')
  }
  return outcomes
}

async function giveBy(ctx: Ctx, group: readonly Of<'owner'>[]): Promise<ReadonlySet<string>> {
  const [first] = group
  if (!first) return new Set()
  const { rule, replace, name } = first.effect.step
  if (rule.kind === 'none') {
    const gifts = group.map(({ effect, run, hop }) => ({
      subject: subjectOf(run.person_id),
      ownerId: null,
      causeId: effect.id,
      hop: hop + 1,
    }))
    return new Set((await giveOwners(ctx, gifts)).map(({ subject }) => subject.id))
  }
  const asks = group.map(({ effect, run, hop }) => ({ subject: subjectOf(run.person_id), causeId: effect.id, hop }))
  const moved = await assignBy(ctx, planFor(await readPlan(ctx), rule, name), asks, replace)
  return new Set(moved.map(({ subject }) => subject.id))
}

/** The house's plan; or, for a group or a colleague, the same with this as its only rule. */
function planFor(plan: AssignmentPlan, rule: Exclude<OwnerRule, { kind: 'none' }>, name: string): AssignmentPlan {
  if (rule.kind === 'rules') return plan
  const target = rule.kind === 'user' ? { kind: 'owner' as const, ownerId: rule.user } : { kind: 'group' as const, groupId: rule.group }
  return { ...plan, keepCompanyOwner: false, rules: [{ id: 'scenario', name: name || 'scenario', isOn: true, conditions: [], target }] }
}

/** Sets statuses in campaigns; a campaign that is gone, or has no such status any more, is the reason of those it concerns. */
export async function setStatus(ctx: Ctx, doings: readonly Of<'campaign'>[]): Promise<Outcomes> {
  const outcomes = new Map<string, string>()
  const campaigns = await standing(ctx, [...new Set(doings.map(({ effect }) => effect.step.campaign))])
  for (const group of grouped(doings, ({ effect }) => [effect.step.campaign, effect.step.status])) {
    const [first] = group
    if (!first) continue
    const { campaign, status } = first.effect.step
    const statuses = campaigns.get(campaign)
    if (statuses?.includes(status)) {
      const causes = new Map(group.map(({ effect, run, hop }) => [run.person_id, { id: effect.id, hop: hop + 1 }]))
      const subjects = group.map(({ run }) => subjectOf(run.person_id))
      await joinAll(ctx, { campaignId: campaign, subjects, status, causeId: first.effect.id, causes })
    } else for (const { effect } of group) outcomes.set(effect.id, statuses ? 'no_status' : 'no_campaign')
  }
  return outcomes
}

/**
 * Asks for consent by double opt-in, within the limits of such asks. Such a mail is advertising by itself in the eyes of the law, so it
 * goes only to people who may be reached at all; whoever agreed before is not asked again.
 */
export async function askConsent(ctx: Ctx, doings: readonly Of<'consent'>[]): Promise<Outcomes> {
  const subjects = doings.map(({ run }) => subjectOf(run.person_id))
  const people = await loadReachable(ctx.db, subjects, ctx.now, (mail) => addressHash(ctx.house, mail))
  const held = new Map(
    doings.flatMap(({ effect, run }) => {
      const reason = mayReach(people.get(run.person_id), 'marketing')
      return reason ? [[effect.id, reason as string] as const] : []
    }),
  )
  const able = doings.filter(({ effect }) => !held.has(effect.id))
  const asked = await askOptins(
    ctx,
    able.map(({ effect, run, hop }) => ({
      subject: subjectOf(run.person_id),
      mail: people.get(run.person_id)?.mail ?? '',
      textVersion: `scenario:${run.scenario_id}:${run.version}:${effect.step.id}`,
      text: 'メールでのご案内の配信に同意する / I agree to receive information by mail.',
      evidence: { scenario: run.scenario_id, run: run.id, step: effect.step.id },
      causeId: effect.id,
      hop: hop + 1,
    })),
  )
  for (const { effect, run } of able) if (!asked.has(run.person_id)) held.set(effect.id, 'agreed_before')
  return held
}

/** The event by which a scenario asks for another; `reactions.ts` starts and stops runs by it. */
export const CALLED = 'scenario.called'

/** Tells other scenarios, by the journal: the hops of such chains are counted, so that two that start each other come to an end. */
export async function callScenario(ctx: Ctx, doings: readonly Of<'scenario'>[]): Promise<Outcomes> {
  // What the other one says of its own run would go round too often, and the person be parked with everything about them: the circle ends here.
  const ends = doings.filter(({ hop }) => hop + 2 >= MOST_HOPS)
  const goes = doings.filter(({ hop }) => hop + 2 < MOST_HOPS)
  await append(
    ctx,
    goes.map(({ effect, run, hop }) => ({
      subject: subjectOf(run.person_id),
      id: derivedId(effect.id, 'orchestrate', 'called'),
      name: CALLED,
      occurredAt: ctx.now,
      causeId: run.cause_id,
      hop: hop + 1,
      props: { scenario: effect.step.scenario, do: effect.step.do, by: run.scenario_id, run: run.id },
    })),
  )
  return new Map(ends.map(({ effect }) => [effect.id, 'in_circles']))
}
