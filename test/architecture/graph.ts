// Rings in the import graph, type-only imports included.
import type { Source } from './sources.ts'

/**
 * The rings of files that import each other, each as its list of files in order (Tarjan's strongly connected components).
 * A file that imports itself counts as a ring of one.
 */
export function rings(sources: readonly Source[]): string[][] {
  const files = new Map(sources.map((source) => [source.file, source.imports]))
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []

  const visit = (file: string): void => {
    index.set(file, index.size)
    low.set(file, index.size - 1)
    stack.push(file)
    for (const next of files.get(file) ?? []) {
      if (!files.has(next)) continue
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(file, Math.min(low.get(file) ?? 0, low.get(next) ?? 0))
    }
    if (low.get(file) !== index.get(file)) return
    const ring = stack.splice(stack.indexOf(file))
    if (ring.length > 1 || (files.get(file) ?? []).includes(file)) found.push(ring)
  }
  for (const file of files.keys()) if (!index.has(file)) visit(file)
  return found
}
