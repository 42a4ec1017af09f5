import { useNavigate, useSearch } from '@tanstack/react-router'
import type { z } from 'zod'

/**
 * The page's search params, typed: filters, tab and selection live in the address, so a view can be shared.
 *   const schema = z.object({ q: z.string().catch(''), stage: z.string().optional().catch(undefined) })
 *   const [search, setSearch] = useSearchOf(schema);  setSearch({ stage: 'mql' })   // undefined or '' removes one
 * Every field needs `.catch(…)`: addresses are written by hand too.
 */
export function useSearchOf<S extends z.ZodType<object>>(schema: S): [z.output<S>, (change: Partial<z.output<S>>) => void] {
  const raw = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const parsed = schema.safeParse(raw)
  const value = (parsed.success ? parsed.data : schema.parse({})) as z.output<S>
  const set = (change: Partial<z.output<S>>) => {
    const next = Object.entries({ ...raw, ...change }).filter(([, v]) => v !== undefined && v !== '' && v !== null)
    void navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true })
  }
  return [value, set]
}
