// How often, and at which hours, commercial mail may reach somebody. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time HH:MM')
const count = (most: number) => z.number().int().min(1).max(most).nullable()

/** What holds for commercial mail of newsletters and scenarios together; what somebody has asked for themselves is outside. */
export const mailCaps = z.object({
  perDay: count(50).describe('Mails to one person on one day; null: no limit'),
  perWeek: count(200).describe('Mails to one person on any seven days in a row; null: no limit'),
  perCompanyDay: count(10_000).describe('Mails to people of one company on one day; null: no limit'),
  hours: z
    .object({
      isOn: z.boolean(),
      from: time,
      to: time,
      weekdays: z.array(z.number().int().min(0).max(6)).max(7).describe('0 Sunday to 6 Saturday'),
      holidays: z.boolean().describe('On national holidays too'),
      closedDays: z.boolean().describe('On the closing days of the company too'),
    })
    .describe('Commercial mail leaves only within these hours'),
  newsletters: z.boolean().describe('The hours hold for newsletters, too; if not, they leave at the minute somebody chose'),
  newsletterPriority: z.number().int().min(1).max(5).describe('Against scenarios, whose priority is their own; higher goes first'),
  mostDays: z.number().int().min(1).max(90).describe('A mail the caps have held back for so many days is given up'),
})
export type MailCaps = z.output<typeof mailCaps>

/** Nothing at night and on days off; no limit of number until somebody sets one. */
export const DEFAULT_CAPS: MailCaps = {
  perDay: null,
  perWeek: null,
  perCompanyDay: null,
  hours: { isOn: true, from: '08:00', to: '20:00', weekdays: [1, 2, 3, 4, 5], holidays: false, closedDays: false },
  newsletters: true,
  newsletterPriority: 3,
  mostDays: 14,
}

/** The priority of a mail that says nothing of it. */
export const USUAL_PRIORITY = 3

/** Why a mail waits for later although the person may be reached. */
export const POSTPONED = ['capped', 'quiet'] as const
export type Postponed = (typeof POSTPONED)[number]

const heldMail = z.object({
  id: uuid,
  name: z.string().describe('The template'),
  from: z.string().nullable().describe('The newsletter it belongs to; null for single mails of scenarios'),
  reason: z.string(),
  since: instant,
  until: instant.nullable().describe('When it is looked at again; null when it was given up'),
})
export type HeldMail = z.output<typeof heldMail>

/** The counts of what waits, and of what was given up in the last 30 days. */
export const HELD_COUNTS = [...POSTPONED, 'givenUp'] as const
export type HeldCount = (typeof HELD_COUNTS)[number]

const heldPerson = z.object({
  personId: uuid,
  person: z.string(),
  company: z.string().nullable(),
  isLead: z.boolean(),
  mail: heldMail,
})
export type HeldPerson = z.output<typeof heldPerson>

export const capsContract = {
  read: endpoint({
    method: 'GET',
    path: '/mail-caps',
    permission: 'mail.read',
    summary: 'How often and at which hours commercial mail may reach somebody, and how much of it waits for that now',
    input: z.object({}),
    output: mailCaps.extend({
      waiting: z.object({ capped: z.number().int(), quiet: z.number().int(), givenUp: z.number().int().describe('Of the last 30 days') }),
      next: instant.nullable().describe('When commercial mail may leave again; null when it may now'),
    }),
  }),
  people: endpoint({
    method: 'GET',
    path: '/mail-caps/people',
    permission: 'mail.read',
    summary: 'Who waits by the caps or hours and until when, the next to leave first; or whose mail was given up, the last first',
    input: z.object({ of: z.enum(HELD_COUNTS), ...pageQuery }),
    output: page(heldPerson),
  }),
  save: endpoint({
    method: 'PUT',
    path: '/mail-caps',
    permission: 'mail.write',
    summary: 'Change the caps and hours; what waits by them is looked at again at once',
    input: mailCaps,
    output: mailCaps.extend({ released: z.number().int().describe('Waiting mails that are looked at again') }),
  }),
  ofLead: endpoint({
    method: 'GET',
    path: '/leads/{leadId}/held-mails',
    permission: 'leads.read',
    summary: 'Mails that have not reached a lead, or wait, and why',
    input: z.object({ leadId: uuid }),
    output: z.object({ items: z.array(heldMail) }),
  }),
}
