// Cells as a file carries them: quoted, never a formula, with what the encoding cannot carry told. Pure.
import iconv from 'iconv-lite'
import type { Cell } from './source.ts'

/** What a spreadsheet takes for the beginning of a formula (OWASP ASVS 1.2.10), full-width signs and marks before it included. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are dangerous
const FORMULA = /^'*[=+\-@\t\r\n\u0000＝＋－＠]/u

/** Text that no spreadsheet evaluates: an apostrophe before whatever could begin a formula. */
export const neutral = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

/** What `neutral` was given: for files of ours that are read in again. */
export const original = (text: string): string => (text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text)

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL ends texts in many programs
const NUL = /\u0000/g

/** One cell of a CSV file: numbers plain, texts always quoted. */
export function csvCell(cell: Cell, formatted: (at: Date) => string): string {
  if (cell === null) return '""'
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '""'
  const text = cell instanceof Date ? formatted(cell) : neutral(cell.toWellFormed()).replace(NUL, '')
  return `"${text.replaceAll('"', '""')}"`
}

/** One line of a CSV file. */
export const csvLine = (cells: readonly Cell[], formatted: (at: Date) => string): string =>
  `${cells.map((cell) => csvCell(cell, formatted)).join(',')}\r\n`

/** Signs that CP932 has under another code point. */
const TWINS: Readonly<Record<string, string>> = { '〜': '～', '−': '－', '—': '―', '‖': '∥', '¢': '￠', '£': '￡', '¬': '￢', '¥': '\\' }
const TWIN = /[〜−—‖¢£¬¥]/gu
const ASCII = /^[\x20-\x7e\r\n\t]*$/
const QUESTION = 0x3f

/** Text in CP932. What it cannot carry becomes 〓, as in Japanese print, and is told; nothing turns into ? silently. */
export function inCp932(text: string): { bytes: Buffer; lost: string } {
  if (ASCII.test(text)) return { bytes: Buffer.from(text, 'latin1'), lost: '' }
  const twins = text.replace(TWIN, (letter) => TWINS[letter] ?? letter)
  const bytes = iconv.encode(twins, 'cp932')
  if (countOf(bytes) === twins.split('?').length - 1) return { bytes, lost: '' }
  const lost = Array.from(twins).filter(cannot)
  return {
    bytes: iconv.encode(Array.from(twins, (letter) => (cannot(letter) ? '〓' : letter)).join(''), 'cp932'),
    lost: [...new Set(lost)].join(''),
  }
}

const cannot = (letter: string): boolean => letter !== '?' && iconv.encode(letter, 'cp932').includes(QUESTION)

function countOf(bytes: Buffer): number {
  let n = 0
  for (const byte of bytes) if (byte === QUESTION) n++
  return n
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot carry them
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
/** Excel's own limit. */
const LONGEST_CELL = 32_767

const escaped = (text: string): string =>
  text.replace(NOT_XML, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** One row of a sheet: inline strings, which are never evaluated, and numbers. */
export function sheetRow(n: number, cells: readonly Cell[], formatted: (at: Date) => string): string {
  const all = cells.map((cell) => {
    if (cell === null || cell === '') return '<c/>'
    if (typeof cell === 'number') return Number.isFinite(cell) ? `<c><v>${cell}</v></c>` : '<c/>'
    const text = cell instanceof Date ? formatted(cell) : cell.toWellFormed().slice(0, LONGEST_CELL)
    return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`
  })
  return `<row r="${n}">${all.join('')}</row>`
}

/** A name for the file in either language: without what file systems refuse. */
export const fileName = (title: string, day: string, format: string): string =>
  `${title.replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ').trim()}_${day}.${format === 'xlsx' ? 'xlsx' : 'csv'}`

/** `2026-04-01 10:30:00` in a time zone. */
export function formatterOf(zone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return (at) => format.format(at)
}
