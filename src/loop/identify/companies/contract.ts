// Companies over HTTP. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { BUYING_ROLES } from './vocabulary.ts'

const text = z.string().nullable()
const role = z.enum(BUYING_ROLES)

export const companyRow = z.object({
  id: uuid,
  name: z.string(),
  kana: text,
  englishName: text,
  corporateNumber: text,
  website: text,
  phone: text,
  prefecture: text,
  city: text,
  industry: text,
  employeeBand: text,
  ownerId: text,
  ownerName: text,
  tags: z.array(z.string()),
  aliases: z.array(z.string()),
  postalCode: text,
  address: text,
  fiscalMonth: z.number().int().nullable(),
  attrs: z.record(z.string(), z.unknown()).describe('Values of custom fields by key'),
  domains: z.array(z.string()),
  people: z.number().int(),
  engagement: z.number(),
  score: z.number(),
  lastSeenAt: instant.nullable(),
  createdAt: instant,
})
export type CompanyRowShown = z.output<typeof companyRow>

const mergeShown = z.object({ id: uuid, at: instant, actor: z.string(), name: z.string(), companyId: uuid, undoneAt: instant.nullable() })

export const companyDetail = companyRow.extend({
  note: text,
  madeBy: z.string(),
  changedAt: instant,
  version: z.number().int(),
  summedAt: instant.nullable(),
  /** Values of what other rooms say of companies, by name: open deals, worth of won deals … */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])),
  merges: z.array(mergeShown),
})
export type CompanyDetail = z.output<typeof companyDetail>

const short = z.string().max(500)
const given = {
  kana: short.optional(),
  englishName: short.optional(),
  aliases: z.array(z.string().trim().min(1).max(200)).max(50).optional(),
  corporateNumber: z.string().max(40).optional(),
  domains: z.array(z.string().trim().min(3).max(253)).max(50).optional(),
  website: short.optional(),
  phone: z.string().max(40).optional(),
  postalCode: z.string().max(20).optional(),
  prefecture: z.string().max(50).optional(),
  city: short.optional(),
  address: short.optional(),
  industry: z.string().max(100).optional(),
  employeeBand: z.string().max(50).optional(),
  fiscalMonth: z.number().int().min(1).max(12).nullable().optional(),
  ownerId: uuid.nullable().optional(),
  tags: z.array(z.string().trim().min(1).max(100)).max(50).optional(),
  note: z.string().max(10_000).optional(),
  attrs: z.record(z.string().max(60), z.json()).optional().describe('Values of custom fields by key; null clears'),
}

const listQuery = {
  q: z.string().max(200).optional().describe('Text in names, kana, English name, aliases, number, phone, site or address'),
  industry: z.string().max(50).optional(),
  prefecture: z.string().max(20).optional(),
  employeeBand: z.string().max(20).optional(),
  owner: z.union([uuid, z.literal('none')]).optional(),
  tag: z.string().max(100).optional(),
  segment: uuid.optional(),
  rule: z.string().max(20_000).optional().describe('A rule over what is known of companies, as JSON'),
}

export const companyPerson = z.object({
  id: uuid,
  name: z.string(),
  department: text,
  title: text,
  roleLevel: text,
  mail: text,
  role,
  linkedBy: z.string(),
  since: instant,
  until: instant.nullable(),
  engagement: z.number(),
  score: z.number(),
  lastSeenAt: instant.nullable(),
})
export type CompanyPerson = z.output<typeof companyPerson>

const brief = z.object({
  id: uuid,
  name: z.string(),
  people: z.number().int(),
  domains: z.array(z.string()),
  corporateNumber: text,
  prefecture: text,
})
export const companyCandidate = z.object({
  id: uuid,
  kind: z.enum(['link', 'new', 'merge']),
  name: z.string(),
  at: instant,
  company: brief.nullable(),
  other: brief.nullable(),
  /** Leads that wait under this name: how many, and the first few. */
  leads: z.number().int(),
  some: z.array(z.object({ id: uuid, name: z.string(), companyName: text, mail: text })),
  settledAt: instant.nullable(),
  verdict: text,
})
export type CompanyCandidate = z.output<typeof companyCandidate>

const saved = z.object({ id: uuid, version: z.number().int() })

