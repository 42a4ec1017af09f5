import { z } from 'zod'
import { endpoint, instant } from '#kernel/endpoint.ts'

export const LIGHTS = ['good', 'warn', 'bad', 'unknown'] as const
export type Light = (typeof LIGHTS)[number]

export const CHECKS = ['spf', 'dkim', 'ed25519', 'nextKey', 'dmarc', 'mx', 'a', 'ptr'] as const
/** What was found; the admin explains each in words. */
export const FINDINGS = [
  'good',
  'none',
  'two',
  'tooMany',
  'broken',
  'open',
  'noEnd',
  'missing',
  'failed',
  'noKey',
  'other',
  'waiting',
  'foreign',
  'watching',
  'blind',
  'pct',
  'refusing',
  'mismatch',
] as const

const check = z.object({
  what: z.enum(CHECKS),
  light: z.enum(LIGHTS),
  finding: z.enum(FINDINGS),
  found: z.string().meta({ description: 'What DNS says, as it stands there' }),
  count: z.number().int().nullable().meta({ description: 'Lookups of SPF' }),
  record: z
    .object({ host: z.string(), type: z.enum(['TXT', 'MX', 'A', 'PTR']), value: z.string() })
    .nullable()
    .meta({ description: 'The record to enter' }),
})
export type DomainCheck = z.infer<typeof check>

export const domainReport = z.object({
  domain: z.string(),
  at: instant,
  aligned: z.enum(['yes', 'no', 'unknown']).meta({ description: 'From stands behind DKIM or SPF: newsletters may be sent' }),
  alignedBy: z.array(z.enum(['dkim', 'spf'])),
  checks: z.array(check),
})
export type DomainReport = z.infer<typeof domainReport>

/** The sending domain as it stands. */
const domainSeen = z.object({
  domain: z.string(),
  exempt: z.boolean().meta({
    description: 'Mail goes to the built-in mailbox, or to a server on this machine under a name that exists nowhere: nothing is demanded',
  }),
  links: z.enum(['private', 'plain']).nullable().meta({
    description: 'PUBLIC_URL, which links in mails begin with: nobody outside can follow it (no newsletter may start) · it is not https',
  }),
  publicUrl: z.string(),
  report: domainReport.nullable(),
})
export type DomainSeen = z.infer<typeof domainSeen>

export const domainContract = {
  read: endpoint({
    method: 'GET',
    path: '/mail/domain',
    permission: 'mail.read',
    summary: 'What the last check of the sending domain found',
    input: z.object({}),
    output: domainSeen,
  }),
  check: endpoint({
    method: 'POST',
    path: '/mail/domain/check',
    permission: 'mail.read',
    summary: 'Look the sending domain up in DNS now',
    input: z.object({}),
    output: domainReport,
  }),
}
