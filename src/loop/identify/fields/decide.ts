import type { Json, JsonObject } from '#kernel/json.ts'
import { cleanText, normalisePhone, type ParsedMail, pairsOf, searchable } from '../normalise/decide.ts'
import { industryOfGroup } from '../normalise/industry.ts'
import { roleLevelOf } from '../normalise/role.ts'
import type { PersonRow } from '../tables.ts'
import { personColumns } from './columns.ts'

/** One field that an act changed, with both values, for the journal and for undo. */
export interface FieldChange {
  readonly field: string
  readonly column: string
  readonly from: Json
  readonly to: Json
}

/** What an act says about a person, apart from who it is. */
export interface Told {
  readonly fields?: Readonly<Record<string, string | undefined>> | undefined
  readonly attrs?: JsonObject | undefined
  readonly source?:
    | { readonly name: string; readonly priority?: string | undefined; readonly interest?: readonly string[] | undefined }
    | undefined
  readonly tags?: readonly string[] | undefined
  /** Keys of products, added to those of the person; `fields.products` replaces them. */
  readonly products?: readonly string[] | undefined
  readonly at: Date
  readonly onlyEmpty?: boolean | undefined
}

/** A person nobody knows anything of yet. `keep`: made by replay or import, its expiry is off. */
export function newPerson(subject: { bucket: number; id: string }, at: Date, keep: boolean): PersonRow {
  return {
    bucket: subject.bucket,
    id: subject.id,
    identified_at: null,
    created_at: at,
    last_seen_at: at,
    status: 'active',
    keep,
    company_name: null,
    company_id: null,
    owner_id: null,
    family_name: null,
    given_name: null,
    family_kana: null,
    given_kana: null,
    department: null,
    title: null,
    role_level: null,
    mail: null,
    mail_typed: null,
    mail_risk: null,
    contact_mail: null,
    phone: null,
    phone_typed: null,
    postal_code: null,
    prefecture: null,
    city: null,
    address: null,
    building: null,
    industry: null,
    industry_group: null,
    employee_band: null,
    website: null,
    salutation: null,
    budget: null,
    products: [],
    source_first: null,
    source_first_at: null,
    source_latest: null,
    source_latest_at: null,
    priority: null,
    interest: [],
    tags: [],
    attrs: {},
    mail_stop: 0,
    mail_basis: 0,
    sort_name: '',
    search_text: '',
    version: 1,
  }
}

/** Whom every new person is like before anything is said of them. */
const NOBODY = Object.freeze(newPerson({ bucket: 0, id: '' }, new Date(0), false))

/** A row on its way. */
export type Draft = { -readonly [K in keyof PersonRow]: PersonRow[K] }

/**
 * The row after an act, and what changed. An empty text in `fields` clears the field; an absent one leaves it. The first source is never
 * overwritten, the latest follows the newest act; interests and tags are added, never taken away.
 */
export function applyTold(row: PersonRow, told: Told): { row: PersonRow; changes: FieldChange[] } {
  return settled(row, toldOf(row, told))
}

/** The same before it is settled: for whoever changes more about it and settles then. The row is always a new one. */
export function toldOf(row: PersonRow, told: Told): Draft {
  return toldTo({ ...row }, row, told)
}

/** The same of somebody new, whose row may be written on. */
export const toldOfNew = (made: PersonRow, told: Told): Draft => toldTo(made, NOBODY, told)

function toldTo(next: Draft, row: PersonRow, told: Told): Draft {
  for (const column of personColumns) {
    const given = told.fields?.[column.field]
    if (given === undefined || (told.onlyEmpty && !isEmpty(row[column.column]))) continue
    const value = column.normalise(given)
    if (value !== null || given.trim() === '') (next as Record<string, unknown>)[column.column] = value
  }
  deduce(row, next, told)
  applyPhone(next, told)
  applySource(next, told)
  if (told.attrs) next.attrs = mergeAttrs(row.attrs, told.attrs, told.onlyEmpty === true)
  if (told.tags?.length) next.tags = union(row.tags, told.tags)
  if (told.products?.length) next.products = union(next.products, told.products)
  return next
}

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)

