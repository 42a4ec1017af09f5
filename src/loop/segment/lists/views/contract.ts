// Saved views of lists: filter, order, columns, density; one's own or everybody's. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'

export const LISTS = ['leads', 'companies', 'deals', 'visitors'] as const
const list = z.enum(LISTS)
const name = z.string().trim().min(1).max(80)

/** What a view keeps: the search params of the page, as they stand in its address, and how the grid looks. */
export const viewState = z.strictObject({
  search: z.record(z.string().max(60), z.string().max(6_000)).default({}),
  columns: z.array(z.string().max(120)).max(40).optional(),
  density: z.enum(['compact', 'standard', 'roomy']).optional(),
})

const view = z.object({
  id: uuid,
  list,
  name: z.string(),
  shared: z.boolean(),
  isMine: z.boolean(),
  by: z.string(),
  state: viewState,
  changedAt: instant,
})
export type SavedView = z.output<typeof view>

export const viewsContract = {
  list: endpoint({
    method: 'GET',
    path: '/views',
    permission: 'self.read',
    summary: 'One’s own saved views of a list, and those shared with everybody',
    input: z.object({ list }),
    output: z.object({ items: z.array(view) }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/views',
    permission: 'self.write',
    summary: 'Save a view',
    input: z.object({ list, name, shared: z.boolean().default(false), state: viewState }),
    output: view,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/views/{id}',
    permission: 'self.write',
    summary: 'Rename a view, share it, or keep another state in it',
    input: z.object({ id: uuid, name: name.optional(), shared: z.boolean().optional(), state: viewState.optional() }),
    output: view,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/views/{id}',
    permission: 'self.write',
    summary: 'Forget a view',
    input: z.object({ id: uuid }),
    output: done,
  }),
}
