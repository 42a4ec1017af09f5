// Which of our languages a reader gets, by what their browser says (RFC 9110 §12.5.4). Pure.

const LANGUAGES = ['en', 'ja'] as const
export type Language = (typeof LANGUAGES)[number]

interface Range {
  /** The language without its region: `en` of `en-GB`; `*` is every one that is not named. */
  readonly primary: string
  readonly weight: number
  readonly place: number
}

const RANGE = /^(\*|[a-z]{1,8})(?:-[a-z0-9]{1,8})*(?:\s*;\s*q=([01](?:\.\d{0,3})?))?$/
/** Browsers name a handful. */
const MOST = 30

/** Ours that a reader likes best; null: they say nothing, or that all are alike. Who names only others reads English sooner than Japanese. */
export function languageFor(header: string | undefined): Language | null {
  const ranges = rangesIn(header ?? '')
  if (ranges.every(({ primary }) => primary === '*')) return null
  const found = LANGUAGES.map((language) => ({ language, ...rangeFor(language, ranges) }))
  const [best] = found.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight || a.place - b.place)
  return best?.language ?? unrefused(ranges)
}

function rangesIn(header: string): Range[] {
  return header
    .toLowerCase()
    .split(',', MOST)
    .flatMap((part, place) => {
      const match = RANGE.exec(part.trim())
      return match ? [{ primary: match[1] as string, weight: Math.min(1, Number(match[2] ?? 1)), place }] : []
    })
}

/** The best that is said of a language, by name or else by the star. */
function rangeFor(language: Language, ranges: readonly Range[]): Omit<Range, 'primary'> {
  const named = ranges.filter(({ primary }) => primary === language)
  const meant = named.length ? named : ranges.filter(({ primary }) => primary === '*')
  return meant.toSorted((a, b) => b.weight - a.weight)[0] ?? { weight: 0, place: MOST }
}

/** Nothing of ours is liked: English, unless just that is refused by name. */
const unrefused = (ranges: readonly Range[]): Language =>
  ranges.some(({ primary }) => primary === 'en') && !ranges.some(({ primary }) => primary === 'ja') ? 'ja' : 'en'
