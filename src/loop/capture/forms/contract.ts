import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

const label = z.string().trim().min(1).max(200)
const words = z.object({ ja: label, en: z.string().trim().max(200).default('') })
const longWords = z.object({ ja: z.string().trim().max(4_000), en: z.string().trim().max(4_000).default('') })

export const inputKind = z.enum(['text', 'email', 'tel', 'textarea', 'select', 'radio', 'multi', 'checkbox', 'number', 'date'])

/** One question. `key` says where the answer goes: a standard field (`mail`, `companyName` …), a custom field (`attrs.budget`), or only the submission (`answer.x`). */
export const formField = z.object({
  id: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  key: z.string().regex(/^([a-zA-Z]{2,30}|attrs\.[a-z][a-z0-9_]{0,39}|answer\.[a-z][a-z0-9_]{0,39})$/),
  kind: inputKind,
  label: words,
  help: longWords.optional(),
  required: z.boolean().default(false),
  half: z.boolean().default(false),
  options: z
    .array(z.object({ value: label, ja: label, en: z.string().trim().max(200).default('') }))
    .max(100)
    .default([]),
})
export type FormField = z.infer<typeof formField>

/** A form as it is built. Source, interest and priority are fixed on the server: visitors never see or change them. */
export const formSpec = z.object({
  title: longWords,
  intro: longWords.default({ ja: '', en: '' }),
  language: z.enum(['ja', 'en']).default('ja'),
  fields: z.array(formField).max(60),
  submit: words.default({ ja: '送信する', en: 'Send' }),
  source: z.string().trim().max(200).default(''),
  interest: z.array(z.string().trim().min(1).max(100)).max(20).default([]),
  priority: z.enum(['high', 'middle', 'low']).nullable().default(null),
  consent: z
    .object({
      mode: z.enum(['none', 'optional', 'required']),
      text: longWords,
      confirm: z.boolean().optional().describe('Double opt-in: the tick counts once the person has confirmed it by mail'),
    })
    .default({ mode: 'none', text: { ja: '', en: '' } }),
  after: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('message'), text: longWords }),
      z.object({ kind: z.literal('redirect'), url: z.url({ protocol: /^https?$/ }).max(2_000) }),
    ])
    .default({ kind: 'message', text: { ja: '送信ありがとうございました。', en: 'Thank you. We have received it.' } }),
})
export type FormSpec = z.infer<typeof formSpec>

export const formRow = z.object({
  id: uuid,
  name: z.string(),
  status: z.enum(['draft', 'published', 'closed']),
  version: z.number().int(),
  dirty: z.boolean().describe('The draft differs from what is published'),
  changedAt: instant,
  publishedAt: instant.nullable(),
  submissions: z.number().int(),
  lastSubmissionAt: instant.nullable(),
  source: z.string(),
})
export type FormRow = z.infer<typeof formRow>

export const formDetail = formRow.extend({
  spec: formSpec,
  /** Why it may not be published now: field and reason; empty when it may. */
  problems: z.array(z.object({ field: z.string(), reason: z.string() })),
  hostedUrl: z.string(),
  drops: z.array(z.object({ reason: z.string(), n: z.number().int() })),
})
export type FormDetail = z.infer<typeof formDetail>

export const formsContract = {
  list: endpoint({
    method: 'GET',
    path: '/forms',
    permission: 'forms.read',
    summary: 'The forms',
    input: z.object({ ...pageQuery }),
    output: page(formRow),
  }),
  get: endpoint({
    method: 'GET',
    path: '/forms/{id}',
    permission: 'forms.read',
    summary: 'A form with its draft',
    input: z.object({ id: uuid }),
    output: formDetail,
  }),
  create: endpoint({
    method: 'POST',
    path: '/forms',
    permission: 'forms.write',
    summary: 'Make a form from a template',
    input: z.object({ name: label, template: z.enum(['inquiry', 'document', 'newsletter', 'blank']).default('inquiry') }),
    output: z.object({ id: uuid }),
  }),
  save: endpoint({
    method: 'PUT',
    path: '/forms/{id}',
    permission: 'forms.write',
    summary: 'Save the draft; visitors see it once it is published',
    input: z.object({ id: uuid, name: label, spec: formSpec }),
    output: formDetail,
  }),
  publish: endpoint({
    method: 'POST',
    path: '/forms/{id}/publish',
    permission: 'forms.write',
    summary: 'Publish the draft',
    input: z.object({ id: uuid }),
    output: formDetail,
  }),
  close: endpoint({
    method: 'POST',
    path: '/forms/{id}/close',
    permission: 'forms.write',
    summary: 'Take a form off; its submissions stay',
    input: z.object({ id: uuid }),
    output: formDetail,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/forms/{id}',
    permission: 'forms.write',
    summary: 'Delete a form that nobody has submitted',
    input: z.object({ id: uuid }),
    output: done,
  }),
  preview: endpoint({
    method: 'POST',
    path: '/forms/preview',
    permission: 'forms.read',
    summary: 'The page of a draft, by the renderer that visitors get',
    input: z.object({ spec: formSpec, language: z.enum(['ja', 'en']).default('ja'), dark: z.boolean().default(false) }),
    output: z.object({ html: z.string() }),
  }),
  submissions: endpoint({
    method: 'GET',
    path: '/forms/{id}/submissions',
    permission: 'forms.read',
    summary: 'Who submitted a form, newest first',
    input: z.object({ id: uuid, ...pageQuery }),
    output: page(
      z.object({
        id: uuid,
        personId: uuid,
        name: z.string(),
        at: instant,
        version: z.number(),
        outcome: z.string(),
        page: z.string().nullable(),
        answers: z.array(z.object({ label: z.string(), value: z.string() })),
      }),
    ),
  }),
}
