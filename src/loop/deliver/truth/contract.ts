// Whose networks read mail: what the house knows, and what an operator adds. Browser-safe.
import { z } from 'zod'
import { endpoint } from '#kernel/endpoint.ts'

const own = z.object({
  range: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/, 'a range such as 203.0.113.0/24 or 2001:db8::/32')
    .meta({ description: 'CIDR, IPv4 or IPv6' }),
  kind: z.enum(['gateway', 'datacentre', 'people']).meta({
    description: 'gateway: what looks at mails before people do · datacentre: raises doubt · people: says nothing, whatever the table says',
  }),
  name: z.string().trim().min(1).max(60),
})
const list = z.object({ own: z.array(own).max(200) })
export const ownNetworks = list

export const networksContract = {
  read: endpoint({
    method: 'GET',
    path: '/mail/networks',
    permission: 'mail.read',
    summary: 'Networks that say something about who reads a mail',
    input: z.object({}),
    output: list.extend({
      swept: z
        .array(z.object({ domain: z.string(), mails: z.number().int(), swept: z.number().int() }))
        .describe(
          'Receiving domains learned in the last thirty days: `swept` of `mails` had links that a machine followed within a minute',
        ),
      known: z.array(
        z.object({ owner: z.string(), kind: z.enum(['gateway', 'apple', 'datacentre']), source: z.string(), ranges: z.array(z.string()) }),
      ),
    }),
  }),
  save: endpoint({
    method: 'PUT',
    path: '/mail/networks',
    permission: 'settings.write',
    summary: 'Set the networks of one’s own; they go before the table, in this order, for hits from now on',
    input: list,
    output: list,
  }),
}
