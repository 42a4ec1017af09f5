import { z } from 'zod'
import { endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'

/** What of a template's mails is counted, in people's mails. `raw…`: whatever fetched or followed, machines and doubt included. */
export const figures = z.object({
  sent: z.number().int().meta({ description: 'the sample: mails that went out' }),
  tried: z.number().int().meta({ description: 'went out or refused at the door' }),
  undelivered: z.number().int().meta({ description: 'refused at once, or come back later' }),
  opened: z.number().int(),
  clicked: z.number().int(),
  converted: z
    .number()
    .int()
    .meta({ description: 'sent a form, reached the goal of a scenario or got a deal within seven days after their click' }),
  stopped: z.number().int(),
  complained: z.number().int(),
  rawOpened: z.number().int(),
  rawClicked: z.number().int(),
  waiting: z.number().int(),
})
export type Figures = z.infer<typeof figures>

/** A share with the range in which its true value lies in 95 of 100 cases (Wilson). */
const rate = z.object({ share: z.number(), low: z.number(), high: z.number() }).nullable()
export type Rate = z.infer<typeof rate>
const rates = z.object({
  undelivered: rate,
  opened: rate,
  clicked: rate,
  converted: rate,
  stopped: rate,
  rawOpened: rate,
  rawClicked: rate,
})
export type Rates = z.infer<typeof rates>

/** How an edition did against the one before it. `few`: too few mails to say anything; `same`: no difference beyond chance. */
export const TELLS = ['better', 'worse', 'same', 'few'] as const
const told = z.enum(TELLS).nullable()

const edition = z.object({
  edition: z.number().int(),
  versionId: uuid,
  trial: z
    .enum(['subject', 'sender', 'time'])
    .nullable()
    .meta({ description: 'The B of an A/B test beside this edition, and what it differs in; null: the edition itself' }),
  subject: z.string(),
  createdAt: instant,
  firstSentAt: instant.nullable(),
  lastSentAt: instant.nullable(),
  figures,
  rates,
  against: z.object({ opened: told, clicked: told, converted: told, undelivered: told }),
})
export type Edition = z.infer<typeof edition>

const persona = z.object({
  personaId: uuid.nullable().meta({ description: 'null: readers who are like none of them' }),
  name: z.string(),
  figures,
  rates,
  against: z
    .object({ opened: told, clicked: told, converted: told, undelivered: told })
    .meta({ description: 'against all the other readers together' }),
})
export type PersonaResult = z.infer<typeof persona>

/** One mailing of the template alone, whatever versions it tried. */
const newsletterId = uuid.optional().meta({ description: 'only the mails of this newsletter' })

/** The numbers whose people are listed. */
export const REPORT_PEOPLE = [
  'sent',
  'undelivered',
  'opened',
  'clicked',
  'converted',
  'stopped',
  'complained',
  'rawOpened',
  'rawClicked',
  'waiting',
] as const
export type ReportPeople = (typeof REPORT_PEOPLE)[number]

export const templateReportContract = {
  get: endpoint({
    method: 'GET',
    path: '/templates/{id}/report',
    permission: 'templates.read',
    summary: 'How a template did, in all and edition by edition',
    input: z.object({ id: uuid }),
    output: z.object({
      name: z.string(),
      total: z.object({ figures, rates }),
      editions: z.array(edition).meta({ description: 'those that went out, newest first' }),
    }),
  }),
  personas: endpoint({
    method: 'GET',
    path: '/templates/{id}/report/personas',
    permission: 'templates.read',
    summary: 'How a template, or one newsletter made of it, did with each persona its readers are like now',
    input: z.object({ id: uuid, newsletterId }),
    output: z.object({ items: z.array(persona) }),
  }),
  people: endpoint({
    method: 'GET',
    path: '/templates/{id}/report/people',
    permission: 'templates.read',
    summary: 'The people behind a number of the report',
    input: z.object({
      id: uuid,
      of: z.enum(REPORT_PEOPLE),
      versionId: uuid.optional(),
      newsletterId,
      personaId: z.union([uuid, z.literal('none')]).optional(),
      ...pageQuery,
    }),
    output: page(
      z.object({
        personId: uuid,
        deliveryId: uuid,
        name: z.string(),
        company: z.string(),
        edition: z.number().int(),
        isB: z.boolean().meta({ description: 'the B of an A/B test beside that edition' }),
        status: z.string(),
        reason: z.string(),
        sentAt: instant.nullable(),
        openedAt: instant.nullable(),
        clickedAt: instant.nullable(),
      }),
    ),
  }),
}
