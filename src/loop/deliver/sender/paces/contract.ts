// What each receiving group is sent, and why. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant } from '#kernel/endpoint.ts'

const perMinute = z.number().int().min(1).max(100_000).nullable()
const connections = z.number().int().min(1).max(50).nullable()
/** A domain, or one of the names a group goes by. */
const receiver = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'a domain')

const pace = z.object({
  receiver: z.string().meta({ description: 'A provider (google, microsoft, …) or a domain that receives for itself' }),
  perMinute: z.number().nullable().meta({ description: 'Mails per minute it is sent at most now' }),
  connections: z.number().int().nullable().meta({ description: 'Mails on the wire to it at a time, at most' }),
  why: z.enum(['rate', 'connections', 'fixed']),
  reply: z.string().meta({ description: 'What its server said when it last asked for less' }),
  since: instant.meta({ description: 'When it last asked for less, or when somebody set the limit' }),
  raisedAt: instant.nullable().meta({ description: 'When the learnt limit last changed' }),
  step: z.number().nullable().meta({ description: 'How many mails per minute a quiet minute adds' }),
  by: z.string().nullable().meta({ description: 'Who set the limit' }),
  learnt: z.boolean().meta({ description: 'Something was learnt of it, too' }),
})
export type PaceShown = z.output<typeof pace>

export const pacesContract = {
  list: endpoint({
    method: 'GET',
    path: '/mail/paces',
    permission: 'mail.read',
    summary: 'Receiving groups that are sent less than could be sent, and why',
    input: z.object({}),
    output: z.object({ items: z.array(pace) }),
  }),
  set: endpoint({
    method: 'PUT',
    path: '/mail/paces/{domain}',
    permission: 'settings.write',
    summary: 'Set what the group a domain belongs to is sent at most; both null: learnt from its answers again',
    input: z.object({ domain: receiver, perMinute, connections }),
    output: z.object({ receiver: z.string() }),
  }),
  forget: endpoint({
    method: 'POST',
    path: '/mail/paces/{receiver}/forget',
    permission: 'settings.write',
    summary: 'Forget what was learnt of a group',
    input: z.object({ receiver }),
    output: done,
  }),
}
