// Postmark's webhooks: it signs nothing, so the address carries a user and a password (postmarkapp.com, "Webhooks: protecting your endpoint").
import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { jsonOf } from '#kernel/json.ts'
import type { Said } from '#loop/deliver/bounces/service.ts'
import { isFresh, type MailHook } from '#loop/deliver/incoming/port.ts'
import { toldFailure } from '#loop/deliver/incoming/said.ts'

const record = z.object({
  RecordType: z.string(),
  ID: z.number().optional(),
  Type: z.string().optional(),
  Email: z.string().max(320).optional(),
  Recipient: z.string().max(320).optional(),
  BouncedAt: z.string().max(40).optional(),
  ChangedAt: z.string().max(40).optional(),
  MessageID: z.string().max(200).optional(),
  Details: z.string().nullish(),
  Description: z.string().nullish(),
  SuppressSending: z.boolean().optional(),
  SuppressionReason: z.string().nullish(),
})

/** `keys.name` and `keys.secret`: user and password of HTTP Basic. */
export const postmarkHook: MailHook = async (_house, keys, post, now) => {
  const right = `Basic ${Buffer.from(`${keys.name}:${keys.secret}`).toString('base64')}`
  if (!keys.secret || !same(post.headers['authorization'] ?? '', right)) return { kind: 'refused', why: 'wrong user or password' }
  const read = record.safeParse(jsonOf(post.body))
  if (!read.success) return { kind: 'refused', why: 'not a record' }
  const one = read.data
  const at = new Date(one.BouncedAt ?? one.ChangedAt ?? now)
  if (!isFresh(at, now)) return { kind: 'refused', why: 'too old' }
  return { kind: 'said', said: saidOf(one, at < now ? at : now) }
}

/** Of the same length whatever was given, so that the time taken tells nothing. */
const same = (given: string, right: string): boolean => timingSafeEqual(digest(given), digest(right))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** What their types mean where the server's own words are missing. */
const STATUS: Readonly<Record<string, string>> = {
  HardBounce: '5.1.1',
  BadEmailAddress: '5.1.3',
  AddressChange: '5.1.6',
  DnsError: '4.4.4',
  SoftBounce: '4.0.0',
  Blocked: '5.7.1',
  SpamNotification: '5.7.1',
}

function saidOf(one: z.infer<typeof record>, at: Date): Said[] {
  const address = (one.Email ?? one.Recipient ?? '').toLowerCase()
  const base = {
    key: `${one.RecordType}:${one.ID ?? ''}:${one.MessageID ?? ''}:${address}:${at.toISOString()}`,
    address,
    to: [],
    about: null,
    finding: null,
    at,
  }
  if (
    one.RecordType === 'SpamComplaint' ||
    (one.RecordType === 'SubscriptionChange' && one.SuppressSending && one.SuppressionReason === 'SpamComplaint')
  )
    return [{ ...base, kind: 'complained' }]
  if (one.RecordType === 'SubscriptionChange')
    return one.SuppressSending && one.SuppressionReason === 'ManualSuppression' ? [{ ...base, kind: 'unsubscribed' }] : []
  if (one.RecordType !== 'Bounce') return []
  if (one.Type === 'SpamComplaint') return [{ ...base, kind: 'complained' }]
  if (one.Type === 'AutoResponder' || one.Type === 'OpenRelayTest') return []
  const words = `${one.Details ?? ''} ${one.Details ? '' : (one.Description ?? '')}`.trim()
  const status = /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(words)?.[1] ?? STATUS[one.Type ?? ''] ?? null
  const finding = toldFailure({
    address,
    status,
    reply: Number(/\b([45][0-5]\d)[\s-]/.exec(words)?.[1] ?? 0) || null,
    said: words || (one.Type ?? ''),
    delayed: one.Type === 'Transient',
  })
  return [{ ...base, kind: 'failed', finding }]
}
