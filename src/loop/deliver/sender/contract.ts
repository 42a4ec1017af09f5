import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { CHARSETS, draft, reader } from '../template/contract.ts'

const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\r\n\0]*$/)
const mailOrNone = z.union([z.literal(''), z.email().max(254)])
const host = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9.:_-]+$/)

export const SECURITIES = ['tls', 'starttls', 'none'] as const

const connection = {
  port: z.number().int().min(1).max(65_535),
  security: z.enum(SECURITIES),
  user: line(254),
  anyCertificate: z
    .boolean()
    .default(false)
    .meta({ description: 'Take a certificate nobody known has signed: for a relay of one’s own; encrypted, yet to whom is not proven' }),
}

/** Another SMTP server, which takes over while those before it cannot be reached. */
export const standIn = z.object({ id: uuid, name: line(60).min(1), host, ...connection })
export type StandIn = z.infer<typeof standIn>
const newStandIn = standIn.extend({ password: z.string().max(1_000).optional() })

/** How mail leaves. The password and the DKIM key go in and never come out. */
export const mailSettings = z.object({
  route: z.enum(['mailbox', 'smtp']),
  host: z.union([z.literal(''), host]),
  ...connection,
  standIns: z
    .array(standIn)
    .max(5)
    .default([])
    .meta({ description: 'SMTP servers that take over, in this order, while those before them cannot be reached' }),
  fromName: line(100),
  fromEmail: mailOrNone,
  replyTo: mailOrNone,
  ownerAsSender: z.boolean().meta({ description: 'The name of the lead’s owner stands as sender, replies go to them' }),
  bounceDomain: z.union([
    z.literal(''),
    z
      .string()
      .trim()
      .max(253)
      .regex(/^[a-z0-9.-]+\.[a-z]{2,}$/),
  ]),
  language: z.enum(['ja', 'en']),
  charset: z.enum(CHARSETS).default('utf-8').meta({ description: 'Of mails whose template says nothing of it' }),
  connections: z.number().int().min(1).max(50),
  perMinute: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .default(null)
    .meta({ description: 'Mails per minute to one receiving group at most' }),
  perGroup: z.number().int().min(1).max(50).nullable().default(null).meta({ description: 'Connections to one receiving group at most' }),
  rampSince: instant
    .nullable()
    .default(null)
    .meta({ description: 'Warm-up: newsletters start at rampFirst mails on that day and double daily' }),
  rampFirst: z.number().int().min(1).max(1_000_000).default(200),
})
export type MailSettings = z.infer<typeof mailSettings>

export const EMPTY_MAIL: MailSettings = {
  route: 'mailbox',
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  anyCertificate: false,
  standIns: [],
  fromName: '',
  fromEmail: '',
  replyTo: '',
  ownerAsSender: false,
  bounceDomain: '',
  language: 'ja',
  charset: 'utf-8',
  connections: 20,
  perMinute: null,
  perGroup: null,
  rampSince: null,
  rampFirst: 200,
}

const published = z.object({
  selector: z.string(),
  record: z.string().meta({ description: 'The TXT record to publish' }),
  host: z.string(),
})
const dkim = published.extend({
  domain: z.string(),
  ed25519: published
    .extend({ signs: z.boolean() })
    .nullable()
    .meta({ description: 'A second, shorter key; it signs once its record was seen' }),
  next: published.nullable().meta({ description: 'Takes over once its record was seen' }),
  old: z
    .array(z.object({ host: z.string(), until: instant }))
    .meta({ description: 'Records that stay until then, for mails still on their way' }),
})

export const mailState = mailSettings.extend({
  standIns: z.array(standIn.extend({ hasPassword: z.boolean() })),
  hasPassword: z.boolean(),
  /** SMTP_URL decides; what is set here is not used. */
  fromEnvironment: z.boolean(),
  effective: z.enum(['mailbox', 'smtp']),
  effectiveHost: z.string(),
  senderAddress: z.string(),
  legalMissing: z.array(z.string()),
  dkim: dkim.nullable(),
  waiting: z.number().int(),
  unknown: z.number().int(),
})
export type MailState = z.infer<typeof mailState>

const unknownRow = z.object({
  id: uuid,
  personId: uuid,
  name: z.string(),
  company: z.string(),
  address: z.string(),
  subject: z.string(),
  what: z.string(),
  reason: z.string(),
  markedAt: instant,
})
const ids = z.object({ ids: z.array(uuid).max(1_000).optional().meta({ description: 'left out: all of them' }) })

