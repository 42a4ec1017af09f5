import { maybeOneOf, maybeText, text, viewOf } from '../parts/view.ts'

/** Orders that an index serves; besides them, any fact by its name. */
export const sorts = ['seen', 'created', 'score', 'name', 'company', 'priority', 'owner'] as const
export const DENSITIES = ['compact', 'standard', 'roomy'] as const
export const ROW_HEIGHT = { compact: 36, standard: 44, roomy: 60 } as const
export const INITIALS = ['ア', 'カ', 'サ', 'タ', 'ナ', 'ハ', 'マ', 'ヤ', 'ラ', 'ワ', 'A', '#'] as const

/** The lead list's address. */
export const leadSearch = viewOf({
  q: text,
  sort: (raw) => (typeof raw === 'string' && raw !== '' ? raw : 'seen'),
  dir: maybeOneOf(['asc', 'desc']),
  owner: maybeText,
  stage: maybeText,
  heat: maybeText,
  source: maybeText,
  segment: maybeText,
  prefecture: maybeText,
  industry: maybeText,
  sendable: maybeOneOf(['yes', 'no']),
  priority: maybeOneOf(['high', 'middle', 'low']),
  status: maybeOneOf(['active', 'on_hold', 'invalid']),
  tag: maybeText,
  initial: maybeOneOf(INITIALS),
  // A rule in the address is JSON, which the router reads as an object.
  rule: (raw) => (typeof raw === 'object' && raw !== null ? JSON.stringify(raw) : typeof raw === 'string' ? raw : undefined),
  cols: maybeText,
  density: maybeOneOf(DENSITIES),
  view: maybeText,
  add: maybeText,
  review: maybeText,
})
export type LeadSearch = ReturnType<typeof leadSearch.parse>

export const filterNames = [
  'owner',
  'stage',
  'heat',
  'segment',
  'source',
  'sendable',
  'prefecture',
  'industry',
  'priority',
  'status',
  'tag',
] as const
export type FilterName = (typeof filterNames)[number]

/** The filters in force, as the API takes them. */
export function filtersIn(search: LeadSearch) {
  const entries = (['q', ...filterNames, 'initial', 'rule'] as const).flatMap((name) =>
    search[name] ? [[name, search[name]] as const] : [],
  )
  return Object.fromEntries(entries) as Partial<Pick<LeadSearch, FilterName | 'q' | 'initial' | 'rule'>>
}

/** What a saved view keeps of the address. */
export function viewParams(search: LeadSearch): Record<string, string> {
  const { cols: _cols, density: _density, view: _view, add: _add, review: _review, ...kept } = search
  return Object.fromEntries(
    Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''),
  )
}
