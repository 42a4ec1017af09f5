import { workWeek } from '#access/company/service.ts'
import { localTime } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { giveOwners } from '#loop/identify/change/owners.ts'
import { type FactValue, loadFacts } from '#loop/identify/facts.ts'
import type { LeadFilter } from '#loop/identify/leads/contract.ts'
import { conditionsOf } from '#loop/identify/leads/list.ts'
import { lockPeople } from '#loop/identify/queries.ts'
import { loadPeople, resolveSubjects } from '#loop/identify/service.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import { personName } from '../people.ts'
import { type AssignmentPlan, assignmentPlan, NO_PLAN } from './contract.ts'
import { asksOf, type Choice, choose, type Known, presentOn, type Turns } from './decide.ts'
import { tellOwners } from './notice.ts'
import * as queries from './queries.ts'

const MOST = 5_000

export const readPlan = (ctx: Ctx): Promise<AssignmentPlan> => readSetting(ctx, 'sales.assignment', assignmentPlan, NO_PLAN)

/** Saves the plan. @throws Refusal when a rule names a group that is not there, or nobody of the house */
export async function savePlan(ctx: Ctx, plan: AssignmentPlan): Promise<AssignmentPlan> {
  const known = new Set((await queries.selectActive(ctx.db)).map((one) => one.id))
  plan.rules.forEach(({ target }, index) => {
    const isLost =
      (target.kind === 'group' && !plan.groups.some((one) => one.id === target.groupId)) ||
      (target.kind === 'owner' && !known.has(target.ownerId))
    if (isLost)
      refuse('unprocessable', 'assignment.target', {
        message: '割り当て先が見つかりません / There is no such owner or group.',
        field: `rules.${index}.target`,
      })
  })
  await writeSetting(ctx, 'sales.assignment', plan)
  return plan
}

/** A lead to assign, with the event behind it. */
export interface AssignAsk {
  readonly subject: Subject
  readonly causeId: string
  readonly hop: number
}

interface Decided {
  readonly choices: Map<string, Choice>
  readonly people: Map<string, PersonRow>
  readonly colleagues: readonly queries.Colleague[]
}

/** What the plan says of these people, in their order, with a fixed number of reads however many they are. */
async function decideAll(ctx: Ctx, plan: AssignmentPlan, subjects: readonly Subject[], turns: Turns): Promise<Decided> {
  const asks = asksOf(plan)
  const [people, colleagues] = [await loadPeople(ctx, subjects), await queries.selectActive(ctx.db)]
  const facts = await factsAsked(ctx, asks.facts, subjects)
  const segments = await queries.segmentsOf(ctx.db, subjects, asks.segments)
  const forms = asks.forms ? await queries.formsOf(ctx.db, subjects) : new Map<string, Set<string>>()
  const owners = plan.keepCompanyOwner ? await queries.companyOwners(ctx.db, subjects) : new Map<string, string>()
  const { day } = localTime((await workWeek(ctx)).timeZone, ctx.now)
  const there = presentOn(
    plan,
    colleagues.map((one) => one.id),
    day,
  )
  const choices = new Map<string, Choice>()
  for (const { id } of subjects) {
    const known: Known = {
      facts: facts.get(id) ?? new Map(),
      segments: segments.get(id) ?? new Set(),
      forms: forms.get(id) ?? new Set(),
      companyOwner: owners.get(id) ?? null,
    }
    if (people.get(id)?.identified_at) choices.set(id, choose(plan, known, there, turns))
  }
  return { choices, people, colleagues }
}

async function factsAsked(ctx: Ctx, names: readonly string[], subjects: readonly Subject[]): Promise<Map<string, Map<string, FactValue>>> {
  const found = new Map<string, Map<string, FactValue>>()
  const facts = ctx.house.ports.facts.filter((one) => names.includes(one.name))
  for (const [fact, values] of await loadFacts(ctx, new Map(facts.map((one) => [one, subjects]))))
    for (const [id, value] of values) found.set(id, (found.get(id) ?? new Map<string, FactValue>()).set(fact.name, value))
  return found
}

const detailOf = ({ why, rule }: Choice): Record<string, string> =>
  why === 'company' ? { why } : { why, rule: rule?.id ?? '', ruleName: rule?.name ?? '' }

