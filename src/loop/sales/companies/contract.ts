// What companies are worth, over HTTP. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, uuid } from '#kernel/endpoint.ts'

export const dealOfCompany = z.object({
  id: uuid,
  name: z.string(),
  amount: z.number().nullable(),
  stage: z.string(),
  state: z.enum(['open', 'won', 'lost']),
  expectedClose: z.string().nullable(),
  closedAt: instant.nullable(),
  changedAt: instant,
})

export const companyDealsContract = {
  ofCompany: endpoint({
    method: 'GET',
    path: '/companies/{id}/deals',
    permission: 'deals.read',
    summary: 'The deals of a company and what they are worth: LTV is the sum of the won ones',
    input: z.object({ id: uuid }),
    output: z.object({
      items: z.array(dealOfCompany),
      ltv: z.number(),
      won: z.number().int(),
      open: z.number().int(),
      openAmount: z.number(),
      lost: z.number().int(),
      firstWonAt: instant.nullable(),
      lastWonAt: instant.nullable(),
    }),
  }),
  ltv: endpoint({
    method: 'GET',
    path: '/deals/ltv',
    permission: 'deals.read',
    summary: 'Worth of won deals by company, person or the source that brought them; the largest first',
    input: z.object({
      by: z.enum(['company', 'person', 'source']).default('company'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    output: z.object({
      items: z.array(
        z.object({
          key: z.string().nullable(),
          name: z.string().nullable(),
          won: z.number().int(),
          amount: z.number(),
          customers: z.number().int(),
        }),
      ),
    }),
  }),
}
