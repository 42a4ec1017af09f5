// What became of one newsletter: who got it, who read it, what it led to, and who stands behind each number. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { BOUNCE_REASONS } from '#loop/deliver/bounces/reasons.ts'
import { CONVERSION_DAYS } from '#loop/deliver/conversion.ts'

/** The numbers of a report, each with the people behind it. */
export const MAIL_NUMBERS = [
  'all',
  'waiting',
  'suppressed',
  'cancelled',
  'unknown',
  'sent',
  'delivered',
  'opened',
  'openedUnknown',
  'openedMachine',
  'notOpened',
  'clicked',
  'clickedUnknown',
  'clickedMachine',
  'notClicked',
  'converted',
  'stopped',
  'complained',
  'bounced',
  'bouncedHard',
  'bouncedSoft',
] as const
export type MailNumber = (typeof MAIL_NUMBERS)[number]

/** Numbers that can become a segment: what the journal tells of people. */
export const SEGMENT_NUMBERS = [
  'sent',
  'opened',
  'notOpened',
  'clicked',
  'notClicked',
  'converted',
  'stopped',
  'complained',
  'bounced',
  'bouncedHard',
  'bouncedSoft',
] as const satisfies readonly MailNumber[]
export type SegmentNumber = (typeof SEGMENT_NUMBERS)[number]

/** Reasons of ours by which mails come back; whatever else stands as a reason is what the server said. */
export const MAIL_BOUNCES = BOUNCE_REASONS

/** Why people stopped who ticked nothing: they reported the mail as spam, or said nothing. */
export const STOPPED_OTHERWISE = ['complaint', 'unsaid'] as const

/** What a click may lead to; null: the usual ones together (a form, a deal, a scenario's goal). */
export const MAIL_GOALS = ['form.submitted', 'file.downloaded', 'deal.created', 'scenario.goal'] as const
export type MailGoal = (typeof MAIL_GOALS)[number]
/** Whose opens and clicks count: people's own, those in doubt too, or everything that fetched or followed. */
export const COUNT_AS = ['human', 'doubt', 'raw'] as const
export type CountAs = (typeof COUNT_AS)[number]
/** A goal counts when it follows the first click within this time (KPI-03). */
export const GOAL_DAYS = CONVERSION_DAYS
/** How many hours after sending are shown one by one. */
export const HOURS_SHOWN = 72

const n = z.number().int()
const as = z
  .enum(COUNT_AS)
  .optional()
  .describe(
    'Whose opens and clicks count: those of people alone, the usual; with those in doubt; with those of machines, as other tools count',
  )
export const figures = z.object({
  all: n.describe('People it was made for; all other numbers are parts of it'),
  waiting: n,
  suppressed: n.describe('Left out: no consent, stopped, over the cap …'),
  cancelled: n,
  unknown: n.describe('The connection broke before the answer came: sent or not, nobody knows'),
  tried: n.describe('Sent or refused at the door: what the undelivered rate is a share of'),
  sent: n.describe('Taken by the receiving server'),
  delivered: n.describe('Sent and not come back'),
  opened: n.describe('People who opened or clicked themselves'),
  openedUnknown: n.describe('People of whom it cannot be told whether they or a machine fetched the pictures'),
  openedMachine: n.describe('Only a machine fetched the pictures'),
  notOpened: n,
  clicked: n,
  clickedUnknown: n,
  clickedMachine: n,
  notClicked: n.describe('Delivered, and no person followed a link'),
  converted: n,
  stopped: n,
  complained: n,
  bounced: n.describe('Refused at the door or come back later'),
  bouncedHard: n,
  bouncedSoft: n,
})
export type MailFigures = z.output<typeof figures>

const reason = z.object({ reason: z.string(), count: n })
const domain = z.object({
  domain: z.string(),
  sent: n,
  delivered: n,
  opened: n,
  clicked: n,
  bouncedHard: n,
  bouncedSoft: n,
  complained: n,
  stopped: n,
})
export type DomainRow = z.output<typeof domain>

const version = z.object({ id: uuid, version: n, subject: z.string(), figures })
const ARMS = ['a', 'b'] as const
export type Arm = (typeof ARMS)[number]

/** Somebody a newsletter went to, or did not. */
const mailPerson = z.object({
  id: uuid.describe('Of the mail'),
  personId: uuid,
  name: z.string(),
  company: z.string(),
  address: z.string(),
  status: z.string(),
  reason: z.string(),
  sentAt: instant.nullable(),
  openedAt: instant.nullable(),
  clickedAt: instant.nullable(),
})
export type MailPerson = z.output<typeof mailPerson>

