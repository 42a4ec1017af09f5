// Which company a lead belongs to, and what two companies become: pure rules over what was found.
import type { Json, JsonObject } from '#kernel/json.ts'
import { mergeAttrs } from '../fields/decide.ts'
import { corporateDomain, siteDomain } from './domains.ts'
import { corporateNumber, nameKey } from './names.ts'
import type { CompanyRow } from './tables.ts'
import type { LinkedBy } from './vocabulary.ts'

/** What a lead says of its company. */
export interface Clues {
  readonly mailDomain: string | null
  readonly siteDomain: string | null
  readonly number: string | null
  readonly name: string | null
  readonly nameKey: string | null
  /** What colleagues of one company share, for a company made from them. */
  readonly shared: Shared
}

export interface Shared {
  readonly industry: string | null
  readonly employee_band: string | null
  readonly website: string | null
}

/** Custom fields under which a 法人番号 may lie. */
const NUMBER_FIELDS = ['corporate_number', 'corporateNumber', 'houjin_bangou', 'hojin_bango', 'houjin_number']

/** The clues in a lead's row. */
export function cluesOf(person: {
  readonly mail: string | null
  readonly website: string | null
  readonly company_name: string | null
  readonly industry?: string | null
  readonly employee_band?: string | null
  readonly attrs: JsonObject
}): Clues {
  const number = NUMBER_FIELDS.map((key) => person.attrs[key])
    .map((value) => (typeof value === 'string' || typeof value === 'number' ? corporateNumber(String(value)) : null))
    .find((found) => found !== null)
  return {
    mailDomain: corporateDomain(person.mail),
    siteDomain: siteDomain(person.website),
    number: number ?? null,
    name: person.company_name,
    nameKey: nameKey(person.company_name),
    shared: { industry: person.industry ?? null, employee_band: person.employee_band ?? null, website: person.website },
  }
}

/** What is known of the clues. */
export interface Found {
  readonly byDomain: ReadonlyMap<string, string>
  readonly byNumber: ReadonlyMap<string, string>
  readonly byName: ReadonlyMap<string, readonly string[]>
}

/** link: it is this company · make: a new one, known by its domain or number · propose: a human decides by the name · none: nothing to go by */
export type Place =
  | { readonly kind: 'link'; readonly companyId: string; readonly by: LinkedBy }
  | {
      readonly kind: 'make'
      readonly name: string
      readonly domain: string | null
      readonly number: string | null
      readonly by: LinkedBy
      readonly shared: Shared
    }
  | { readonly kind: 'propose'; readonly name: string; readonly nameKey: string; readonly companyIds: readonly string[] }
  | { readonly kind: 'none' }

/** A domain or 法人番号 decides; a name alone only proposes, for many companies share one. */
export function placeOf(clues: Clues, found: Found): Place {
  const number = clues.number === null ? undefined : found.byNumber.get(clues.number)
  if (number) return { kind: 'link', companyId: number, by: 'number' }
  const mail = clues.mailDomain === null ? undefined : found.byDomain.get(clues.mailDomain)
  if (mail) return { kind: 'link', companyId: mail, by: 'mail' }
  const site = clues.siteDomain === null ? undefined : found.byDomain.get(clues.siteDomain)
  if (site && !clues.mailDomain) return { kind: 'link', companyId: site, by: 'website' }
  if (clues.name === null || clues.nameKey === null) return { kind: 'none' }
  if (clues.mailDomain || clues.number)
    return {
      kind: 'make',
      name: clues.name,
      domain: clues.mailDomain,
      number: clues.number,
      by: clues.number ? 'number' : 'mail',
      shared: clues.shared,
    }
  return { kind: 'propose', name: clues.name, nameKey: clues.nameKey, companyIds: found.byName.get(clues.nameKey) ?? [] }
}

/** One new company for all leads of a batch that share a domain or number: the name that most of them write, the fuller of equals. */
export function newCompanies(makes: readonly Extract<Place, { kind: 'make' }>[]): (Extract<Place, { kind: 'make' }> & { key: string })[] {
  const groups = new Map<string, Extract<Place, { kind: 'make' }>[]>()
  for (const make of makes) groups.set(makeKey(make), [...(groups.get(makeKey(make)) ?? []), make])
  return [...groups].flatMap(([key, all]) => {
    const first = all[0]
    if (!first) return []
    const counts = new Map<string, number>()
    for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1)
    const [name = first.name] = [...counts].sort((a, b) => b[1] - a[1] || b[0].length - a[0].length || (a[0] < b[0] ? -1 : 1))[0] ?? []
    const known = <K extends keyof Shared>(column: K): Shared[K] => all.find((one) => one.shared[column])?.shared[column] ?? null
    const shared = { industry: known('industry'), employee_band: known('employee_band'), website: known('website') }
    return [{ ...first, name, domain: all.find((one) => one.domain)?.domain ?? null, key, shared }]
  })
}

