// People for whom nothing runs any more because of a fault, over HTTP. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/**
 * Why nothing runs for somebody, and `what` there is to it:
 * - `fault`: reacting to what they did failed; the error
 * - `circle`: rules feed each other; their names
 * - `restless`: a stage would never have come to rest; its name
 */
export const STUCK_KINDS = ['fault', 'circle', 'restless'] as const

const stuck = z.object({ kind: z.enum(STUCK_KINDS), what: z.string(), since: instant })
export type Stuck = z.output<typeof stuck>

export const stuckContract = {
  list: endpoint({
    method: 'GET',
    path: '/stuck',
    permission: 'scenarios.read',
    summary:
      'People for whom nothing runs any more, neither scores nor segments nor scenarios, because of a fault; the latest first. What they do meanwhile is kept',
    input: z.object(pageQuery),
    output: page(
      stuck.extend({
        id: uuid,
        name: z.string().nullable(),
        companyName: z.string().nullable(),
        mail: z.string().nullable(),
        isLead: z.boolean(),
      }),
    ).extend({ total: z.number().int().describe('At most 10,000 are counted') }),
  }),
  ofPerson: endpoint({
    method: 'GET',
    path: '/people/{person}/stuck',
    permission: 'leads.read',
    summary: 'Why nothing runs for a person; null while all is well',
    input: z.object({ person: uuid }),
    output: z.object({ stuck: stuck.nullable() }),
  }),
  retry: endpoint({
    method: 'POST',
    path: '/stuck/retry',
    permission: 'scenarios.write',
    summary:
      'Try again for these people, or, without `ids`, for everybody: all that waited is reacted to now. For whom it fails again, they stop again',
    input: z.object({ ids: z.array(uuid).min(1).max(500).optional() }),
    output: z.object({ tried: z.number().int() }),
  }),
}
