// How columns are called: in Japanese and English lists, and in the exports of tools that people come from.
import { personColumns } from '#loop/identify/fields/columns.ts'
import { DEAL_HEADERS, HEADERS, TOOLS } from './dictionary.ts'
import { kindOfValues } from './values.ts'

/** A header as it is compared. */
export const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_*]/g, '')

const own = (headers: Readonly<Record<string, readonly string[]>>): Map<string, string> =>
  new Map(Object.entries(headers).flatMap(([target, words]) => words.map((word) => [plain(word), target] as const)))
const PEOPLE = own(HEADERS)
const DEALS = own(DEAL_HEADERS)
const COLUMNS = own(
  Object.fromEntries(personColumns.map((column) => [column.field, [column.field, column.ja, column.en, ...(column.headers ?? [])]])),
)

const STANDARD = [...new Set([...Object.keys(HEADERS), ...personColumns.map((column) => column.field), 'optOut'])]
/** Targets of people besides custom fields. */
export const TARGETS: readonly string[] = STANDARD
/** Targets of deals. */
export const DEAL_TARGETS: readonly string[] = [...Object.keys(DEAL_HEADERS), 'note']

interface Custom {
  readonly key: string
  readonly ja: string
  readonly en: string
}

export interface Proposal {
  readonly mapping: string[]
  /** The tool the file comes from, when its headers say so. */
  readonly tool: string | null
}

/** Which target each column means, by its header, then by its values; no target twice, '' where nothing fits. */
export function propose(
  headers: readonly string[],
  sample: readonly (readonly string[])[],
  custom: readonly Custom[],
  ofCompany: readonly Custom[] = [],
): Proposal {
  const asked = headers.map(plain)
  const there = new Set(asked)
  const tool = TOOLS.find((one) => one.signs.every((sign) => there.has(plain(sign))))
  const more = new Map(Object.entries(tool?.more ?? {}).map(([word, target]) => [plain(word), target]))
  // A field of leads comes before one of companies of the same name; "会社：…", as exports call it, says which is meant.
  const customs = new Map([
    ...ofCompany.flatMap(({ key, ja, en }) =>
      [key, ja, en, `会社：${ja}`, `Company: ${en}`, `company.${key}`].map((word) => [plain(word), `company.${key}`] as const),
    ),
    ...custom.flatMap((field) => [field.key, field.ja, field.en].map((word) => [plain(word), `attrs.${field.key}`] as const)),
  ])
  const taken = new Set<string>()
  const take = (target: string | undefined): string => {
    if (!target || taken.has(target)) return ''
    taken.add(target)
    return target
  }
  const byHeader = asked.map((word) => take(more.has(word) ? more.get(word) : (customs.get(word) ?? PEOPLE.get(word) ?? COLUMNS.get(word))))
  const known = (word: string) => more.has(word) || customs.has(word) || PEOPLE.has(word) || COLUMNS.has(word)
  const mapping = byHeader.map((target, index) => {
    if (target || known(asked[index] ?? '')) return target
    const kind = kindOfValues(sample.map((row) => row[index] ?? ''))
    return TARGETS.includes(kind) ? take(kind) : ''
  })
  return { mapping, tool: tool?.name ?? null }
}

/** The same for deals: columns that nobody knows are told in the note. */
export function proposeDeals(headers: readonly string[]): string[] {
  const taken = new Set<string>()
  return headers.map((header) => {
    const target = DEALS.get(plain(header))
    // What nobody knows is told in the note: nothing of a deal's past is lost by not having a field for it.
    if (!target || taken.has(target)) return header.trim() ? 'note' : ''
    taken.add(target)
    return target
  })
}

/** Does this file tell of deals rather than of people? */
export function looksLikeDeals(headers: readonly string[]): boolean {
  const targets = new Set(proposeDeals(headers))
  const person = headers.some((header) => ['familyName', 'givenName', 'fullName'].includes(PEOPLE.get(plain(header)) ?? ''))
  return targets.has('closedAt') && (targets.has('leadExternalId') || targets.has('leadMail')) && !person
}
