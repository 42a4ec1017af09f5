import type { client } from '../api.ts'
import { maybeOneOf, maybeText, oneOf, text, viewOf } from '../parts/view.ts'

/** Rows as the API answers them. */
export type Signal = Awaited<ReturnType<typeof client.signals.list>>['items'][number]
export type Handoff = Awaited<ReturnType<typeof client.handoffs.list>>['items'][number]
export type Deal = Awaited<ReturnType<typeof client.deals.list>>['items'][number]
export type DealDetail = Awaited<ReturnType<typeof client.deals.get>>

/** A deal's state as a filter. */
export const stateRead = maybeOneOf(['open', 'won', 'lost'])

/** What of the deals page stands in its address. */
export const dealSearch = viewOf({
  view: oneOf(['board', 'list'], 'board'),
  owner: maybeOneOf(['me', 'none']),
  state: stateRead,
  q: text,
  deal: maybeText,
  add: maybeOneOf(['yes']),
  lead: maybeText,
})
export type DealSearch = ReturnType<typeof dealSearch.parse>
