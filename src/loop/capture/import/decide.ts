import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '#kernel/json.ts'
import { original } from '#loop/identify/export/decide.ts'
import type { FieldDefinition } from '#loop/identify/fields/contract.ts'
import { readValue } from '#loop/identify/fields/values.ts'
import { parseMail, searchable } from '#loop/identify/normalise/decide.ts'
import { DEAL_TARGETS, plain, TARGETS } from './headers.ts'
import { plainNumber, readDate, repairPhone, repairPostal, splitName } from './values.ts'

/** What one row says, or why it is not taken. */
export type ReadRow =
  | {
      readonly ok: true
      readonly mail: string | null
      readonly externalId: string | null
      readonly fields: Readonly<Record<string, string>>
      readonly attrs: JsonObject
      /** What the row says of the company, in its custom fields. */
      readonly company: JsonObject
      readonly tags: readonly string[]
      readonly source: string | null
      readonly priority: string | null
      readonly at: Date | null
      /** Their status in the campaign, when a column says it. */
      readonly memberStatus: string | null
      /** The file says that they want no mail. */
      readonly optOut: boolean
    }
  | { readonly ok: false; readonly reason: string }

/** A reason without what the row said: that stands in these brackets, and may hold some of its own. */
export const veiled = (reason: string): string => reason.replace(/「.*」/gs, '「…」')

const no = (reason: string): ReadRow => ({ ok: false, reason })

/** How rows are read: by which column goes where, and the custom fields there are. */
export interface Reading {
  readonly mapping: readonly string[]
  readonly custom: readonly FieldDefinition[]
  readonly ofCompany?: readonly FieldDefinition[]
}

/** The cells of a row by their targets; empty ones say nothing. */
export function toldBy(cells: readonly string[], mapping: readonly string[]): Map<string, string> {
  const told = new Map<string, string>()
  for (let i = 0; i < mapping.length; i++) {
    const target = mapping[i]
    const text = target ? original(cells[i] ?? '').trim() : ''
    if (target && text) told.set(target, text)
  }
  return told
}

/** Columns that hold the id of another system. */
const IDS = new Set(['externalId', 'leadExternalId'])

/** By what a row names people, as `identity` has it: every address in its cells, whatever they are mapped to, and its external id. */
export function keysIn(cells: readonly string[], mapping: readonly string[]): string[] {
  const keys = new Set<string>()
  cells.forEach((cell, i) => {
    const text = original(cell).trim()
    if (text && IDS.has(mapping[i] ?? '')) keys.add(text.slice(0, 200))
    if (!/[@＠]/.test(text)) return
    for (const word of text.split(/[\s,;:、，；：<>()（）「」]+/)) {
      const read = parseMail(word)
      if (read.ok) keys.add(read.mail)
    }
  })
  return [...keys]
}

/** Reads a row by the mapping. Empty cells say nothing: an import never clears a field. */
export function readRow(cells: readonly string[], { mapping, custom, ofCompany = [] }: Reading): ReadRow {
  const told = toldBy(cells, mapping)
  for (const text of told.values())
    if (text.includes('\ufffd'))
      return no('文字化けしている値があります（文字コードを確認） / Text that cannot be read: check the encoding')
  const mail = told.get('mail') ?? null
  const parsed = mail === null ? null : parseMail(mail)
  if (parsed && !parsed.ok) return no(`「${mail?.slice(0, 80)}」: ${parsed.reason}`)
  const externalId = told.get('externalId')?.slice(0, 200) ?? null
  if (!mail && !externalId) return no('メールアドレスも外部IDもありません / Neither an address nor an external id')
  const attrs = attrsOf(told, custom, 'attrs.')
  if ('bad' in attrs) return no(attrs.bad)
  const company = attrsOf(told, ofCompany, COMPANY)
  if ('bad' in company) return no(company.bad)
  const date = told.get('at')
  const at = date === undefined ? null : readDate(date)
  if (date !== undefined && at === null) return no(`日付「${date.slice(0, 40)}」を読めません / This date cannot be read`)
  const tags = told.get('tags')
  return {
    ok: true,
    mail,
    externalId,
    attrs: attrs.read,
    company: company.read,
    at,
    fields: fieldsOf(told),
    tags: tags ? wordsIn(tags) : [],
    source: told.get('source')?.slice(0, 200) ?? null,
    priority: PRIORITIES[plain(told.get('priority') ?? '')] ?? null,
    memberStatus: told.get('memberStatus') ?? null,
    optOut: TRUE.has(plain(told.get('optOut') ?? '')),
  }
}

