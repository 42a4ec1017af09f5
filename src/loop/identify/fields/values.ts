// What a value of each type may be and how it is stored: the one place that forms, files, the API and screens read.
import type { Json } from '#kernel/json.ts'
import { cleanText, normalisePhone, normaliseWebsite, parseMail } from '../normalise/decide.ts'
import { parseYen } from '../normalise/money.ts'
import type { FieldDefinition } from './contract.ts'

/**
 * A value as its field's type stores it; null clears, undefined means it does not fit. Dates are `2026-04-08`, instants ISO 8601 in UTC,
 * money whole yen, phones E.164. A word of an option stands for its value.
 */
export function readValue(field: Pick<FieldDefinition, 'type' | 'options'>, value: Json): Json | undefined {
  if (value === null || value === '' || (typeof value === 'string' && value.trim() === '')) return null
  return READERS[field.type](value, field.options)
}

type Options = FieldDefinition['options']
type Reader = (value: Json, options: Options) => Json | undefined

const asText = (value: Json): string | undefined => (typeof value === 'object' ? undefined : String(value))
const text: Reader = (value) => {
  const given = asText(value)
  return given === undefined ? undefined : (cleanText(given, 2_000) ?? null)
}

const LONGEST = 20_000
/** Lines stay lines; control characters go. */
const longText: Reader = (value) => {
  const given = asText(value)
  if (given === undefined) return undefined
  const lines = given
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map((line) => cleanText(line, LONGEST) ?? '')
  const joined = lines.join('\n').trim()
  return joined === '' ? null : Array.from(joined).slice(0, LONGEST).join('')
}

const number: Reader = (value) => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  const plain =
    typeof value === 'string'
      ? value
          .normalize('NFKC')
          .replace(/[,\s¥\\円]/g, '')
          .replace(/^[△▲−]/, '-')
      : ''
  return /^-?\d{1,15}(\.\d{1,10})?$/.test(plain) ? Number(plain) : undefined
}

const money: Reader = (value) => {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) <= 1e15 ? Math.round(value) : undefined
  return typeof value === 'string' ? (parseYen(value) ?? undefined) : undefined
}

const ERAS: Readonly<Record<string, number>> = { 令和: 2018, R: 2018, 平成: 1988, H: 1988, 昭和: 1925, S: 1925 }
const WESTERN_DAY = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:\s*[(（].[)）])?(?:[T ]+(.*))?$/
const ERA_DAY = /^(令和|平成|昭和|[RHS])\s*(元|\d{1,2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(.*))?$/i
const AMERICAN_DAY = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[T ]+(.*))?$/

/** A day, and whatever follows it: 2026-04-08, 2026/4/8, 2026年4月8日(水), 20260408, 令和8年4月8日, R8.4.8, 4/8/2026. */
export function readDay(given: string): { day: string; rest: string } | undefined {
  const plain = given.normalize('NFKC').trim()
  const western = WESTERN_DAY.exec(plain)
  if (western) return dayOf(Number(western[1]), western[2] ?? western[4], western[3] ?? western[5], western[6])
  const era = ERA_DAY.exec(plain)
  if (era) {
    const begins = ERAS[(era[1] ?? '').toUpperCase()] ?? 0
    return dayOf(begins + (era[2] === '元' ? 1 : Number(era[2])), era[3], era[4], era[5])
  }
  const american = AMERICAN_DAY.exec(plain)
  return american ? dayOf(Number(american[3]), american[1], american[2], american[4]) : undefined
}

/** There is no year 0: a calendar that is asked for it fails for everybody's days, not for this one alone. */
function dayOf(year: number, month = '', date = '', rest = ''): { day: string; rest: string } | undefined {
  if (year < 1) return undefined
  const day = `${String(year).padStart(4, '0')}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
  const at = new Date(`${day}T00:00:00Z`)
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day ? undefined : { day, rest: rest.trim() }
}

const date: Reader = (value) => (typeof value === 'string' ? readDay(value)?.day : undefined)

const TIME = /^(\d{1,2})[:時](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[秒分]?\s*(Z|[+-]\d{2}:?\d{2})?$/i
/** Without a zone a time is Japan's. */
const datetime: Reader = (value) => {
  const found = typeof value === 'string' ? readDay(value) : undefined
  if (!found) return undefined
  const time = found.rest === '' ? ['', '0', '0'] : TIME.exec(found.rest)
  if (!time) return undefined
  const two = (part: string | undefined): string => (part ?? '0').padStart(2, '0')
  const at = new Date(`${found.day}T${two(time[1])}:${two(time[2])}:${two(time[3])}${(time[4] ?? '+09:00').toUpperCase()}`)
  // Where the zone leads out of the years 1 to 9999 the text is no instant that is stored.
  return Number.isNaN(at.getTime()) || !/^(?!0000)\d{4}-/.test(at.toISOString()) ? undefined : at.toISOString()
}

const TRUE = new Set(['true', '1', 'yes', 'y', 'on', 'はい', '有', 'あり', '○', '〇', '済', '可', 'する'])
const FALSE = new Set(['false', '0', 'no', 'n', 'off', 'いいえ', '無', 'なし', '×', '未', '不可', 'しない'])
const boolean: Reader = (value) => {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'object' ? '' : String(value).normalize('NFKC').trim().toLowerCase()
  return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined
}

const plain = (word: string): string => word.normalize('NFKC').trim().toLowerCase()
function optionOf(word: string, options: Options): string | undefined {
  const exact = options.find((one) => one.value === word)
  return (exact ?? options.find((one) => [one.value, one.ja, one.en].some((name) => plain(name) === plain(word))))?.value
}

const choice: Reader = (value, options) => (typeof value === 'object' ? undefined : optionOf(String(value), options))

const multi: Reader = (value, options) => {
  const list: readonly Json[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value
          .split(/[,、;；\n]/)
          .map((one) => one.trim())
          .filter(Boolean)
      : [value]
  const known = list.map((one) => (typeof one === 'string' ? optionOf(one, options) : undefined))
  const good = known.filter((one) => one !== undefined)
  return good.length === known.length && good.length > 0 ? [...new Set(good)] : undefined
}

const url: Reader = (value) => (typeof value === 'string' ? (normaliseWebsite(value) ?? undefined) : undefined)
const mail: Reader = (value) => {
  const parsed = typeof value === 'string' ? parseMail(value) : null
  return parsed?.ok ? parsed.mail : undefined
}
const phone: Reader = (value) => {
  const given = typeof value === 'object' ? '' : String(value)
  return normalisePhone(given) ?? undefined
}

const READERS: Readonly<Record<FieldDefinition['type'], Reader>> = {
  text,
  longText,
  number,
  money,
  date,
  datetime,
  boolean,
  choice,
  multi,
  url,
  mail,
  phone,
}