export const companiesContract = {
  list: endpoint({
    method: 'GET',
    path: '/companies',
    permission: 'companies.read',
    summary: 'The companies',
    input: z.object({ ...listQuery, sort: z.enum(['score', 'engagement', 'people', 'name', 'created']).default('score'), ...pageQuery }),
    output: page(companyRow),
  }),
  count: endpoint({
    method: 'GET',
    path: '/companies/count',
    permission: 'companies.read',
    summary: 'How many companies a list has; exact up to 10,000',
    input: z.object(listQuery),
    output: z.object({ n: z.number().int(), more: z.boolean() }),
  }),
  candidates: endpoint({
    method: 'GET',
    path: '/companies/candidates',
    permission: 'companies.read',
    summary: 'What only a human can say: leads of a name, companies of one name; newest first',
    input: z.object({ settled: z.stringbool().default(false), ...pageQuery }),
    output: page(companyCandidate).extend({ open: z.number().int() }),
  }),
  settle: endpoint({
    method: 'POST',
    path: '/companies/candidates/{id}/settle',
    permission: 'companies.write',
    summary: 'Agree to a proposal or refuse it; `keep` names the company that stays of two',
    input: z.object({ id: uuid, verdict: z.enum(['yes', 'no']), keep: uuid.optional() }),
    output: z.object({ company: uuid.nullable(), leads: z.number().int(), merge: uuid.nullable() }),
  }),
  reopen: endpoint({
    method: 'POST',
    path: '/companies/candidates/{id}/reopen',
    permission: 'companies.write',
    summary: 'Take back what was said of a proposal',
    input: z.object({ id: uuid }),
    output: done,
  }),
  ofLead: endpoint({
    method: 'GET',
    path: '/companies/of/{leadId}',
    permission: 'companies.read',
    summary: 'The companies of a lead: now, before, and those its words suggest',
    input: z.object({ leadId: uuid }),
    output: z.object({
      links: z.array(z.object({ company: companyRow, role, linkedBy: z.string(), since: instant, until: instant.nullable() })),
      suggested: z.array(brief),
    }),
  }),
  link: endpoint({
    method: 'POST',
    path: '/companies/of/{leadId}',
    permission: 'companies.write',
    summary: 'Put a lead into a company; a link to another one ends, dated',
    input: z.object({ leadId: uuid, companyId: uuid, role: role.optional() }),
    output: done,
  }),
  unlink: endpoint({
    method: 'DELETE',
    path: '/companies/of/{leadId}',
    permission: 'companies.write',
    summary: 'Take a lead out of its company, dated',
    input: z.object({ leadId: uuid }),
    output: done,
  }),
  role: endpoint({
    method: 'PATCH',
    path: '/companies/of/{leadId}',
    permission: 'companies.write',
    summary: 'What a lead says in the buying decision of its company',
    input: z.object({ leadId: uuid, role }),
    output: done,
  }),
  splitOff: endpoint({
    method: 'POST',
    path: '/companies/of/{leadId}/split',
    permission: 'companies.write',
    summary: 'Put a lead into a new company of its own',
    input: z.object({ leadId: uuid, name: z.string().trim().min(1).max(200) }),
    output: saved,
  }),
  undoMerge: endpoint({
    method: 'POST',
    path: '/companies/merges/{id}/undo',
    permission: 'companies.write',
    summary: 'Undo that two companies became one',
    input: z.object({ id: uuid }),
    output: z.object({ keep: uuid, released: uuid }),
  }),
  get: endpoint({
    method: 'GET',
    path: '/companies/{id}',
    permission: 'companies.read',
    summary: 'A company; the id of one that was merged resolves',
    input: z.object({ id: uuid }),
    output: companyDetail,
  }),
  create: endpoint({
    method: 'POST',
    path: '/companies',
    permission: 'companies.write',
    summary: 'Add a company by hand',
    input: z.object({ name: z.string().trim().min(1).max(200), ...given }),
    output: saved,
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/companies/{id}',
    permission: 'companies.write',
    summary: 'Change a company; an empty text clears',
    input: z.object({ id: uuid, version: z.number().int().optional(), name: z.string().trim().min(1).max(200).optional(), ...given }),
    output: saved,
  }),
  people: endpoint({
    method: 'GET',
    path: '/companies/{id}/people',
    permission: 'companies.read',
    summary: 'The people of a company, the highest score first; with `past`, those who were',
    input: z.object({ id: uuid, past: z.stringbool().default(false), ...pageQuery }),
    output: page(companyPerson),
  }),
  timeline: endpoint({
    method: 'GET',
    path: '/companies/{id}/timeline',
    permission: 'companies.read',
    summary: 'What the people of a company did, newest first',
    input: z.object({
      id: uuid,
      names: z.string().max(1_000).optional(),
      people: z.stringbool().optional().describe('Without what machines opened and clicked'),
      ...pageQuery,
    }),
    output: page(
      z.object({
        id: uuid,
        name: z.string(),
        at: instant,
        historic: z.boolean(),
        props: z.record(z.string(), z.unknown()),
        person: z.object({ id: uuid, name: z.string() }),
      }),
    ),
  }),
  merge: endpoint({
    method: 'POST',
    path: '/companies/{id}/merge',
    permission: 'companies.write',
    summary: 'Two companies become one; people, domains and names go along, the old id resolves',
    input: z.object({ id: uuid, lose: uuid }),
    output: z.object({ merge: uuid, moved: z.number().int() }),
  }),
}
