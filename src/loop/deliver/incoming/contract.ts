import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { BOUNCE_REASONS } from '../bounces/reasons.ts'

const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\r\n\0]*$/)

export const imapSettings = z.object({
  on: z.boolean(),
  host: line(253),
  port: z.number().int().min(1).max(65_535),
  security: z.enum(['tls', 'starttls', 'none']),
  user: line(254),
  folder: line(200),
})
export type ImapSettings = z.infer<typeof imapSettings>
export const EMPTY_IMAP: ImapSettings = { on: false, host: '', port: 993, security: 'tls', user: '', folder: 'INBOX' }

const hookState = z.object({
  source: z.enum(['ses', 'sendgrid', 'mailgun', 'postmark']),
  /** Where the relay posts to. */
  url: z.string(),
  on: z.boolean(),
  name: z.string().meta({ description: 'ses: ARN of the topic; postmark: user of HTTP Basic; else empty' }),
  hasSecret: z.boolean(),
  taken: z.number().int(),
  repeated: z.number().int(),
  refused: z.number().int().meta({ description: 'posts that proved nothing: wrong signature, replay, another topic' }),
  lastAt: instant.nullable(),
})

const mailboxState = imapSettings.extend({
  hasPassword: z.boolean(),
  lastAt: instant.nullable().meta({ description: 'the last time it was read' }),
  fault: z.string().nullable(),
  taken: z.number().int(),
  replies: z.number().int(),
  others: z.number().int().meta({ description: 'mails that are neither bounce nor reply, or prove nothing' }),
})

export const incomingState = z.object({ mailbox: mailboxState, hooks: z.array(hookState) })
export type IncomingState = z.infer<typeof incomingState>

const bounceLine = z.object({
  id: uuid,
  personId: uuid,
  name: z.string(),
  company: z.string(),
  address: z.string(),
  subject: z.string(),
  at: instant,
  via: z.enum(['smtp', 'mailbox', 'ses', 'sendgrid', 'mailgun', 'postmark']),
  reason: z.enum(BOUNCE_REASONS),
  hard: z.boolean(),
  delayed: z.boolean(),
  status: z.string().nullable(),
  said: z.string(),
  stopped: z.boolean().meta({ description: 'nothing is sent to this address any more' }),
})

export const incomingContract = {
  state: endpoint({
    method: 'GET',
    path: '/mail/incoming',
    permission: 'mail.read',
    summary: 'How mails that come back are taken in',
    input: z.object({}),
    output: incomingState,
  }),
  saveMailbox: endpoint({
    method: 'PUT',
    path: '/mail/incoming/mailbox',
    permission: 'settings.write',
    summary: 'Set the mailbox (IMAP) bounces and replies come to; a password left out stays',
    input: imapSettings.extend({ password: z.string().max(1_000).optional() }),
    output: incomingState,
  }),
  tryMailbox: endpoint({
    method: 'POST',
    path: '/mail/incoming/mailbox/try',
    permission: 'settings.write',
    summary: 'Open the mailbox given, without reading or saving',
    input: imapSettings.extend({ password: z.string().max(1_000).optional() }),
    output: z.object({ ok: z.boolean(), said: z.string() }),
  }),
  saveHook: endpoint({
    method: 'PUT',
    path: '/mail/incoming/hooks/{source}',
    permission: 'settings.write',
    summary: 'Set what proves the webhooks of a relay; a secret left out stays',
    input: z.object({ source: hookState.shape.source, on: z.boolean(), name: line(300), secret: z.string().max(2_000).optional() }),
    output: incomingState,
  }),
  readNow: endpoint({
    method: 'POST',
    path: '/mail/incoming/read',
    permission: 'mail.write',
    summary: 'Read the mailbox now',
    input: z.object({}),
    output: done,
  }),
  bounces: endpoint({
    method: 'GET',
    path: '/mail/bounces',
    permission: 'mail.read',
    summary: 'Mails that came back, newest first, with the reason',
    input: z.object({
      ...pageQuery,
      reason: z.enum(BOUNCE_REASONS).optional(),
      hard: z.stringbool().optional(),
      newsletter: uuid.optional(),
    }),
    output: page(bounceLine),
  }),
  reasons: endpoint({
    method: 'GET',
    path: '/mail/bounces/reasons',
    permission: 'mail.read',
    summary: 'How many mails came back for which reason in so many days',
    input: z.object({ days: z.coerce.number().int().min(1).max(400).default(90) }),
    output: z.object({ items: z.array(z.object({ reason: z.enum(BOUNCE_REASONS), hard: z.boolean(), n: z.number().int() })) }),
  }),
}
