// Makes input for an endpoint from its schema: a plausible value, and values that are wrong in a chosen way.
import { z } from 'zod'

interface Shape {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly allOf?: readonly Shape[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly minItems?: number
  readonly minimum?: number
  readonly default?: unknown
  readonly $ref?: string
}

export type Input = Readonly<Record<string, unknown>>

/** JSON Schema of what an endpoint takes; transforms and refinements are not seen. */
export function shapeOf(schema: unknown): Shape {
  return z.toJSONSchema(schema as z.ZodType, { io: 'input', unrepresentable: 'any', reused: 'inline', cycles: 'ref' }) as Shape
}

/** A plausible value of a shape: required fields only, the same each time. */
export function sample(shape: Shape, id: string): unknown {
  if (shape.const !== undefined) return shape.const
  if (shape.enum?.length) return shape.enum[0]
  if (shape.default !== undefined) return shape.default
  const one = shape.anyOf?.[0] ?? shape.oneOf?.[0] ?? shape.allOf?.[0]
  if (one) return sample(one, id)
  const type = Array.isArray(shape.type) ? shape.type[0] : shape.type
  if (type === 'object') return sampleObject(shape, id)
  if (type === 'array') return Array.from({ length: shape.minItems ?? 0 }, () => sample(shape.items ?? {}, id))
  if (type === 'number' || type === 'integer') return Math.max(shape.minimum ?? 1, 1)
  if (type === 'boolean') return true
  if (type === 'null') return null
  return sampleString(shape, id)
}

function sampleObject(shape: Shape, id: string): Input {
  const required = new Set(shape.required ?? [])
  const fields = Object.entries(shape.properties ?? {}).filter(([name]) => required.has(name))
  return Object.fromEntries(fields.map(([name, field]) => [name, sample(field, id)]))
}

function sampleString(shape: Shape, id: string): string {
  if (shape.format === 'uuid' || shape.format === 'guid' || /0-9a-f.*\{8\}|\[0-9a-fA-F\]\{8\}/.test(shape.pattern ?? '')) return id
  if (shape.format === 'email') return 'someone@example.jp'
  if (shape.format === 'date-time') return '2026-04-08T01:00:00Z'
  if (shape.format === 'date') return '2026-04-08'
  if (shape.format === 'uri') return 'https://example.jp/'
  return 'sample'.padEnd(shape.minLength ?? 6, 'x')
}

/** Values no field expects: each has broken some server. */
export const EVIL: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER + 1,
  '',
  'a\u0000b',
  '\ud800',
  'x'.repeat(100_000),
  "'; DROP TABLE person; --",
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '+292278994-08-17',
  '../../etc/passwd',
  '<img src=x onerror=alert(1)>',
  [],
  [[]],
  Array.from({ length: 2_000 }, () => 'x'),
  {},
  { constructor: { prototype: { a: 1 } } },
  { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: {} } } } } } } } } } } },
]

/** `good` with one of its fields (or a field it does not know) replaced by something evil. */
export function spoilt(good: Input, shape: Shape, draw: () => number): Input {
  const names = [...Object.keys(shape.properties ?? {}), 'unknown_field']
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T
  return { ...good, [pick(names)]: pick(EVIL) }
}
