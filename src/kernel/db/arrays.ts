// Array literals of PostgreSQL (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO), written straight from rows: the driver's own
// encoding looks at every element by type and escapes each text twice, which on the way of events costs more than parsing them.

type Plain = string | number | boolean | null | undefined

/**
 * The parts as one flat text. A text that is added to piece by piece is a chain of as many small objects until somebody reads it, and with a
 * thousand rows the collector carries all of them along.
 */
function braced(parts: string[], before: string, between: string, after: string): string {
  const last = parts.length - 1
  if (last < 0) return '{}'
  parts[0] = before + parts[0]
  parts[last] += after
  return parts.join(between)
}

/** A literal of values that need no quotes: ids, numbers, booleans. */
export function plainArray<R>(rows: readonly R[], pick: (row: R) => Plain): string {
  return braced(
    rows.map((row) => `${pick(row) ?? 'NULL'}`),
    '{',
    ',',
    '}',
  )
}

const CROOKED = /["\\]/
const EACH_CROOKED = /["\\]/g

/** A literal of texts, JSON included. */
export function textArray<R>(rows: readonly R[], pick: (row: R) => string | null | undefined): string {
  const texts = rows.map(pick)
  if (texts.every((text) => text !== null && text !== undefined && !CROOKED.test(text))) return braced(texts as string[], '{"', '","', '"}')
  let [last, shown]: [string | null | undefined, string] = [null, 'NULL']
  const parts = texts.map((text) => {
    if (text !== last) {
      last = text
      shown = text === null || text === undefined ? 'NULL' : `"${text.replace(EACH_CROOKED, '\\$&')}"`
    }
    return shown
  })
  return braced(parts, '{', ',', '}')
}

/** A column of rows as a statement takes it: `coalesce(x.it, ${one}::text)` beside `unnest(${list}::text[])`. */
export interface Column<T> {
  /** Empty where one value stands for all rows, so that it is sent and read once. */
  readonly list: string
  readonly one: T | null
}

/** A column whose value is mostly the same in all rows. */
export function column<R, T extends string | number | boolean>(
  rows: readonly R[],
  pick: (row: R) => T | null | undefined,
  write: (rows: readonly R[], pick: (row: R) => T | null | undefined) => string = plainArray,
): Column<T> {
  const [first] = rows
  const one = first === undefined ? null : (pick(first) ?? null)
  return rows.every((row) => (pick(row) ?? null) === one) ? { list: '{}', one } : { list: write(rows, pick), one: null }
}

/** The same for instants. */
export function instantColumn<R>(rows: readonly R[], pick: (row: R) => Date | null | undefined): Column<string> {
  const [first] = rows
  const one = (first === undefined ? null : pick(first)) ?? null
  return rows.every((row) => pick(row)?.getTime() === one?.getTime())
    ? { list: '{}', one: one && instantText(one) }
    : { list: instantArray(rows, pick), one: null }
}

/** A literal of instants, in UTC to the millisecond. */
export function instantArray<R>(rows: readonly R[], pick: (row: R) => Date | null | undefined): string {
  let [last, shown]: [number | undefined, string] = [undefined, 'NULL']
  return plainArray(rows, (row) => {
    const at = pick(row) ?? undefined
    if (at?.getTime() !== last) {
      last = at?.getTime()
      shown = at ? `"${instantText(at)}"` : 'NULL'
    }
    return shown
  })
}

/** ISO 8601 as PostgreSQL reads it: years of more or fewer than four digits are written in its own way. */
function instantText(at: Date): string {
  const iso = at.toISOString()
  if (iso.length === 24) return iso
  const [, sign, year, rest] = /^([+-])(\d{6})(.*)$/.exec(iso) ?? []
  return sign === '+' ? `${Number(year)}${rest}` : `${String(Number(year) + 1).padStart(4, '0')}${rest} BC`
}

/** A literal of instants in ms, for `to_timestamp(x / 1000)` of a `float8`: numbers are read several times faster than dates. */
export function millisArray<R>(rows: readonly R[], pick: (row: R) => Date | null | undefined): string {
  return plainArray(rows, (row) => pick(row)?.getTime())
}
