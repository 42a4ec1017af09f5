// People who decide together at home, for houses, cars and money: no company is needed. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'

export const RELATIONS = ['head', 'partner', 'child', 'parent', 'other'] as const
const relation = z.enum(RELATIONS)
const name = z.string().trim().min(1).max(100)

export const householdsContract = {
  ofLead: endpoint({
    method: 'GET',
    path: '/households/of/{leadId}',
    permission: 'leads.read',
    summary: 'The household of a lead with its members',
    input: z.object({ leadId: uuid }),
    output: z.object({
      household: z
        .object({
          id: uuid,
          name: z.string(),
          members: z.array(z.object({ id: uuid, name: z.string(), mail: z.string().nullable(), relation, since: instant })),
        })
        .nullable(),
    }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/households',
    permission: 'leads.write',
    summary: 'A household with its first member',
    input: z.object({ leadId: uuid, name, relation: relation.default('head') }),
    output: z.object({ id: uuid }),
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/households/{id}',
    permission: 'leads.write',
    summary: 'Another name for a household',
    input: z.object({ id: uuid, name }),
    output: done,
  }),
  join: endpoint({
    method: 'POST',
    path: '/households/{id}/members',
    permission: 'leads.write',
    summary: 'Puts a lead into a household, or says what it is there; it leaves another one',
    input: z.object({ id: uuid, leadId: uuid, relation: relation.default('other') }),
    output: done,
  }),
  leave: endpoint({
    method: 'DELETE',
    path: '/households/of/{leadId}',
    permission: 'leads.write',
    summary: 'Takes a lead out of its household; an empty one is gone',
    input: z.object({ leadId: uuid }),
    output: done,
  }),
}
