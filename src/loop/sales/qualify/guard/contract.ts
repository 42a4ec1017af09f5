// The guard: leads that rules and scenarios do not hand to sales. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { leadBrief } from '../../signals/contract.ts'
import { ALL_FIELDS } from '../asked/contract.ts'

/** Whoever meets any one of these is kept. */
export const guardSettings = z.object({
  isOn: z.boolean(),
  segmentId: uuid.nullable().describe('Who is in this segment is kept'),
  score: z
    .object({ model: z.string().min(1).max(80), below: z.number().int().min(-100_000).max(100_000) })
    .nullable()
    .describe('Who has less than this is kept'),
  required: z
    .array(z.string().refine((field) => ALL_FIELDS.includes(field), 'a field of BANT or CHAMP, such as bant.budget'))
    .max(8)
    .describe('Who has one of these unknown or negative is kept'),
  minCompleteness: z.number().int().min(0).max(100).describe('Percent of BANT or CHAMP that must be known; 0: none'),
})
export type GuardSettings = z.infer<typeof guardSettings>

export const NO_GUARD: GuardSettings = { isOn: false, segmentId: null, score: null, required: [], minCompleteness: 0 }

/** One reason why somebody is kept, with the numbers found. */
export const guardWhy = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('segment'), segmentId: uuid, name: z.string() }),
  z.object({ kind: z.literal('score'), total: z.number(), below: z.number() }),
  z.object({ kind: z.literal('missing'), fields: z.array(z.string()) }),
  z.object({ kind: z.literal('completeness'), is: z.number(), min: z.number() }),
])
export type GuardWhy = z.infer<typeof guardWhy>

const day = z.string()

export const guardContract = {
  report: endpoint({
    method: 'GET',
    path: '/guard',
    permission: 'handoffs.read',
    summary: 'The guard’s rule, how many it keeps now, and how many leads it kept on each of the last 30 days',
    input: z.object({}),
    output: z.object({
      settings: guardSettings,
      open: z.number().int(),
      today: z.number().int(),
      overridden: z.number().int(),
      days: z.array(z.object({ day, n: z.number().int() })),
    }),
  }),
  people: endpoint({
    method: 'GET',
    path: '/guard/people',
    permission: 'handoffs.read',
    summary: 'The leads that are kept, the newest first; `still`: whether the rule as it is now would keep them again',
    input: z.object({ ...pageQuery, day: z.iso.date().optional().describe('Kept on this day, whatever came of them') }),
    output: page(
      z.object({
        lead: leadBrief,
        day,
        at: instant,
        times: z.number().int(),
        reason: z.string(),
        why: z.array(guardWhy),
        still: z.boolean(),
        settledAt: instant.nullable(),
        override: z.string().nullable(),
        overrideBy: z.string().nullable(),
      }),
    ),
  }),
  save: endpoint({
    method: 'PUT',
    path: '/guard/settings',
    permission: 'scores.write',
    summary: 'Changes the guard’s rule; whoever was kept before stays kept until handed over',
    input: guardSettings,
    output: guardSettings,
  }),
}
