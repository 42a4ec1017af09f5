import type { Json, JsonObject } from '#kernel/json.ts'
import { personColumns } from '#loop/identify/fields/columns.ts'
import { parseMail } from '#loop/identify/normalise/decide.ts'
import type { FormField, FormSpec } from './contract.ts'

export type Language = 'ja' | 'en'
/** A text in the language asked for; Japanese where there is no English. */
export const inWords = (text: { readonly ja: string; readonly en: string }, language: Language): string =>
  (language === 'en' && text.en) || text.ja

/** The half of a message worded `日本語 / English`. */
export function spoken(text: string, language: Language): string {
  const [ja = '', en = ja] = text.split(' / ')
  return language === 'en' ? en : ja
}

export interface Flaw {
  readonly field: string
  readonly reason: string
}

/** Standard fields a form may ask for. */
export const STANDARD_KEYS: readonly string[] = [
  'mail',
  'phone',
  ...personColumns.map((one) => one.field).filter((key) => key !== 'contactMail'),
]

/**
 * Why a draft may not be published. Every lead must come with a source and an interest (CAP-04), somebody must be reachable by it, and no
 * two questions may write the same field.
 */
export function flawsOf(spec: FormSpec, customKeys: readonly string[]): Flaw[] {
  const flaws: Flaw[] = []
  const flaw = (field: string, reason: string): void => void flaws.push({ field, reason })
  if (!spec.source) flaw('source', '流入元を設定してください / Set the source')
  if (!spec.interest.length) flaw('interest', '関心カテゴリを1つ以上設定してください / Set at least one interest category')
  if (!spec.title.ja) flaw('title.ja', 'タイトルを入力してください / Enter a title')
  if (!spec.fields.some((field) => field.key === 'mail' || field.key === 'phone'))
    flaw('fields', 'メールアドレスか電話番号の項目が必要です / Ask for an address or a phone number')
  if (spec.consent.mode !== 'none' && !spec.consent.text.ja) flaw('consent.text.ja', '同意文を入力してください / Enter the consent text')
  if (spec.after.kind === 'message' && !spec.after.text.ja) flaw('after.text.ja', '完了メッセージを入力してください / Enter the message')
  const seen = new Set<string>()
  spec.fields.forEach((field, index) => {
    for (const key of [field.key, `#${field.id}`]) {
      if (seen.has(key)) flaw(`fields.${index}.key`, '同じ項目が2つあります / This field is asked twice')
      seen.add(key)
    }
    const known =
      STANDARD_KEYS.includes(field.key) ||
      field.key.startsWith('answer.') ||
      (field.key.startsWith('attrs.') && customKeys.includes(field.key.slice(6)))
    if (!known) flaw(`fields.${index}.key`, 'この項目はありません / There is no such field')
    if (['select', 'radio', 'multi'].includes(field.kind) && !field.options.length)
      flaw(`fields.${index}.options`, '選択肢を追加してください / Add options')
  })
  return flaws
}

/** What a visitor sent, read against the published form. Values that the form does not ask for are not looked at: nothing can be tampered in. */
export interface Answers {
  readonly mail: string | null
  readonly fields: Readonly<Record<string, string>>
  readonly attrs: JsonObject
  /** Every answer by question, for the submission and the timeline. */
  readonly all: readonly { readonly id: string; readonly key: string; readonly label: string; readonly value: string }[]
  readonly consented: boolean
}

const TEXTS = {
  ja: {
    required: 'を入力してください',
    choose: 'を選択してください',
    option: '選択肢から選んでください',
    number: '数字で入力してください',
    date: '日付を入力してください',
    long: '長すぎます',
    consent: '同意が必要です',
  },
  en: {
    required: ' is required',
    choose: ' is required',
    option: 'Choose one of the options',
    number: 'Enter a number',
    date: 'Enter a date',
    long: 'Too long',
    consent: 'Your consent is required',
  },
} as const

const LONGEST_ANSWER = 4_000

