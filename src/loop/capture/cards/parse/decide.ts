// Which line of a business card is what. Pure: lines in, fields with confidence and place out.
import type { CardFields } from '../contract.ts'
import type { CardFieldKey } from '../kinds/contract.ts'
import { address, mail, phones, postal, website } from './contact.ts'
import { type Found, put, type Reader, squeezed } from './found.ts'
import type { Line } from './lines.decide.ts'
import { LONGEST_SURNAME, surnames } from './surnames.ts'
import type { Told } from './vcard.ts'
import * as words from './words.ts'

/** What the lines of a card (and its QR code) say, each field with its confidence and the place it was read from. */
export function readLines(lines: readonly Line[], code: Told | null): CardFields {
  const found: Found = {}
  const used = new Set<Line>()
  // Each reader takes the lines that are surely its own; the next looks at what is left.
  for (const read of [mail, website, phones, postal, company, name, kana, titles, address]) read(lines, used, found)
  for (const [key, value] of Object.entries(code ?? {})) found[key as CardFieldKey] = { value, confidence: 0.98, box: null, side: 'front' }
  return found
}

const company: Reader = (lines, used, found) => {
  const japanese = lines.filter((line) => !used.has(line) && words.COMPANY_FORM.test(squeezed(line.text)))
  for (const line of japanese.sort((a, b) => b.box.height - a.box.height)) {
    put(found, 'companyName', companyIn(line.text), line, 1)
    if (found.companyName) used.add(line)
  }
  if (found.companyName) return
  const rest = lines.filter((line) => !used.has(line))
  const body = rest.find((line) => words.BODY_END.test(squeezed(line.text)) && !words.PLACE.test(line.text))
  const abroad = rest.find((line) => words.COMPANY_ABROAD.test(line.text))
  const line = body ?? abroad
  if (!line) return
  put(found, 'companyName', body ? squeezed(line.text) : line.text, line, 0.7)
  used.add(line)
}

/** The company in its line: letters that a logo left before 株式会社 dropped, a branch behind it too. */
export function companyIn(text: string): string {
  const parts = text.split(' ')
  const at = parts.findIndex((part) => words.COMPANY_FORM.test(part))
  if (at < 0) return leadingNoise(squeezed(text))
  const own = parts[at] ?? ''
  const form = words.COMPANY_FORM.exec(own)
  const before = own.slice(0, form?.index)
  const behind = own.slice((form?.index ?? 0) + (form?.[0].length ?? 0))
  // The form alone, or at the head: the name follows it (or stands before it) beyond a wide gap.
  if (!behind && before.length < 2 && parts[at + 1] && !words.DEPARTMENT_END.test(parts[at + 1] ?? ''))
    return leadingNoise(`${own}${parts[at + 1]}`)
  if (!before && !behind && at > 0) return `${parts[at - 1]}${own}`
  if (!behind && before && at > 0 && /[a-z]$/i.test(parts[at - 1] ?? '')) return `${parts[at - 1]} ${own}`
  return leadingNoise(own)
}

function leadingNoise(text: string): string {
  const form = words.COMPANY_FORM.exec(text)
  if (!form || form.index === 0 || form.index > 2) return text
  const behind = text.slice(form.index + form[0].length)
  return behind.length >= 2 ? text.slice(form.index) : text
}

/** Where a full name is parted, and how sure that is; null when the text is no name. */
export function splitName(text: string): { readonly family: string; readonly given: string; readonly sure: number } | null {
  const parts = text.split(' ').filter(Boolean)
  const whole = parts.join('')
  if (!/^[\u3400-\u9fff\uf900-\ufaff\u3041-\u30ff々ヶノ]{2,8}$/.test(whole) || !/[\u3400-\u9fff\uf900-\ufaff]/.test(whole)) return null
  const [first = '', second = ''] = parts
  if (parts.length === 2 && first.length <= 4 && second.length <= 4)
    return { family: first, given: second, sure: surnames.has(first) ? 1 : 0.85 }
  for (let n = Math.min(LONGEST_SURNAME, whole.length - 1); n > 0; n--)
    if (surnames.has(whole.slice(0, n))) return { family: whole.slice(0, n), given: whole.slice(n), sure: n === 1 ? 0.7 : 0.9 }
  if (whole.length > 6) return null
  const cut = whole.length <= 2 ? 1 : whole.length >= 5 ? 3 : 2
  return { family: whole.slice(0, cut), given: whole.slice(cut), sure: 0.5 }
}

const name: Reader = (lines, used, found) => {
  const tallest = Math.max(1, ...lines.map((line) => line.box.height))
  const candidates = lines.flatMap((line) => {
    if (used.has(line) || words.PREFECTURE.test(line.text)) return []
    const text = nameText(line.text)
    const split = text ? splitName(text) : null
    if (!text || !split) return []
    const flat = squeezed(text)
    if (words.DEPARTMENT_END.test(flat) || words.TITLE_END.test(flat) || words.BODY_END.test(flat)) return []
    const length = flat.length >= 3 && flat.length <= 5 ? 0.4 : 0
    return [
      {
        line,
        split,
        score: split.sure * 2 + (line.box.height / tallest) * 1.5 + length + line.confidence + (line.side === 'front' ? 0.5 : 0),
      },
    ]
  })
  const best = candidates.sort((a, b) => b.score - a.score)[0]
  if (!best) return
  put(found, 'familyName', best.split.family, best.line, best.split.sure)
  put(found, 'givenName', best.split.given, best.line, best.split.sure)
  // Whatever stands before the name in its line is looked at for a rank.
  if (squeezed(nameText(best.line.text) ?? '').length + 2 > squeezed(best.line.text).length) used.add(best.line)
}

