/** How one search param is read: anything unknown becomes the fallback, for addresses are written by hand too. */
type Read<T> = (raw: unknown) => T
type Reads = Readonly<Record<string, Read<unknown>>>
type Shown<R extends Reads> = { [K in keyof R]: ReturnType<R[K]> }

/** A reader for useSearchOf. Small on purpose: a schema library for a handful of params would be a third of a page. */
export const viewOf = <R extends Reads>(reads: R): { parse(raw: unknown): Shown<R> } => ({
  parse: (raw) => {
    const given = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>
    return Object.fromEntries(Object.entries(reads).map(([key, read]) => [key, read(given[key])])) as Shown<R>
  },
})

/** Text, '' when there is none. */
export const text: Read<string> = (raw) => (typeof raw === 'string' ? raw : typeof raw === 'number' ? String(raw) : '')
/** Text, or none. */
export const maybeText: Read<string | undefined> = (raw) => (typeof raw === 'string' ? raw : undefined)
/** Yes or no, or none. */
export const maybeFlag: Read<boolean | undefined> = (raw) => (typeof raw === 'boolean' ? raw : undefined)
/** A whole number from 1, or none. */
export const maybeCount: Read<number | undefined> = (raw) =>
  Number.isSafeInteger(Number(raw)) && Number(raw) > 0 ? Number(raw) : undefined
/** One of the given words, else the fallback. */
export const oneOf =
  <const T extends string>(words: readonly T[], fallback: NoInfer<T>): Read<T> =>
  (raw) =>
    words.find((word) => word === raw) ?? fallback
/** One of the given words, or none. */
export const maybeOneOf =
  <const T extends string>(words: readonly T[]): Read<T | undefined> =>
  (raw) =>
    words.find((word) => word === raw)
/** A day as 2026-11-22, or none. */
export const maybeDay: Read<string | undefined> = (raw) =>
  typeof raw === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(raw) && !Number.isNaN(Date.parse(raw)) ? raw : undefined
/** A month as 2026-11, or none. */
export const maybeMonth: Read<string | undefined> = (raw) => (maybeDay(`${raw}-01`) ? String(raw) : undefined)