/** What leads must share to be one new company. */
export const makeKey = (make: { readonly number: string | null; readonly domain: string | null }): string =>
  make.number ?? `@${make.domain}`

/** Whether an automatic link may be looked at again: what a human said stays. */
export const mayRematch = (linkedBy: string | undefined): boolean => linkedBy === undefined || (linkedBy !== 'hand' && linkedBy !== 'name')

const FILLED = [
  'kana',
  'english_name',
  'corporate_number',
  'website',
  'phone',
  'phone_typed',
  'postal_code',
  'prefecture',
  'city',
  'address',
  'industry',
  'employee_band',
  'fiscal_month',
  'owner_id',
  'note',
] as const

export interface CompanyChange {
  readonly column: string
  readonly from: Json
  readonly to: Json
}

/** The keeper with its empty fields filled from the other; the other's names become aliases. */
export function mergedCompany(keep: CompanyRow, lose: CompanyRow): { row: CompanyRow; changes: CompanyChange[] } {
  const next: { -readonly [K in keyof CompanyRow]: CompanyRow[K] } = { ...keep }
  for (const column of FILLED) if (next[column] === null) Object.assign(next, { [column]: lose[column] })
  const names = [lose.name, lose.english_name, ...lose.aliases].filter((name): name is string => name !== null)
  next.aliases = [...new Set([...keep.aliases, ...names])].filter((name) => name !== next.name && name !== next.english_name).slice(0, 50)
  next.tags = [...new Set([...keep.tags, ...lose.tags])]
  next.attrs = { ...lose.attrs, ...keep.attrs }
  return { row: next, changes: differences(keep, next, [...FILLED, 'aliases', 'tags', 'attrs']) }
}

/** What differs in the given columns. */
export function differences(before: CompanyRow, after: CompanyRow, columns: readonly (keyof CompanyRow)[]): CompanyChange[] {
  return columns
    .filter((column) => !same(before[column], after[column]))
    .flatMap((column) =>
      column === 'attrs' ? attrsChanged(before.attrs, after.attrs) : [{ column, from: asJson(before[column]), to: asJson(after[column]) }],
    )
}

const ATTRS = 'attrs.'
/** Each custom field by itself: taking one back leaves the others. */
const attrsChanged = (before: JsonObject, after: JsonObject): CompanyChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !same(before[key], after[key]))
    .map((key) => ({ column: `${ATTRS}${key}`, from: asJson(before[key]), to: asJson(after[key]) }))

/** The row with a merge's changes taken back, except where a field was changed again since. */
export function revertedCompany(row: CompanyRow, changes: readonly CompanyChange[]): CompanyRow {
  const next: { -readonly [K in keyof CompanyRow]: CompanyRow[K] } = { ...row }
  for (const { column, from, to } of changes) {
    const key = column.startsWith(ATTRS) ? column.slice(ATTRS.length) : null
    if (key === null && same(row[column as keyof CompanyRow], to)) Object.assign(next, { [column]: from })
    if (key !== null && same(row.attrs[key], to)) next.attrs = mergeAttrs(next.attrs, { [key]: from }, false)
  }
  return next
}

/** A company that went into another, and what it filled there. */
export interface Filling {
  readonly keepId: string
  readonly changes: readonly CompanyChange[]
}

/**
 * What an act changed of a company is taken back from it and, as far as it still was so when the company went into another, from that one,
 * and so on. What a keeper had of itself stays. Each merge knows of what it filled only what is left of it.
 * @param fillings by the company that went
 */
export function untoldCompanies(
  rows: ReadonlyMap<string, CompanyRow>,
  fillings: ReadonlyMap<string, Filling>,
  told: { readonly companyId: string; readonly changes: readonly CompanyChange[] },
): { rows: Map<string, CompanyRow>; fillings: Map<string, Filling> } {
  const next = { rows: new Map<string, CompanyRow>(), fillings: new Map<string, Filling>() }
  let [id, changes]: [string | undefined, readonly CompanyChange[]] = [told.companyId, told.changes]
  while (id !== undefined && changes.length) {
    const row = rows.get(id)
    if (!row) break
    const reverted = revertedCompany(row, changes)
    if (!same(reverted, row)) next.rows.set(id, reverted)
    const filling = fillings.get(id)
    if (!filling) break
    const carried = changes.filter((one) => filling.changes.some((its) => its.column === one.column && same(its.to, one.to)))
    const left = filling.changes.map((its) => {
      const gone = carried.find((one) => one.column === its.column)
      return gone ? { ...its, to: gone.from } : its
    })
    if (carried.length) next.fillings.set(id, { ...filling, changes: left })
    ;[id, changes] = [filling.keepId, carried]
  }
  return next
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json
