import type { client } from '../api.ts'
import { maybeOneOf, maybeText, text, viewOf } from '../parts/view.ts'

export type CampaignRow = Awaited<ReturnType<typeof client.campaigns.list>>['items'][number]
export type CampaignDetail = Awaited<ReturnType<typeof client.campaigns.get>>
export const KINDS = ['exhibition', 'seminar', 'ad', 'mail', 'web', 'other'] as const
export type Kind = (typeof KINDS)[number]
export const KIND_TONE = { exhibition: 'violet', seminar: 'blue', ad: 'amber', mail: 'teal', web: 'green', other: 'grey' } as const

/** What of the list stands in its address. */
export const campaignsSearch = viewOf({ kind: maybeOneOf(KINDS), q: text, add: maybeOneOf(['yes']) })
/** What of a campaign's page stands in its address. */
export const campaignSearch = viewOf({ status: maybeText })

/** A period as people write it; the year of the end is left out when it is the same. */
export function periodOf(from: string | null, to: string | null): string {
  const said = (day: string) => day.replaceAll('-', '/')
  if (!from && !to) return ''
  if (!from || !to || from === to) return said(from ?? to ?? '')
  return `${said(from)} – ${from.slice(0, 4) === to.slice(0, 4) ? said(to).slice(5) : said(to)}`
}
