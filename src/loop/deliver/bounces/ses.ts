// What Amazon SES tells in JSON, by webhook or in a mail of SNS. Pure.
import { z } from 'zod'
import { jsonOf } from '#kernel/json.ts'
import { replyIn, statusIn } from './marks.ts'
import type { Failure } from './notice.ts'

const who = z.object({
  emailAddress: z.string(),
  status: z.string().optional(),
  diagnosticCode: z.string().optional(),
  action: z.string().optional(),
})
const message = z.object({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  mail: z
    .object({
      commonHeaders: z.object({ messageId: z.string().optional() }).optional(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    })
    .optional(),
  bounce: z
    .object({ bounceType: z.string().optional(), bounceSubType: z.string().optional(), bouncedRecipients: z.array(who).max(100) })
    .optional(),
  complaint: z.object({ complainedRecipients: z.array(who).max(100), complaintFeedbackType: z.string().nullish() }).optional(),
  delivery: z.object({ recipients: z.array(z.string()).max(100), smtpResponse: z.string().optional() }).optional(),
})

export interface SesNotice {
  readonly kind: 'bounce' | 'complaint' | 'other'
  readonly failures: readonly Failure[]
  readonly about: string | null
}

/** Reads the JSON of a notification; null when it is none. */
export function sesNotice(text: string): SesNotice | null {
  const line = text.trimStart()
  if (!/^\{\s*"(?:notificationType|eventType)"/.test(line)) return null
  const found = message.safeParse(jsonOf(line.split(/\n\s*\n/)[0]?.replace(/\r?\n/g, '') ?? ''))
  if (!found.success) return null
  const { mail, bounce, complaint, delivery } = found.data
  const header = mail?.headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value ?? mail?.commonHeaders?.messageId
  const about = header?.replace(/[<>\s]/g, '') ?? null
  if (complaint)
    return {
      kind: 'complaint',
      about,
      failures: complaint.complainedRecipients.map(({ emailAddress }) =>
        failureOf(emailAddress, complaint.complaintFeedbackType ?? 'abuse'),
      ),
    }
  if (bounce) {
    const kind = `${bounce.bounceType ?? ''} ${bounce.bounceSubType ?? ''}`
    return {
      kind: 'bounce',
      about,
      failures: bounce.bouncedRecipients.map((one) => ({
        ...failureOf(one.emailAddress, `${one.diagnosticCode ?? ''} ${one.diagnosticCode ? '' : (WORDS[kind] ?? kind)}`),
        status: statusIn(one.status ?? '') ?? statusIn(one.diagnosticCode ?? ''),
        action: bounce.bounceType === 'Transient' && one.action === 'delayed' ? 'delayed' : 'failed',
      })),
    }
  }
  if (delivery)
    return {
      kind: 'bounce',
      about,
      failures: delivery.recipients.map((address) => ({ ...failureOf(address, delivery.smtpResponse ?? ''), action: 'delivered' })),
    }
  return { kind: 'other', about, failures: [] }
}

/** What the sub-types mean where the server's own words are missing. */
const WORDS: Readonly<Record<string, string>> = {
  'Permanent NoEmail': '5.1.1 no such address',
  'Permanent Suppressed': '5.1.1 address unknown (it bounced before)',
  'Transient MailboxFull': 'mailbox full',
  'Transient MessageTooLarge': 'message too large',
  'Transient ContentRejected': 'content rejected',
}

function failureOf(address: string, said: string): Failure {
  return {
    address: address.toLowerCase(),
    action: 'failed',
    status: statusIn(said),
    reply: replyIn(said),
    command: null,
    said: said.trim().slice(0, 2_000),
    around: '',
  }
}
