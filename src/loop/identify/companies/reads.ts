// What screens read of companies.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { decodeKey, encodeKey } from '../leads/decide.ts'
import { userNames } from '../leads/queries.ts'
import { findPerson } from '../leads/service.ts'
import { searchable } from '../normalise/decide.ts'
import type { CompanyCandidate, CompanyDetail, CompanyPerson, CompanyRowShown, companiesContract } from './contract.ts'
import { factValue } from './facts.ts'
import { findCompany } from './heir.ts'
import { nameKey } from './names.ts'
import { findByNameKeys, listDomains, selectCompanies } from './queries.ts'
import * as queries from './reads.queries.ts'
import type { CompanyRow } from './tables.ts'

type Api = typeof companiesContract
type In<K extends keyof Api> = InputOf<Api[K]>
type Out<K extends keyof Api> = OutputOf<Api[K]>

const iso = (at: Date | null): string | null => at?.toISOString() ?? null
const EXACT = 10_000

/** A list's filter as conditions over the company row `c`. @throws Refusal for filters that mean nothing */
export async function conditionsOf(ctx: Ctx, input: In<'count'>): Promise<queries.Condition[]> {
  const conditions = queries.conditionsOf({ ...input, q: input.q ? searchable(input.q) : undefined })
  for (const name of ['segment', 'rule'] as const) {
    const value = input[name]
    if (!value) continue
    const filter = ctx.house.ports.companyFilters?.[name]
    if (!filter) refuse('invalid', 'filter.unknown', { message: 'この条件は使えません / This filter is not available.', field: name })
    conditions.push(await filter(ctx, value))
  }
  return conditions
}

/** The place of a cursor. @throws Refusal when it is not one of this order */
function placeOf(order: string, cursor: string | undefined): { key: string; id: string } | null {
  const after = cursor === undefined ? null : decodeKey(order, cursor)
  if (after === undefined)
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of this order. Begin at the first page.', field: 'cursor' })
  return after
}

/** A page of companies. */
export async function list(ctx: Ctx, input: In<'list'>): Promise<Out<'list'>> {
  const order = `company ${input.sort}`
  const rows = await queries.listCompanies(
    ctx.db,
    await conditionsOf(ctx, input),
    input.sort,
    placeOf(order, input.cursor),
    input.limit + 1,
  )
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return { items: await present(ctx, shown), next: rows.length > input.limit && last ? encodeKey(order, last.key, last.id) : null }
}

export async function count(ctx: Ctx, input: In<'count'>): Promise<Out<'count'>> {
  const n = await queries.countCompanies(ctx.db, await conditionsOf(ctx, input), EXACT)
  return { n: Math.min(n, EXACT), more: n > EXACT }
}

async function present(ctx: Ctx, rows: readonly CompanyRow[]): Promise<CompanyRowShown[]> {
  const domains = await listDomains(
    ctx.db,
    rows.map((row) => row.id),
  )
  const owners = await userNames(
    ctx.db,
    rows.flatMap((row) => row.owner_id ?? []),
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kana: row.kana,
    englishName: row.english_name,
    corporateNumber: row.corporate_number,
    website: row.website,
    phone: row.phone_typed,
    prefecture: row.prefecture,
    city: row.city,
    industry: row.industry,
    employeeBand: row.employee_band,
    ownerId: row.owner_id,
    ownerName: owners.get(row.owner_id ?? '') ?? null,
    tags: row.tags,
    aliases: row.aliases,
    postalCode: row.postal_code,
    address: row.address,
    fiscalMonth: row.fiscal_month,
    attrs: row.attrs,
    domains: domains.get(row.id) ?? [],
    people: row.people,
    engagement: row.engagement,
    score: row.score,
    lastSeenAt: iso(row.last_seen_at),
    createdAt: row.created_at.toISOString(),
  }))
}

/** Everything the page of a company shows at once. */
export async function get(ctx: Ctx, input: { id: string }): Promise<CompanyDetail> {
  const row = await findCompany(ctx, input.id)
  const [shown] = await present(ctx, [row])
  if (!shown) throw new Error('a row is presented as one')
  const others = (ctx.house.ports.companyFacts ?? []).filter((fact) => fact.name.includes('.'))
  const values = await queries.companyValues(
    ctx.db,
    row.id,
    others.map((fact) => ({ name: fact.name, value: fact.sql('c') })),
  )
  const merges = await queries.mergesOf(ctx.db, row.id)
  return {
    ...shown,
    note: row.note,
    madeBy: row.made_by,
    changedAt: row.changed_at.toISOString(),
    version: row.version,
    summedAt: iso(row.summed_at),
    facts: Object.fromEntries(others.map((fact) => [fact.name, jsonValue(factValue(values[fact.name], fact.type))])),
    merges: merges.map(({ id, at, actor, undone_at, lose_id, name }) => ({
      id,
      at: at.toISOString(),
      actor,
      name,
      companyId: lose_id,
      undoneAt: iso(undone_at),
    })),
  }
}

