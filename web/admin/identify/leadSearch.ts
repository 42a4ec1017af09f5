import { z } from 'zod'

export const sorts = ['seen', 'created', 'score', 'name'] as const
const text = z.string().optional().catch(undefined)

/** The lead list's address. */
export const leadSearch = z.object({
  q: z.string().catch(''),
  sort: z.enum(sorts).catch('seen'),
  owner: text,
  stage: text,
  heat: text,
  source: text,
  segment: text,
  prefecture: text,
  industry: text,
  sendable: z.enum(['yes', 'no']).optional().catch(undefined),
  add: text,
  review: text,
})
export type LeadSearch = z.infer<typeof leadSearch>

export const filterNames = ['owner', 'stage', 'heat', 'segment', 'source', 'sendable', 'prefecture', 'industry'] as const
export type FilterName = (typeof filterNames)[number]

/** The filters in force, as the API takes them. */
export function filtersIn(search: LeadSearch) {
  const entries = (['q', ...filterNames] as const).flatMap((name) => (search[name] ? [[name, search[name]] as const] : []))
  return Object.fromEntries(entries) as Partial<Pick<LeadSearch, FilterName | 'q'>>
}
