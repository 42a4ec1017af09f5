// Many rows at once by COPY: a fraction of what an INSERT costs both sides. Inside the caller's transaction; no conflicts are resolved.
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { from } from 'pg-copy-streams'
import { clientOf } from './connection.ts'
import type { Db } from './tables.ts'

/** Dates, texts, numbers, truths; a list is a PostgreSQL array; JSON comes as its text. */
export type CopyValue = string | number | boolean | Date | null | undefined | readonly string[]

const PIECE = 64 * 1024
const NAME = /^[a-z_]+$/

/** Copies rows into a table, columns in the order given. Table and columns are names of ours, never of a user's. */
export function copyIn(db: Db, table: string, columns: readonly string[], rows: readonly (readonly CopyValue[])[]): Promise<void> {
  return copyEach(db, table, columns, rows, (row) => row)
}

/** The same, each row's cells made only when its turn comes: thousands of rows then leave no heap of cells behind. */
export function copyEach<T>(
  db: Db,
  table: string,
  columns: readonly string[],
  rows: readonly T[],
  cells: (row: T) => readonly CopyValue[],
): Promise<void> {
  return rows.length ? copyLines(db, table, columns, linesOf(rows, cells)) : Promise.resolve()
}

function* linesOf<T>(rows: readonly T[], cells: (row: T) => readonly CopyValue[]): Generator<string> {
  for (const row of rows) yield copyLine(cells(row))
}

/** Cells as a part of a line, in one piece. */
export const copyLine = (row: readonly CopyValue[]): string => row.map(copyCell).join('\t')

/** Copies lines that are made already, of cells as `copyLine` writes them: where several tables are told much the same of a row. */
export async function copyLines(db: Db, table: string, columns: readonly string[], lines: Iterable<string>): Promise<void> {
  const bad = [table, ...columns].find((name) => !NAME.test(name))
  if (bad !== undefined) throw new Error(`"${bad}" is no name of a table or column`)
  const stream = clientOf(db).query(from(`COPY ${table} (${columns.join(', ')}) FROM STDIN`))
  // Written straight: a pipeline around each of these streams costs as much as what goes through it.
  const done = finished(stream)
  done.catch(() => undefined)
  try {
    for (const piece of piecesOf(lines)) if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), done])
    stream.end()
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)))
  }
  await done
}

function* piecesOf(lines: Iterable<string>): Generator<string> {
  let text = ''
  for (const line of lines) {
    text += line
    text += '\n'
    if (text.length < PIECE) continue
    yield text
    text = ''
  }
  if (text) yield text
}

const SPECIAL = /[\\\n\r\t]/
const MARKS: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escaped = (text: string): string => (SPECIAL.test(text) ? text.replace(/[\\\n\r\t]/g, (mark) => MARKS[mark] ?? mark) : text)

/** One cell as COPY reads it. */
export function copyCell(value: CopyValue): string {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (value instanceof Date) return instantOf(value)
  if (!value.length) return '{}'
  return escaped(`{${value.map((one) => `"${one.replace(/["\\]/g, (mark) => `\\${mark}`)}"`).join(',')}}`)
}

/** The texts of instants: in rows that are written together the same few come again and again. */
const instants = new Map<number, string>()
const MOST_INSTANTS = 1_000

function instantOf(value: Date): string {
  const at = value.getTime()
  const known = instants.get(at)
  if (known !== undefined) return known
  const text = readable(value.toISOString())
  if (instants.size >= MOST_INSTANTS) instants.clear()
  instants.set(at, text)
  return text
}

const ISO_LENGTH = 24
/** ISO 8601 gives years before 0 and after 9999 six digits and a sign, which PostgreSQL does not read: it counts on, or back from the year 1. */
function readable(iso: string): string {
  if (iso.length === ISO_LENGTH && !iso.startsWith('0000')) return iso
  const [, sign, years, rest] = /^([+-]?)(\d+)(.*)$/.exec(iso) ?? []
  const year = Number(years)
  return sign === '+' ? `${year}${rest}` : `${String(year + 1).padStart(4, '0')}${rest} BC`
}
