import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { given, IN_FIELDS } from './given.contract.ts'

/** The rows of the kana table, Latin letters, and whatever else a name begins with (kanji without a reading, digits). */
export const INITIALS = ['ア', 'カ', 'サ', 'タ', 'ナ', 'ハ', 'マ', 'ヤ', 'ラ', 'ワ', 'A', '#'] as const
export type Initial = (typeof INITIALS)[number]

const factValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])
const text = z.string().nullable()
const CAME_BACK = { description: 'They lay in the trash and are a lead again' }

/** The latest thing a lead did. */
export const lastAction = z.object({ name: z.string(), at: instant, props: z.record(z.string(), z.unknown()) })

export const leadRow = z.object({
  id: uuid,
  familyName: text,
  givenName: text,
  companyName: text,
  department: text,
  title: text,
  mail: text,
  phone: text,
  externalId: text,
  prefecture: text,
  industry: text,
  ownerId: text,
  ownerName: text,
  sourceFirst: text,
  sourceLatest: text,
  priority: text,
  tags: z.array(z.string()),
  mailBasis: z.string(),
  mailStop: z.string(),
  createdAt: instant,
  lastSeenAt: instant.nullable(),
  lastAction: lastAction.nullable(),
  /** Values of what other rooms say of leads, by fact name: `score.main.total`, the stage … */
  facts: z.record(z.string(), factValue),
})
export type LeadRow = z.infer<typeof leadRow>

const short100 = z.string().max(100).optional()
const listQuery = {
  q: z.string().max(200).optional().describe('Words in names, kana, company, address or phone; "…" is one exact phrase'),
  owner: z.union([uuid, z.literal('none')]).optional(),
  source: z.string().max(200).optional(),
  prefecture: z.string().max(20).optional(),
  industry: z.string().max(50).optional(),
  tag: short100,
  interest: short100,
  priority: z.enum(['high', 'middle', 'low']).optional(),
  status: z.enum(['active', 'on_hold', 'invalid']).optional(),
  role: short100,
  employees: short100,
  sendable: z.enum(['yes', 'no']).optional(),
  segment: short100,
  heat: z.string().max(20).optional(),
  stage: z.string().max(50).optional(),
  minScore: z.coerce.number().optional(),
  initial: z.enum(INITIALS).optional().describe('The row of the kana table in which the name begins'),
  rule: z.string().max(6_000).optional().describe('A rule as segments have them, as JSON; larger ones are saved as a segment first'),
}
/** What a list of leads shows: all conditions hold. Bulk acts and exports take the same. */
export const leadFilter = z.object(listQuery)
export type LeadFilter = z.output<typeof leadFilter>

const listOrder = {
  sort: z.string().max(120).default('seen').describe('seen, created, name, company, score, priority, owner, or the name of a fact'),
  dir: z.enum(['asc', 'desc']).optional().describe('The usual direction of the order when left out'),
  facts: z.string().max(2_000).optional().describe('Names of more facts to answer with each lead, comma-separated; 30 at most'),
}
export const leadView = leadFilter.extend(listOrder)
export type LeadView = z.output<typeof leadView>

export const consentEntry = z.object({
  id: uuid,
  purpose: z.string(),
  given: z.boolean(),
  basis: z.string(),
  at: instant,
  route: z.string(),
  textVersion: text,
  text,
  actor: z.string(),
})

export const leadDetail = leadRow.extend({
  identified: z.boolean(),
  trashedUntil: instant.nullable().describe('Until when they lie in the trash; null: they do not'),
  version: z.number().int(),
  status: z.string(),
  familyKana: text,
  givenKana: text,
  roleLevel: text,
  employeeBand: text,
  website: text,
  contactMail: text,
  postalCode: text,
  city: text,
  address: text,
  building: text,
  industryGroup: text,
  salutation: text,
  budget: z.number().nullable(),
  products: z.array(z.string()),
  mailTyped: text,
  mailRisk: text,
  interest: z.array(z.string()),
  attrs: z.record(z.string(), z.unknown()),
  sourceFirstAt: instant.nullable(),
  sourceLatestAt: instant.nullable(),
  sendable: z.boolean(),
  consents: z.array(consentEntry),
  keys: z.array(z.object({ kind: z.enum(['mail', 'external', 'device']), value: z.string(), since: instant })),
  adoptions: z.array(
    z.object({
      id: uuid,
      at: instant,
      oldId: uuid,
      byHand: z.boolean(),
      actor: z.string(),
      moved: z.number(),
      undoneAt: instant.nullable(),
    }),
  ),
})
export type LeadDetail = z.infer<typeof leadDetail>

