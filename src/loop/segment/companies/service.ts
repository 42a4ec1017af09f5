// Segments of companies: kept live by whoever claims changed companies.
import type { RawBuilder } from 'kysely'
import { companyProfile } from '#access/company/service.ts'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { allCompanyFacts, type CompanyFact } from '#loop/identify/companies/facts.ts'
import { sumChanged, tellPeople } from '#loop/identify/companies/sums/service.ts'
import type { AskedAt } from '#loop/score/condition/queries.ts'
import { attributeRules } from '#loop/score/decide.ts'
import { holdVersions } from '#loop/score/versions/service.ts'
import { valueTypeOf } from '../compile/decide.ts'
import { readRule } from '../lists/rule.ts'
import { holdRules } from '../live/service.ts'
import { type Rule, rule as ruleSchema } from '../rules/contract.ts'
import type { CompanySegment, companySegmentsContract } from './contract.ts'
import { companyFaults, movesByTime } from './decide.ts'
import * as queries from './queries.ts'

type Api = typeof companySegmentsContract
type In<K extends keyof Api> = InputOf<Api[K]>
type Out<K extends keyof Api> = OutputOf<Api[K]>

interface Asking {
  readonly facts: ReadonlyMap<string, CompanyFact>
  readonly at: AskedAt
}

/** What rules may ask of companies, and when they ask. */
async function askingNow(ctx: Ctx): Promise<Asking> {
  const facts = await allCompanyFacts(ctx)
  const { timeZone } = await companyProfile(ctx)
  return { facts: new Map(facts.map((fact) => [fact.name, fact])), at: { now: ctx.now.getTime(), zone: timeZone } }
}

const conditionOf = (rule: Rule, { facts, at }: Asking): RawBuilder<boolean> => queries.compileRule(rule, facts, at)

const shownOf = (row: queries.SegmentRow): CompanySegment => ({
  id: row.id,
  name: row.name,
  rule: ruleSchema.parse(row.rule),
  members: row.members,
  madeBy: row.made_by,
  createdAt: row.created_at.toISOString(),
  changedAt: row.changed_at.toISOString(),
})

export async function list(ctx: Ctx): Promise<Out<'list'>> {
  return { items: (await queries.listSegments(ctx.db)).map(shownOf) }
}

/** What a rule may ask, as editors offer it. */
export async function facts(ctx: Ctx): Promise<Out<'facts'>> {
  return {
    items: (await allCompanyFacts(ctx)).map((fact) => ({
      name: fact.name,
      type: valueTypeOf(fact.type),
      group: 'company',
      ...fact.words,
      options: (fact.options ?? []).map(({ value, ja, en }) => ({ value, ja, en })),
    })),
  }
}

function demandGood(rule: Rule, { facts }: Asking): void {
  const errors = companyFaults(rule, facts)
  if (errors.length)
    refuse('unprocessable', 'segment.rule', { message: 'この条件は会社には使えません / This rule cannot be asked of companies.', errors })
}

export async function preview(ctx: Ctx, input: In<'preview'>): Promise<Out<'preview'>> {
  const asking = await askingNow(ctx)
  demandGood(input.rule, asking)
  return queries.previewRule(ctx.db, conditionOf(input.rule, asking))
}

const nameTaken = (): never =>
  refuse('conflict', 'segment.name', {
    message: '同じ名前のセグメントがあります / There is a segment of this name already.',
    field: 'name',
  })

/** Makes a segment and computes it in the same transaction. */
export async function create(ctx: Ctx, input: In<'create'>): Promise<CompanySegment> {
  demandGood(input.rule, await askingNow(ctx))
  const id = ctx.id()
  if (!(await queries.insertSegment(ctx.db, { ...input, id, at: ctx.now, by: 'name' in ctx.actor ? ctx.actor.name : '' }))) nameTaken()
  await computeAll(ctx, [{ id, rule: input.rule }])
  return one(ctx, id)
}

async function one(ctx: Ctx, id: string): Promise<CompanySegment> {
  const [row] = await queries.listSegments(ctx.db, id)
  return row ? shownOf(row) : missing()
}

const missing = (): never => refuse('missing', 'segment.unknown', { message: 'このセグメントはありません / There is no such segment.' })

export async function change(ctx: Ctx, input: In<'change'>): Promise<CompanySegment> {
  const row = (await queries.lockSegment(ctx.db, input.id)) ?? missing()
  if (row.removed_at) missing()
  const rule = input.rule ?? ruleSchema.parse(row.rule)
  if (input.rule) demandGood(rule, await askingNow(ctx))
  if (!(await queries.updateSegment(ctx.db, { id: row.id, name: input.name ?? row.name, rule, at: ctx.now }))) nameTaken()
  await computeAll(ctx, [{ id: row.id, rule }])
  return one(ctx, row.id)
}

