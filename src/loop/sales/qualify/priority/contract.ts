// Whom to call now. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { leadBrief } from '../../signals/contract.ts'

export const PRIORITY_REASONS = [
  'handoff',
  'handoffLate',
  'taskLate',
  'taskToday',
  'hot',
  'act',
  'deal',
  'dealClosing',
  'company',
  'rank',
  'waited',
  'justSpoken',
] as const
export type PriorityReason = (typeof PRIORITY_REASONS)[number]

const reason = z.object({
  kind: z.enum(PRIORITY_REASONS),
  points: z.number().int(),
  /** Since when, or when due. */
  at: instant.nullable(),
  /** A task's title, a deal's stage, the kind of an act, a rank. */
  text: z.string().nullable(),
  /** How many colleagues, days. */
  n: z.number().int().nullable(),
})
export type Reason = z.output<typeof reason>

const line = z.object({
  lead: leadBrief,
  ownerId: uuid.nullable(),
  points: z.number().int(),
  reasons: z.array(reason),
  rank: z.string().nullable(),
  lastActAt: instant.nullable(),
  touchedAt: instant.nullable(),
})
export type PriorityLine = z.output<typeof line>

const one = { leadId: uuid }

export const priorityContract = {
  list: endpoint({
    method: 'GET',
    path: '/priority',
    permission: 'leads.read',
    summary: 'Whom to call now, the most urgent first, with the reasons and their points',
    input: z.object({ scope: z.enum(['mine', 'all']).default('all'), limit: z.coerce.number().int().min(1).max(200).default(100) }),
    output: z.object({ items: z.array(line), snoozed: z.number().int() }),
  }),
  done: endpoint({
    method: 'POST',
    path: '/priority/{leadId}/done',
    permission: 'leads.write',
    summary: 'Dealt with: the lead comes back when it does something new',
    input: z.object(one),
    output: done,
  }),
  snooze: endpoint({
    method: 'POST',
    path: '/priority/{leadId}/snooze',
    permission: 'leads.write',
    summary: 'Puts a lead off for so many days',
    input: z.object({ ...one, days: z.number().int().min(1).max(90) }),
    output: done,
  }),
  back: endpoint({
    method: 'POST',
    path: '/priority/{leadId}/back',
    permission: 'leads.write',
    summary: 'Takes "done" or "later" back',
    input: z.object(one),
    output: done,
  }),
}
