// Set-up as files: names, references, differences. Pure.
import type { JsonObject } from '#kernel/json.ts'
import type { SetupObject } from '#kernel/setup.ts'

/** Path (`segments/熱い見込み客.json`) → text. */
export type Files = ReadonlyMap<string, string>

/** A name as a file's name, on any system: letters of any script stay. */
export function slugOf(name: string): string {
  const text = [...name.normalize('NFKC')]
    .map((letter) => (/[\p{L}\p{N}._-]/u.test(letter) ? letter : '-'))
    .join('')
    .replace(/-+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
  return text.slice(0, 80) || 'unnamed'
}

export interface Slugged extends SetupObject {
  readonly slug: string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** The instant in an id (UUIDv7, the first 48 bits); objects made at one instant are told apart by what they say. */
const age = ({ id, value }: SetupObject): string => `${UUID.test(id) ? id.slice(0, 13) : ''} ${JSON.stringify(value)}`

/** Gives each object a name of its own; of two alike the one made later is numbered. */
export function slugged(objects: readonly SetupObject[]): Slugged[] {
  const taken = new Set<string>()
  return [...objects]
    .sort((a, b) => (age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : a.id < b.id ? -1 : 1))
    .map((object) => {
      const base = slugOf(object.name)
      let slug = base
      for (let n = 2; taken.has(slug.toLowerCase()); n++) slug = `${base}-${n}`
      taken.add(slug.toLowerCase())
      return { ...object, slug }
    })
}

/** `@segments/hot`: how a file speaks of another one. */
export const REF = /^@([a-z-]+)\/(.+)$/

/** The value with every string changed by `change`, keys left as they are. */
export function mapText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((one) => mapText(one, change))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapText(one, change)]))
}

/** Ids of other objects become references. Only ids that mean one thing anywhere (UUIDs) are changed. */
export const withRefs = (value: unknown, refs: ReadonlyMap<string, string>): JsonObject =>
  mapText(value, (text) => (UUID.test(text) ? (refs.get(text) ?? text) : text)) as JsonObject

/** References become ids again. @returns the value, and the references that lead nowhere */
export function withIds(value: unknown, ids: ReadonlyMap<string, string>): { value: JsonObject; missing: string[] } {
  const missing = new Set<string>()
  const found = mapText(value, (text) => {
    if (!REF.test(text)) return text
    const id = ids.get(text)
    if (id === undefined) missing.add(text)
    return id ?? text
  }) as JsonObject
  return { value: found, missing: [...missing] }
}

/** JSON that differs only when its content does: keys in order, one line a value. */
export const textOf = (value: unknown): string => `${JSON.stringify(ordered(value), null, 2)}\n`

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, ordered(one)]),
  )
}

/** The paths at which two values differ, at most `most`: `rule.all.0.value`. */
export function differences(a: unknown, b: unknown, most = 8, at = ''): string[] {
  if (JSON.stringify(ordered(a)) === JSON.stringify(ordered(b))) return []
  const both = a !== null && b !== null && typeof a === 'object' && typeof b === 'object' && Array.isArray(a) === Array.isArray(b)
  if (!both) return [at || '.']
  const keys = [...new Set([...Object.keys(a as object), ...Object.keys(b as object)])].sort()
  return keys.flatMap((key) => differences((a as JsonObject)[key], (b as JsonObject)[key], most, at ? `${at}.${key}` : key)).slice(0, most)
}

/** Keys that say what a thing is come before what it holds. */
const FIRST = ['name', 'kind', 'id', 'key', 'graph', 'triggers', 'entry', 'goal', 'exits']
const LAST = ['branches', 'steps']
const place = (key: string): number => (FIRST.includes(key) ? FIRST.indexOf(key) - 100 : LAST.includes(key) ? 100 + LAST.indexOf(key) : 0)

/** The value with its keys in an order for readers, at any depth. */
export function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
      .map(([key, one]) => [key, readable(one)]),
  )
}

/** Names of files in the order in which `slugged` gave them: "hot", "Hot-2", "hot-10". Whoever is made first keeps the plain name. */
export const inOrder = (paths: readonly string[]): string[] => [...paths].sort((a, b) => NUMBERED.compare(a, b) || (a < b ? -1 : 1))
const NUMBERED = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** The value with references that lead nowhere taken out: an empty text in their place. */
export const emptied = (value: JsonObject, missing: ReadonlySet<string>): JsonObject =>
  mapText(value, (text) => (missing.has(text) ? '' : text)) as JsonObject
