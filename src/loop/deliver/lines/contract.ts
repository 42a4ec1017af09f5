// Lines of newsletters: their rhythm, the issues planned ahead, how far the plan is kept, and whether a line is ready to begin. Browser-safe.
import { z } from 'zod'
import { done, endpoint, uuid } from '#kernel/endpoint.ts'
import { readiness } from './ready/contract.ts'

const day = z.iso.date()
/** A day that somebody plans by: what lies further off is a slip of the hand. */
const planned = day.refine((text) => text >= '2000-01-01' && text <= '2199-12-31', {
  message: '2000年から2199年までの日付にしてください / Take a day from 2000 to 2199',
})
const weekday = z.number().int().min(0).max(6).describe('0 Sunday to 6 Saturday')

/** The days on which a line is meant to appear; one that falls on a day off goes to the next business day. */
export const rhythm = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('weeks'), every: z.number().int().min(1).max(26), weekday }),
  z.object({
    kind: z.literal('monthDay'),
    every: z.number().int().min(1).max(12),
    day: z.number().int().min(1).max(31).describe('The last day of a month that is shorter'),
  }),
  z.object({
    kind: z.literal('monthWeekday'),
    every: z.number().int().min(1).max(12),
    nth: z.number().int().min(1).max(5).describe('1 the first to 4 the fourth; 5 the last'),
    weekday,
  }),
])
export type Rhythm = z.output<typeof rhythm>

/** More lines than a company can keep. */
export const MOST_LINES = 50

export const ISSUE_STATES = ['planned', 'drafted', 'approved', 'scheduled', 'sent', 'cancelled', 'skipped'] as const
export type IssueState = (typeof ISSUE_STATES)[number]
export const ALERTS = ['missing', 'late', 'overdue'] as const
export type AlertKind = (typeof ALERTS)[number]

const edit = {
  name: z.string().trim().min(1).max(80),
  rhythm,
  startsOn: planned,
  sendAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('10:00')
    .describe('The usual hour, in the zone of the company'),
  ownerId: uuid.nullable().default(null),
  topicId: uuid.nullable().default(null),
  include: z.array(uuid).max(50).default([]),
  exclude: z.array(uuid).max(50).default([]),
  templateId: uuid.nullable().default(null).describe('What each issue begins from'),
  sender: z.enum(['company', 'owner']).nullable().default(null),
  draftDays: z.number().int().min(0).max(60).default(5).describe('The draft is due so many business days before the issue'),
  aheadDays: z.number().int().min(1).max(90).default(14).describe('A missing issue is told so many days ahead'),
  hoursNeeded: z.number().min(0).max(500).nullable().default(null).describe('Hours one issue takes, as its people estimate'),
  hoursFree: z.number().min(0).max(500).nullable().default(null).describe('Hours its people have for one issue'),
}

const alert = z.object({
  kind: z.enum(ALERTS).describe('missing: nothing is planned for the next day · late: the draft was due · overdue: the day has gone by'),
  lineId: uuid,
  lineName: z.string(),
  day: day.describe('The day of the issue'),
  slot: day.nullable(),
  issueId: uuid.nullable(),
  theme: z.string(),
  dueOn: day.nullable(),
})
export type LineAlert = z.output<typeof alert>

const interval = z.object({ from: day, to: day, days: z.number().int() })
const pace = z.object({
  planned: z.number().describe('Days between two issues by the rhythm, on average'),
  intervals: z.array(interval).describe('Days between the issues that were really sent, the last 24'),
  recent: z.number().nullable().describe('The mean of the last three'),
  grows: z
    .boolean()
    .describe(
      'The intervals grow: the mean of the last two, the running one included, is over the plan by more than a fifth, and the trend points up',
    ),
  lastOn: day.nullable(),
  sinceLast: z.number().int().nullable().describe('Days since the last issue'),
  overdueDays: z.number().int().describe('Days by which the next issue is late; 0 when it is not'),
})
export type Pace = z.output<typeof pace>

const line = z.object({
  ...edit,
  id: uuid,
  ownerName: z.string().nullable(),
  archived: z.boolean(),
  next: z
    .object({ day, slot: day.nullable(), issueId: uuid.nullable(), state: z.enum(ISSUE_STATES).nullable(), theme: z.string() })
    .nullable()
    .describe('The next issue by plan'),
  ahead: z.number().int().describe('Issues planned from today on'),
  alerts: z.array(alert),
  pace,
})
export type Line = z.output<typeof line>

const issue = z.object({
  id: uuid,
  lineId: uuid,
  lineName: z.string(),
  slot: day.nullable(),
  day,
  sendAt: z.string(),
  theme: z.string(),
  content: z.string(),
  ownerId: uuid.nullable(),
  ownerName: z.string().nullable(),
  dueOn: day,
  state: z.enum(ISSUE_STATES),
  late: z.boolean().describe('The draft was due and is not there'),
  newsletterId: uuid.nullable(),
  sentOn: day.nullable(),
})
export type Issue = z.output<typeof issue>

const overdue = z.boolean().describe('Its day has gone by, and no issue went out')

