import { maybeOneOf, maybeText, oneOf, text, viewOf } from '../parts/view.ts'

export const sorts = ['seen', 'created', 'score', 'name'] as const

/** The lead list's address. */
export const leadSearch = viewOf({
  q: text,
  sort: oneOf(sorts, 'seen'),
  owner: maybeText,
  stage: maybeText,
  heat: maybeText,
  source: maybeText,
  segment: maybeText,
  prefecture: maybeText,
  industry: maybeText,
  sendable: maybeOneOf(['yes', 'no']),
  add: maybeText,
  review: maybeText,
})
export type LeadSearch = ReturnType<typeof leadSearch.parse>

export const filterNames = ['owner', 'stage', 'heat', 'segment', 'source', 'sendable', 'prefecture', 'industry'] as const
export type FilterName = (typeof filterNames)[number]

/** The filters in force, as the API takes them. */
export function filtersIn(search: LeadSearch) {
  const entries = (['q', ...filterNames] as const).flatMap((name) => (search[name] ? [[name, search[name]] as const] : []))
  return Object.fromEntries(entries) as Partial<Pick<LeadSearch, FilterName | 'q'>>
}
