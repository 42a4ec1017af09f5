// Pure: what an edit by hand changed, as the person's own timeline keeps it.
import type { Json, JsonObject } from '#kernel/json.ts'
import type { FieldChange } from '../fields/decide.ts'

const LONGEST = 200
const MOST = 20
/** What nobody typed, or what reads as nothing: instants beside a source, a number that stands for a basis, the id of an owner (told by an event of its own). */
const UNSAID: ReadonlySet<string> = new Set(['sourceFirstAt', 'sourceLatestAt', 'mailBasis', 'owner'])

const cut = (text: string): string => (text.length > LONGEST ? `${Array.from(text).slice(0, LONGEST).join('')}…` : text)

function short(value: Json): Json {
  if (typeof value === 'string') return cut(value)
  if (Array.isArray(value)) return value.slice(0, MOST).map((one) => (typeof one === 'string' ? cut(one) : null))
  return typeof value === 'object' ? null : value
}

/** Each field that was changed with its value before and after, long ones cut: it is kept with the person, and goes with them. */
export const saidOf = (changes: readonly FieldChange[]): JsonObject[] =>
  changes.filter(({ field }) => !UNSAID.has(field)).map(({ field, from, to }) => ({ field, from: short(from), to: short(to) }))