const issueEdit = {
  day: planned,
  theme: z.string().trim().max(120).default(''),
  content: z.string().trim().max(500).default('').describe('The piece it is built on: a title or an address'),
  ownerId: uuid.nullable().default(null).describe('null: the owner of the line'),
  dueOn: planned.nullable().default(null).describe('null: by the rule of the line'),
}

export const linesContract = {
  list: endpoint({
    method: 'GET',
    path: '/newsletter-lines',
    permission: 'newsletters.read',
    summary: 'Lines of newsletters with their next issue, what is missing and how far the rhythm is kept',
    input: z.object({}),
    output: z.object({ items: z.array(line) }),
  }),
  get: endpoint({
    method: 'GET',
    path: '/newsletter-lines/{id}',
    permission: 'newsletters.read',
    summary: 'One line of newsletters',
    input: z.object({ id: uuid }),
    output: line,
  }),
  create: endpoint({
    method: 'POST',
    path: '/newsletter-lines',
    permission: 'newsletters.write',
    summary: 'Begin a line of newsletters',
    input: z.object(edit),
    output: z.object({ id: uuid }),
  }),
  update: endpoint({
    method: 'PUT',
    path: '/newsletter-lines/{id}',
    permission: 'newsletters.write',
    summary: 'Change a line; issues that are planned stay where they are',
    input: z.object({ id: uuid, ...edit }),
    output: done,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/newsletter-lines/{id}',
    permission: 'newsletters.write',
    summary: 'End a line; nothing of it is warned of any more',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/newsletter-lines/{id}/restore',
    permission: 'newsletters.write',
    summary: 'Take a line up again that was ended',
    input: z.object({ id: uuid }),
    output: done,
  }),
  plan: endpoint({
    method: 'POST',
    path: '/newsletter-lines/{id}/plan',
    permission: 'newsletters.write',
    summary: 'Plan the next issues that are missing, by the rhythm',
    input: z.object({ id: uuid, count: z.number().int().min(1).max(26) }),
    output: z.object({ items: z.array(uuid) }),
  }),
  readiness: endpoint({
    method: 'GET',
    path: '/newsletter-lines/{id}/readiness',
    permission: 'newsletters.read',
    summary: 'What a line still lacks before its first issue, in numbers of this company',
    input: z.object({ id: uuid }),
    output: readiness,
  }),
  calendar: endpoint({
    method: 'GET',
    path: '/newsletter-calendar',
    permission: 'newsletters.read',
    summary: 'Days with holidays and closing days, planned issues, and days of the rhythm for which nothing is planned',
    input: z.object({ from: planned, to: planned, lineId: uuid.optional() }),
    output: z.object({
      today: day,
      days: z.array(z.object({ day, holiday: z.string().nullable(), closed: z.boolean() })),
      issues: z.array(issue.extend({ overdue })),
      open: z.array(z.object({ lineId: uuid, lineName: z.string(), slot: day, day, overdue })),
    }),
  }),
  notices: endpoint({
    method: 'GET',
    path: '/newsletter-notices',
    permission: 'newsletters.read',
    summary: 'Issues that are missing, late or overdue now, of all lines',
    input: z.object({}),
    output: z.object({ items: z.array(alert) }),
  }),
  addIssue: endpoint({
    method: 'POST',
    path: '/newsletter-issues',
    permission: 'newsletters.write',
    summary: 'Plan an issue, or give one that was sent its place in a line',
    input: z.object({
      lineId: uuid,
      ...issueEdit,
      newsletterId: uuid.nullable().default(null).describe('A newsletter that is there already'),
    }),
    output: z.object({ id: uuid }),
  }),
  updateIssue: endpoint({
    method: 'PUT',
    path: '/newsletter-issues/{id}',
    permission: 'newsletters.write',
    summary: 'Change a planned issue',
    input: z.object({ id: uuid, ...issueEdit }),
    output: done,
  }),
  moveIssue: endpoint({
    method: 'POST',
    path: '/newsletter-issues/{id}/move',
    permission: 'newsletters.write',
    summary: 'Move a planned issue to another day; the day its draft is due moves with it',
    input: z.object({ id: uuid, day: planned }),
    output: done,
  }),
  skipIssue: endpoint({
    method: 'POST',
    path: '/newsletter-issues/{id}/skip',
    permission: 'newsletters.write',
    summary: 'Leave an issue out on purpose, or take it back in',
    input: z.object({ id: uuid, skip: z.boolean() }),
    output: done,
  }),
  removeIssue: endpoint({
    method: 'DELETE',
    path: '/newsletter-issues/{id}',
    permission: 'newsletters.write',
    summary: 'Take an issue out of the plan; its newsletter stays',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restoreIssue: endpoint({
    method: 'POST',
    path: '/newsletter-issues/{id}/restore',
    permission: 'newsletters.write',
    summary: 'Put an issue back that was taken out',
    input: z.object({ id: uuid }),
    output: done,
  }),
  open: endpoint({
    method: 'POST',
    path: '/newsletter-issues/{id}/open',
    permission: 'newsletters.write',
    summary: 'The newsletter of an issue; made from the template and people of its line where there is none yet',
    input: z.object({ id: uuid }),
    output: z.object({ newsletterId: uuid, templateId: uuid, made: z.boolean() }),
  }),
}
