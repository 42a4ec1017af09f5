// Personas: named imagined customers, matched with real leads by a live segment. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { rule } from '../rules/contract.ts'

export const PERSONA_COLOURS = ['blue', 'green', 'violet', 'amber', 'red', 'grey'] as const

const line = z.string().trim().max(120).default('')
const text = z.string().trim().max(2_000).default('')
const age = z.number().int().min(0).max(120)

export const profile = z.object({
  ages: z
    .object({ from: age, to: age })
    .refine(({ from, to }) => from <= to, 'from the younger to the older')
    .nullable()
    .default(null),
  job: line.describe('What they do'),
  title: line.describe('Position'),
  industry: line,
  pains: text.describe('What troubles them'),
  information: text.describe('How and where they look for information'),
  note: text,
  initials: z.string().trim().max(3).default(''),
  colour: z.enum(PERSONA_COLOURS).default('blue'),
})
export type Profile = z.output<typeof profile>

const name = z.string().trim().min(1).max(80)

const persona = z.object({
  id: uuid,
  name: z.string(),
  profile,
  rule,
  segmentId: uuid,
  /** False when somebody archived the segment; saving the persona makes a new one. */
  isLive: z.boolean(),
  people: z.number().int().nullable().describe('Leads that match now; null while they are computed the first time'),
  isEstimate: z.boolean(),
  progress: z.number().nullable().describe('0–1 while a changed rule is computed'),
  changedAt: instant,
  changedBy: z.string(),
})
export type Persona = z.output<typeof persona>

export const personasContract = {
  list: endpoint({
    method: 'GET',
    path: '/personas',
    permission: 'segments.read',
    summary: 'All personas in order, with the number of real leads that match each',
    input: z.object({}),
    output: z.object({ items: z.array(persona) }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/personas',
    permission: 'segments.write',
    summary: 'A new persona; its leads are found in the background',
    input: z.object({ name, profile, rule }),
    output: persona,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/personas/{id}',
    permission: 'segments.write',
    summary: 'Changes a persona',
    input: z.object({ id: uuid, name: name.optional(), profile: profile.optional(), rule: rule.optional() }),
    output: persona,
  }),
  order: endpoint({
    method: 'PUT',
    path: '/personas/order',
    permission: 'segments.write',
    summary: 'The order of personas: a lead who matches several is of the first',
    input: z.object({ ids: z.array(uuid).max(100) }),
    output: done,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/personas/{id}',
    permission: 'segments.write',
    summary: 'Takes a persona away, its segment with it; it can be restored',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/personas/{id}/restore',
    permission: 'segments.write',
    summary: 'Brings a removed persona back; its leads are found anew',
    input: z.object({ id: uuid }),
    output: persona,
  }),
}
