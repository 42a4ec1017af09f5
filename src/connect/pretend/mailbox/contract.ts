import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

const summary = z.object({
  id: uuid,
  at: instant,
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  read: z.boolean(),
  bytes: z.number().int(),
})

/** The built-in mailbox: what would have left, had an SMTP server been set. */
export const mailboxContract = {
  list: endpoint({
    method: 'GET',
    path: '/mailbox',
    permission: 'mail.read',
    summary: 'Mails in the built-in mailbox, newest first',
    input: z.object({ ...pageQuery, search: z.string().max(200).optional() }),
    output: page(summary).extend({ unread: z.number().int() }),
  }),
  get: endpoint({
    method: 'GET',
    path: '/mailbox/{id}',
    permission: 'mail.read',
    summary: 'One mail of the built-in mailbox',
    input: z.object({ id: uuid }),
    output: summary.extend({
      html: z.string(),
      text: z.string(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })),
      source: z.string(),
    }),
  }),
  read: endpoint({
    method: 'POST',
    path: '/mailbox/{id}/read',
    permission: 'mail.read',
    summary: 'Mark a mail as read',
    input: z.object({ id: uuid }),
    output: done,
  }),
  clear: endpoint({
    method: 'DELETE',
    path: '/mailbox',
    permission: 'mail.write',
    summary: 'Empty the built-in mailbox',
    input: z.object({}),
    output: done,
  }),
}
