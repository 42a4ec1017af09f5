// What people write into cells, read as what they mean.
import { parseMail } from '#loop/identify/normalise/decide.ts'
import { prefectures } from '#loop/identify/vocabulary.ts'
import { serialDate } from './sheet.ts'

const ERAS: Readonly<Record<string, number>> = {
  令和: 2018,
  令: 2018,
  r: 2018,
  平成: 1988,
  平: 1988,
  h: 1988,
  昭和: 1925,
  昭: 1925,
  s: 1925,
  大正: 1911,
  大: 1911,
  t: 1911,
  明治: 1867,
  明: 1867,
  m: 1867,
}
const ERA = /^(令和|平成|昭和|大正|明治|[令平昭大明]|[rhstm])\s*(元|\d{1,2})[年./-](\d{1,2})[月./-](\d{1,2})日?(.*)$/i
const YEAR_FIRST = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(.*)$/
const YEAR_LAST = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)$/
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:\s*(\d{2})(\d{2})(\d{2})?)?$/

interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly rest: string
}

/**
 * 2026-04-08, 2026/4/8, 2026年4月8日, 令和8年4月8日, R8.4.8, 20260408, the American 4/8/2026 (and 31/12/2026, which can only be a day first),
 * and a spreadsheet's day number, as the start of that day in UTC; with a time of day if one follows.
 */
export function readDate(text: string): Date | null {
  // A minus, dash or long mark between numbers is a hyphen that somebody's keyboard made something of.
  const given = text
    .normalize('NFKC')
    .replace(/[‐‑‒–—―−ー]/g, '-')
    .trim()
  const parts = partsOf(given)
  if (!parts) return fromSerial(given)
  const time = /^[T\s]*(\d{1,2})[:時](\d{1,2})(?:[:分](\d{1,2}))?/.exec(parts.rest)
  const [hour, minute, second] = [Number(time?.[1] ?? 0), Number(time?.[2] ?? 0), Number(time?.[3] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return null
  const at = new Date(Date.UTC(parts.year, parts.month - 1, parts.day, hour, minute, second))
  const same = at.getUTCFullYear() === parts.year && at.getUTCMonth() === parts.month - 1 && at.getUTCDate() === parts.day
  return same && parts.year >= 1868 && parts.year <= 2999 ? at : null
}

function partsOf(given: string): Parts | null {
  const era = ERA.exec(given)
  if (era) {
    const base = ERAS[(era[1] ?? '').toLowerCase()] ?? 0
    return { year: base + (era[2] === '元' ? 1 : Number(era[2])), month: Number(era[3]), day: Number(era[4]), rest: era[5] ?? '' }
  }
  const first = YEAR_FIRST.exec(given)
  if (first) return { year: Number(first[1]), month: Number(first[2]), day: Number(first[3]), rest: first[4] ?? '' }
  const last = YEAR_LAST.exec(given)
  if (last) {
    const [a, b] = [Number(last[1]), Number(last[2])]
    const dayFirst = a > 12
    return { year: Number(last[3]), month: dayFirst ? b : a, day: dayFirst ? a : b, rest: last[4] ?? '' }
  }
  const compact = COMPACT.exec(given)
  if (!compact) return null
  const [, y, m, d, hour, minute, second] = compact
  return { year: Number(y), month: Number(m), day: Number(d), rest: hour ? `${hour}:${minute ?? '00'}:${second ?? '00'}` : '' }
}

/** Days between 1954 and 2064: other numbers are no days, whatever a spreadsheet calls them. */
function fromSerial(given: string): Date | null {
  if (!/^\d{5}(\.\d+)?$/.test(given)) return null
  const serial = Number(given)
  const iso = serial >= 20_000 && serial <= 60_000 ? serialDate(serial, false) : null
  return iso ? new Date(`${iso.replace(' ', 'T')}${iso.includes(' ') ? '' : 'T00:00:00'}Z`) : null
}

/** Digits of a Japanese number whose zero a spreadsheet ate: 312345678 is 03-1234-5678, 9012345678 is 090-1234-5678. Others stay as they are. */
export function repairPhone(text: string): string {
  const plain = text.normalize('NFKC').trim()
  if (!/^\d{9,10}$/.test(plain) || plain.startsWith('0')) return text
  if (plain.length === 10) return /^[56789]0/.test(plain) ? `0${plain}` : text
  return `0${plain}`
}

/** Six or fewer digits of a postal code whose zeros were eaten: 600001 is 060-0001. */
export function repairPostal(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/[〒\s‐‑‒–—―−ー-]/g, '')
    .trim()
  if (!/^\d{4,7}$/.test(plain)) return text.trim()
  const seven = plain.padStart(7, '0')
  return `${seven.slice(0, 3)}-${seven.slice(3)}`
}

/** A number as people write it, in a form that parsers take: 1,200円 and １２００ are 1200. */
export function plainNumber(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[‐‑‒–—―−]/g, '-')
    .replace(/[,\s¥\\円]/g, '')
}

