// What may come in from outside: JSON of any shape, checked once before anything reads it.

/** Why a value cannot be stored, and where it lies (dotted path). */
export interface Fault {
  readonly field: string
  readonly reason: string
}

const DEEPEST = 32
const MOST_KEYS = 2_000
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly the character PostgreSQL's text cannot hold
const UNSTORABLE = /\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A JSON object as parsed, its values not looked at yet. */
export type Loose = { readonly [key: string]: unknown }

/**
 * Decodes and parses a body.
 * @returns the value, or a sentence about why it is none: invalid UTF-8, empty, malformed JSON
 */
export function parseBody(body: Uint8Array): { readonly value: unknown } | { readonly reason: string } {
  let text: string
  try {
    text = utf8.decode(body)
  } catch {
    return { reason: 'The body is not valid UTF-8.' }
  }
  if (!text.trim()) return { reason: 'The body is empty; JSON is expected.' }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { reason: `The body is not valid JSON: ${(error as Error).message.slice(0, 120)}` }
  }
}

export function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The first thing in `value` that PostgreSQL's jsonb or plain JavaScript objects cannot hold safely; null when all is well. */
export function faultIn(value: unknown, field = ''): Fault | null {
  let keys = 0
  const walk = (at: unknown, path: string, depth: number): Fault | null => {
    if (typeof at === 'string') return UNSTORABLE.test(at) ? { field: path, reason: 'has a NUL character or half a surrogate pair' } : null
    if (typeof at === 'number') return Number.isFinite(at) ? null : { field: path, reason: 'is a number out of range' }
    if (typeof at !== 'object' || at === null) return null
    if (depth > DEEPEST) return { field: path, reason: `is nested deeper than ${DEEPEST} levels` }
    for (const key of Object.keys(at)) {
      if (++keys > MOST_KEYS) return { field, reason: `has more than ${MOST_KEYS} keys` }
      const inside = path ? `${path}.${key.slice(0, 60)}` : key.slice(0, 60)
      if (key === '__proto__') return { field: inside, reason: 'is not a permitted key' }
      if (UNSTORABLE.test(key)) return { field: path, reason: 'has a key with a NUL character or half a surrogate pair' }
      const found = walk((at as Loose)[key], inside, depth + 1)
      if (found) return found
    }
    return null
  }
  return walk(value, field, 0)
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
  return typeof value === 'string' && value ? value.slice(0, most).replace(/[\uD800-\uDBFF]$/, '') : null
}