export const leadsContract = {
  list: endpoint({
    method: 'GET',
    path: '/leads',
    permission: 'leads.read',
    summary: 'The leads',
    input: leadView.extend(pageQuery),
    output: page(leadRow),
  }),
  count: endpoint({
    method: 'GET',
    path: '/leads/count',
    permission: 'leads.read',
    summary: 'How many leads a list has; an estimate above 10,000',
    input: leadFilter,
    output: z.object({ n: z.number().int(), estimate: z.boolean() }),
  }),
  sources: endpoint({
    method: 'GET',
    path: '/leads/sources',
    permission: 'leads.read',
    summary: 'The sources that leads have, for pickers',
    input: z.object({}),
    output: z.object({ items: z.array(z.string()) }),
  }),
  get: endpoint({
    method: 'GET',
    path: '/leads/{id}',
    permission: 'leads.read',
    summary: 'A lead or visitor; old ids resolve',
    input: z.object({ id: uuid }),
    output: leadDetail,
  }),
  create: endpoint({
    method: 'POST',
    path: '/leads',
    permission: 'leads.write',
    summary: 'Add a lead by hand',
    input: z.strictObject(
      {
        ...given,
        externalId: z.string().trim().min(1).max(200).optional(),
        source: z.string().trim().max(200).optional(),
        ownerId: uuid.nullable().optional(),
      },
      IN_FIELDS,
    ),
    output: z.object({ id: uuid, outcome: z.enum(['named', 'adopted', 'relinked', 'existing', 'created', 'traits']) }),
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/leads/{id}',
    permission: 'leads.write',
    summary: 'Change fields of a lead',
    input: z.strictObject(
      {
        id: uuid,
        ...given,
        status: z.enum(['active', 'on_hold', 'invalid']).optional(),
        version: z.number().int().optional(),
      },
      IN_FIELDS,
    ),
    output: z.object({ id: uuid, changed: z.array(z.string()), version: z.number().int(), cameBack: z.boolean().meta(CAME_BACK) }),
  }),
  assign: endpoint({
    method: 'POST',
    path: '/leads/assign',
    permission: 'leads.write',
    summary: 'Give leads an owner, or none',
    input: z.object({ ids: z.array(uuid).min(1).max(500), ownerId: uuid.nullable() }),
    output: z.object({ changed: z.number().int(), before: z.array(z.object({ id: uuid, ownerId: text })) }),
  }),
  erase: endpoint({
    method: 'DELETE',
    path: '/leads/{id}',
    permission: 'leads.erase',
    summary: 'Erase a person for good; a stop of their address stays as a keyed hash',
    input: z.object({ id: uuid }),
    output: done,
  }),
  stop: endpoint({
    method: 'POST',
    path: '/leads/{id}/stop',
    permission: 'leads.write',
    summary: 'Stop commercial mail to a lead',
    input: z.object({ id: uuid }),
    output: done,
  }),
  basis: endpoint({
    method: 'POST',
    path: '/leads/{id}/basis',
    permission: 'leads.write',
    summary: 'Record on what ground mail may go to a lead',
    input: z.object({ id: uuid, basis: z.enum(['card', 'relation', 'published', 'consent']), text: z.string().trim().min(1).max(2_000) }),
    output: done,
  }),
  timeline: endpoint({
    method: 'GET',
    path: '/leads/{id}/timeline',
    permission: 'leads.read',
    summary: 'Everything a person did and what was done for them, newest first',
    input: z.object({ id: uuid, names: z.string().max(1_000).optional().describe('Event names, comma-separated'), ...pageQuery }),
    output: page(
      z.object({
        id: uuid,
        name: z.string(),
        at: instant,
        historic: z.boolean(),
        via: text,
        origin: text,
        props: z.record(z.string(), z.unknown()),
        points: z.number().nullable(),
      }),
    ),
  }),
  undoAdoption: endpoint({
    method: 'POST',
    path: '/leads/adoptions/{id}/undo',
    permission: 'leads.write',
    summary: 'Undo that a visitor or lead went into another',
    input: z.object({ id: uuid }),
    output: z.object({ lead: uuid, released: uuid }),
  }),
  candidates: endpoint({
    method: 'GET',
    path: '/leads/candidates',
    permission: 'leads.read',
    summary: 'Pairs of leads who may be one person',
    input: z.object({}),
    output: z.object({ items: z.array(z.object({ a: leadRow, b: leadRow, reason: z.string(), at: instant })) }),
  }),
  settle: endpoint({
    method: 'POST',
    path: '/leads/candidates/settle',
    permission: 'leads.write',
    summary: 'Say of a pair that it is one person (keep, lose) or two',
    input: z.object({ keep: uuid, lose: uuid, verdict: z.enum(['merged', 'different']) }),
    output: done,
  }),
}
