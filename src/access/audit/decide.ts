import type { Json, JsonObject } from '#kernel/json.ts'
import { HIDDEN } from '../vocabulary.ts'

/** Words in a key's name that mean its value must never be written down. */
const SECRET = /pass(word|phrase)?|secret|token|totp|backup|authorization|credential|smtp_?url|api_?key|^key$|^code$/i
const LONGEST_TEXT = 300
const MOST_ITEMS = 20
const DEEPEST = 4
/** Stands for what lies deeper than is kept: other than what is hidden for somebody's sake. */
const CUT = '[…]'

/** The input of a call as the audit log may keep it: secrets blanked, long texts and lists cut, depth bounded. */
export function redact(input: unknown): JsonObject {
  const cut = shorten(input, 0)
  return typeof cut === 'object' && cut !== null && !Array.isArray(cut) ? (cut as JsonObject) : { value: cut }
}

function shorten(value: unknown, depth: number): Json {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? `${Array.from(value).slice(0, LONGEST_TEXT).join('')}…` : value
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object' || value === undefined) return null
  if (depth >= DEEPEST) return CUT
  if (Array.isArray(value))
    return [
      ...value.slice(0, MOST_ITEMS).map((item) => shorten(item, depth + 1)),
      ...(value.length > MOST_ITEMS ? [`… ${value.length}`] : []),
    ]
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, SECRET.test(key) ? '•••' : shorten(inner, depth + 1)]))
}

/** Calls about people by their permission, and those of other rooms that name an address. */
const OF_PEOPLE = /^(leads|cards|handoffs)\./
const NAMES_AN_ADDRESS: ReadonlySet<string> = new Set(['mail.testSend', 'newsletters.rehearse'])

/** Whether a call may say something of a person that is to go with them. */
export const isAboutPeople = (endpoint: string, permission: string): boolean => OF_PEOPLE.test(permission) || NAMES_AN_ADDRESS.has(endpoint)

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
/**
 * The input of a call about people as the audit log may keep it: whom it was about and which fields it wrote, and no word of what. Here the
 * words would stay when the person is erased.
 */
export function veil(input: unknown): JsonObject {
  const hidden = hide(input, [])
  return typeof hidden === 'object' && hidden !== null && !Array.isArray(hidden) ? (hidden as JsonObject) : {}
}

function hide(value: unknown, path: readonly string[]): Json {
  if (value === null || typeof value === 'boolean' || (typeof value === 'string' && UUID.test(value))) return value
  if (typeof value !== 'object' || value === undefined || value instanceof Date || path.length >= DEEPEST) return HIDDEN
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_ITEMS).map((item) => hide(item, [...path, '']))
    return value.length > MOST_ITEMS ? [...shown, `${HIDDEN} ${value.length}`] : shown
  }
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(given.map(([key, inner]) => [key, isOurs(path, key, inner) ? inner : hide(inner, [...path, key])]))
}

/** Which kind of thing was done is a word of our own, where no field of a person can stand. */
const isOurs = (path: readonly string[], key: string, value: unknown): value is string =>
  key === 'kind' && typeof value === 'string' && (path.length === 0 || (path.length === 1 && path[0] === 'act'))

/** What a call was about: the endpoint's room is the kind, the input's or the answer's id the subject. */
export function subjectOfCall(endpoint: string, input: unknown, answer: unknown): { kind: string; id: string | null } {
  const kind = endpoint.split('.')[0] ?? endpoint
  return { kind, id: idIn(input) ?? idIn(answer) }
}

function idIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null
  return typeof value.id === 'string' ? value.id.slice(0, 100) : null
}
