// Array literals of PostgreSQL (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO), written straight from rows: the driver's own
// encoding looks at every element by type and escapes each text twice, which on the way of events costs more than parsing them.

type Plain = string | number | boolean | null | undefined

/** A literal of values that need no quotes: ids, numbers, booleans. */
export function plainArray<R>(rows: readonly R[], pick: (row: R) => Plain): string {
  let out = '{'
  for (const row of rows) out += `${out.length > 1 ? ',' : ''}${pick(row) ?? 'NULL'}`
  return `${out}}`
}

const CROOKED = /["\\]/
const EACH_CROOKED = /["\\]/g

/** A literal of texts, JSON included. */
export function textArray<R>(rows: readonly R[], pick: (row: R) => string | null | undefined): string {
  let out = '{'
  for (const row of rows) {
    const text = pick(row)
    if (out.length > 1) out += ','
    if (text === null || text === undefined) out += 'NULL'
    else out += `"${CROOKED.test(text) ? text.replace(EACH_CROOKED, '\\$&') : text}"`
  }
  return `${out}}`
}

/** A literal of instants, in UTC to the millisecond. */
export function instantArray<R>(rows: readonly R[], pick: (row: R) => Date | null | undefined): string {
  return plainArray(rows, (row) => {
    const at = pick(row)
    return at ? `"${instantText(at)}"` : null
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
