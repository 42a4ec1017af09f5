// The trash over HTTP: who lies there, back again, and away for good. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

const text = z.string().nullable()

export const emptying = z.object({
  total: z.number().int(),
  done: z.number().int(),
  startedAt: instant,
  endedAt: instant.nullable(),
  by: z.string(),
})
export type Emptying = z.output<typeof emptying>

export const trashContract = {
  list: endpoint({
    method: 'GET',
    path: '/trash',
    permission: 'leads.bulk',
    summary: 'Leads in the trash, the last put there first',
    input: z.object(pageQuery),
    output: page(z.object({ id: uuid, name: text, companyName: text, mail: text, at: instant, until: instant, by: z.string() })),
  }),
  state: endpoint({
    method: 'GET',
    path: '/trash/state',
    permission: 'leads.bulk',
    summary: 'How many lie in the trash, and how far its emptying is',
    input: z.object({}),
    output: z.object({ n: z.number().int(), emptying: emptying.nullable() }),
  }),
  restore: endpoint({
    method: 'POST',
    path: '/trash/restore',
    permission: 'leads.bulk',
    summary: 'Take leads out of the trash, as they were',
    input: z.object({ ids: z.array(uuid).min(1).max(500) }),
    output: z.object({ restored: z.number().int() }),
  }),
  empty: endpoint({
    method: 'POST',
    path: '/trash/empty',
    permission: 'leads.erase',
    summary: 'Erase for good everybody who lies in the trash now, as a job; this cannot be undone',
    input: z.object({}),
    output: z.object({ n: z.number().int() }),
  }),
}
