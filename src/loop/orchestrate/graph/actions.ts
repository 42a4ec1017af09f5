// What a scenario can do to somebody or for somebody: steps without branches that have an effect. Browser-safe.
import { z } from 'zod'
import { base, ref } from './parts.ts'

/** Actions by their kind; `perform` has a doer for each. */
export const actions = [
  z.strictObject({ ...base, kind: z.literal('mail'), template: ref, purpose: z.enum(['marketing', 'transactional']).default('marketing') }),
  z.strictObject({
    ...base,
    kind: z.literal('field'),
    field: z.string().max(80),
    value: z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]),
  }),
  z.strictObject({ ...base, kind: z.literal('tag'), tag: z.string().max(80), remove: z.boolean().default(false) }),
  z.strictObject({ ...base, kind: z.literal('points'), score: z.string().max(80), amount: z.number().int().min(-10_000).max(10_000) }),
  z.strictObject({ ...base, kind: z.literal('notify'), text: z.string().max(500), urgent: z.boolean().default(false) }),
  z.strictObject({ ...base, kind: z.literal('handoff'), note: z.string().max(1_000) }),
  z.strictObject({ ...base, kind: z.literal('webhook'), url: z.string().max(2_000) }),
] as const
