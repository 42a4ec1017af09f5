import { z } from 'zod/mini'
import type { client } from '../api.ts'

/** Rows as the API answers them. */
export type Signal = Awaited<ReturnType<typeof client.signals.list>>['items'][number]
export type Handoff = Awaited<ReturnType<typeof client.handoffs.list>>['items'][number]
export type Deal = Awaited<ReturnType<typeof client.deals.list>>['items'][number]
export type DealDetail = Awaited<ReturnType<typeof client.deals.get>>

/** What of the deals page stands in its address. */
export const dealSearch = z.object({
  view: z.catch(z.enum(['board', 'list']), 'board'),
  owner: z.catch(z.optional(z.enum(['me', 'none'])), undefined),
  state: z.catch(z.optional(z.enum(['open', 'won', 'lost'])), undefined),
  q: z.catch(z.string(), ''),
  deal: z.catch(z.optional(z.string()), undefined),
  add: z.catch(z.optional(z.literal('yes')), undefined),
  lead: z.catch(z.optional(z.string()), undefined),
})
export type DealSearch = z.output<typeof dealSearch>
