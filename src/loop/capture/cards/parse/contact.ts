// How a person is reached: mail, phones, the web, the place. Pure.
import { put, type Reader, round, squeezed } from './found.ts'
import type { Line } from './lines.decide.ts'
import * as words from './words.ts'

const MAIL = /[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+/i

/** The mail address in a text, blanks that OCR put around its marks taken out; null when there is none. */
export function mailIn(text: string): string | null {
  const plain = text
    .normalize('NFKC')
    .replace(/[©®＠]/g, '@')
    .replace(/^.*?(?:e-?\s?mail|mail|メール)\s*[:;.]?\s*/i, '')
    .replace(/\s*([@._-])\s*/g, '$1')
    .replace(/,(?=[a-z]{2,3}\b)/gi, '.')
  const [seen] = MAIL.exec(plain) ?? []
  if (!seen) return null
  const mail = seen.replace(/[.-]+$/, '').toLowerCase()
  return /\.[a-z]{2,}$/.test(mail) ? mail : null
}

export const mail: Reader = (lines, used, found) => {
  for (const line of lines) {
    const seen = mailIn(line.text)
    if (!seen) continue
    put(found, 'mail', seen, line, /\.(?:jp|com|net|org|info|biz|io|co|ai|dev|tokyo|tech|inc)$/.test(seen) ? 1 : 0.6)
    if (!/\d{2,4}-\d{2,4}-\d{3,4}/.test(line.text)) used.add(line)
  }
}

const WEB = /(?:https?:\/\/|www\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s]*/i
const BARE_WEB =
  /(?<![@\w.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:co\.jp|ne\.jp|or\.jp|ac\.jp|go\.jp|jp|com|net|org|io|ai)(?:\/[^\s]*)?(?![\w@])/i

export const website: Reader = (lines, used, found) => {
  for (const line of lines) {
    if (line.text.includes('@')) continue
    const plain = line.text
      .replace(/^\s*(?:url|web|hp)\s*[:;.]?\s*/i, '')
      .replace(/\s*([./])\s*/g, '$1')
      .replace(/(https?)\s*[:;]\s*\/{1,2}/i, '$1://')
    const [seen] = WEB.exec(plain) ?? BARE_WEB.exec(plain) ?? []
    if (!seen) continue
    put(found, 'website', seen.replace(/[.,)]+$/, ''), line, 0.95)
    used.add(line)
  }
}

const NUMBER =
  /(?:\+\s?81[-\s(]*0?[)\s]*|\(?0)\d{1,4}(?:\s?[-).(・]\s?|\s)\d{1,4}(?:\s?[-).(・]\s?|\s)\d{3,4}(?!\d)|(?<!\d)0\d{9,10}(?!\d)/g

interface Numbered {
  readonly kind: 'main' | 'direct' | 'mobile' | 'fax' | 'plain'
  readonly value: string
  readonly line: Line
}

/** What a number is, by the words before it and behind it: 携帯：090-…, TEL/FAX 03-…, 03-… (直通). */
function kindsOf(before: string, behind: string, digits: string): Numbered['kind'][] {
  if (words.TEL_AND_FAX_LABEL.test(before)) return ['plain', 'fax']
  if (words.FAX_LABEL.test(before) || words.BEHIND.fax.test(behind)) return ['fax']
  if (/^0[789]0\d{8}$/.test(digits) || (words.MOBILE_LABEL.test(before) && digits.length === 11)) return ['mobile']
  if (words.DIRECT_LABEL.test(before) || words.BEHIND.direct.test(behind)) return ['direct']
  return words.MAIN_LABEL.test(before) || words.BEHIND.main.test(behind) ? ['main'] : ['plain']
}

function numbersIn(line: Line): Numbered[] {
  const plain = line.text
    .replace(/〒?\s?\b\d{3}-\d{4}\b(?!-)/, ' ')
    .replace(/(?<=[\d-])[oO](?=[\d-])/g, '0')
    .replace(/(?<=[\d-])[lI](?=[\d-])/g, '1')
  return [...plain.matchAll(NUMBER)].flatMap((seen) => {
    const digits = seen[0].replace(/\D/g, '').replace(/^810?/, '0')
    if (!/^0\d{9,10}$/.test(digits)) return []
    const value = domestic(digits, seen[0])
    return kindsOf(plain.slice(0, seen.index), plain.slice(seen.index + seen[0].length), digits).map((kind) => ({ kind, value, line }))
  })
}

/** A number without a word of its own is the main one; beside one that says 代表 it is the person's. */
export const phones: Reader = (lines, used, found) => {
  const all = lines.filter((line) => !line.text.includes('@') || /tel|fax|電話|\d-\d/i.test(line.text)).flatMap(numbersIn)
  for (const { line } of all) used.add(line)
  const first = (kind: Numbered['kind']): Numbered | undefined => all.find((one) => one.kind === kind)
  const [main, plain] = [first('main'), first('plain')]
  const told = { phone: main ?? plain, directPhone: first('direct') ?? (main && plain), mobile: first('mobile'), fax: first('fax') }
  for (const key of ['phone', 'directPhone', 'mobile', 'fax'] as const) {
    const one = told[key]
    if (one) put(found, key, one.value, one.line, 1)
  }
}

/** As people write it: the hyphens that were read, else the usual groups. */
function domestic(digits: string, seen: string): string {
  const groups = seen
    .replace(/^\+\s?81[-\s(]*0?[)\s]*/, '0')
    .split(/[^\d]+/)
    .filter(Boolean)
  if (groups.length === 3) return groups.join('-')
  return digits.length === 11 ? digits.replace(/^(\d{3})(\d{4})/, '$1-$2-') : digits.replace(/^(0[36]|\d{3})(\d{3,4})(\d{4})$/, '$1-$2-$3')
}

export const postal: Reader = (lines, _used, found) => {
  for (const line of lines) {
    const seen = /(?:〒|テ|T)?\s?(?<![\d-])(\d{3})\s?-\s?(\d{4})(?![\d-])/.exec(line.text)
    if (!seen) continue
    const sure = line.text.includes('〒') || words.PREFECTURE.test(squeezed(line.text)) ? 1 : 0.9
    put(found, 'postalCode', `${seen[1]}-${seen[2]}`, line, sure)
    const rest = line.text.slice(seen.index + seen[0].length)
    if (words.PREFECTURE.test(squeezed(rest)) || words.PLACE.test(squeezed(rest))) put(found, 'address', squeezedAddress(rest), line, 0.9)
  }
}

export const address: Reader = (lines, used, found) => {
  const at = lines.findIndex((line) => isPlace(line))
  const first = lines[at]
  if (!first && !found.address) return
  const start = found.address ? lines.findIndex((line) => line.box === found.address?.box) : at
  const head = lines[start]
  if (!head) return
  const text = found.address?.value ?? squeezedAddress(head.text.replace(/^.*?\d{3}\s?-\s?\d{4}\s*/, ''))
  used.add(head)
  const next = lines[start + 1]
  const isBuilding =
    next && !used.has(next) && next.side === head.side && words.BUILDING.test(next.text) && !words.COMPANY_FORM.test(next.text)
  const value = isBuilding ? `${text} ${squeezedAddress(next.text)}` : text
  found.address = {
    value,
    confidence: round(Math.min(head.confidence, isBuilding ? next.confidence : 1) * 0.9),
    box: head.box,
    side: head.side,
  }
}

function isPlace(line: Line): boolean {
  const flat = squeezed(line.text)
  return (words.PREFECTURE.test(flat) || words.PLACE.test(flat)) && /\d|[町村区市]/.test(flat) && !words.COMPANY_FORM.test(flat)
}

/** Blanks go; one stands before the building, where the number of the block ends. */
function squeezedAddress(text: string): string {
  return squeezed(text).replace(/(\d(?:-\d+)+|\d番地?|\d号)(?=[^\d\-番号丁階F の])/, '$1 ')
}
