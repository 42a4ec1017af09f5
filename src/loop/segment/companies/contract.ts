// Segments of companies over HTTP: a rule over what is known of companies, kept live. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { VALUE_TYPES } from '#loop/score/condition/contract.ts'
import { rule } from '../rules/contract.ts'

const name = z.string().trim().min(1).max(120)
const words = { ja: z.string(), en: z.string() }

const segment = z.object({
  id: uuid,
  name: z.string(),
  rule,
  members: z.number().int(),
  madeBy: z.string(),
  createdAt: instant,
  changedAt: instant,
})
export type CompanySegment = z.output<typeof segment>

const preview = z.object({
  n: z.number().int(),
  some: z.array(z.object({ id: uuid, name: z.string(), people: z.number().int(), score: z.number() })),
})

export const companySegmentsContract = {
  list: endpoint({
    method: 'GET',
    path: '/company-segments',
    permission: 'segments.read',
    summary: 'Segments of companies with the number in each now',
    input: z.object({}),
    output: z.object({ items: z.array(segment) }),
  }),
  facts: endpoint({
    method: 'GET',
    path: '/company-segments/facts',
    permission: 'segments.read',
    summary: 'What a rule over companies may ask',
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          type: z.enum(VALUE_TYPES),
          group: z.string(),
          ...words,
          options: z.array(z.object({ value: z.string(), ...words })),
        }),
      ),
    }),
  }),
  preview: endpoint({
    method: 'POST',
    path: '/company-segments/preview',
    permission: 'segments.read',
    summary: 'How many companies a rule means now, and the first of them',
    input: z.object({ rule }),
    output: preview,
  }),
  create: endpoint({
    method: 'POST',
    path: '/company-segments',
    permission: 'segments.write',
    summary: 'A new segment of companies, computed at once',
    input: z.object({ name, rule }),
    output: segment,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/company-segments/{id}',
    permission: 'segments.write',
    summary: 'Changes a segment of companies and computes it anew',
    input: z.object({ id: uuid, name: name.optional(), rule: rule.optional() }),
    output: segment,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/company-segments/{id}',
    permission: 'segments.write',
    summary: 'Puts a segment of companies away; `restore` brings it back',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/company-segments/{id}/restore',
    permission: 'segments.write',
    summary: 'Brings a segment of companies back',
    input: z.object({ id: uuid }),
    output: done,
  }),
  history: endpoint({
    method: 'GET',
    path: '/company-segments/{id}/history',
    permission: 'segments.read',
    summary: 'Which companies came and went, newest first',
    input: z.object({ id: uuid, ...pageQuery }),
    output: page(z.object({ company: z.object({ id: uuid, name: z.string() }), enteredAt: instant, leftAt: instant.nullable() })),
  }),
  ofCompany: endpoint({
    method: 'GET',
    path: '/companies/{id}/segments',
    permission: 'segments.read',
    summary: 'The segments a company is in, and since when',
    input: z.object({ id: uuid }),
    output: z.object({ items: z.array(z.object({ id: uuid, name: z.string(), since: instant })) }),
  }),
}
