import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/** off: measured without asking · notice: told, with a way out · opt-in: nothing before a yes. Global Privacy Control counts as a no in all three. */
export const consentMode = z.enum(['off', 'notice', 'opt-in'])
export type ConsentMode = z.infer<typeof consentMode>

/** Why a message has no effect, or none beyond being counted. */
export const COUNT_REASONS = [
  'accepted',
  'robot',
  'duplicate',
  'conflict',
  'consent',
  'gpc',
  'domain',
  'invalid',
  'key',
  'unnamed',
  'asset',
  'other',
] as const
export type CountReason = (typeof COUNT_REASONS)[number]

/** The journal events this room appends. */
export const TRACK_EVENTS = ['page.viewed', 'page.left', 'link.clicked', 'file.downloaded', 'session.started', 'screen.viewed'] as const

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'a host name such as example.co.jp, without https:// and path',
  )
  .max(253)

const siteFields = {
  name: z.string().trim().min(1).max(100),
  domains: z.array(domain).max(50),
  consentMode,
  countRobots: z.boolean(),
}

export const siteSchema = z.object({
  id: uuid,
  ...siteFields,
  writeKey: z.string(),
  createdAt: instant,
  archivedAt: instant.nullable(),
  seenAt: instant.nullable(),
  seenUrl: z.string().nullable(),
  /** What to paste into the pages of the site, before `</head>`. */
  snippet: z.string(),
})
export type Site = z.infer<typeof siteSchema>

const pattern = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(/^[^\s]+$/, 'no spaces; * stands for any characters')

export const pageGroupSchema = z.object({ id: uuid, name: z.string(), patterns: z.array(z.string()), position: z.number().int() })
export type PageGroup = z.infer<typeof pageGroupSchema>

const pageGroupFields = { name: z.string().trim().min(1).max(60), patterns: z.array(pattern).min(1).max(50) }

export const liveVisitorSchema = z.object({
  personId: uuid,
  visitId: uuid,
  siteId: uuid,
  site: z.string(),
  /** The lead's name, or null for a visitor without one. */
  name: z.string().nullable(),
  company: z.string().nullable(),
  isLead: z.boolean(),
  startedAt: instant,
  lastAt: instant,
  url: z.string().nullable(),
  title: z.string().nullable(),
  channel: z.string(),
  keyword: z.string().nullable(),
  deviceClass: z.string(),
  pages: z.number().int(),
  /** Visits of this person so far, this one included. */
  visits: z.number().int(),
})
export type LiveVisitor = z.infer<typeof liveVisitorSchema>

export const visitSchema = z.object({
  id: uuid,
  startedAt: instant,
  lastAt: instant,
  historic: z.boolean(),
  landing: z.string().nullable(),
  referrer: z.string().nullable(),
  channel: z.string(),
  keyword: z.string().nullable(),
  utm: z.record(z.string(), z.string()),
  deviceClass: z.string(),
  pages: z.number().int(),
  /** Seconds the pages of this visit were really looked at. */
  engaged: z.number().int(),
})
export type Visit = z.infer<typeof visitSchema>

