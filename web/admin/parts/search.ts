import { useNavigate, useSearch } from '@tanstack/react-router'

/** Reads the params of an address; `viewOf` makes one. */
interface Reader<T> {
  parse(value: unknown): T
}

/**
 * The page's search params, typed: filters, tab and selection live in the address, so a view can be shared.
 *   const view = viewOf({ q: text, stage: maybeText })
 *   const [search, setSearch] = useSearchOf(view);  setSearch({ stage: 'mql' })   // undefined or '' removes one
 */
export function useSearchOf<T extends object>(schema: Reader<T>): [T, (change: Partial<T>) => void] {
  const raw = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const value = schema.parse(raw)
  const set = (change: Partial<T>) => {
    const next = Object.entries({ ...raw, ...change }).filter(([, v]) => v !== undefined && v !== '' && v !== null)
    void navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true })
  }
  return [value, set]
}
