import type { Json, JsonObject } from '#kernel/json.ts'

/** Words in a key's name that mean its value must never be written down. */
const SECRET = /pass(word|phrase)?|secret|token|totp|backup|authorization|credential|smtp_?url|api_?key|^key$|^code$/i
const LONGEST_TEXT = 300
const MOST_ITEMS = 20
const DEEPEST = 4

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
  if (depth >= DEEPEST) return '…'
  if (Array.isArray(value))
    return [
      ...value.slice(0, MOST_ITEMS).map((item) => shorten(item, depth + 1)),
      ...(value.length > MOST_ITEMS ? [`… ${value.length}`] : []),
    ]
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, SECRET.test(key) ? '•••' : shorten(inner, depth + 1)]))
}

/** What a call was about: the endpoint's room is the kind, the input's or the answer's id the subject. */
export function subjectOfCall(endpoint: string, input: unknown, answer: unknown): { kind: string; id: string | null } {
  const kind = endpoint.split('.')[0] ?? endpoint
  return { kind, id: idIn(input) ?? idIn(answer) }
}

function idIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null
  return typeof value.id === 'string' ? value.id.slice(0, 100) : null
}
