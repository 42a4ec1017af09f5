// What may come in from outside: JSON of any shape, checked once before anything reads it.
import { isUtf8 } from 'node:buffer'

/** Why a value cannot be stored, and where it lies (dotted path). */
export interface Fault {
  readonly field: string
  readonly reason: string
}

const DEEPEST = 32
const MOST_KEYS = 2_000
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly the character PostgreSQL's text cannot hold
const UNSTORABLE = /\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** A JSON object as parsed, its values not looked at yet. */
export type Loose = { readonly [key: string]: unknown }

/** What is known of a whole body and spares a look at each of its parts. */
export interface About {
  /** Bytes of the body. */
  readonly length: number
  /** Nothing in it is escaped by its number: valid UTF-8 holds no half of a surrogate pair, and JSON no bare NUL, so neither is in any of its texts. */
  readonly isClean: boolean
}

/**
 * Decodes and parses a body.
 * @returns the value, or a sentence about why it is none: invalid UTF-8, empty, malformed JSON
 */
export function parseBody(body: Uint8Array): { readonly value: unknown; readonly about: About } | { readonly reason: string } {
  if (!isUtf8(body)) return { reason: 'The body is not valid UTF-8.' }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const text = bytes.toString('utf8', hasMark(bytes) ? 3 : 0)
  if (!text.trim()) return { reason: 'The body is empty; JSON is expected.' }
  try {
    return { value: JSON.parse(text) as unknown, about: { length: body.length, isClean: !text.includes('\\u') } }
  } catch (error) {
    return { reason: `The body is not valid JSON: ${(error as Error).message.slice(0, 120)}` }
  }
}

/** The mark some editors put before UTF-8; it is no part of the text. */
const hasMark = (bytes: Buffer): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf

export function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The first thing in `value` that PostgreSQL's jsonb or plain JavaScript objects cannot hold safely; null when all is well.
 * @param isClean what `About` says of the body it came in
 * @param largest characters its JSON may have; not looked at when absent
 */
export function faultIn(value: unknown, isClean = false, largest = Number.POSITIVE_INFINITY): Fault | null {
  const walked: Walked = { isClean, keys: 0, most: 0 }
  const found = walk(value, 0, walked)
  if (found) return walked.keys > MOST_KEYS ? { field: '', reason: found.reason } : found
  // Only now: JSON.stringify recurses, and a body of depth 10,000 would end the stack.
  const isLarge = walked.most > largest && JSON.stringify(value).length > largest
  return isLarge ? { field: '', reason: `is larger than ${largest} bytes` } : null
}

/** What a walk has come by so far. */
interface Walked {
  readonly isClean: boolean
  keys: number
  /** As many characters its JSON has at most. */
  most: number
}

/** Escaped by its number a character takes six, and a text has quotes, a colon and a comma about it. */
const ESCAPED = 6
const AROUND = 4
const LONGEST_PLAIN = 25

/** The fault with its path from here; paths are put together only where there is one. */
function walk(at: unknown, depth: number, walked: Walked): Fault | null {
  if (typeof at === 'string') {
    walked.most += at.length * ESCAPED + AROUND
    return !walked.isClean && UNSTORABLE.test(at) ? { field: '', reason: 'has a NUL character or half a surrogate pair' } : null
  }
  walked.most += LONGEST_PLAIN
  if (typeof at === 'number') return Number.isFinite(at) ? null : { field: '', reason: 'is a number out of range' }
  if (typeof at !== 'object' || at === null) return null
  if (depth > DEEPEST) return { field: '', reason: `is nested deeper than ${DEEPEST} levels` }
  for (const key of Object.keys(at)) {
    walked.most += key.length * ESCAPED + AROUND
    if (++walked.keys > MOST_KEYS) return { field: '', reason: `has more than ${MOST_KEYS} keys` }
    if (key === '__proto__') return { field: key, reason: 'is not a permitted key' }
    if (!walked.isClean && UNSTORABLE.test(key)) return { field: '', reason: 'has a key with a NUL character or half a surrogate pair' }
    const found = walk((at as Loose)[key], depth + 1, walked)
    if (found) return { field: found.field ? `${key.slice(0, 60)}.${found.field}` : key.slice(0, 60), reason: found.reason }
  }
  return null
}

/** Reads one optional text; anything else, and text that is too long, is a fault. */
export function textOf(source: Loose, key: string, most: number, faults: Fault[]): string | null {
  const value = source[key]
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') faults.push({ field: key, reason: 'must be text' })
  else if (value.length > most) faults.push({ field: key, reason: `is longer than ${most} characters` })
  else return value
  return null
}

/** Reads one optional id: text, or a number taken as text, as user ids often are numbers. */
export function idOf(source: Loose, key: string, most: number, faults: Fault[]): string | null {
  const value = source[key]
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : textOf(source, key, most, faults)
}

/** Reads one optional object. */
export function objectOf(source: Loose, key: string, faults: Fault[]): Loose {
  const value = source[key]
  if (value === undefined || value === null) return {}
  if (isObject(value)) return value
  faults.push({ field: key, reason: 'must be an object' })
  return {}
}

/** Text the browser reports by itself (address, title): cut rather than refused. */
export function cutText(value: unknown, most: number): string | null {
  if (typeof value !== 'string' || !value) return null
  const cut = value.length > most ? value.slice(0, most) : value
  return isHighHalf(cut.charCodeAt(cut.length - 1)) ? cut.slice(0, -1) : cut
}

const isHighHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
