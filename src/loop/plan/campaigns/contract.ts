import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { CAMPAIGN_KINDS } from './vocabulary.ts'

const name = z.string().trim().min(1).max(200)
const day = z.iso
  .date()
  .refine((text) => text >= '1900-01-01' && text <= '2999-12-31', 'no day we can plan with')
  .nullable()
const text = z.string().trim().max(2_000).nullable()
const status = z.string().trim().min(1).max(60)
const kind = z.enum(CAMPAIGN_KINDS)

export const campaign = z.object({
  id: uuid,
  name: z.string(),
  kind,
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  source: z.string().nullable().describe('The lead source its people come with'),
  note: z.string().nullable(),
  statuses: z.array(z.string()),
  members: z.number().int(),
  madeBy: z.string(),
  createdAt: instant,
})
export type Campaign = z.infer<typeof campaign>

const member = z.object({
  leadId: uuid,
  name: z.string(),
  companyName: z.string().nullable(),
  mail: z.string().nullable(),
  status: z.string(),
  joinedAt: instant,
  statusAt: instant,
})

const given = {
  name,
  kind,
  startsOn: day.optional(),
  endsOn: day.optional(),
  source: z.string().trim().max(200).nullable().optional(),
  note: text.optional(),
  statuses: z.array(status).min(1).max(30).optional(),
}

export const campaignsContract = {
  list: endpoint({
    method: 'GET',
    path: '/campaigns',
    permission: 'plan.read',
    summary: 'Campaigns (施策): those without a date first, then the newest',
    input: z.object({ ...pageQuery, kind: kind.optional(), q: z.string().max(200).optional() }),
    output: page(campaign),
  }),
  get: endpoint({
    method: 'GET',
    path: '/campaigns/{id}',
    permission: 'plan.read',
    summary: 'One campaign with the number of its members by status',
    input: z.object({ id: uuid }),
    output: campaign.extend({ counts: z.array(z.object({ status: z.string(), n: z.number().int() })) }),
  }),
  members: endpoint({
    method: 'GET',
    path: '/campaigns/{id}/members',
    permission: 'leads.read',
    summary: 'The people of a campaign, the last changed first',
    input: z.object({ id: uuid, status: status.optional(), ...pageQuery }),
    output: page(member),
  }),
  ofLead: endpoint({
    method: 'GET',
    path: '/leads/{leadId}/campaigns',
    permission: 'leads.read',
    summary: 'The campaigns a lead is in (ROI-04)',
    input: z.object({ leadId: uuid }),
    output: z.object({
      items: z.array(
        z.object({
          id: uuid,
          name: z.string(),
          kind,
          status: z.string(),
          statuses: z.array(z.string()),
          joinedAt: instant,
          statusAt: instant,
        }),
      ),
    }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/campaigns',
    permission: 'plan.write',
    summary: 'Make a campaign; its statuses follow from its kind when none are given',
    input: z.object(given),
    output: z.object({ id: uuid }),
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/campaigns/{id}',
    permission: 'plan.write',
    summary: 'Change a campaign; what is left out stays. A status that members stand at cannot be left out',
    input: z.object({ ...given, id: uuid, name: name.optional(), kind: kind.optional() }),
    output: done,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/campaigns/{id}',
    permission: 'plan.write',
    summary: 'Take a campaign away; it can be restored',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/campaigns/{id}/restore',
    permission: 'plan.write',
    summary: 'Bring a removed campaign back',
    input: z.object({ id: uuid }),
    output: done,
  }),
  join: endpoint({
    method: 'POST',
    path: '/campaigns/{id}/members',
    permission: 'leads.write',
    summary: 'People take part, or their status changes',
    input: z.object({ id: uuid, leadIds: z.array(uuid).min(1).max(1_000), status }),
    output: z.object({ changed: z.number().int() }),
  }),
  leave: endpoint({
    method: 'DELETE',
    path: '/campaigns/{id}/members/{leadId}',
    permission: 'leads.write',
    summary: 'A lead takes no part any more',
    input: z.object({ id: uuid, leadId: uuid }),
    output: done,
  }),
}