const KANJI = /^[\p{Script=Han}々〆ヶ]+$/u
const KANA = /^[\p{Script=Katakana}\p{Script=Hiragana}ー・]+$/u

/**
 * A full name in two, only when that is no guess: parted by one blank (surname first in Japanese letters, last in Latin ones, or by a comma).
 * Anything else stays whole in the family name, where a person sees and mends it.
 */
export function splitName(full: string): { family: string; given: string | null } {
  const plain = full.normalize('NFKC').replace(/\s+/gu, ' ').trim()
  const comma = /^([^,]+),\s*([^,]+)$/.exec(plain)
  if (comma) return { family: (comma[1] ?? '').trim(), given: (comma[2] ?? '').trim() }
  const words = plain.split(' ')
  const [first = '', second = ''] = words
  if (words.length !== 2) return { family: plain, given: null }
  const latin = words.every((word) => /^[\p{Script=Latin}.'-]+$/u.test(word))
  if (latin)
    return first === first.toUpperCase() && first.length > 1 && second !== second.toUpperCase()
      ? { family: first, given: second }
      : { family: second, given: first }
  return { family: first, given: second }
}

const COMPANY = /株式会社|有限会社|合同会社|\(株\)|㈱|\(有\)|㈲|\b(inc|ltd|llc|corp|co)\b\.?/i
const PREFECTURES = new Set(prefectures.flatMap((one) => [one.value, one.value.replace(/[都府県]$/, '')]))

/** What the values of a column are, as most of them say; '' when they do not say. For columns whose header nobody knows. */
export function kindOfValues(values: readonly string[]): string {
  const told = values.map((value) => value.normalize('NFKC').trim()).filter((value) => value !== '')
  if (told.length < 3) return ''
  const most = (is: (value: string) => boolean): boolean => told.filter(is).length >= told.length * 0.8
  if (most((value) => value.includes('@') && parseMail(value).ok)) return 'mail'
  if (most((value) => /^https?:\/\//i.test(value))) return 'website'
  if (most((value) => /^〒?\d{3}-\d{4}$/.test(value))) return 'postalCode'
  if (most((value) => /^(\+81|0)[\d()\s-]{8,14}$/.test(value) && value.replace(/\D/g, '').length >= 10)) return 'phone'
  if (most((value) => PREFECTURES.has(value))) return 'prefecture'
  if (most((value) => COMPANY.test(value))) return 'companyName'
  if (most((value) => /^[^ ]{1,6} [^ ]{1,6}$/.test(value) && value.split(' ').every((word) => KANJI.test(word)))) return 'fullName'
  if (most((value) => /^[^ ]{2,10} [^ ]{1,10}$/.test(value) && value.split(' ').every((word) => KANA.test(word)))) return 'fullKana'
  return ''
}
