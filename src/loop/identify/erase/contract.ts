import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

const text = z.string().nullable()

export const entry = z.object({
  id: uuid,
  purpose: z.string(),
  topicId: uuid.nullable(),
  given: z.boolean(),
  basis: z.string(),
  at: instant,
  until: instant.nullable(),
  route: z.string(),
  textVersion: text,
  text,
  evidence: z.record(z.string(), z.unknown()),
  actor: z.string(),
})

export const proof = z.object({
  delivery: uuid,
  at: instant,
  address: text,
  subject: z.string(),
  template: z.string(),
  version: z.number().int(),
  purpose: z.string(),
  entry: uuid.nullable(),
  shown: z.record(z.string(), z.unknown()).nullable(),
})

const count = z.object({ key: z.string(), n: z.number().int() })

export const privacyContract = {
  consents: endpoint({
    method: 'GET',
    path: '/privacy/{id}/consents',
    permission: 'leads.read',
    summary: 'What a person agreed to now, the whole ledger, and the proof of each mail sent to them',
    input: z.object({ id: uuid }),
    output: z.object({
      states: z.array(
        z.object({
          purpose: z.string(),
          topicId: uuid.nullable(),
          given: z.boolean(),
          basis: z.string(),
          at: instant,
          until: instant.nullable(),
        }),
      ),
      entries: z.array(entry),
      waiting: z.array(z.object({ askedAt: instant, sentAt: instant.nullable(), held: text })),
      proofs: z.array(proof),
    }),
  }),
  record: endpoint({
    method: 'POST',
    path: '/privacy/{id}/consents',
    permission: 'leads.write',
    summary: 'Record what a person said about calls, third parties or counting; an entry cannot be deleted',
    input: z.object({
      id: uuid,
      purpose: z.enum(['tracking_email', 'phone', 'third_party']),
      given: z.boolean(),
      text: z.string().trim().min(1).max(2_000),
    }),
    output: z.object({ ok: z.literal(true) }),
  }),
  overview: endpoint({
    method: 'GET',
    path: '/privacy/overview',
    permission: 'leads.read',
    summary: 'How many leads stand on which ground, are stopped, or said what',
    input: z.object({}),
    output: z.object({
      leads: z.number().int(),
      sendable: z.number().int(),
      bases: z.array(count),
      stops: z.array(count),
      purposes: z.array(z.object({ purpose: z.string(), given: z.boolean(), n: z.number().int() })),
      topics: z.array(z.object({ topicId: uuid, n: z.number().int() })),
      waiting: z.number().int(),
      held: z.number().int(),
      paused: z.number().int(),
    }),
  }),
  people: endpoint({
    method: 'GET',
    path: '/privacy/people',
    permission: 'leads.read',
    summary: 'The people behind a number of the overview',
    input: z.object({
      kind: z.enum(['basis', 'stop', 'purpose', 'topic', 'waiting', 'held', 'paused', 'sendable']),
      key: z.string().max(60).default(''),
      given: z.enum(['yes', 'no']).optional(),
      ...pageQuery,
    }),
    output: page(z.object({ id: uuid, name: z.string(), company: text, mail: text })),
  }),
  export: endpoint({
    method: 'POST',
    path: '/privacy/{id}/export',
    permission: 'leads.export',
    summary: 'Everything recorded about one person, as data and as a page to read and print',
    input: z.object({ id: uuid, language: z.enum(['ja', 'en']).default('ja') }),
    output: z.object({ fileName: z.string(), data: z.record(z.string(), z.unknown()), html: z.string() }),
  }),
  accesses: endpoint({
    method: 'GET',
    path: '/privacy/accesses',
    permission: 'audit.read',
    summary: 'Who looked at or exported whose data',
    input: z.object({ subject: uuid.optional(), ...pageQuery }),
    output: page(z.object({ by: z.string(), subject: uuid, name: text, act: z.string(), at: instant })),
  }),
  retention: endpoint({
    method: 'GET',
    path: '/privacy/retention',
    permission: 'settings.read',
    summary: 'How long data is kept, and how much would go',
    input: z.object({}),
    output: z.object({
      rules: z.array(
        z.object({
          key: z.string(),
          unit: z.enum(['days', 'months']),
          value: z.number().int(),
          least: z.number().int(),
          proposes: z.boolean(),
          forecast: z.object({ n: z.number(), bytes: z.number(), value: z.number().int(), at: instant }).nullable(),
        }),
      ),
    }),
  }),
  setRetention: endpoint({
    method: 'PUT',
    path: '/privacy/retention',
    permission: 'settings.write',
    summary: 'Change how long something is kept; 0 keeps it for ever',
    input: z.object({ key: z.string().max(40), value: z.number().int().min(0).max(36_500) }),
    output: z.object({ ok: z.literal(true) }),
  }),
  forecast: endpoint({
    method: 'POST',
    path: '/privacy/retention/forecast',
    permission: 'settings.read',
    summary: 'Count what would go if a rule had this value; nothing is deleted',
    input: z.object({ key: z.string().max(40), value: z.number().int().min(0).max(36_500) }),
    output: z.object({ n: z.number(), bytes: z.number(), at: instant }),
  }),
  idle: endpoint({
    method: 'GET',
    path: '/privacy/idle',
    permission: 'leads.erase',
    summary: 'Leads long without a sign, proposed for erasure; none is erased by itself',
    input: z.object({ ...pageQuery }),
    output: page(z.object({ id: uuid, name: z.string(), company: text, mail: text, lastSeenAt: instant })),
  }),
}
