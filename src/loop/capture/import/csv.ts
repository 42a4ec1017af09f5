// Reads separated values as they are found in the wild: mixed ends of lines, quotes within cells, cells over many lines, NULs.
import { FileFault, type FileRow, LARGEST_ROW } from './limits.ts'

/** A parser that is fed decoded text piece by piece. Blank lines are passed over; lines are counted from 1 as an editor counts them. */
export interface CsvParser {
  /** The rows that `text` completed. @throws FileFault for a row above 1 MB (mostly a quote that is never closed) */
  push(text: string): FileRow[]
  /** The rows that were left, now that nothing more comes. */
  end(): FileRow[]
}

interface Reading {
  text: string
  at: number
  line: number
  /** Where the next of each is, from `at` on; the text's length when there is none. */
  lf: number
  cr: number
  quote: number
}

/** Opens a parser. */
export function openCsv(delimiter: string): CsvParser {
  const state: Reading = { text: '', at: 0, line: 1, lf: -1, cr: -1, quote: -1 }
  let first = true
  const feed = (text: string, final: boolean): FileRow[] => {
    const given = first && text.startsWith('\ufeff') ? text.slice(1) : text
    if (text !== '') first = false
    const plain = given.includes('\u0000') ? given.replaceAll('\u0000', '') : given
    state.text = state.at < state.text.length ? state.text.slice(state.at) + plain : plain
    Object.assign(state, { at: 0, lf: -1, cr: -1, quote: -1 })
    const rows: FileRow[] = []
    for (;;) {
      const row = nextRow(state, delimiter, final)
      if (!row) break
      if (row.cells.length > 1 || row.cells[0] !== '') rows.push(row)
    }
    if (state.text.length - state.at > LARGEST_ROW) throw tooLong(state.line)
    return rows
  }
  return { push: (text) => feed(text, false), end: () => feed('', true) }
}

const tooLong = (line: number): FileFault =>
  new FileFault(
    `${line}行目から始まる行が長すぎます（1 MBまで。閉じていない引用符があるかもしれません）/ The row that begins at line ${line} is longer than 1 MB: maybe a quote is never closed`,
  )

function nextRow(r: Reading, delimiter: string, final: boolean): FileRow | null {
  if (r.at >= r.text.length) return null
  const end = lineEnd(r)
  if (r.quote < r.at) r.quote = found(r, '"')
  if (r.quote > end || r.quote === r.text.length) return plainRow(r, delimiter, end, final)
  return quotedRow(r, delimiter, final)
}

const found = (r: Reading, mark: string): number => {
  const at = r.text.indexOf(mark, r.at)
  return at === -1 ? r.text.length : at
}

function lineEnd(r: Reading): number {
  if (r.lf < r.at) r.lf = found(r, '\n')
  if (r.cr < r.at) r.cr = found(r, '\r')
  return Math.min(r.lf, r.cr)
}

/** Steps over the end of a line at `end`. @returns false when it may go on in what comes next (CR at the very end) */
function stepOver(r: Reading, end: number, final: boolean): boolean {
  if (end >= r.text.length) {
    if (!final) return false
    r.at = r.text.length
    return true
  }
  const isCr = r.text[end] === '\r'
  if (isCr && end + 1 === r.text.length && !final) return false
  r.at = end + (isCr && r.text[end + 1] === '\n' ? 2 : 1)
  return true
}

function plainRow(r: Reading, delimiter: string, end: number, final: boolean): FileRow | null {
  const from = r.at
  if (!stepOver(r, end, final)) return null
  if (end - from > LARGEST_ROW) throw tooLong(r.line)
  return { line: r.line++, cells: r.text.slice(from, end).split(delimiter) }
}

/** A row with quotes: cell by cell. */
function quotedRow(r: Reading, delimiter: string, final: boolean): FileRow | null {
  const { text } = r
  const cells: string[] = []
  let lines = 0
  for (let i = r.at; ; ) {
    const cell = text[i] === '"' ? quotedCell(r, i, delimiter, final) : openCell(text, i, delimiter)
    if (!cell) return null
    cells.push(cell.value)
    lines += cell.lines
    i = cell.end
    if (text[i] === delimiter) {
      i++
      continue
    }
    if (!stepOver(r, i, final)) return null
    break
  }
  const line = r.line
  r.line += lines + 1
  return { line, cells }
}

interface Cell {
  readonly value: string
  /** Where the delimiter or the end of the line stands. */
  readonly end: number
  readonly lines: number
}

function openCell(text: string, from: number, delimiter: string): Cell {
  let end = from
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++
  return { value: text.slice(from, end), end, lines: 0 }
}

/** @returns null when the closing quote has not come yet */
function quotedCell({ text, line }: Reading, from: number, delimiter: string, final: boolean): Cell | null {
  let end = from + 1
  for (;;) {
    end = text.indexOf('"', end)
    if (end === -1) {
      if (final) throw unclosed(line)
      return null
    }
    if (end + 1 === text.length && !final) return null
    if (text[end + 1] !== '"') break
    end += 2
  }
  const inside = text.slice(from + 1, end)
  // What follows a closing quote up to the delimiter is kept: `"a"b` is ab, as spreadsheets read it.
  const after = openCell(text, end + 1, delimiter)
  const value = inside.includes('""') ? inside.replaceAll('""', '"') : inside
  return { value: value + after.value, end: after.end, lines: linesIn(inside) }
}

const unclosed = (line: number): FileFault =>
  new FileFault(`${line}行目から始まる行で、引用符が閉じていません / A quote in the row that begins at line ${line} is never closed`)

function linesIn(text: string): number {
  let n = 0
  for (let i = 0; i < text.length; i++) if (text[i] === '\n' || (text[i] === '\r' && text[i + 1] !== '\n')) n++
  return n
}