/** Reads and checks answers; flaws name the question's id. */
export function readAnswers(
  spec: FormSpec,
  given: Readonly<Record<string, unknown>>,
  language: Language,
): { answers: Answers; flaws: Flaw[] } {
  const flaws: Flaw[] = []
  const fields: Record<string, string> = {}
  const attrs: Record<string, Json> = {}
  const all: Answers['all'][number][] = []
  let mail: string | null = null
  for (const field of spec.fields) {
    const values = valuesOf(given[field.id])
    const reason = flawOf(field, values, language)
    if (reason) flaws.push({ field: field.id, reason })
    if (!values.length || reason) continue
    const text = values.join('、')
    if (field.key === 'mail') mail = text
    else if (field.key.startsWith('attrs.'))
      attrs[field.key.slice(6)] = field.kind === 'multi' ? values : field.kind === 'checkbox' ? true : text
    else if (!field.key.startsWith('answer.')) fields[field.key] = text
    all.push({ id: field.id, key: field.key, label: inWords(field.label, language), value: wordsOf(field, values, language) })
  }
  const consented = spec.consent.mode !== 'none' && valuesOf(given['consent']).length > 0
  if (spec.consent.mode === 'required' && !consented) flaws.push({ field: 'consent', reason: TEXTS[language].consent })
  return { answers: { mail, fields, attrs, all, consented }, flaws }
}

function valuesOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value]
  return list
    .flatMap((one) => (typeof one === 'string' ? [one] : typeof one === 'number' || one === true ? [String(one)] : []))
    .map((text) => text.toWellFormed().replaceAll('\u0000', '').trim())
    .filter((text) => text !== '')
    .slice(0, 100)
}

function flawOf(field: FormField, values: readonly string[], language: Language): string | null {
  const words = TEXTS[language]
  const name = inWords(field.label, language)
  const chosen = ['select', 'radio', 'multi', 'checkbox'].includes(field.kind)
  const [first = ''] = values
  if (!values.length) return field.required ? `${name}${chosen ? words.choose : words.required}` : null
  if (values.some((value) => value.length > LONGEST_ANSWER)) return words.long
  if (['select', 'radio', 'multi'].includes(field.kind))
    return values.every((value) => field.options.some((option) => option.value === value)) ? null : words.option
  if (field.key === 'mail') return mailFlaw(first, language)
  if (field.kind === 'number') return /^-?[\d,]{1,15}(\.\d{1,6})?$/.test(first.normalize('NFKC')) ? null : words.number
  if (field.kind === 'date') return /^\d{4}-\d{2}-\d{2}$/.test(first) && !Number.isNaN(Date.parse(first)) ? null : words.date
  return null
}

function mailFlaw(text: string, language: Language): string | null {
  const parsed = parseMail(text)
  return parsed.ok ? null : spoken(parsed.reason, language)
}

function wordsOf(field: FormField, values: readonly string[], language: Language): string {
  return values
    .map((value) => {
      const option = field.options.find((one) => one.value === value)
      return option ? inWords(option, language) : value
    })
    .join('、')
}

export const YOUNGEST_MS = 800
export const OLDEST_MS = 24 * 3_600_000

/** What is wrong with the pass a form was given with the page: forged or of another form, too fast for a person, too old. */
export function passFlaw(
  pass: { readonly form: string; readonly at: number } | null,
  form: string,
  now: number,
): 'pass' | 'fast' | 'old' | null {
  if (!pass || pass.form !== form) return 'pass'
  if (now - pass.at < YOUNGEST_MS) return 'fast'
  return now - pass.at > OLDEST_MS ? 'old' : null
}

/** The net an address lies in: /24 for IPv4, /48 for IPv6. */
export function netOf(address: string): string {
  const plain = address.replace(/^::ffff:/, '')
  return plain.includes('.') ? plain.split('.').slice(0, 3).join('.') : plain.split(':').slice(0, 3).join(':')
}

/** How many attempts a key may make in a window of ten minutes. */
export const LIMITS = { address: 20, net: 100, mail: 5 } as const
