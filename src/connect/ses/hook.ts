// Amazon SES by SNS: signed by Amazon's certificate, of one topic only (docs.aws.amazon.com/sns, "Verifying the signatures").
import { createVerify, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { House } from '#kernel/ctx.ts'
import { jsonOf } from '#kernel/json.ts'
import { sesNotice } from '#loop/deliver/bounces/ses.ts'
import { isFresh, type MailHook } from '#loop/deliver/incoming/port.ts'
import { saidOf } from '#loop/deliver/incoming/said.ts'

const envelope = z.object({
  Type: z.string(),
  MessageId: z.string().max(200),
  TopicArn: z.string().max(300),
  Message: z.string(),
  Subject: z.string().nullish(),
  Timestamp: z.string().max(40),
  Token: z.string().optional(),
  SubscribeURL: z.string().max(2_000).optional(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string().max(2_000),
  SigningCertURL: z.string().max(500),
})
type Envelope = z.infer<typeof envelope>

/** Only Amazon's own hosts, over TLS, and nothing but a certificate of SNS. */
const CERTIFICATE = /^https:\/\/sns\.[a-z0-9-]{3,40}\.amazonaws\.com(?:\.cn)?\/SimpleNotificationService-[a-z0-9]{1,64}\.pem$/
const SUBSCRIBE = /^https:\/\/sns\.[a-z0-9-]{3,40}\.amazonaws\.com(?:\.cn)?\/\?Action=ConfirmSubscription&/

/** Fetches what lies at an address of Amazon's. */
export type Fetch = (house: House, url: string) => Promise<{ readonly status: number; readonly body: Buffer }>

/** @param fetch the egress client; tests put Amazon in its place */
export function sesHook(fetch: Fetch): MailHook {
  const certificates = new Map<string, X509Certificate>()
  const certificate = async (house: House, url: string): Promise<X509Certificate | null> => {
    const known = certificates.get(url)
    if (known) return known
    const { status, body } = await fetch(house, url)
    if (status !== 200 || body.length > 20_000) return null
    const read = new X509Certificate(body)
    if (certificates.size > 20) certificates.clear()
    certificates.set(url, read)
    return read
  }
  return async (house, keys, post, now) => {
    const read = envelope.safeParse(jsonOf(post.body))
    if (!read.success) return { kind: 'refused', why: 'not a notification' }
    const sent = read.data
    if (sent.TopicArn !== keys.name) return { kind: 'refused', why: 'another topic' }
    if (!CERTIFICATE.test(sent.SigningCertURL)) return { kind: 'refused', why: 'the certificate is not Amazon’s' }
    const at = new Date(sent.Timestamp)
    if (!isFresh(at, now)) return { kind: 'refused', why: 'too old' }
    const signer = await certificate(house, sent.SigningCertURL)
    if (!signer || !isSigned(sent, signer, now)) return { kind: 'refused', why: 'the signature is wrong' }
    if (sent.Type === 'SubscriptionConfirmation') {
      if (!sent.SubscribeURL || !SUBSCRIBE.test(sent.SubscribeURL))
        return { kind: 'refused', why: 'the address to confirm is not Amazon’s' }
      await fetch(house, sent.SubscribeURL)
      return { kind: 'confirmed' }
    }
    const notice = sesNotice(sent.Message)
    if (!notice || notice.kind === 'other') return { kind: 'said', said: [] }
    const kind = notice.kind === 'complaint' ? 'complained' : 'failed'
    return { kind: 'said', said: saidOf(notice.failures, { key: sent.MessageId, kind, to: [], messageId: notice.about, at }) }
  }
}

function isSigned(sent: Envelope, signer: X509Certificate, now: Date): boolean {
  if (new Date(signer.validTo) < now || new Date(signer.validFrom) > now) return false
  const verify = createVerify(sent.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
  verify.update(signedText(sent))
  return verify.verify(signer.publicKey, sent.Signature, 'base64')
}

/** The words Amazon signs: name and value of these fields, each on a line. */
export function signedText(sent: Omit<Envelope, 'Signature' | 'SignatureVersion' | 'SigningCertURL'>): string {
  const fields =
    sent.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const)
  return fields
    .flatMap((name) => (sent[name as keyof typeof sent] == null ? [] : [`${name}\n${sent[name as keyof typeof sent]}\n`]))
    .join('')
}
