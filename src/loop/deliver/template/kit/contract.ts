import { z } from 'zod'
import { done, endpoint, uuid } from '#kernel/endpoint.ts'
import { block } from '../contract.ts'

const colour = z.string().regex(/^#[0-9a-f]{6}$/i)
export const brand = z.object({ colours: z.array(colour).max(8) })

const saved = z.object({ id: uuid, name: z.string(), block })
export type SavedBlock = z.infer<typeof saved>

/** What a company uses in all its mails: blocks that are used again, and its colours. */
export const templateKitContract = {
  get: endpoint({
    method: 'GET',
    path: '/template-kit',
    permission: 'templates.read',
    summary: 'Saved blocks and the colours of the company',
    input: z.object({}),
    output: z.object({ blocks: z.array(saved), colours: z.array(z.string()) }),
  }),
  saveBlock: endpoint({
    method: 'POST',
    path: '/template-kit/blocks',
    permission: 'templates.write',
    summary: 'Keep a block to use it again',
    input: z.object({ name: z.string().trim().min(1).max(80), block }),
    output: saved,
  }),
  removeBlock: endpoint({
    method: 'DELETE',
    path: '/template-kit/blocks/{id}',
    permission: 'templates.write',
    summary: 'Forget a saved block; templates that hold it keep theirs',
    input: z.object({ id: uuid }),
    output: done,
  }),
  setColours: endpoint({
    method: 'PUT',
    path: '/template-kit/colours',
    permission: 'templates.write',
    summary: 'Set the colours of the company',
    input: brand,
    output: z.object({ colours: z.array(z.string()) }),
  }),
}
