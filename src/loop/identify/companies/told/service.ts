// What files say of the companies of leads, in custom fields: written to the company a lead is with, or kept until it is with one.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { JsonObject } from '#kernel/json.ts'
import { mergeAttrs } from '../../fields/decide.ts'
import { customFields, dropHeld, fitAttrs } from '../../fields/service.ts'
import { lockPeople } from '../../queries.ts'
import { mergesOf, saveTaken } from '../change/queries.ts'
import { differences, type Filling, untoldCompanies } from '../decide.ts'
import { markCompanies } from '../making/service.ts'
import { findHeirs, selectCompanies, updateCompanies } from '../queries.ts'
import * as queries from './queries.ts'

/** What an act says of the company of somebody. */
export interface CompanyTold {
  readonly subject: Subject
  readonly attrs: JsonObject
  /** The act, by which it can be taken back. */
  readonly cause: string
}

/**
 * Writes what a file says of companies: to those that the leads are with, the others wait for the company their lead joins.
 * @param onlyEmpty fields already filled are left alone
 * @returns the people of whom it said something new
 */
export async function tellCompanies(ctx: Ctx, told: readonly CompanyTold[], onlyEmpty: boolean): Promise<Set<string>> {
  const some = told.filter((one) => Object.keys(one.attrs).length > 0)
  if (!some.length) return new Set()
  const people = await lockPeople(
    ctx.db,
    some.map((one) => one.subject),
  )
  const asks = some.flatMap((one): Ask[] => {
    const companyId = people.get(one.subject.id)?.company_id
    return companyId ? [{ companyId, attrs: one.attrs, cause: one.cause, personId: one.subject.id }] : []
  })
  const changed = await write(ctx, asks, onlyEmpty)
  const waiting = new Map<string, queries.ToldRow>()
  for (const { subject, attrs, cause } of some) {
    if (!people.has(subject.id) || people.get(subject.id)?.company_id) continue
    const before = waiting.get(subject.id)?.attrs ?? {}
    waiting.set(subject.id, { bucket: subject.bucket, person_id: subject.id, attrs: { ...before, ...attrs }, cause })
  }
  await queries.keepTold(ctx.db, [...waiting.values()], ctx.now)
  return new Set([...changed, ...waiting.keys()])
}

/** Whether each of these would say something new, for a trial: those of no company are kept in any case. */
export async function wouldTell(
  ctx: Ctx,
  asks: readonly { readonly companyId: string | null; readonly attrs: JsonObject }[],
  onlyEmpty: boolean,
): Promise<boolean[]> {
  if (!asks.some((ask) => Object.keys(ask.attrs).length)) return asks.map(() => false)
  const rows = await selectCompanies(
    ctx.db,
    asks.flatMap((ask) => ask.companyId ?? []),
  )
  return asks.map(({ companyId, attrs }) => {
    const row = rows.get(companyId ?? '')
    if (!row) return Object.keys(attrs).length > 0
    return differences(row, { ...row, attrs: mergeAttrs(row.attrs, attrs, onlyEmpty) }, ['attrs']).length > 0
  })
}

/** People joined companies: what was said of these fills what nobody filled meanwhile. */
export async function hearTold(ctx: Ctx, joins: readonly { row: Subject; companyId: string }[]): Promise<void> {
  if (!joins.length) return
  const told = await queries.takeTold(
    ctx.db,
    joins.map(({ row }) => ({ bucket: row.bucket, id: row.id })),
  )
  if (!told.length) return
  const companies = new Map(joins.map(({ row, companyId }) => [row.id, companyId]))
  const asks = told.flatMap(({ person_id, attrs, cause }): Ask[] => {
    const companyId = companies.get(person_id)
    return companyId ? [{ companyId, attrs, cause, personId: person_id }] : []
  })
  await write(ctx, asks, true)
}

interface Ask {
  readonly companyId: string
  readonly attrs: JsonObject
  readonly cause: string
  readonly personId: string
}