export const trackedEventSchema = z.object({
  id: uuid,
  name: z.string(),
  at: instant,
  historic: z.boolean(),
  pageGroup: z.string().nullable(),
  url: z.string().nullable(),
  title: z.string().nullable(),
  /** The few properties a timeline line shows. */
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type TrackedEvent = z.infer<typeof trackedEventSchema>

export const countRowSchema = z.object({
  day: z.iso.date(),
  siteId: uuid.nullable(),
  reason: z.string(),
  detail: z.string(),
  n: z.number().int(),
})
export type CountRow = z.infer<typeof countRowSchema>

const notice = z.object({ ja: z.string(), en: z.string(), url: z.string() })

export const trackContract = {
  sites: endpoint({
    method: 'GET',
    path: '/sites',
    permission: 'sites.read',
    summary: 'Web sites whose visitors are tracked',
    input: z.object({ archived: z.boolean().default(false) }),
    output: z.object({ items: z.array(siteSchema) }),
  }),
  addSite: endpoint({
    method: 'POST',
    path: '/sites',
    permission: 'sites.write',
    summary: 'Add a site; answers its write key and snippet',
    input: z.object({
      ...siteFields,
      domains: siteFields.domains.default([]),
      consentMode: consentMode.default('notice'),
      countRobots: z.boolean().default(true),
    }),
    output: siteSchema,
  }),
  changeSite: endpoint({
    method: 'PATCH',
    path: '/sites/{id}',
    permission: 'sites.write',
    summary: 'Change a site, archive it or bring it back',
    input: z.object({ id: uuid, archived: z.boolean().optional(), ...z.object(siteFields).partial().shape }),
    output: siteSchema,
  }),
  siteNotice: endpoint({
    method: 'GET',
    path: '/sites/{id}/notice',
    permission: 'sites.read',
    summary: 'The text about external transmission (電気通信事業法) to publish, in Japanese and English',
    input: z.object({ id: uuid }),
    output: notice,
  }),
  counts: endpoint({
    method: 'GET',
    path: '/sites/counts',
    permission: 'sites.read',
    summary: 'What came in per day and site, and what was dropped for which reason',
    input: z.object({ days: z.coerce.number().int().min(1).max(366).default(14), until: z.iso.date().optional() }),
    output: z.object({ items: z.array(countRowSchema) }),
  }),
  pageGroups: endpoint({
    method: 'GET',
    path: '/page-groups',
    permission: 'sites.read',
    summary: 'Named sets of pages, in the order they are tried',
    input: z.object({}),
    output: z.object({ items: z.array(pageGroupSchema) }),
  }),
  addPageGroup: endpoint({
    method: 'POST',
    path: '/page-groups',
    permission: 'sites.write',
    summary: 'Add a page group; pages viewed from now on carry it',
    input: z.object(pageGroupFields),
    output: pageGroupSchema,
  }),
  changePageGroup: endpoint({
    method: 'PATCH',
    path: '/page-groups/{id}',
    permission: 'sites.write',
    summary: 'Change a page group or its place in the order',
    input: z.object({ id: uuid, position: z.number().int().min(0).max(10_000).optional(), ...z.object(pageGroupFields).partial().shape }),
    output: pageGroupSchema,
  }),
  removePageGroup: endpoint({
    method: 'DELETE',
    path: '/page-groups/{id}',
    permission: 'sites.write',
    summary: 'Remove a page group; pages viewed before keep its mark',
    input: z.object({ id: uuid }),
    output: done,
  }),
  tryPageGroup: endpoint({
    method: 'GET',
    path: '/page-groups/try',
    permission: 'sites.read',
    summary: 'Which page group an address belongs to',
    input: z.object({ url: z.string().min(1).max(4_000) }),
    output: z.object({ group: pageGroupSchema.nullable() }),
  }),
  live: endpoint({
    method: 'GET',
    path: '/visitors/live',
    permission: 'visitors.read',
    summary: 'Who is on the sites now: seen within the last five minutes, newest first',
    input: z.object({ siteId: uuid.optional() }),
    output: z.object({ items: z.array(liveVisitorSchema), more: z.boolean(), now: instant }),
  }),
  visits: endpoint({
    method: 'GET',
    path: '/visitors/{id}/visits',
    permission: 'visitors.read',
    summary: 'The visits of one person, newest first, with dwell time',
    input: z.object({ id: uuid, ...pageQuery }),
    output: page(visitSchema),
  }),
  visitorEvents: endpoint({
    method: 'GET',
    path: '/visitors/{id}/events',
    permission: 'visitors.read',
    summary: 'What one visitor did on the sites, newest first',
    input: z.object({ id: uuid, ...pageQuery }),
    output: page(trackedEventSchema),
  }),
}
