// What steps ask of the world and are told: rules, dates, units for arms, hours of reading. Each kind is asked set-wise.
import type { WorkWeek } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import { loadUnits } from '#loop/identify/arm/queries.ts'
import type { FactValue } from '#loop/identify/facts.ts'
import { evaluate } from '#loop/segment/evaluate/decide.ts'
import { type Reads, readsOf } from '#loop/segment/live/decide.ts'
import { factsByName, loadKnown } from '#loop/segment/live/known.ts'
import { holdRules } from '#loop/segment/live/service.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import type { SwitchCase } from '../graph/contract.ts'
import type { Program } from '../program/contract.ts'
import type { Ask, Said } from '../step/state.ts'
import { dayOf, MOST_REASONS } from './decide.ts'
import { hoursOf } from './hours.ts'
import type { RunRow } from './row.ts'

/** A run that stands at a step which asks. */
export interface Asking {
  readonly run: RunRow
  readonly program: Program
  readonly ask: Ask
}

/** Answers each, by what is known now, with what earlier steps of the same turn have written. In their order. */
export async function answerAll(ctx: Ctx, week: WorkWeek, asking: readonly Asking[]): Promise<Said[]> {
  const of = (...kinds: Ask['kind'][]): Asking[] => asking.filter(({ ask }) => kinds.includes(ask.kind))
  const said = new Map<Asking, Said>([
    ...(await byRules(ctx, of('condition', 'switch'))),
    ...(await byUnits(ctx, of('unit'))),
    ...(await byDays(ctx, week, of('day'))),
    ...(await byHours(ctx, week, of('hours'))),
  ])
  return asking.map((one) => said.get(one) ?? lost(one.run))
}

const lost = (run: RunRow): never => {
  throw new Error(`run ${run.id} asked and was not answered`)
}

type Answered = readonly (readonly [Asking, Said])[]
const subjectsOf = (asking: readonly Asking[]) => distinctSubjects(asking.map(({ run }) => subjectOf(run.person_id)))

const readsKept = new WeakMap<Rule, { zone: string; reads: Reads }>()

/** What a rule reads follows from it alone; rules of published versions live as long as the version is kept. */
function readsFor(rule: Rule, zone: string): Reads {
  const found = readsKept.get(rule)
  if (found?.zone === zone) return found.reads
  const reads = readsOf(rule, zone)
  readsKept.set(rule, { zone, reads })
  return reads
}

async function byRules(ctx: Ctx, asking: readonly Asking[]): Promise<Answered> {
  if (!asking.length) return []
  const book = await holdRules(ctx)
  const asked = asking.map((one) => ({ one, cases: casesOf(one) }))
  // Two runs of one person may ask at once: everything is read in one go.
  const byPerson = Map.groupBy(asked, ({ one }) => one.run.person_id)
  const reads = [...byPerson].map(([id, all]) => ({
    subject: subjectOf(id),
    reads: all.flatMap(({ cases }) => cases.map(({ rule }) => readsFor(rule, book.zone))),
  }))
  const known = await loadKnown(ctx, book, reads)
  return asked.map(({ one, cases }) => {
    const facts = known.get(one.run.person_id) ?? lost(one.run)
    const ask = (rule: Rule) => evaluate(rule, facts, ctx.now.getTime(), book.zone)
    if (one.ask.kind === 'switch') return [one, firstOf(cases, ask)] as const
    const { isIn, because } = ask(cases[0]?.rule ?? { kind: 'and', rules: [] })
    return [one, { kind: 'condition', yes: isIn, because: because.slice(0, MOST_REASONS) }] as const
  })
}

type Verdict = ReturnType<typeof evaluate>

function firstOf(cases: readonly Pick<SwitchCase, 'key' | 'rule'>[], ask: (rule: Rule) => Verdict): Said {
  for (const { key, rule } of cases) {
    const { isIn, because } = ask(rule)
    if (isIn) return { kind: 'switch', key, because: because.slice(0, MOST_REASONS) }
  }
  return { kind: 'switch', key: null }
}

/** The rules a step asks, in their order. */
function casesOf({ run, program }: Asking): readonly Pick<SwitchCase, 'key' | 'rule'>[] {
  const step = run.step === null ? undefined : program.nodes.get(run.step)?.step
  if (step?.kind === 'switch') return step.cases
  if (step?.kind === 'condition') return [{ key: 'yes', rule: step.rule }]
  throw new Error(`run ${run.id} stands at no condition`)
}

async function byUnits(ctx: Ctx, asking: readonly Asking[]): Promise<Answered> {
  if (!asking.length) return []
  const units = await loadUnits(ctx.db, subjectsOf(asking))
  return asking.map((one) => [one, { kind: 'unit', unit: units.get(one.run.person_id) ?? `person:${one.run.person_id}` }] as const)
}

async function byDays(ctx: Ctx, week: WorkWeek, asking: readonly Asking[]): Promise<Answered> {
  if (!asking.length) return []
  const facts = await factsByName(ctx)
  const answered: (readonly [Asking, Said])[] = []
  for (const [field, group] of Map.groupBy(asking, ({ ask }) => (ask.kind === 'day' ? ask.field : ''))) {
    const fact = facts.get(field)
    const values: ReadonlyMap<string, FactValue> = fact ? await fact.load(ctx, subjectsOf(group)) : new Map()
    const zone = fact?.type === 'date' ? 'UTC' : week.timeZone
    for (const one of group) answered.push([one, { kind: 'day', day: dayOf(values.get(one.run.person_id), zone) }])
  }
  return answered
}

async function byHours(ctx: Ctx, week: WorkWeek, asking: readonly Asking[]): Promise<Answered> {
  if (!asking.length) return []
  const hours = await hoursOf(ctx, subjectsOf(asking), week.timeZone)
  return asking.map((one) => [one, hours.get(one.run.person_id) ?? lost(one.run)] as const)
}