/** What follows from what was told: the level from the title, the industry from its middle group. What somebody chose by hand stays. */
function deduce(row: PersonRow, next: Draft, told: Told): void {
  if (next.title !== row.title && told.fields?.['roleLevel'] === undefined) {
    const level = roleLevelOf(next.title)
    if (row.role_level === null || (row.role_level === roleLevelOf(row.title) && level !== null)) next.role_level = level
  }
  const deduced = next.industry_group === row.industry_group ? null : industryOfGroup(next.industry_group)
  if (deduced !== null && !told.fields?.['industry']) next.industry = deduced
}

/** The row with this address as the one it is reached by. */
export function applyMail(row: PersonRow, mail: Extract<ParsedMail, { ok: true }>): PersonRow {
  return { ...row, ...reachedBy(mail) }
}

/** The columns of an address. */
export const reachedBy = (mail: Extract<ParsedMail, { ok: true }>): Pick<PersonRow, 'mail' | 'mail_typed' | 'mail_risk'> => ({
  mail: mail.mail,
  mail_typed: mail.typed,
  mail_risk: mail.risk,
})

function applyPhone(next: Draft, told: Told): void {
  const given = told.fields?.['phone']
  if (given === undefined || (told.onlyEmpty && next.phone_typed !== null)) return
  next.phone_typed = cleanText(given, 40)
  next.phone = normalisePhone(given)
}

function applySource(next: Draft, told: Told): void {
  const source = told.source
  if (!source) return
  if (next.source_first === null) Object.assign(next, { source_first: source.name, source_first_at: told.at })
  if (next.source_latest_at === null || told.at >= next.source_latest_at)
    Object.assign(next, { source_latest: source.name, source_latest_at: told.at })
  if (source.priority) next.priority = source.priority
  if (source.interest?.length) next.interest = union(next.interest, source.interest)
}

/** Values of custom fields after an act; a null clears. */
export function mergeAttrs(before: JsonObject, given: JsonObject, onlyEmpty: boolean): JsonObject {
  const kept = Object.entries(before).filter(([key]) => onlyEmpty || !(key in given))
  const added = Object.entries(given).filter(([key, value]) => value !== null && !(onlyEmpty && key in before))
  return Object.fromEntries([...kept, ...added])
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])]

const TRACKED: readonly { field: string; column: keyof PersonRow }[] = [
  ...personColumns.map(({ field, column }) => ({ field, column: column as keyof PersonRow })),
  { field: 'mail', column: 'mail' },
  { field: 'phone', column: 'phone_typed' },
  { field: 'sourceFirst', column: 'source_first' },
  { field: 'sourceLatest', column: 'source_latest' },
  { field: 'priority', column: 'priority' },
  { field: 'interest', column: 'interest' },
  { field: 'tags', column: 'tags' },
  { field: 'status', column: 'status' },
  { field: 'owner', column: 'owner_id' },
  { field: 'sourceFirstAt', column: 'source_first_at' },
  { field: 'sourceLatestAt', column: 'source_latest_at' },
  { field: 'mailBasis', column: 'mail_basis' },
]

/** The columns that follow from others (order of lists, search). */
const following = (row: PersonRow): Pick<PersonRow, 'sort_name' | 'search_text'> => ({
  sort_name: sortName(row),
  search_text: searchText(row),
})

/** The row of somebody new, who may be written on, with the columns that follow from others. */
export const settledNew = (made: Draft): PersonRow => Object.assign(made, following(made))