/** One number, narrowed by reason, receiving domain, hour after sending, link or version of the template. */
const narrowed = {
  id: uuid,
  of: z.enum(MAIL_NUMBERS).default('all'),
  as,
  goal: z.enum(MAIL_GOALS).optional(),
  reason: z.string().max(300).optional(),
  domain: z.string().max(255).optional(),
  hour: z.coerce.number().int().min(0).max(HOURS_SHOWN).optional(),
  link: z.coerce.number().int().min(1).max(999).optional(),
  version: uuid.optional(),
  arm: z.enum(ARMS).optional().describe('Those who got A or B while it was tried'),
}

const reportShape = z.object({
  figures: figures.describe('Opens and clicks of people; those in doubt and of machines stand beside, whatever `as` says'),
  suppressedBy: z.array(reason),
  bouncedBy: z.array(reason),
  stoppedBy: z.array(reason).describe('What people ticked when they stopped; `complaint`: they reported it as spam, `unsaid`: no reason'),
  domains: z.array(domain).describe('The fifty largest'),
  hours: z
    .array(z.object({ opened: n, clicked: n }))
    .describe('People by whole hours between the sending and what they did first; the last one holds everything later'),
  versions: z.array(version).describe('The versions of the template it went out with; more than one in a test'),
  arms: z
    .array(z.object({ arm: z.enum(ARMS), subject: z.string(), figures }))
    .nullable()
    .describe('A beside B: those who got them while they were tried, without the others who got the better one; null: no test'),
})

export const mailReportsContract = {
  report: endpoint({
    method: 'GET',
    path: '/newsletters/{id}/report',
    permission: 'newsletters.read',
    summary: 'What became of a newsletter: people by outcome, reason, receiving domain and hours after sending',
    input: z.object({ id: uuid, as, goal: z.enum(MAIL_GOALS).optional() }),
    output: reportShape,
  }),
  clickMap: endpoint({
    method: 'GET',
    path: '/newsletters/{id}/click-map',
    permission: 'newsletters.read',
    summary: 'The mail drawn with the clicks at its links, by position and wording',
    input: z.object({ id: uuid, as, version: uuid.optional() }),
    output: z.object({
      version: uuid.describe('The version drawn and counted'),
      html: z.string(),
      subject: z.string(),
      delivered: n,
      links: z.array(
        z.object({
          link: n.describe('Place in the mail, from 1'),
          url: z.string(),
          label: z.string().describe('Its wording, or what its picture is called'),
          people: n.describe('Who followed it, each once, as `as` counts'),
          clicks: n.describe('How often they did'),
          doubt: n.describe('People of whose clicks there none can be told to be theirs'),
          machine: n.describe('People for whom only a machine followed it'),
        }),
      ),
    }),
  }),
  people: endpoint({
    method: 'GET',
    path: '/newsletters/{id}/report/people',
    permission: 'newsletters.read',
    summary: 'The people behind a number of the report',
    input: z.object({ ...narrowed, ...pageQuery }),
    output: page(mailPerson),
  }),
  stepReport: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/steps/{step}/mail-report',
    permission: 'scenarios.read',
    summary:
      'What became of the mails of one step of a scenario, as the report of a newsletter tells it; whoever comes through in another run has another mail',
    input: z.object({ id: uuid, step: z.string().max(40), as, goal: z.enum(MAIL_GOALS).optional() }),
    output: reportShape,
  }),
  stepPeople: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/steps/{step}/mail-report/people',
    permission: 'scenarios.read',
    summary: 'The people behind a number of the report of a step, one mail each',
    input: z.object({ ...narrowed, step: z.string().max(40), ...pageQuery }).omit({ arm: true, link: true }),
    output: page(mailPerson),
  }),
  segment: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/report/segment',
    permission: 'segments.write',
    summary: 'Make a segment of the people behind a number; it stays up to date',
    input: z.object({
      id: uuid,
      of: z.enum(SEGMENT_NUMBERS),
      goal: z.enum(MAIL_GOALS).optional(),
      link: z.number().int().min(1).max(999).optional(),
      name: z.string().trim().min(1).max(120),
    }),
    output: z.object({ id: uuid }),
  }),
  again: endpoint({
    method: 'POST',
    path: '/newsletters/{id}/again',
    permission: 'newsletters.write',
    summary: 'A new newsletter, as a draft, to those who got this one and followed no link',
    input: z.object({ id: uuid, name: z.string().trim().min(1).max(120), segmentName: z.string().trim().min(1).max(120) }),
    output: z.object({ id: uuid, segment: uuid }),
  }),
}
