import { z } from 'zod'
import { endpoint, instant, uuid } from '#kernel/endpoint.ts'

export const leadFile = z.object({
  leadId: uuid,
  id: uuid,
  name: z.string(),
  extension: z.string(),
  size: z.number().int(),
  createdAt: instant,
  createdBy: z.string(),
})
export type LeadFile = z.infer<typeof leadFile>

const one = { leadId: uuid, id: uuid }

/**
 * Beside these: `POST /api/leads/{leadId}/files/upload?name=…` with the file as the body, and
 * `GET /api/leads/{leadId}/files/{id}/content` for the file itself.
 */
export const filesContract = {
  list: endpoint({
    method: 'GET',
    path: '/leads/{leadId}/files',
    permission: 'leads.read',
    summary: 'The files kept beside a lead, newest first',
    input: z.object({ leadId: uuid }),
    output: z.object({ items: z.array(leadFile) }),
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/leads/{leadId}/files/{id}',
    permission: 'leads.write',
    summary: 'Take a file away; `restore` brings it again for a day',
    input: z.object(one),
    output: z.object({ removed: z.boolean() }),
  }),
  restore: endpoint({
    method: 'POST',
    path: '/leads/{leadId}/files/{id}/restore',
    permission: 'leads.write',
    summary: 'Bring a removed file back',
    input: z.object(one),
    output: z.object({ restored: z.boolean() }),
  }),
}
