// The same writes as always, carried in by COPY: for sets of newcomers so large that it is worth it. What is decided is decided elsewhere.
import type { Ctx } from '#kernel/ctx.ts'
import { bySubject } from '#kernel/db/buckets.ts'
import { type CopyValue, copyCell, copyLines } from '#kernel/db/copy.ts'
import { append, makePulses, type NewEvent } from '#kernel/journal.ts'
import { appendNew, pulsesOfNew } from '#kernel/journalCopy.ts'
import { insertPeople } from '../queries.ts'
import type { PersonRow } from '../tables.ts'

/** From how many newcomers on COPY pays. */
export const MANY = 100

/** New people with their pulses, many at once. */
export async function bringIn(ctx: Ctx, rows: readonly PersonRow[]): Promise<void> {
  const first = rows[0]
  if (!first) return
  if (rows.length < MANY) {
    await insertPeople(ctx.db, rows)
    return makePulses(ctx, rows)
  }
  const sorted = [...rows].sort(bySubject)
  // What nobody says anything about is left to the table: a column that may be empty is empty there, too.
  const columns = (Object.keys(first) as Column[]).filter((column) => sorted.some((row) => row[column] !== null))
  const cells = columns.map((column) => cellsOf(column, sorted))
  await copyLines(ctx.db, 'person', columns, linesOf(sorted, cells))
  await pulsesOfNew(ctx, sorted)
}

function* linesOf(rows: readonly PersonRow[], cells: readonly ((row: PersonRow) => string)[]): Generator<string> {
  for (const row of rows) {
    let line = ''
    for (const cell of cells) line += line === '' ? cell(row) : `\t${cell(row)}`
    yield line
  }
}

type Column = keyof PersonRow & string

/** How a column is written of each row: a value that all of them have is made a cell once. */
function cellsOf(column: Column, rows: readonly PersonRow[]): (row: PersonRow) => string {
  const first = rows[0]?.[column] ?? null
  const value = asCopied(first)
  const isOne = typeof value !== 'object' || value === null || value instanceof Date
  if (isOne && rows.every((row) => row[column] === first)) {
    const cell = copyCell(value)
    return () => cell
  }
  return (row) => copyCell(asCopied(row[column]))
}

const asCopied = (value: PersonRow[Column]): CopyValue =>
  value !== null && typeof value === 'object' && !(value instanceof Date) && !Array.isArray(value)
    ? JSON.stringify(value)
    : (value as CopyValue)

/** Events of newcomers (`isNew`) and of others. */
export async function tellAll(ctx: Ctx, events: readonly NewEvent[], isNew: (event: NewEvent) => boolean): Promise<void> {
  const news = events.filter(isNew)
  if (news.length < MANY) {
    await append(ctx, events)
    return
  }
  await appendNew(ctx, news)
  await append(
    ctx,
    events.filter((event) => !isNew(event)),
  )
}
