import { z } from 'zod'
import type { client } from '../api.ts'

/** Rows as the API answers them. */
export type Signal = Awaited<ReturnType<typeof client.signals.list>>['items'][number]
export type Handoff = Awaited<ReturnType<typeof client.handoffs.list>>['items'][number]
export type Deal = Awaited<ReturnType<typeof client.deals.list>>['items'][number]
export type DealDetail = Awaited<ReturnType<typeof client.deals.get>>

/** What of the deals page stands in its address. */
export const dealSearch = z.object({
  view: z.enum(['board', 'list']).catch('board').default('board'),
  owner: z.enum(['me', 'none']).optional().catch(undefined),
  state: z.enum(['open', 'won', 'lost']).optional().catch(undefined),
  q: z.string().catch('').default(''),
  deal: z.string().optional().catch(undefined),
  add: z.literal('yes').optional().catch(undefined),
  lead: z.string().optional().catch(undefined),
})
export type DealSearch = z.output<typeof dealSearch>