/** A line without its rank at the head, and without kana in brackets or Latin letters behind. */
function nameText(text: string): string | null {
  const plain = text
    .replace(/[((［[].*$/, '')
    .replace(/\s+[A-Za-z][A-Za-z.,\s-]*$/, '')
    .replace(/^[^\u3041-\u9fff\uf900-\ufaff]+/, '')
    .trim()
  const parts = plain.split(' ')
  while (parts.length > 1 && isRankOrPart(parts[0] ?? '')) parts.shift()
  const rest = parts.join(' ')
  const head = parts.length === 1 ? words.TITLE_HEAD.exec(rest)?.[0] : undefined
  const name = head && rest.length - head.length >= 3 ? rest.slice(head.length) : rest
  return name === '' ? null : name
}

const isRankOrPart = (text: string): boolean =>
  text.length > 1 && !surnames.has(text) && (words.TITLE_END.test(text) || words.DEPARTMENT_END.test(text))

const KANA = /^[\u3041-\u3096\u30a1-\u30fa\u30fc]{2,16}$/

const kana: Reader = (lines, used, found) => {
  const own = found.familyName?.box
  if (!own) return
  const near = lines.filter((line) => Math.abs(line.box.y - own.y) < own.height * 3 && line.side === found.familyName?.side)
  for (const line of near) {
    const [, inner] = /[((]\s*([^))]+)[))]?/.exec(line.text) ?? []
    const text = inner ?? line.text
    if (!KANA.test(squeezed(text))) continue
    const [family = '', given = '', ...more] = text.trim().split(' ')
    if (!given || more.length) continue
    put(found, 'familyKana', katakana(family), line, 0.95)
    put(found, 'givenKana', katakana(given), line, 0.95)
    used.add(line)
  }
}

const katakana = (text: string): string => text.replace(/[\u3041-\u3096]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))

const titles: Reader = (lines, used, found) => {
  for (const line of lines) {
    if (used.has(line) || words.COMPANY_FORM.test(line.text) || /\d{2}/.test(line.text)) continue
    const text = withoutName(line.text, found)
    const flat = squeezed(text)
    if (flat.length < 2 || flat.length > 34) continue
    const { department, title } = rankIn(text)
    if (title) put(found, 'title', title, line, 0.95)
    if (department) put(found, 'department', department, line, 0.95)
    if (title || department) used.add(line)
  }
  const abroad = found.title
    ? undefined
    : lines.find((line) => !used.has(line) && words.TITLE_ABROAD.test(line.text) && line.text.length < 40)
  if (abroad) put(found, 'title', abroad.text, abroad, 0.6)
}

function withoutName(text: string, found: Found): string {
  const [family, given] = [found.familyName?.value, found.givenName?.value]
  return family && given ? text.replace(new RegExp(`${family}\\s?${given}.*$`), '').trim() : text
}

/** Parts of the company and the rank in one line: 営業本部 第一営業部 課長 · 技術部長 · 開発部主任. */
export function rankIn(text: string): { readonly department: string; readonly title: string } {
  const parts = text.split(' ').filter(Boolean)
  const last = parts.at(-1) ?? ''
  const rank = words.TITLE_END.exec(last)
  if (!rank) {
    const isPart = words.DEPARTMENT_END.test(squeezed(text)) && /[\u3041-\u9fff]/.test(text)
    return { department: isPart ? spoken(parts) : '', title: '' }
  }
  const stem = last.slice(0, rank.index)
  const title = rank[1] ?? ''
  // 代表取締役 社長 is one rank; 取締役 営業部長 too.
  const ahead = parts.slice(0, -1)
  const ranks = ahead.filter((part) => words.TITLE_END.test(part) && !words.DEPARTMENT_END.test(part))
  const own = ahead.filter((part) => !ranks.includes(part))
  if (stem === '') return { department: partOnly(own), title: [...ranks, title].join(' ') }
  if (words.DEPARTMENT_END.test(stem)) return { department: partOnly([...own, stem]), title: [...ranks, title].join(' ') }
  const inside = words.DEPARTMENT_INSIDE.exec(stem)?.[1]
  if (inside) return { department: partOnly([...own, inside]), title: [...ranks, last.slice(inside.length)].join(' ') }
  return { department: partOnly(own), title: [...ranks, last].join(' ') }
}

const spoken = (parts: readonly string[]): string => parts.join(' ')
const partOnly = (parts: readonly string[]): string => {
  const kept = parts.filter((part) => /[\u3041-\u9fff]/.test(part) || words.DEPARTMENT_END.test(part))
  return kept.length ? spoken(kept) : ''
}
