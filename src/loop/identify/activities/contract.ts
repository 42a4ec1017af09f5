import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { ACTIVITY_KINDS } from './kinds/contract.ts'

export const activity = z.object({
  leadId: uuid,
  id: uuid,
  kind: z.enum(ACTIVITY_KINDS),
  at: instant,
  direction: z.enum(['in', 'out']).nullable(),
  result: z.string().nullable(),
  minutes: z.number().int().nullable(),
  title: z.string().nullable(),
  body: z.string().nullable(),
  pinned: z.boolean(),
  userId: z.string().nullable(),
  userName: z.string(),
  colleagues: z.array(z.object({ id: z.string(), name: z.string() })),
  /** How many people the same act was with. */
  with: z.number().int(),
  changedAt: instant.nullable(),
})
export type Activity = z.infer<typeof activity>

const text = (most: number) => z.string().trim().max(most)
const what = {
  at: instant.optional().describe('When it was; now when absent'),
  direction: z.enum(['in', 'out']).nullable().optional(),
  result: z.string().max(40).nullable().optional(),
  minutes: z.number().int().min(0).max(1_440).nullable().optional(),
  title: text(200).nullable().optional(),
  body: text(10_000).nullable().optional(),
  pinned: z.boolean().optional(),
  colleagues: z.array(uuid).max(20).optional(),
}
const one = { leadId: uuid, id: uuid }
const these = z.object({ items: z.array(z.object(one)).min(1).max(200) })

const told = z.string().trim().max(500)
/** What is learnt of a caller. */
const caller = z.object({
  familyName: told.optional(),
  givenName: told.optional(),
  companyName: told.optional(),
  department: told.optional(),
  title: told.optional(),
})

export const activitiesContract = {
  list: endpoint({
    method: 'GET',
    path: '/leads/{leadId}/activities',
    permission: 'leads.read',
    summary: 'What colleagues did with a lead and noted of them: pinned first, then newest first',
    input: z.object({ leadId: uuid, kind: z.enum(ACTIVITY_KINDS).optional(), ...pageQuery }),
    output: page(activity),
  }),
  add: endpoint({
    method: 'POST',
    path: '/activities',
    permission: 'leads.write',
    summary: 'Record a call, visit, note … with one lead or several at once; it appears on their timelines',
    input: z.object({ leadIds: z.array(uuid).min(1).max(200), kind: z.enum(ACTIVITY_KINDS), ...what }),
    output: these,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/activities/{leadId}/{id}',
    permission: 'leads.write',
    summary: 'Correct what was recorded',
    input: z.object({ ...one, ...what }),
    output: activity,
  }),
  remove: endpoint({
    method: 'POST',
    path: '/activities/remove',
    permission: 'leads.write',
    summary: 'Take activities back; `restore` brings them again',
    input: these,
    output: z.object({ removed: z.number().int() }),
  }),
  restore: endpoint({
    method: 'POST',
    path: '/activities/restore',
    permission: 'leads.write',
    summary: 'Bring removed activities back',
    input: these,
    output: z.object({ restored: z.number().int() }),
  }),
  match: endpoint({
    method: 'GET',
    path: '/calls/match',
    permission: 'leads.read',
    summary: 'Whose number this is, however it is written',
    input: z.object({ number: z.string().max(60) }),
    output: z.object({
      /** E.164, null when it cannot be a phone number. */
      phone: z.string().nullable(),
      items: z.array(
        z.object({
          id: uuid,
          name: z.string(),
          companyName: z.string().nullable(),
          title: z.string().nullable(),
          phone: z.string().nullable(),
          ownerName: z.string().nullable(),
          lastSeenAt: instant.nullable(),
        }),
      ),
    }),
  }),
  call: endpoint({
    method: 'POST',
    path: '/calls',
    permission: 'leads.write',
    summary: 'Record a call while it runs: with a known lead, or with a new one whose source becomes 電話',
    input: z.object({
      leadId: uuid.optional(),
      number: z.string().max(60),
      mail: z.string().max(300).optional(),
      caller: caller.optional(),
      direction: z.enum(['in', 'out']).default('in'),
      result: z.string().max(40).nullable().optional(),
      minutes: z.number().int().min(0).max(1_440).nullable().optional(),
      body: text(10_000).nullable().optional(),
    }),
    output: z.object({ leadId: uuid, id: uuid, made: z.boolean() }),
  }),
}
