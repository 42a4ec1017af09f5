// Nobody forgotten: who was not touched for long, who is in no plan, and leads that sales lets lie. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { leadBrief } from '../signals/contract.ts'

export const TOUCH_KINDS = ['sent', 'opened', 'clicked', 'visited', 'form', 'activity', 'deal'] as const
export type TouchKind = (typeof TOUCH_KINDS)[number]

export const PLAN_KINDS = ['scenario', 'handoff', 'deal', 'newsletter'] as const
export type PlanKind = (typeof PLAN_KINDS)[number]

const days = z.number().int().min(1).max(3_650)

export const neglectSettings = z.object({
  kinds: z.array(z.enum(TOUCH_KINDS)).min(1).describe('What counts as a touch'),
  plans: z.array(z.enum(PLAN_KINDS)).describe('What counts as a plan, besides open tasks and parking'),
  isOn: z.boolean().describe('Leads that sales lets lie go back'),
  days,
  businessDays: z.boolean(),
  backTo: uuid.nullable().describe('Who gets them; null: nobody, the pool'),
  onlySales: z.boolean().describe('Only leads of colleagues in the role sales'),
  leaveDeals: z.boolean().describe('Leads in an open deal stay'),
})
export type NeglectSettings = z.infer<typeof neglectSettings>

export const DEFAULT_NEGLECT: NeglectSettings = {
  kinds: [...TOUCH_KINDS],
  plans: [...PLAN_KINDS],
  isOn: false,
  days: 14,
  businessDays: true,
  backTo: null,
  onlySales: true,
  leaveDeals: true,
}

const LISTS = ['untouched', 'planless', 'parked', 'neglected'] as const
export type NeglectList = (typeof LISTS)[number]

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

export const neglectContract = {
  report: endpoint({
    method: 'GET',
    path: '/neglect',
    permission: 'leads.read',
    summary: 'How many leads were not touched for so many days, are in no plan, are parked, or lie with sales',
    input: z.object({}),
    output: z.object({
      total: z.number().int(),
      untouched: z.array(z.object({ days: z.number().int(), n: z.number().int() })),
      plans: z.array(z.object({ plan: z.string(), n: z.number().int() })),
      planless: z.number().int(),
      parked: z.number().int(),
      neglected: z.number().int(),
      settings: neglectSettings,
    }),
  }),
  people: endpoint({
    method: 'GET',
    path: '/neglect/people',
    permission: 'leads.read',
    summary: 'The leads behind a number of the report, the longest untouched first',
    input: z.object({ list: z.enum(LISTS), days: z.coerce.number().int().min(1).max(3_650).optional(), ...pageQuery }),
    output: page(
      z.object({
        lead: leadBrief,
        ownerId: uuid.nullable(),
        touchedAt: instant,
        workedAt: instant,
        plan: z.string().nullable(),
        parkedUntil: day.nullable(),
        parkedReason: z.string().nullable(),
        parkedBy: z.string().nullable(),
      }),
    ),
  }),
  save: endpoint({
    method: 'PUT',
    path: '/neglect/settings',
    permission: 'assignment.write',
    summary: 'Change what counts as a touch or plan, and when leads go back',
    input: neglectSettings,
    output: neglectSettings,
  }),
  park: endpoint({
    method: 'POST',
    path: '/neglect/park',
    permission: 'leads.write',
    summary: 'Park leads until a day, with a reason: they are in no plan on purpose',
    input: z.object({ ids: z.array(uuid).min(1).max(500), until: day, reason: z.string().trim().min(1).max(500) }),
    output: z.object({ changed: z.number().int() }),
  }),
  unpark: endpoint({
    method: 'POST',
    path: '/neglect/unpark',
    permission: 'leads.write',
    summary: 'Take leads out of parking',
    input: z.object({ ids: z.array(uuid).min(1).max(500) }),
    output: z.object({ changed: z.number().int() }),
  }),
  giveBack: endpoint({
    method: 'POST',
    path: '/neglect/return',
    permission: 'assignment.write',
    summary: 'Give leads that sales lets lie back now, 1,000 at most; the run can be taken back with those of assignment',
    input: z.object({}),
    output: z.object({ runId: uuid.nullable(), changed: z.number().int() }),
  }),
  recount: endpoint({
    method: 'POST',
    path: '/neglect/recount',
    permission: 'leads.write',
    summary: 'Look at everybody anew, in the background',
    input: z.object({}),
    output: done,
  }),
}