export const mailContract = {
  settings: endpoint({
    method: 'GET',
    path: '/mail/settings',
    permission: 'mail.read',
    summary: 'How mail leaves',
    input: z.object({}),
    output: mailState,
  }),
  saveSettings: endpoint({
    method: 'PUT',
    path: '/mail/settings',
    permission: 'settings.write',
    summary: 'Change how mail leaves; a password left out stays',
    input: mailSettings.extend({ password: z.string().max(1_000).optional(), standIns: z.array(newStandIn).max(5).default([]) }),
    output: mailState,
  }),
  notices: endpoint({
    method: 'GET',
    path: '/mail/notices',
    permission: 'mail.read',
    summary: 'What the operator should know: routes that cannot be reached, newsletters the sender holds',
    input: z.object({}),
    output: z.object({
      routes: z.array(z.object({ name: z.string(), reason: z.string(), since: instant, standIn: z.string().nullable() })),
      held: z.array(z.object({ id: uuid, name: z.string(), reason: z.enum(['bounces', 'complaints']), since: instant })),
    }),
  }),
  tryRoute: endpoint({
    method: 'POST',
    path: '/mail/settings/try',
    permission: 'settings.write',
    summary: 'Send a trial mail by the settings given, without saving them',
    input: mailSettings.extend({ password: z.string().max(1_000).optional(), to: z.email().max(254) }),
    output: z.object({ ok: z.boolean(), reply: z.string() }),
  }),
  makeDkim: endpoint({
    method: 'POST',
    path: '/mail/dkim',
    permission: 'settings.write',
    summary: 'Make a new DKIM key (RSA 2048) for a domain',
    input: z.object({
      domain: z
        .string()
        .trim()
        .toLowerCase()
        .max(253)
        .regex(/^[a-z0-9.-]+\.[a-z]{2,}$/),
      selector: z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9][a-z0-9-]{0,40}$/),
    }),
    output: mailState,
  }),
  rotateDkim: endpoint({
    method: 'POST',
    path: '/mail/dkim/rotate',
    permission: 'settings.write',
    summary: 'Make the next DKIM key; the present one signs on until the record of the new one is seen',
    input: z.object({}),
    output: mailState,
  }),
  dropDkim: endpoint({
    method: 'DELETE',
    path: '/mail/dkim',
    permission: 'settings.write',
    summary: 'Stop signing with DKIM',
    input: z.object({}),
    output: mailState,
  }),
  checkDkim: endpoint({
    method: 'POST',
    path: '/mail/dkim/check',
    permission: 'mail.read',
    summary: 'Is the DKIM record published?',
    input: z.object({}),
    output: z.object({ published: z.boolean(), found: z.string() }),
  }),
  testSend: endpoint({
    method: 'POST',
    path: '/mail/test',
    permission: 'mail.write',
    summary: 'Send a draft to oneself, as one lead would get it',
    input: z.object({ draft, to: z.email().max(254), ...reader }),
    output: z.object({ ok: z.boolean(), reply: z.string() }),
  }),
  unknown: endpoint({
    method: 'GET',
    path: '/mail/unknown',
    permission: 'mail.read',
    summary: 'Deliveries whose outcome nobody knows',
    input: z.object({ ...pageQuery }),
    output: page(unknownRow).extend({ total: z.number().int() }),
  }),
  resendUnknown: endpoint({
    method: 'POST',
    path: '/mail/unknown/resend',
    permission: 'mail.write',
    summary: 'Send unknown deliveries once more',
    input: ids,
    output: z.object({ count: z.number().int() }),
  }),
  settleUnknown: endpoint({
    method: 'POST',
    path: '/mail/unknown/settle',
    permission: 'mail.write',
    summary: 'Take unknown deliveries for arrived',
    input: ids,
    output: z.object({ count: z.number().int() }),
  }),
  topics: endpoint({
    method: 'GET',
    path: '/mail/topics',
    permission: 'mail.read',
    summary: 'Topics people can choose',
    input: z.object({}),
    output: z.object({ items: z.array(z.object({ id: uuid, ja: z.string(), en: z.string(), stops: z.number().int() })) }),
  }),
  addTopic: endpoint({
    method: 'POST',
    path: '/mail/topics',
    permission: 'mail.write',
    summary: 'Add a topic',
    input: z.object({ ja: line(60).min(1), en: line(60).min(1) }),
    output: z.object({ id: uuid }),
  }),
  removeTopic: endpoint({
    method: 'DELETE',
    path: '/mail/topics/{id}',
    permission: 'mail.write',
    summary: 'Put a topic away',
    input: z.object({ id: uuid }),
    output: done,
  }),
}
