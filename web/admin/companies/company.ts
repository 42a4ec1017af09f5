import type { client } from '../api.ts'
import type { Field } from '../identify/fieldShow.ts'
import { maybeOneOf, maybeText, oneOf, text, viewOf } from '../parts/view.ts'

/** Rows as the API answers them. */
export type Company = Awaited<ReturnType<typeof client.companies.get>>
export type CompanyLine = Awaited<ReturnType<typeof client.companies.list>>['items'][number]
export type CompanyMember = Awaited<ReturnType<typeof client.companies.people>>['items'][number]
export type Candidate = Awaited<ReturnType<typeof client.companies.candidates>>['items'][number]
export type CompanySegment = Awaited<ReturnType<typeof client.companySegments.list>>['items'][number]

/** The value a company has of a field, as its words are found. */
export function companyValue(company: CompanyLine, field: Field): unknown {
  if (field.custom) return company.attrs[field.key]
  if (field.key === 'owner') return company.ownerName
  if (field.key === 'fiscalMonth') return company.fiscalMonth === null ? null : String(company.fiscalMonth)
  return (company as unknown as Record<string, unknown>)[field.key]
}

export const ROLES = ['decider', 'influencer', 'champion', 'user', 'gatekeeper', 'unknown'] as const
export type BuyingRole = (typeof ROLES)[number]
export const SORTS = ['score', 'engagement', 'people', 'name', 'created'] as const

/** What of the list stands in its address. */
export const companySearch = viewOf({
  q: text,
  sort: oneOf(SORTS, 'score'),
  industry: maybeText,
  prefecture: maybeText,
  employeeBand: maybeText,
  segment: maybeText,
  // A rule in the address is JSON, which the router reads as an object.
  rule: (raw) => (typeof raw === 'object' && raw !== null ? JSON.stringify(raw) : typeof raw === 'string' ? raw : undefined),
  add: maybeOneOf(['yes']),
})
export type CompanySearch = ReturnType<typeof companySearch.parse>
