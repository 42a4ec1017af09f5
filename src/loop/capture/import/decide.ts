import type { JsonObject } from '#kernel/json.ts'
import type { FieldDefinition } from '#loop/identify/fields/contract.ts'
import { readValue } from '#loop/identify/fields/values.ts'
import { parseMail } from '#loop/identify/normalise/decide.ts'

/** How headers of Japanese and English files name things; compared without blanks, case and width. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  mail: ['メールアドレス', 'メール', 'eメール', 'e-mail', 'email', 'emailaddress', 'mail', 'mailaddress', 'メアド'],
  externalId: [
    'id',
    '顧客id',
    '外部id',
    'externalid',
    'userid',
    'mqlid',
    'mql_id',
    'leadid',
    'customerid',
    '会員番号',
    '顧客番号',
    'リードid',
  ],
  fullName: ['氏名', '名前', 'お名前', '担当者名', 'name', 'fullname', 'contactname', 'ご担当者名'],
  familyName: ['姓', '苗字', '名字', 'lastname', 'familyname', 'surname', '氏名（姓）', '氏名(姓)'],
  givenName: ['名', '下の名前', 'firstname', 'givenname', '氏名（名）', '氏名(名)'],
  fullKana: ['フリガナ', 'ふりがな', '氏名カナ', '氏名（カナ）', '氏名(カナ)', 'カナ'],
  familyKana: ['セイ', 'せい', '姓カナ', '姓（カナ）', '姓(カナ)', '姓フリガナ'],
  givenKana: ['メイ', 'めい', '名カナ', '名（カナ）', '名(カナ)', '名フリガナ'],
  companyName: ['会社名', '企業名', '法人名', '会社', '組織名', '貴社名', '御社名', 'company', 'companyname', 'organization', 'account'],
  department: ['部署', '部署名', '所属', '所属部署', 'department', 'division'],
  title: ['役職', '役職名', '肩書', '肩書き', 'title', 'jobtitle', 'position'],
  phone: ['電話', '電話番号', 'tel', 'phone', 'phonenumber', 'telephone', '携帯', '携帯電話', 'mobile'],
  prefecture: ['都道府県', '所在地', 'prefecture', 'state', 'region'],
  industry: ['業種', '業界', 'industry'],
  employeeBand: ['従業員数', '従業員規模', '社員数', '企業規模', 'employees', 'companysize', 'numberofemployees'],
  website: ['url', 'webサイト', 'ホームページ', 'hp', 'website', 'web'],
  source: ['流入元', 'リードソース', '獲得元', '獲得経路', 'source', 'leadsource', 'origin', 'チャネル', '経路'],
  at: ['獲得日', '登録日', '作成日', '名刺交換日', '日付', 'date', 'createdat', 'createddate', 'firstcontactdate', '初回接触日'],
  tags: ['タグ', 'tags', 'tag'],
  priority: ['優先度', 'priority', '重要度'],
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_*＊]/g, '')

/** Targets besides custom fields. */
export const TARGETS: readonly string[] = [...Object.keys(HEADERS), 'contactMail', 'roleLevel']

/** Which target each column means by its header; no target twice, '' where nothing fits. */
export function proposeMapping(headers: readonly string[], custom: readonly Pick<FieldDefinition, 'key' | 'ja' | 'en'>[]): string[] {
  const taken = new Set<string>()
  return headers.map((header) => {
    const asked = plain(header)
    const standard = Object.entries(HEADERS).find(([, words]) => words.some((word) => plain(word) === asked))?.[0]
    const own = custom.find((field) => [field.key, field.ja, field.en].some((word) => plain(word) === asked))
    const target = own ? `attrs.${own.key}` : (standard ?? '')
    if (target === '' || taken.has(target)) return ''
    taken.add(target)
    return target
  })
}

/** What one row says, or why it is not taken. */
export type ReadRow =
  | {
      readonly ok: true
      readonly mail: string | null
      readonly externalId: string | null
      readonly fields: Readonly<Record<string, string>>
      readonly attrs: JsonObject
      readonly tags: readonly string[]
      readonly source: string | null
      readonly priority: string | null
      readonly at: Date | null
    }
  | { readonly ok: false; readonly reason: string }

const no = (reason: string): ReadRow => ({ ok: false, reason })