const jsonValue = (value: ReturnType<typeof factValue>): CompanyDetail['facts'][string] =>
  value instanceof Date ? value.toISOString() : Array.isArray(value) ? [...value] : (value as string | number | boolean | null)

type Named = { readonly family_name: string | null; readonly given_name: string | null; readonly mail: string | null }
const nameOf = (row: Named): string => [row.family_name, row.given_name].filter(Boolean).join(' ') || row.mail || ''

export async function people(ctx: Ctx, input: In<'people'>): Promise<Out<'people'>> {
  const company = await findCompany(ctx, input.id)
  const order = input.past ? 'people past' : 'people'
  const rows = await queries.listPeople(ctx.db, company.id, input.past, placeOf(order, input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      name: nameOf(row),
      department: row.department,
      title: row.title,
      roleLevel: row.role_level,
      mail: row.mail_typed ?? row.mail,
      role: row.role as CompanyPerson['role'],
      linkedBy: row.linked_by,
      since: row.since.toISOString(),
      until: iso(row.until),
      engagement: row.engagement,
      score: row.score,
      lastSeenAt: iso(row.last_seen_at),
    })),
    next: rows.length > input.limit && last ? encodeKey(order, last.key, last.id) : null,
  }
}

/** What the machine says of people; a company's timeline is about what they did. */
const HIDDEN = [
  'score.changed',
  'heat.changed',
  'field.changed',
  'company.changed',
  'segment.entered',
  'segment.left',
  'page.left',
  'session.started',
]

export async function timeline(ctx: Ctx, input: In<'timeline'>): Promise<Out<'timeline'>> {
  const company = await findCompany(ctx, input.id)
  const names = input.names ? input.names.split(',').map((name) => name.trim()) : null
  const rows = await queries.listTimeline(
    ctx.db,
    company.id,
    names,
    HIDDEN,
    input.people === true,
    placeOf('company timeline', input.cursor),
    input.limit + 1,
  )
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      name: row.name,
      at: row.occurred_at.toISOString(),
      historic: row.historic,
      props: row.props,
      person: { id: row.person_id, name: nameOf(row) },
    })),
    next: rows.length > input.limit && last ? encodeKey('company timeline', last.key, last.id) : null,
  }
}

const SHOWN_LEADS = 4
const MOST_COUNTED = 1_000

export async function candidates(ctx: Ctx, input: In<'candidates'>): Promise<Out<'candidates'>> {
  const rows = await queries.listCandidates(ctx.db, input.settled, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const ids = shown.flatMap((row) => [row.company_id, row.other_id]).filter((id) => id !== null)
  const briefs = await briefsOf(ctx, ids)
  const waiting = await queries.someWaiting(
    ctx.db,
    shown.filter((row) => row.kind !== 'merge').map((row) => row.name_key),
    SHOWN_LEADS,
  )
  const last = shown.at(-1)
  return {
    items: shown.map(
      (row): CompanyCandidate => ({
        id: row.id,
        kind: row.kind,
        name: row.name,
        at: row.at.toISOString(),
        company: briefs.get(row.company_id ?? '') ?? null,
        other: briefs.get(row.other_id ?? '') ?? null,
        leads: row.leads,
        some: waiting
          .filter((one) => row.kind !== 'merge' && one.name_key === row.name_key)
          .map((one) => ({ id: one.id, name: nameOf(one), companyName: one.company_name, mail: one.mail })),
        settledAt: iso(row.settled_at),
        verdict: row.verdict,
      }),
    ),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
    open: await queries.countCandidates(ctx.db, MOST_COUNTED),
  }
}

type Brief = NonNullable<CompanyCandidate['company']>

async function briefsOf(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Brief>> {
  const companies = await selectCompanies(ctx.db, ids)
  const domains = await listDomains(ctx.db, [...companies.keys()])
  return new Map(
    [...companies.values()].map((row) => [
      row.id,
      {
        id: row.id,
        name: row.name,
        people: row.people,
        domains: domains.get(row.id) ?? [],
        corporateNumber: row.corporate_number,
        prefecture: row.prefecture,
      },
    ]),
  )
}

/** The companies of a lead, and those of the same name when it is with none. */
export async function ofLead(ctx: Ctx, input: { leadId: string }): Promise<Out<'ofLead'>> {
  const person = await findPerson(ctx, input.leadId)
  const links = await queries.linksOf(ctx.db, person)
  const companies = await selectCompanies(
    ctx.db,
    links.map((link) => link.company_id),
  )
  const shown = new Map((await present(ctx, [...companies.values()])).map((row) => [row.id, row]))
  const key = nameKey(person.company_name)
  const open = links.some((link) => link.until === null)
  const suggested = open || !key ? [] : ((await findByNameKeys(ctx.db, [key])).get(key) ?? [])
  return {
    links: links.flatMap((link) => {
      const company = shown.get(link.company_id)
      return company
        ? [
            {
              company,
              role: link.role as CompanyPerson['role'],
              linkedBy: link.linked_by,
              since: link.since.toISOString(),
              until: iso(link.until),
            },
          ]
        : []
    }),
    suggested: [...(await briefsOf(ctx, suggested)).values()],
  }
}