/** @returns the people whose word changed something */
async function write(ctx: Ctx, asks: readonly Ask[], onlyEmpty: boolean): Promise<Set<string>> {
  if (!asks.length) return new Set()
  const fields = await customFields(ctx, 'company')
  const fitted = await dropHeld(
    ctx,
    asks.map((ask) => fitAttrs(fields, ask.attrs)),
    'company',
  )
  const heirs = await findHeirs(
    ctx.db,
    asks.map((ask) => ask.companyId),
  )
  const rows = await selectCompanies(ctx.db, [...heirs.values()], true)
  const changed = new Set<string>()
  const changes: queries.ToldChange[] = []
  for (const [i, ask] of asks.entries()) {
    const row = rows.get(heirs.get(ask.companyId) ?? '')
    if (!row) continue
    const next = { ...row, attrs: mergeAttrs(row.attrs, fitted[i] ?? {}, onlyEmpty) }
    const differ = differences(row, next, ['attrs'])
    if (!differ.length) continue
    changed.add(ask.personId)
    rows.set(row.id, next)
    changes.push({ id: ctx.id(), cause: ask.cause, company_id: row.id, changes: differ })
  }
  await queries.insertChanges(ctx.db, changes, ctx.now)
  await save(ctx, rows, changes)
  return changed
}

type Rows = Awaited<ReturnType<typeof selectCompanies>>

async function save(ctx: Ctx, rows: Rows, changes: readonly queries.ToldChange[]): Promise<void> {
  const ids = [...new Set(changes.map((one) => one.company_id))]
  if (!ids.length) return
  await updateCompanies(
    ctx.db,
    ids.flatMap((id) => rows.get(id) ?? []),
    ctx.now,
  )
  await markCompanies(ctx, ids, [...new Set(changes.flatMap((one) => one.changes.map(({ column }) => column)))])
}

const PAGE = 1_000

/**
 * Takes some of what an act said of companies back, except where a field was changed again since. A company that went into another is reverted
 * itself, so that it comes back without it, and the other as far as it has it from there.
 * @returns true while there is more
 */
export async function untellCompanies(ctx: Ctx, cause: string): Promise<boolean> {
  if (await queries.dropTold(ctx.db, cause, PAGE)) return true
  const taken = await queries.takeChanges(ctx.db, cause, PAGE)
  if (!taken.length) return false
  const rows = await lockWays(
    ctx,
    taken.map((one) => one.company_id),
  )
  const merges = await mergesOf(
    ctx.db,
    [...rows.values()].filter((row) => row.merged_into).map((row) => row.id),
  )
  const fillings = new Map(
    [...merges].map(([id, { keep_id, taken }]): [string, Filling] => [id, { keepId: keep_id, changes: taken.changes }]),
  )
  const done: queries.ToldChange[] = []
  const refilled = new Set<string>()
  for (const one of taken) {
    const next = untoldCompanies(rows, fillings, { companyId: one.company_id, changes: one.changes })
    for (const [id, row] of next.rows) {
      rows.set(id, row)
      done.push({ ...one, company_id: id })
    }
    for (const [id, filling] of next.fillings) {
      fillings.set(id, filling)
      refilled.add(id)
    }
  }
  for (const id of refilled) {
    const [merge, filling] = [merges.get(id), fillings.get(id)]
    if (merge && filling) await saveTaken(ctx.db, merge.id, { ...merge.taken, changes: filling.changes })
  }
  await save(ctx, rows, done)
  return true
}

/** Companies, and those they went into, locked. */
async function lockWays(ctx: Ctx, ids: readonly string[]): Promise<Rows> {
  const rows: Rows = new Map()
  for (let next = ids; next.length; ) {
    const found = await selectCompanies(ctx.db, next, true)
    for (const row of found.values()) rows.set(row.id, row)
    next = [...found.values()].flatMap((row) => (row.merged_into && !rows.has(row.merged_into) ? row.merged_into : []))
  }
  return rows
}

/** What was changed before a day can no longer be taken back. */
export function forgetTold(ctx: Ctx, before: Date): Promise<void> {
  return queries.dropChanges(ctx.db, before)
}
