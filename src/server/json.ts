// One JSON reader for all of /api: bounded in depth and keys, and no key that could reach a prototype.
import { refuse } from '#kernel/errors.ts'

const DEEPEST = 64
const MOST_NODES = 200_000
const POISON = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Parses a request body.
 * @throws Refusal invalid with the path of the fault: not JSON, deeper than 64 levels, more than 200,000 values, `__proto__`, NUL, half a surrogate pair
 */
export function readJson(text: string): unknown {
  if (text.trim() === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    refuse('invalid', 'json.malformed', { message: `The body is not JSON: ${(error as Error).message.slice(0, 200)}` })
  }
  inspect(value)
  return value
}

/** Walks without recursion: a body of depth 10,000 must not end the stack. */
function inspect(root: unknown): void {
  const stack: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }]
  for (let seen = 0; stack.length; ) {
    const { value, path, depth } = stack.pop() as { value: unknown; path: string; depth: number }
    if (++seen > MOST_NODES) fault('', `has more than ${MOST_NODES} values`)
    if (typeof value === 'string') inspectText(value, path)
    if (typeof value !== 'object' || value === null) continue
    if (depth >= DEEPEST) fault(path.slice(0, 200), `is nested deeper than ${DEEPEST} levels`)
    for (const [key, inner] of Object.entries(value)) {
      if (POISON.has(key)) fault(path, `has the key "${key}", which is not allowed`)
      inspectText(key, path)
      stack.push({ value: inner, path: path ? `${path}.${key}` : key, depth: depth + 1 })
    }
  }
}

/** The database refuses both, and could not say in which field. */
function inspectText(text: string, path: string): void {
  if (text.includes('\0')) fault(path, 'has a NUL character, which text cannot hold')
  if (!text.isWellFormed()) fault(path, 'has half of a surrogate pair, which is no character')
}

function fault(field: string, reason: string): never {
  refuse('invalid', 'json.refused', { message: `The body ${field ? `at ${field} ` : ''}${reason}.`, errors: [{ field, reason }] })
}
