// New companies: made by hand or because leads of a new domain came, each once, whoever makes the same one beside us.
import type { Ctx } from '#kernel/ctx.ts'
import { searchable } from '../../normalise/decide.ts'
import { newCompanies, type Place } from '../decide.ts'
import { nameKeys, sortNameOf } from '../names.ts'
import * as queries from '../queries.ts'
import type { CompanyRow } from '../tables.ts'

type Make = Extract<Place, { kind: 'make' }>

/** A company of which only the name, and perhaps the number, is known. */
export function newCompany(id: string, name: string, at: Date, by: string, number: string | null = null): CompanyRow {
  return settledCompany({
    id,
    name,
    kana: null,
    english_name: null,
    aliases: [],
    corporate_number: number,
    website: null,
    phone: null,
    phone_typed: null,
    postal_code: null,
    prefecture: null,
    city: null,
    address: null,
    industry: null,
    employee_band: null,
    fiscal_month: null,
    owner_id: null,
    tags: [],
    attrs: {},
    note: null,
    made_by: by,
    created_at: at,
    changed_at: at,
    version: 1,
    merged_into: null,
    people: 0,
    engagement: 0,
    score: 0,
    last_seen_at: null,
    summed_at: null,
    sort_name: '',
    search_text: '',
  })
}

/** The columns that follow from others: the order of lists, and search. */
export function settledCompany(row: CompanyRow): CompanyRow {
  return {
    ...row,
    sort_name: sortNameOf(row.name, row.kana),
    search_text: searchable(
      row.name,
      row.kana,
      row.english_name,
      ...row.aliases,
      row.corporate_number,
      row.phone,
      row.phone_typed,
      row.website,
      row.city,
      row.address,
      ...nameKeys(row),
    ),
  }
}

/** Makes the companies that a batch needs, once per domain or number, whoever makes the same ones beside us. @returns company by make key */
export async function makeCompanies(ctx: Ctx, makes: readonly Make[]): Promise<Map<string, string>> {
  const wanted = newCompanies(makes).map((make) => ({
    make,
    row: settledCompany({ ...newCompany(ctx.id(), make.name, ctx.now, 'match', make.number), ...make.shared }),
  }))
  const inserted = await queries.insertCompanies(
    ctx.db,
    wanted.map(({ row }) => row),
  )
  const mine = wanted.filter(({ row }) => inserted.has(row.id))
  const won = await queries.insertDomains(
    ctx.db,
    mine.flatMap(({ make, row }) => (make.domain ? [{ domain: make.domain, companyId: row.id }] : [])),
    ctx.now,
  )
  // A race lost for the domain; with a number of its own it is another company and stays.
  const lost = mine.filter(({ make }) => make.domain && !make.number && !won.has(make.domain))
  await queries.deleteCompanies(
    ctx.db,
    lost.map(({ row }) => row.id),
  )
  const kept = mine.filter((one) => !lost.includes(one))
  await namesOfNew(
    ctx,
    kept.map(({ row }) => row),
  )
  const result = new Map(kept.map(({ make, row }) => [make.key, row.id]))
  const missing = wanted.filter(({ make }) => !result.has(make.key))
  if (missing.length) {
    const byDomain = await queries.findByDomains(
      ctx.db,
      missing.flatMap(({ make }) => make.domain ?? []),
    )
    const byNumber = await queries.findByNumbers(
      ctx.db,
      missing.flatMap(({ make }) => make.number ?? []),
    )
    for (const { make } of missing) {
      const id = byNumber.get(make.number ?? '') ?? byDomain.get(make.domain ?? '')
      if (id) result.set(make.key, id)
    }
  }
  return result
}

/** The names of new companies; whoever shares one is proposed for a merge, and waiting leads of that name for a link. */
export async function namesOfNew(ctx: Ctx, rows: readonly CompanyRow[]): Promise<void> {
  if (!rows.length) return
  const named = rows.map((row) => ({ companyId: row.id, name: row.name, keys: nameKeys(row) }))
  const keys = named.flatMap((one) => one.keys)
  await queries.setNameKeys(ctx.db, named)
  const sharing = await queries.findByNameKeys(ctx.db, keys)
  const waiting = await queries.waitingNames(ctx.db, keys)
  const merges = named.flatMap((one) =>
    one.keys.flatMap((key) =>
      (sharing.get(key) ?? [])
        .filter((other) => other !== one.companyId)
        .map((other) => ({ id: ctx.id(), kind: 'merge' as const, name_key: key, name: one.name, ...ordered(one.companyId, other) })),
    ),
  )
  const links = named.flatMap((one) =>
    one.keys
      .filter((key) => waiting.has(key))
      .map((key) => ({ id: ctx.id(), kind: 'link' as const, name_key: key, name: one.name, company_id: one.companyId, other_id: null })),
  )
  await queries.closeNewCandidates(ctx.db, keys, ctx.now)
  await queries.putCandidates(ctx.db, [...merges, ...links], ctx.now)
  await markCompanies(
    ctx,
    rows.map((row) => row.id),
    ['created'],
  )
}

const ordered = (a: string, b: string) => (a < b ? { company_id: a, other_id: b } : { company_id: b, other_id: a })

/** Companies about which something changed: the claimer sums them and judges their segments within two seconds. */
export function markCompanies(ctx: Ctx, ids: readonly string[], fields: readonly string[]): Promise<void> {
  return queries.insertNews(ctx.db, ids, fields)
}