/** Assigns leads by the plan and tells their owners. @returns what changed */
export async function assignBy(ctx: Ctx, plan: AssignmentPlan, asks: readonly AssignAsk[], reassign: boolean): Promise<queries.Given[]> {
  if (!asks.length) return []
  const subjects = distinctSubjects(asks.map((ask) => ask.subject))
  // People first, then the turns: whoever holds somebody's row never waits for a turn that waits for that row.
  const owned = await lockPeople(ctx.db, subjects)
  const open = subjects.filter(({ id }) => owned.has(id) && (reassign || owned.get(id)?.owner_id === null))
  if (!open.length) return []
  const inTurn = plan.rules.some((rule) => rule.isOn && rule.target.kind === 'group')
  const turns: Turns = inTurn ? await queries.lockTurns(ctx.db) : new Map()
  const { choices, people, colleagues } = await decideAll(ctx, plan, open, turns)
  const causes = new Map(asks.map((ask) => [ask.subject.id, ask]))
  const gifts = open.flatMap((subject) => {
    const choice = choices.get(subject.id)
    const ask = causes.get(subject.id)
    if (!choice || !ask || choice.ownerId === null) return []
    return [{ subject, ownerId: choice.ownerId, causeId: ask.causeId, hop: ask.hop + 1, props: detailOf(choice) }]
  })
  const moved = await giveOwners(ctx, gifts)
  await queries.saveTurns(ctx.db, turns)
  await tellOwners(
    ctx,
    moved.map((one) => {
      const choice = choices.get(one.subject.id)
      const ask = causes.get(one.subject.id)
      return { ...one, causeId: ask?.causeId ?? '', hop: ask?.hop ?? 0, detail: choice ? detailOf(choice) : {} }
    }),
    people,
    colleagues,
    plan.mail,
  )
  return moved
}

/** What a plan would do with the newest leads; nothing is written, nobody's turn moves. */
export async function tryOut(ctx: Ctx, input: { plan: AssignmentPlan; newest: number }) {
  const subjects = await queries.newestLeads(ctx.db, input.newest, false)
  const { choices, people } = await decideAll(ctx, input.plan, subjects, await queries.readTurns(ctx.db))
  return {
    items: subjects.flatMap(({ id }) => {
      const [row, choice] = [people.get(id), choices.get(id)]
      if (!row || !choice) return []
      return [
        {
          leadId: id,
          name: personName(row),
          companyName: row.company_name,
          why: choice.why,
          rule: choice.rule?.name ?? null,
          ownerId: choice.ownerId,
          currentOwnerId: row.owner_id,
        },
      ]
    }),
  }
}

/** Assigns chosen leads, or the newest that nobody owns, by hand; the run can be taken back. */
export async function run(ctx: Ctx, input: { ids?: readonly string[] | undefined; filter?: LeadFilter | undefined; reassign: boolean }) {
  const chosen = await chosenBy(ctx, input)
  const runId = ctx.id()
  const moved = await assignBy(
    ctx,
    await readPlan(ctx),
    chosen.map((subject) => ({ subject, causeId: runId, hop: 0 })),
    input.reassign,
  )
  if (moved.length) await queries.insertRun(ctx.db, { id: runId, kind: 'assigned', at: ctx.now, by_name: nameOf(ctx) }, moved)
  await announce(ctx, 'leads', { ids: moved.slice(0, 50).map((one) => one.subject.id) })
  return { runId: moved.length ? runId : null, changed: moved.length, looked: chosen.length }
}

async function chosenBy(ctx: Ctx, input: Parameters<typeof run>[1]): Promise<Subject[]> {
  if (input.ids) return distinctSubjects([...(await resolveSubjects(ctx, input.ids)).values()])
  if (input.filter) return queries.matchingLeads(ctx.db, await conditionsOf(ctx, input.filter), MOST)
  return queries.newestLeads(ctx.db, MOST, !input.reassign)
}

/** Takes a run back: everybody whose owner is still the one it gave gets the one before. */
export async function undo(ctx: Ctx, input: { id: string }): Promise<{ changed: number }> {
  const found = await queries.lockRun(ctx.db, input.id)
  if (!found) refuse('missing', 'assignment.run', { message: 'この実行は見つかりません / There is no such run.' })
  if (found.undone_at) return { changed: 0 }
  const given = await queries.givenBy(ctx.db, input.id)
  const causeId = ctx.id()
  const active = new Set((await queries.selectActive(ctx.db)).map((one) => one.id))
  const moved = await giveOwners(
    ctx,
    given
      .filter((row) => row.before_id === null || active.has(row.before_id))
      .map((row) => ({ subject: subjectOf(row.person_id), ownerId: row.before_id, causeId, props: { why: 'undo', run: input.id } })),
    new Map(given.map((row) => [row.person_id, row.after_id])),
  )
  await queries.markUndone(ctx.db, input.id, ctx.now, nameOf(ctx))
  await announce(ctx, 'leads', { ids: moved.slice(0, 50).map((one) => one.subject.id) })
  return { changed: moved.length }
}

export async function runs(ctx: Ctx) {
  return {
    items: (await queries.listRuns(ctx.db, 30)).map((row) => ({
      id: row.id,
      kind: row.kind,
      at: row.at.toISOString(),
      by: row.by_name,
      n: row.n,
      undoneAt: row.undone_at?.toISOString() ?? null,
      undoneBy: row.undone_by,
    })),
  }
}

const nameOf = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : '')
