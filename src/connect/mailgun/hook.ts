// Mailgun's webhooks: HMAC-SHA256 over timestamp and token, each token once (documentation.mailgun.com, "Securing webhooks").
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { jsonOf } from '#kernel/json.ts'
import type { Said } from '#loop/deliver/bounces/service.ts'
import { isFresh, type MailHook } from '#loop/deliver/incoming/port.ts'
import { toldFailure } from '#loop/deliver/incoming/said.ts'

const post = z.object({
  signature: z.object({ timestamp: z.string().max(20), token: z.string().max(100), signature: z.string().max(100) }),
  'event-data': z.object({
    event: z.string(),
    id: z.string().max(200),
    timestamp: z.number(),
    recipient: z.string().max(320).default(''),
    severity: z.string().optional(),
    reason: z.string().optional(),
    message: z.object({ headers: z.object({ 'message-id': z.string().max(1_000).optional() }).optional() }).optional(),
    'delivery-status': z
      .object({
        code: z.number().optional(),
        message: z.string().nullish(),
        description: z.string().nullish(),
        'enhanced-code': z.string().nullish(),
      })
      .optional(),
  }),
})

/** `keys.secret`: the HTTP webhook signing key. */
export const mailgunHook: MailHook = async (_house, keys, sent, now) => {
  const read = post.safeParse(jsonOf(sent.body))
  if (!read.success) return { kind: 'refused', why: 'not an event' }
  const { timestamp, token, signature } = read.data.signature
  const right = createHmac('sha256', keys.secret).update(`${timestamp}${token}`).digest()
  const given = Buffer.from(signature, 'hex')
  if (!keys.secret || given.length !== right.length || !timingSafeEqual(given, right))
    return { kind: 'refused', why: 'the signature is wrong' }
  if (!isFresh(new Date(Number(timestamp) * 1_000), now)) return { kind: 'refused', why: 'too old' }
  // The signature is over the token alone: whoever has seen one could send another body with it. A token is good for one body.
  return { kind: 'said', said: saidOf(read.data['event-data'], token, now) }
}

const KINDS: Readonly<Record<string, Said['kind']>> = { failed: 'failed', complained: 'complained', unsubscribed: 'unsubscribed' }

function saidOf(one: z.infer<typeof post>['event-data'], token: string, now: Date): Said[] {
  const kind = KINDS[one.event]
  if (!kind) return []
  const state = one['delivery-status']
  const words = [state?.message, state?.description, one.reason].filter((text) => text).join(' ')
  const status = state?.['enhanced-code'] ?? /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(words)?.[1] ?? null
  const finding =
    kind === 'failed'
      ? toldFailure({
          address: one.recipient,
          status,
          reply: state?.code && state.code >= 400 && state.code < 600 ? state.code : null,
          said: words,
          delayed: one.severity === 'temporary',
        })
      : null
  const at = new Date(Math.min(one.timestamp * 1_000, now.getTime()))
  return [
    { key: token, kind, address: one.recipient.toLowerCase(), to: [], about: one.message?.headers?.['message-id'] ?? null, finding, at },
  ]
}
