import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { METRICS } from '../rollup/metrics.ts'

const day = z.iso.date()
const metric = z.enum(METRICS)
export type Metric = z.infer<typeof metric>

/** People, and how often together, in one period. */
const count = z.object({ people: z.number().int(), n: z.number().int() })
const figure = count.extend({ before: count })
export type Figure = z.infer<typeof figure>

export const figures = z.record(metric, figure)
export type Figures = z.infer<typeof figures>

const period = z.object({ from: day, to: day })

export const hotLead = z.object({
  id: uuid,
  name: z.string().nullable(),
  company: z.string().nullable(),
  score: z.number(),
  recent: z.number(),
  lastSeenAt: instant.nullable(),
})
export type HotLead = z.infer<typeof hotLead>

export const reportPerson = z.object({
  id: uuid,
  name: z.string().nullable(),
  company: z.string().nullable(),
  email: z.string().nullable(),
  identified: z.boolean(),
  n: z.number().int().describe('How often in the period'),
  lastDay: day,
})
export type ReportPerson = z.infer<typeof reportPerson>

/** The five first things, each seen by the system itself. */
export const ONBOARDING = ['tag', 'company', 'sender', 'leads', 'scenario'] as const

export const reportsContract = {
  dashboard: endpoint({
    method: 'GET',
    path: '/reports/dashboard',
    permission: 'reports.read',
    summary: 'The numbers of the last days, today included, beside those of as many days before',
    input: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }),
    output: z.object({
      period,
      before: period,
      timeZone: z.string(),
      asOf: instant.describe('Everything received until then is counted'),
      waiting: z.boolean().describe('Whether something received is not counted yet'),
      figures,
      pipeline: z.object({ deals: z.number().int(), amount: z.number() }).describe('Deals that are open now, yen'),
      hot: z.array(hotLead),
      empty: z.boolean().describe('Nothing was ever counted'),
    }),
  }),
  trend: endpoint({
    method: 'GET',
    path: '/reports/trend',
    permission: 'reports.read',
    summary: 'People per day of one metric, beside as many days before',
    input: z.object({ metric, days: z.coerce.number().int().min(1).max(366).default(30) }),
    output: z.object({ days: z.array(day), people: z.array(z.number().int()), before: z.array(z.number().int()) }),
  }),
  people: endpoint({
    method: 'GET',
    path: '/reports/people',
    permission: 'reports.read',
    summary: 'The people behind a number: who did it between two days, newest first',
    input: z.object({ metric, from: day, to: day, ...pageQuery }),
    output: page(reportPerson),
  }),
  onboarding: endpoint({
    method: 'GET',
    path: '/reports/onboarding',
    permission: 'reports.read',
    summary: 'The first five things to set up, each verified',
    input: z.object({}),
    output: z.object({ dismissed: z.boolean(), items: z.array(z.object({ key: z.enum(ONBOARDING), done: z.boolean() })) }),
  }),
  dismissOnboarding: endpoint({
    method: 'PUT',
    path: '/reports/onboarding',
    permission: 'reports.write',
    summary: 'Hide the list of first things, or bring it back',
    input: z.object({ dismissed: z.boolean() }),
    output: done,
  }),
}
