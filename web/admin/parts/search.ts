import { useNavigate, useSearch } from '@tanstack/react-router'

/** A zod (or zod/mini) object schema, as far as it is used here. */
interface Reader<T> {
  parse(value: unknown): T
  safeParse(value: unknown): { success: boolean; data?: T | undefined }
}

/**
 * The page's search params, typed: filters, tab and selection live in the address, so a view can be shared.
 *   import { z } from 'zod/mini'
 *   const view = z.object({ q: z.catch(z.string(), ''), stage: z.catch(z.optional(z.string()), undefined) })
 *   const [search, setSearch] = useSearchOf(view);  setSearch({ stage: 'mql' })   // undefined or '' removes one
 * Every field needs a `catch`: addresses are written by hand too.
 */
export function useSearchOf<T extends object>(schema: Reader<T>): [T, (change: Partial<T>) => void] {
  const raw = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const parsed = schema.safeParse(raw)
  const value = parsed.success && parsed.data !== undefined ? parsed.data : schema.parse({})
  const set = (change: Partial<T>) => {
    const next = Object.entries({ ...raw, ...change }).filter(([, v]) => v !== undefined && v !== '' && v !== null)
    void navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true })
  }
  return [value, set]
}
