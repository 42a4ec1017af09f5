import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { leadBrief } from '../signals/contract.ts'
import { HANDOFF_REASONS, RETURN_REASON_VALUES } from './vocabulary.ts'

export const handoff = z.object({
  id: uuid,
  lead: leadBrief,
  state: z.enum(['open', 'accepted', 'returned']),
  reason: z.enum(HANDOFF_REASONS),
  note: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  ownerId: uuid.nullable(),
  madeAt: instant,
  madeBy: z.string(),
  dueAt: instant,
  overdue: z.boolean(),
  answeredAt: instant.nullable(),
  answeredBy: z.string().nullable(),
  returnReason: z.enum(RETURN_REASON_VALUES).nullable(),
  returnNote: z.string().nullable(),
})
export type Handoff = z.infer<typeof handoff>

/** When leads are handed over by themselves, and how soon sales should answer. */
export const handoffSettings = z.object({
  onHot: z.boolean().describe('When a lead becomes hot'),
  score: z
    .object({ model: z.string().min(1).max(80), total: z.number().int().min(-100_000).max(100_000) })
    .nullable()
    .describe('When this score reaches this total'),
  answerWithinHours: z.number().int().min(1).max(720),
})
export type HandoffSettings = z.infer<typeof handoffSettings>

const one = { leadId: uuid, id: uuid }

export const handoffsContract = {
  list: endpoint({
    method: 'GET',
    path: '/handoffs',
    permission: 'handoffs.read',
    summary: 'Hand-offs, newest first',
    input: z.object({
      ...pageQuery,
      state: z.enum(['open', 'overdue', 'accepted', 'returned']).optional(),
      owner: z.union([z.enum(['me', 'none']), uuid]).optional(),
      leadId: uuid.optional(),
      mql: z.coerce
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .meta({ description: 'Only those that cite this version of the MQL definition' }),
      met: z.stringbool().optional().meta({ description: 'Only those who met the definition they cite when they were handed over' }),
    }),
    output: page(handoff),
  }),
  get: endpoint({
    method: 'GET',
    path: '/handoffs/{leadId}/{id}',
    permission: 'handoffs.read',
    summary: 'One hand-off with what the lead did before it',
    input: z.object(one),
    output: handoff.extend({
      history: z.array(z.object({ id: uuid, name: z.string(), at: instant, props: z.record(z.string(), z.unknown()) })),
    }),
  }),
  make: endpoint({
    method: 'POST',
    path: '/handoffs',
    permission: 'handoffs.write',
    summary: 'Hand a lead to sales by hand',
    input: z.object({
      leadId: uuid,
      ownerId: uuid.optional(),
      note: z.string().trim().max(1_000).optional(),
      override: z.string().trim().min(1).max(500).optional().describe('Why a lead that the guard keeps is handed over all the same'),
    }),
    output: z.object({ id: uuid }),
  }),
  accept: endpoint({
    method: 'POST',
    path: '/handoffs/{leadId}/{id}/accept',
    permission: 'handoffs.write',
    summary: 'Take a lead over: it becomes SQL',
    input: z.object(one),
    output: done,
  }),
  giveBack: endpoint({
    method: 'POST',
    path: '/handoffs/{leadId}/{id}/return',
    permission: 'handoffs.write',
    summary: 'Give a lead back to nurturing; a reason is needed',
    input: z.object({ ...one, reason: z.enum(RETURN_REASON_VALUES), note: z.string().trim().max(1_000).optional() }),
    output: done,
  }),
  reopen: endpoint({
    method: 'POST',
    path: '/handoffs/{leadId}/{id}/reopen',
    permission: 'handoffs.write',
    summary: 'Take an answer back: the hand-off waits again',
    input: z.object(one),
    output: done,
  }),
  assign: endpoint({
    method: 'PATCH',
    path: '/handoffs/{leadId}/{id}',
    permission: 'handoffs.write',
    summary: 'Name who should answer',
    input: z.object({ ...one, ownerId: uuid.nullable() }),
    output: done,
  }),
  summary: endpoint({
    method: 'GET',
    path: '/handoffs/summary',
    permission: 'handoffs.read',
    summary: 'How many wait, how fast and how often sales accepts (of the last `days` days)',
    input: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }),
    output: z.object({
      open: z.number(),
      overdue: z.number(),
      made: z.number(),
      accepted: z.number(),
      returned: z.number(),
      medianHoursToAccept: z.number().nullable(),
      returnReasons: z.array(z.object({ reason: z.enum(RETURN_REASON_VALUES), n: z.number() })),
    }),
  }),
  settings: endpoint({
    method: 'GET',
    path: '/handoffs/settings',
    permission: 'handoffs.read',
    summary: 'When leads are handed over by themselves',
    input: z.object({}),
    output: handoffSettings,
  }),
  saveSettings: endpoint({
    method: 'PUT',
    path: '/handoffs/settings',
    permission: 'scores.write',
    summary: 'Change when leads are handed over by themselves',
    input: handoffSettings,
    output: handoffSettings,
  }),
}