const wordsIn = (text: string): string[] =>
  text
    .split(/[,、;|]/)
    .map((word) => word.trim().slice(0, 100))
    .filter(Boolean)
    .slice(0, 50)

const TRUE = new Set(['1', 'true', 'yes', 'はい', '停止', '拒否', '不可', '○', '配信停止'])
const PRIORITIES: Readonly<Record<string, string>> = {
  high: 'high',
  高: 'high',
  a: 'high',
  middle: 'middle',
  medium: 'middle',
  中: 'middle',
  b: 'middle',
  low: 'low',
  低: 'low',
  c: 'low',
}
/** Targets of the custom fields of companies begin so. */
export const COMPANY = 'company.'
const SPECIAL = new Set(['mail', 'externalId', 'fullName', 'fullKana', 'source', 'at', 'tags', 'priority', 'memberStatus', 'optOut'])

function attrsOf(
  told: ReadonlyMap<string, string>,
  custom: readonly FieldDefinition[],
  prefix: string,
): { read: JsonObject } | { bad: string } {
  const read: Record<string, Json> = {}
  for (const field of custom) {
    const text = told.get(`${prefix}${field.key}`)
    if (text === undefined) continue
    const value = readValue(field, fitted(field, text))
    if (value === undefined) return { bad: `${field.ja}: 「${text.slice(0, 50)}」は使えない値です / not a value of ${field.en}` }
    read[field.key] = value
  }
  return { read }
}

/** A cell in the form that the type of its field is read from; the word of an option stands for its value. */
function fitted(field: FieldDefinition, text: string): string {
  const type: string = field.type
  if (type === 'number' || type === 'money') return plainNumber(text)
  if (type === 'date') return readDate(text)?.toISOString().slice(0, 10) ?? text
  if (type === 'datetime') return readDate(text)?.toISOString() ?? text
  if (type === 'phone') return repairPhone(text)
  if (!field.options.length) return text
  const optionOf = (word: string): string =>
    field.options.find((option) => [option.value, option.ja, option.en].some((one) => plain(one) === plain(word)))?.value ?? word
  return type === 'multi'
    ? text
        .split(/[,、;|]/)
        .map((word) => optionOf(word.trim()))
        .filter(Boolean)
        .join(',')
    : optionOf(text)
}

function fieldsOf(told: ReadonlyMap<string, string>): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [target, text] of told) {
    if (SPECIAL.has(target) || target.startsWith('attrs.') || target.startsWith(COMPANY)) continue
    fields[target] = target === 'phone' ? repairPhone(text) : target === 'postalCode' ? repairPostal(text) : text
  }
  putName(told.get('fullName'), fields, 'familyName', 'givenName')
  putName(told.get('fullKana'), fields, 'familyKana', 'givenKana')
  return fields
}

function putName(full: string | undefined, fields: Record<string, string>, family: string, given: string): void {
  if (!full || fields[family]) return
  const name = splitName(full)
  fields[family] = name.family
  if (name.given) fields[given] ??= name.given
}