/** The columns that follow from others, and what differs from before. */
export function settled(before: PersonRow, next: PersonRow): { row: PersonRow; changes: FieldChange[] } {
  const row: PersonRow = { ...next, sort_name: sortName(next), search_text: searchText(next) }
  const changes: FieldChange[] = []
  for (const { field, column } of TRACKED)
    if (!same(before[column], row[column])) changes.push({ field, column, from: asJson(before[column]), to: asJson(row[column]) })
  if (before.attrs === row.attrs) return { row, changes }
  const keys = new Set([...Object.keys(before.attrs), ...Object.keys(row.attrs)])
  for (const key of keys) {
    if (!same(before.attrs[key], row.attrs[key])) {
      changes.push({ field: `attrs.${key}`, column: 'attrs', from: before.attrs[key] ?? null, to: row.attrs[key] ?? null })
    }
  }
  return { row, changes }
}

const same = (a: unknown, b: unknown): boolean => {
  if (a === b || (a ?? null) === (b ?? null)) return true
  return (typeof a === 'object' || typeof b === 'object') && JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
const asJson = (value: unknown): Json => {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  return JSON.parse(JSON.stringify(value)) as Json
}

/** Kana first (that is how Japanese lists are ordered), else the name, else the company, else the address. */
function sortName(row: PersonRow): string {
  const kana = searchable(row.family_kana, row.given_kana)
  return kana || searchable(row.family_name, row.given_name) || searchable(row.company_name) || (row.mail ?? '')
}

/** What a person is found by, with the pairs of letters of its index (db/migrations/0420_search_keys.sql). */
function searchText(row: PersonRow): string {
  const joined = `${row.family_name ?? ''}${row.given_name ?? ''}`
  const text = searchable(
    row.family_name,
    row.given_name,
    joined,
    row.family_kana,
    row.given_kana,
    row.company_name,
    row.department,
    row.mail,
    row.contact_mail,
    row.phone,
    row.phone_typed,
  )
  return text + pairsOf(text)
}

/** The keeper with its empty fields filled from somebody it adopts; interests and tags of both, the stricter stop, the keeper's own consent. */
export function fillFrom(keep: PersonRow, other: PersonRow): PersonRow {
  const next: Draft = { ...keep }
  for (const { column } of personColumns) if (next[column] === null) Object.assign(next, { [column]: other[column] })
  next.products = union(keep.products, other.products)
  if (next.phone_typed === null) Object.assign(next, { phone: other.phone, phone_typed: other.phone_typed })
  if (next.mail === null)
    Object.assign(next, { mail: other.mail, mail_typed: other.mail_typed, mail_risk: other.mail_risk, mail_basis: other.mail_basis })
  if (
    other.source_first !== null &&
    (next.source_first_at === null || (other.source_first_at ?? next.source_first_at) < next.source_first_at)
  ) {
    Object.assign(next, { source_first: other.source_first, source_first_at: other.source_first_at })
  }
  next.owner_id ??= other.owner_id
  next.priority ??= other.priority
  next.interest = union(keep.interest, other.interest)
  next.tags = union(keep.tags, other.tags)
  next.attrs = { ...other.attrs, ...keep.attrs }
  next.mail_stop = Math.max(keep.mail_stop, other.mail_stop)
  return next
}

/** The row with an act's changes taken back, except where a field was changed again since. */
export function revert(row: PersonRow, changes: readonly FieldChange[]): PersonRow {
  const next: Draft = { ...row, attrs: { ...row.attrs } }
  for (const change of changes) {
    if (change.column === 'attrs') next.attrs = revertAttr(next.attrs, change)
    else if (same(row[change.column as keyof PersonRow], change.to)) Object.assign(next, { [change.column]: change.from })
    if (change.column === 'phone_typed') next.phone = next.phone_typed === null ? null : normalisePhone(next.phone_typed)
    if (change.column === 'mail') Object.assign(next, { mail_typed: next.mail, mail_risk: null })
  }
  return next
}

function revertAttr(attrs: JsonObject, change: FieldChange): JsonObject {
  const key = change.field.slice('attrs.'.length)
  if (!same(attrs[key], change.to)) return attrs
  const { [key]: _gone, ...rest } = attrs
  return change.from === null ? rest : { ...rest, [key]: change.from }
}