/** Reads a row by the mapping. Empty cells say nothing: an import never clears a field. */
export function readRow(cells: readonly string[], mapping: readonly string[], custom: readonly FieldDefinition[]): ReadRow {
  const told = new Map<string, string>()
  mapping.forEach((target, index) => {
    const text = (cells[index] ?? '').trim()
    if (target && text) told.set(target, text)
  })
  if ([...told.values()].some((text) => text.includes('\ufffd')))
    return no('文字化けしている値があります（文字コードを確認） / Text that cannot be read: check the encoding')
  const mail = told.get('mail') ?? null
  const parsed = mail === null ? null : parseMail(mail)
  if (parsed && !parsed.ok) return no(`${mail?.slice(0, 80)}: ${parsed.reason}`)
  const externalId = told.get('externalId')?.slice(0, 200) ?? null
  if (!mail && !externalId) return no('メールアドレスも外部IDもありません / Neither an address nor an external id')
  const attrs: Record<string, JsonObject[string]> = {}
  for (const field of custom) {
    const text = told.get(`attrs.${field.key}`)
    if (text === undefined) continue
    const value = readValue(field, choiceOf(field, text))
    if (value === undefined) return no(`${field.ja}: 「${text.slice(0, 50)}」は使えない値です / not a value of ${field.en}`)
    attrs[field.key] = value
  }
  const date = told.get('at')
  const at = date === undefined ? null : readDate(date)
  if (date !== undefined && at === null) return no(`日付「${date.slice(0, 40)}」を読めません / This date cannot be read`)
  return {
    ok: true,
    mail,
    externalId,
    attrs,
    at,
    fields: fieldsOf(told),
    tags: (told.get('tags') ?? '')
      .split(/[,、;|]/)
      .map((tag) => tag.trim().slice(0, 100))
      .filter(Boolean),
    source: told.get('source')?.slice(0, 200) ?? null,
    priority: PRIORITIES[plain(told.get('priority') ?? '')] ?? null,
  }
}

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
const SPECIAL = new Set(['mail', 'externalId', 'fullName', 'fullKana', 'source', 'at', 'tags', 'priority'])

/** The word of an option stands for its value. */
function choiceOf(field: FieldDefinition, text: string): string {
  return field.options.find((option) => [option.value, option.ja, option.en].some((word) => plain(word) === plain(text)))?.value ?? text
}

function fieldsOf(told: ReadonlyMap<string, string>): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [target, text] of told) if (!SPECIAL.has(target) && !target.startsWith('attrs.')) fields[target] = text
  splitName(told.get('fullName'), fields, 'familyName', 'givenName')
  splitName(told.get('fullKana'), fields, 'familyKana', 'givenKana')
  return fields
}

/** 姓 and 名 are stored apart: a full name is parted at its first blank, surname first. */
function splitName(full: string | undefined, fields: Record<string, string>, family: string, given: string): void {
  if (!full) return
  const [first = '', ...rest] = full.split(/[\s\u3000]+/)
  fields[family] ??= first
  if (rest.length) fields[given] ??= rest.join(' ')
}

/** 2026-04-08, 2026/4/8, 2026年4月8日, and the American 4/8/2026, as the start of that day in UTC; with a time of day if one follows. */
export function readDate(text: string): Date | null {
  const given = text.normalize('NFKC').trim()
  const western = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(.*)$/.exec(given)
  const [, year, month, day, rest] = western
    ? [null, western[3], western[1], western[2], western[4]]
    : (/^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(.*)$/.exec(given) ?? [])
  if (!year || !month || !day) return null
  const time = /^[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?/.exec(rest ?? '')
  const at = new Date(
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(time?.[1] ?? 0), Number(time?.[2] ?? 0), Number(time?.[3] ?? 0)),
  )
  const same = at.getUTCFullYear() === Number(year) && at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day)
  return same && at.getUTCFullYear() >= 1900 ? at : null
}

/** What is wrong with how an import is to be run; field and reason. */
export function planFlaws(
  mapping: readonly string[],
  columns: number,
  custom: readonly string[],
  basis: { basis: string; basisText: string },
): { field: string; reason: string }[] {
  const flaws: { field: string; reason: string }[] = []
  const used = mapping.filter((target) => target !== '')
  if (mapping.length !== columns) flaws.push({ field: 'mapping', reason: '列の数が合いません / The mapping must name every column' })
  if (new Set(used).size !== used.length)
    flaws.push({ field: 'mapping', reason: '同じ項目に2つの列を割り当てています / Two columns go to one field' })
  const unknown = used.find((target) => !TARGETS.includes(target) && !custom.includes(target.replace(/^attrs\./, '')))
  if (unknown) flaws.push({ field: 'mapping', reason: `「${unknown}」という項目はありません / There is no such field` })
  if (!used.includes('mail') && !used.includes('externalId'))
    flaws.push({ field: 'mapping', reason: 'メールアドレスか外部IDの列が必要です / A column must hold the address or an external id' })
  if (basis.basis !== 'none' && !basis.basisText)
    flaws.push({
      field: 'options.basisText',
      reason: '根拠の内容（いつ・どこで）を書いてください / Say when and where the basis was given',
    })
  return flaws
}

/** A cell that no spreadsheet takes for a formula, always quoted (ASVS 1.2.10, full-width signs too). */
export function safeCell(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those a spreadsheet skips before a formula
  const guarded = /^[=+\-@\t\r\n\u0000＝＋－＠]/.test(text) ? `'${text}` : text
  return `"${guarded.replaceAll('"', '""')}"`
}

/** The delimiter a first line speaks for. */
export function guessDelimiter(line: string): string {
  const counts = [',', '\t', ';'].map((mark) => ({ mark, n: line.split(mark).length }))
  return counts.reduce((best, one) => (one.n > best.n ? one : best)).mark
}
