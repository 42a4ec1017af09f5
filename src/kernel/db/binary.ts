// Arrays as PostgreSQL receives them in binary (https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES): no quotes
// to set and to take away, no dates to print and to read. The driver sends a Buffer as it is, one per column, outside of the young heap.
// For statements that carry thousands of rows a second; elsewhere the literals of arrays.ts do. The parameter must be cast to the very type.

const UUID = 2950
const TEXT = 25
const JSONB = 3802
const INT2 = 21
const BOOL = 16
const TIMESTAMPTZ = 1184

const HEAD = 20
const LENGTH = 4
const NULL = -1
/** No UTF-16 unit takes more bytes than this in UTF-8. */
const WIDEST = 3
const JSONB_VERSION = 1

/** Dimensions, whether there are nulls, the type, how many, and that they are counted from 1. */
function head(out: Buffer, type: number, count: number, hasNull: boolean): void {
  out.writeInt32BE(1, 0)
  out.writeInt32BE(hasNull ? 1 : 0, 4)
  out.writeInt32BE(type, 8)
  out.writeInt32BE(count, 12)
  out.writeInt32BE(1, 16)
}

/** Values of one width: `put` writes one, false for a null. */
function even<R>(rows: readonly R[], type: number, width: number, put: (out: Buffer, at: number, row: R) => boolean): Buffer {
  const out = Buffer.allocUnsafe(HEAD + rows.length * (LENGTH + width))
  let at = HEAD
  let hasNull = false
  for (const row of rows) {
    const isThere = put(out, at + LENGTH, row)
    out.writeInt32BE(isThere ? width : NULL, at)
    at += isThere ? LENGTH + width : LENGTH
    hasNull ||= !isThere
  }
  head(out, type, rows.length, hasNull)
  return at === out.length ? out : out.subarray(0, at)
}

let scratch = Buffer.allocUnsafeSlow(64 * 1024)
const KEPT = 1024 * 1024

/** At least so many bytes behind `at`, what is written so far kept. */
function room(at: number, more: number): Buffer {
  if (scratch.length - at < more) {
    const wider = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, at + more))
    scratch.copy(wider, 0, 0, at)
    scratch = wider
  }
  return scratch
}

/** Values of any length, `lead` bytes before each. */
function texts<R>(rows: readonly R[], type: number, lead: number, pick: (row: R) => string | null | undefined): Buffer {
  let at = HEAD
  let hasNull = false
  for (const row of rows) {
    const text = pick(row)
    const out = room(at, LENGTH + lead + (text?.length ?? 0) * WIDEST)
    if (text === null || text === undefined) {
      out.writeInt32BE(NULL, at)
      hasNull = true
      at += LENGTH
      continue
    }
    if (lead) out[at + LENGTH] = JSONB_VERSION
    const length = lead + (text ? out.write(text, at + LENGTH + lead, 'utf8') : 0)
    out.writeInt32BE(length, at)
    at += LENGTH + length
  }
  head(room(HEAD, 0), type, rows.length, hasNull)
  const array = Buffer.from(scratch.subarray(0, at))
  if (scratch.length > KEPT) scratch = Buffer.allocUnsafeSlow(64 * 1024)
  return array
}

/** A `text[]`. */
export const textBytes = <R>(rows: readonly R[], pick: (row: R) => string | null | undefined): Buffer => texts(rows, TEXT, 0, pick)

/** A `jsonb[]` of values already written as JSON. */
export const jsonBytes = <R>(rows: readonly R[], pick: (row: R) => string | null | undefined): Buffer => texts(rows, JSONB, 1, pick)

/** A `smallint[]`. */
export const smallintBytes = <R>(rows: readonly R[], pick: (row: R) => number): Buffer =>
  even(rows, INT2, 2, (out, at, row) => out.writeInt16BE(pick(row), at) > 0)

/** A `boolean[]`. */
export const booleanBytes = <R>(rows: readonly R[], pick: (row: R) => boolean): Buffer =>
  even(rows, BOOL, 1, (out, at, row) => {
    out[at] = pick(row) ? 1 : 0
    return true
  })

/** A `uuid[]`. @throws Error for what is no UUID in its usual form of 36 characters */
export const uuidBytes = <R>(rows: readonly R[], pick: (row: R) => string | null | undefined): Buffer =>
  even(rows, UUID, 16, (out, at, row) => {
    const id = pick(row)
    if (id === null || id === undefined) return false
    putUuid(out, at, id)
    return true
  })

const DIGITS = new Int8Array(128).fill(-1)
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16)
  DIGITS[digit.charCodeAt(0)] = value
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value
}
const HYPHEN = 45

function putUuid(out: Buffer, at: number, id: string): void {
  let right = id.length === 36
  let to = at
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      right &&= id.charCodeAt(i) === HYPHEN
      i++
    }
    const high = DIGITS[id.charCodeAt(i)] ?? -1
    const low = DIGITS[id.charCodeAt(i + 1)] ?? -1
    right &&= high >= 0 && low >= 0
    out[to++] = (high << 4) | low
  }
  if (!right) throw new Error(`"${id}" is not a UUID`)
}

const EPOCH = Date.UTC(2000, 0, 1)
const WORD = 2 ** 32

/** A `timestamptz[]`: microseconds since 2000. @throws RangeError for a Date that is none */
export const instantBytes = <R>(rows: readonly R[], pick: (row: R) => Date | null | undefined): Buffer =>
  even(rows, TIMESTAMPTZ, 8, (out, at, row) => {
    const instant = pick(row)
    if (!instant) return false
    const ms = instant.getTime() - EPOCH
    if (Number.isNaN(ms)) throw new RangeError('Invalid time value')
    // In two words: as one number, microseconds are not exact after the year 2285.
    const high = Math.floor(ms / WORD)
    const low = (ms - high * WORD) * 1000
    out.writeInt32BE(high * 1000 + Math.floor(low / WORD), at)
    out.writeUInt32BE(low % WORD, at + 4)
    return true
  })
