// SendGrid's event webhook: ECDSA over timestamp and body (docs.sendgrid.com, "Event Webhook Security Features").
import { createPublicKey, createVerify } from 'node:crypto'
import { z } from 'zod'
import { jsonOf } from '#kernel/json.ts'
import type { Said } from '#loop/deliver/bounces/service.ts'
import { isFresh, type MailHook } from '#loop/deliver/incoming/port.ts'
import { toldFailure } from '#loop/deliver/incoming/said.ts'

const event = z.object({
  event: z.string(),
  email: z.string().max(320),
  sg_event_id: z.string().max(200),
  timestamp: z.number(),
  'smtp-id': z.string().max(1_000).optional(),
  reason: z.string().optional(),
  response: z.string().optional(),
  status: z.string().max(20).optional(),
  type: z.string().optional(),
})

/** `keys.secret`: the verification key as SendGrid shows it (base64 of its DER form). */
export const sendgridHook: MailHook = async (_house, keys, post, now) => {
  const signature = post.headers['x-twilio-email-event-webhook-signature']
  const timestamp = post.headers['x-twilio-email-event-webhook-timestamp']
  if (!signature || !timestamp || !isSigned(keys.secret, `${timestamp}${post.body}`, signature))
    return { kind: 'refused', why: 'the signature is wrong' }
  if (!isFresh(new Date(Number(timestamp) * 1_000), now)) return { kind: 'refused', why: 'too old' }
  const read = z.array(event.loose()).max(5_000).safeParse(jsonOf(post.body))
  if (!read.success) return { kind: 'refused', why: 'not a list of events' }
  return { kind: 'said', said: read.data.flatMap((one) => saidOf(one, now)) }
}

function isSigned(key: string, text: string, signature: string): boolean {
  try {
    const verify = createVerify('SHA256')
    verify.update(text)
    return verify.verify(createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' }), signature, 'base64')
  } catch {
    return false
  }
}

const KINDS: Readonly<Record<string, Said['kind']>> = {
  bounce: 'failed',
  dropped: 'failed',
  blocked: 'failed',
  spamreport: 'complained',
  unsubscribe: 'unsubscribed',
  group_unsubscribe: 'unsubscribed',
}

function saidOf(one: z.infer<typeof event>, now: Date): Said[] {
  const kind = KINDS[one.event]
  if (!kind) return []
  const told = one.reason ?? one.response ?? ''
  const finding =
    kind === 'failed'
      ? toldFailure({
          address: one.email,
          status: one.status && /^[45]\.\d+\.\d+$/.test(one.status) ? one.status : null,
          reply: Number(/^\s*([45]\d\d)\b/.exec(told)?.[1] ?? 0) || null,
          said: told,
        })
      : null
  const at = new Date(Math.min(one.timestamp * 1_000, now.getTime()))
  return [{ key: one.sg_event_id, kind, address: one.email.toLowerCase(), to: [], about: one['smtp-id'] ?? null, finding, at }]
}
