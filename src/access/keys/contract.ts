import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { SCOPES } from '../vocabulary.ts'

export const apiKey = z.object({
  id: uuid,
  name: z.string(),
  hint: z.string().describe('The first characters of the key, to tell keys apart'),
  scopes: z.array(z.enum(SCOPES)),
  madeBy: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
})
export type ApiKey = z.infer<typeof apiKey>

export const keysContract = {
  list: endpoint({
    method: 'GET',
    path: '/keys',
    permission: 'keys.read',
    summary: 'API keys, newest first',
    input: z.object({}),
    output: z.object({ items: z.array(apiKey) }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/keys',
    permission: 'keys.write',
    summary: 'Make an API key. The key itself is answered this once and never again',
    input: z.object({ name: z.string().trim().min(1).max(100), scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length) }),
    output: z.object({ id: uuid, key: z.string() }),
  }),
  revoke: endpoint({
    method: 'DELETE',
    path: '/keys/{id}',
    permission: 'keys.write',
    summary: 'Revoke an API key; it stops working at once',
    input: z.object({ id: uuid }),
    output: done,
  }),
}