/** The external id under which somebody is kept who shares an address with somebody else: the same person in the next file is found by it. */
export function sharedKey(mail: string, fields: Readonly<Record<string, string>>): string {
  const told = [mail, searchable(fields['companyName']), searchable(fields['familyName']), searchable(fields['givenName'])].join('\n')
  return `shared:${createHash('sha256').update(told).digest('hex').slice(0, 24)}`
}

/** Do a row and a known person agree on who they are, as far as both say it? Blanks, width and case do not count. */
export function samePerson(
  fields: Readonly<Record<string, string>>,
  known: { readonly company_name: string | null; readonly family_name: string | null; readonly given_name: string | null },
): boolean {
  const agree = (a: string | undefined | null, b: string | null): boolean => !a || !b || bare(a) === bare(b)
  const full = (family: string | null | undefined, given: string | null | undefined): string => `${family ?? ''}${given ?? ''}`
  return (
    agree(fields['companyName'], known.company_name) &&
    agree(full(fields['familyName'], fields['givenName']), full(known.family_name, known.given_name))
  )
}

const bare = (text: string): string => searchable(text).replace(/[\s・.,]|株式会社|有限会社|合同会社|\(株\)|\(有\)/g, '')

/** What is wrong with how an import is to be run; field and reason. */
export function planFlaws(
  plan: {
    readonly target: string
    readonly mapping: readonly string[]
    readonly match: string
    readonly basis: string
    readonly basisText: string
    readonly rows: number | null
    readonly allOrNothing: boolean
  },
  columns: number,
  custom: readonly string[],
  ofCompany: readonly string[] = [],
): { field: string; reason: string }[] {
  const flaws: { field: string; reason: string }[] = []
  const used = plan.mapping.filter((target) => target !== '')
  const single = used.filter((target) => target !== 'note')
  const deals = plan.target === 'deals'
  if (plan.mapping.length !== columns) flaws.push({ field: 'mapping', reason: '列の数が合いません / The mapping must name every column' })
  if (new Set(single).size !== single.length)
    flaws.push({ field: 'mapping', reason: '同じ項目に2つの列を割り当てています / Two columns go to one field' })
  const known = deals ? DEAL_TARGETS : TARGETS
  const mine = new Set(deals ? [] : [...custom.map((key) => `attrs.${key}`), ...ofCompany.map((key) => `${COMPANY}${key}`)])
  const unknown = used.find((target) => !known.includes(target) && !mine.has(target))
  if (unknown) flaws.push({ field: 'mapping', reason: `「${unknown}」という項目はありません / There is no such field` })
  if (deals && !used.includes('leadExternalId') && !used.includes('leadMail'))
    flaws.push({
      field: 'mapping',
      reason: 'リードのメールアドレスか外部IDの列が必要です / A column must hold the lead’s address or external id',
    })
  if (!deals && !used.includes('mail') && !used.includes('externalId'))
    flaws.push({ field: 'mapping', reason: 'メールアドレスか外部IDの列が必要です / A column must hold the address or an external id' })
  if (!deals && plan.match === 'external' && !used.includes('externalId'))
    flaws.push({
      field: 'options.match',
      reason: '外部IDで照合するには、その列が必要です / To match by external id, a column must hold it',
    })
  if (!deals && plan.match === 'personMail' && !used.includes('mail'))
    flaws.push({
      field: 'options.match',
      reason: '会社名＋氏名＋メールで照合するには、メールの列が必要です / This rule needs a column with the address',
    })
  if (!deals && plan.basis !== 'none' && !plan.basisText)
    flaws.push({
      field: 'options.basisText',
      reason: '根拠の内容（いつ・どこで）を書いてください / Say when and where the basis was given',
    })
  if (plan.allOrNothing && plan.rows !== null && plan.rows > MOST_AT_ONCE)
    flaws.push({ field: 'options.allOrNothing', reason: '一括取り込みは100,000行までです / All or nothing is for 100,000 rows at most' })
  return flaws
}

/** Rows of an import that is done wholly or not at all. */
export const MOST_AT_ONCE = 100_000
