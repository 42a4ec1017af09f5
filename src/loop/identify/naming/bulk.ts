// The same writes as always, carried in by COPY: for sets of newcomers so large that it is worth it. What is decided is decided elsewhere.
import type { Ctx } from '#kernel/ctx.ts'
import { bySubject } from '#kernel/db/buckets.ts'
import { type CopyValue, copyEach } from '#kernel/db/copy.ts'
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
  // What nobody says anything about is left to the table: a column that may be empty is empty there, too.
  const columns = (Object.keys(first) as (keyof PersonRow & string)[]).filter((column) => rows.some((row) => row[column] !== null))
  const sorted = [...rows].sort(bySubject)
  await copyEach(ctx.db, 'person', columns, sorted, (row) => columns.map((column) => asCopied(row[column])))
  await pulsesOfNew(ctx, sorted)
}

const asCopied = (value: PersonRow[keyof PersonRow]): CopyValue =>
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
