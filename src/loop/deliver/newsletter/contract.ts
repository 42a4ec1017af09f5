import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { trial, trialResult } from './trial/contract.ts'

export const NEWSLETTER_STATUS = ['draft', 'scheduled', 'sending', 'paused', 'finished', 'cancelled'] as const

/** Rows by state. They always add up to the people the newsletter was expanded to. */
export const counts = z.object({
  total: z.number().int(),
  waiting: z.number().int(),
  sent: z.number().int(),
  refused: z.number().int(),
  unknown: z.number().int(),
  suppressed: z.number().int(),
  cancelled: z.number().int(),
  opened: z.number().int().meta({ description: 'people who opened it themselves' }),
  openedMachine: z.number().int().meta({ description: 'people for whom only a machine fetched the pixel' }),
  clicked: z.number().int(),
  clickedMachine: z.number().int(),
  openedUnknown: z.number().int().meta({ description: 'people of whom it cannot be told whether they or a machine fetched the pixel' }),
  clickedUnknown: z.number().int(),
  stopped: z.number().int(),
  bouncedHard: z.number().int().meta({ description: 'undelivered for good: refused, or come back later, with the address dead' }),
  bouncedSoft: z.number().int(),
  complained: z.number().int(),
})
export type Counts = z.infer<typeof counts>

const summary = z.object({
  id: uuid,
  name: z.string(),
  status: z.enum(NEWSLETTER_STATUS),
  templateId: uuid,
  templateName: z.string(),
  subject: z.string(),
  include: z.array(uuid),
  exclude: z.array(uuid),
  topicId: uuid.nullable(),
  sendAt: instant.nullable(),
  audience: z.number().int().nullable(),
  expanded: z.boolean(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  heldReason: z.enum(['bounces', 'complaints']).nullable().meta({ description: 'Why the sender paused it by itself' }),
  localAt: z.string().nullable().meta({ description: 'The hour at which it leaves in the zone of each reader' }),
  onWeb: z.boolean().meta({ description: 'It stands at /n/<id>, without any reader’s data' }),
  test: trial.nullable(),
  testUntil: instant.nullable(),
  testResult: trialResult.nullable(),
  sender: z.enum(['company', 'owner']).nullable().meta({ description: 'Whose name it carries; null: as the mail settings say' }),
  approval: z.object({
    askedBy: z.string().nullable(),
    askedAt: instant.nullable(),
    approvedBy: z.string().nullable(),
    approvedAt: instant.nullable(),
    mine: z.boolean().meta({ description: 'Whoever asks now is the one who asked for the yes, and cannot give it' }),
  }),
  counts,
})
export type Newsletter = z.infer<typeof summary>

const edit = {
  name: z.string().trim().min(1).max(120),
  templateId: uuid,
  include: z.array(uuid).min(1).max(50),
  exclude: z.array(uuid).max(50).default([]),
  topicId: uuid.nullable().default(null),
  onWeb: z.boolean().optional(),
  test: trial.nullish(),
  sender: z.enum(['company', 'owner']).nullish().meta({ description: 'Whose name it carries; left out: as the mail settings say' }),
}

/** Wall-clock time in the zone of each reader. */
const localAt = z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/)

/** How newsletters are sent in this company. */
export const newsletterRules = z.object({
  approval: z.boolean().describe('Somebody else must say yes before it is sent'),
  zoneField: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,59}$|^$/)
    .describe('The custom field that holds the reader’s time zone (Asia/Tokyo, Europe/Berlin …); empty: the house’s for all'),
})
export type NewsletterRules = z.output<typeof newsletterRules>

const reasonCount = z.object({ reason: z.string(), count: z.number().int() })

export const newslettersContract = {
  list: endpoint({
    method: 'GET',
    path: '/newsletters',
    permission: 'newsletters.read',
    summary: 'Newsletters, newest first',
    input: z.object({ ...pageQuery }),
    output: page(summary),
  }),
  get: endpoint({
    method: 'GET',
    path: '/newsletters/{id}',
    permission: 'newsletters.read',
    summary: 'One newsletter with its figures',
    input: z.object({ id: uuid }),
    output: summary,
  }),
  audience: endpoint({
    method: 'POST',
    path: '/newsletter-audience',
    permission: 'newsletters.read',
    summary: 'How many people some segments are, and who of them can be reached',
    input: z.object({ include: edit.include, exclude: edit.exclude, topicId: edit.topicId }),
    output: z.object({ people: z.number().int(), reachable: z.number().int(), reasons: z.array(reasonCount) }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/newsletters',
    permission: 'newsletters.write',
    summary: 'Make a newsletter',
    input: z.object(edit),
    output: summary,
  }),
  update: endpoint({
    method: 'PUT',
    path: '/newsletters/{id}',
    permission: 'newsletters.write',
    summary: 'Change a newsletter that has not begun',
    input: z.object({ id: uuid, ...edit }),
    output: summary,
  }),
  start: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/start',
    permission: 'newsletters.write',
    summary: 'Send it now or at an hour; `confirmed` is the number of people that was shown',
    input: z.object({ id: uuid, confirmed: z.number().int().min(0), sendAt: instant.optional(), localAt: localAt.optional() }),
    output: summary,
  }),
  pause: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/pause',
    permission: 'newsletters.write',
    summary: 'Pause; what is on the wire completes',
    input: z.object({ id: uuid }),
    output: summary,
  }),
  resume: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/resume',
    permission: 'newsletters.write',
    summary: 'Go on',
    input: z.object({ id: uuid }),
    output: summary,
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/cancel',
    permission: 'newsletters.write',
    summary: 'Call it off; what has left has left',
    input: z.object({ id: uuid }),
    output: summary,
  }),
  copy: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/copy',
    permission: 'newsletters.write',
    summary: 'A draft with the same people and words',
    input: z.object({ id: uuid }),
    output: summary,
  }),
  askApproval: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/ask-approval',
    permission: 'newsletters.write',
    summary: 'Ask a second person for their yes',
    input: z.object({ id: uuid }),
    output: summary,
  }),
  approve: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/approve',
    permission: 'newsletters.write',
    summary: 'Say yes to the words and people as they are now, or send it back; never one’s own',
    input: z.object({ id: uuid, yes: z.boolean() }),
    output: summary,
  }),
  rules: endpoint({
    method: 'GET',
    path: '/newsletter-rules',
    permission: 'newsletters.read',
    summary: 'How newsletters are sent in this company',
    input: z.object({}),
    output: newsletterRules,
  }),
  setRules: endpoint({
    method: 'PUT',
    path: '/newsletter-rules',
    permission: 'settings.write',
    summary: 'Change how newsletters are sent in this company',
    input: newsletterRules,
    output: newsletterRules,
  }),
  rehearse: endpoint({
    method: 'POST',
    path: '/newsletter-test',
    permission: 'newsletters.write',
    summary:
      'Send the words of a newsletter to colleagues and named addresses, as one lead would read them; marked as a test and counted nowhere',
    input: z.object({
      templateId: uuid,
      colleagues: z.array(uuid).max(20).default([]),
      addresses: z.array(z.email().max(254)).max(10).default([]),
      personId: uuid.optional().meta({ description: 'Whose data fill the fields; left out: a made-up lead' }),
      sender: edit.sender,
      test: edit.test.meta({ description: 'A test of two: everybody named gets both, marked A and B' }),
    }),
    output: z.object({ items: z.array(z.object({ to: z.string(), ok: z.boolean(), reply: z.string() })) }),
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/newsletters/{id}',
    permission: 'newsletters.write',
    summary: 'Delete a draft',
    input: z.object({ id: uuid }),
    output: done,
  }),
}