export async function remove(ctx: Ctx, input: In<'remove'>): Promise<{ ok: true }> {
  if (!(await queries.setRemoved(ctx.db, input.id, ctx.now))) missing()
  return { ok: true }
}

export async function restore(ctx: Ctx, input: In<'restore'>): Promise<{ ok: true }> {
  const row = (await queries.lockSegment(ctx.db, input.id)) ?? missing()
  if (!(await queries.setRemoved(ctx.db, input.id, null))) nameTaken()
  await computeAll(ctx, [{ id: row.id, rule: ruleSchema.parse(row.rule) }])
  return { ok: true }
}

export async function history(ctx: Ctx, input: In<'history'>): Promise<Out<'history'>> {
  const rows = await queries.listStays(ctx.db, input.id, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      company: { id: row.company_id, name: row.name },
      enteredAt: row.entered_at.toISOString(),
      leftAt: row.left_at?.toISOString() ?? null,
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.entered_at, last.company_id) : null,
  }
}

export async function ofCompany(ctx: Ctx, input: In<'ofCompany'>): Promise<Out<'ofCompany'>> {
  const rows = await queries.segmentsOf(ctx.db, input.id)
  return { items: rows.map(({ id, name, since }) => ({ id, name, since: since.toISOString() })) }
}

async function computeAll(ctx: Ctx, segments: readonly { id: string; rule: Rule }[]): Promise<void> {
  const asking = await askingNow(ctx)
  for (const { id, rule } of segments) await queries.evaluateSegment(ctx.db, id, conditionOf(rule, asking), null, ctx.now)
  await queries.recount(
    ctx.db,
    segments.map((segment) => segment.id),
  )
}

/** Segments whose members time alone can change are computed anew. */
export async function computeTimed(ctx: Ctx): Promise<void> {
  const rows = (await queries.listSegments(ctx.db)).map((row) => ({ id: row.id, rule: ruleSchema.parse(row.rule) }))
  await computeAll(
    ctx,
    rows.filter(({ rule }) => movesByTime(rule)),
  )
}

/**
 * One turn of the claimer of changed companies: sums, segments, and news for people where a rule reads what changed.
 * @returns how many companies were looked at; 0 means there is nothing to do now
 */
export async function turnCompanies(ctx: Ctx): Promise<number> {
  const changed = await sumChanged(ctx)
  const ids = [...changed.keys()]
  if (!ids.length) return 0
  const moved = await judgeSegments(ctx, ids)
  for (const id of moved) changed.get(id)?.add('segments')
  const read = await companyFactsRead(ctx)
  const told = [...changed].flatMap(([id, fields]) => {
    const heard = [...fields].filter((field) => read.has(factNameOf(field)) || (field === 'people' && read.size > 0))
    return heard.length ? [[id, heard] as const] : []
  })
  await tellPeople(ctx, new Map(told))
  await announce(ctx, 'companies', { ids: ids.slice(0, 100) })
  return ids.length
}

const COLUMN_FACTS: Readonly<Record<string, string>> = {
  employee_band: 'employeeBand',
  fiscal_month: 'fiscalMonth',
  owner_id: 'owner',
  corporate_number: 'hasNumber',
}
const factNameOf = (field: string): string => `company.${COLUMN_FACTS[field] ?? field}`

async function judgeSegments(ctx: Ctx, ids: readonly string[]): Promise<Set<string>> {
  const moved = new Set<string>()
  const touched: string[] = []
  const rows = await queries.listSegments(ctx.db)
  if (!rows.length) return moved
  const asking = await askingNow(ctx)
  for (const row of rows) {
    const flips = await queries.evaluateSegment(ctx.db, row.id, conditionOf(ruleSchema.parse(row.rule), asking), ids, ctx.now)
    if (flips.length) touched.push(row.id)
    for (const id of flips) moved.add(id)
  }
  await queries.recount(ctx.db, touched)
  return moved
}

/** The condition on the company row `c` that a list filtered by a rule has. @throws Refusal for a rule that cannot be asked of companies */
export async function ruleFilter(ctx: Ctx, text: string): Promise<RawBuilder<boolean>> {
  const [rule, asking] = [readRule(text), await askingNow(ctx)]
  demandGood(rule, asking)
  return conditionOf(rule, asking)
}

/** The facts of companies that rules about people read: segments and scores. */
async function companyFactsRead(ctx: Ctx): Promise<Set<string>> {
  const segments = [...(await holdRules(ctx)).index.byFact.keys()]
  const scores = (await holdVersions(ctx)).flatMap((of) => attributeRules(of.rules).map((rule) => rule.fact))
  return new Set([...segments, ...scores].filter((name) => name.startsWith('company.')))
}
