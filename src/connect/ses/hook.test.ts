import { createSign } from 'node:crypto'
import { expect, test } from 'vitest'
import type { House } from '#kernel/ctx.ts'
import { selfSigned } from '../../../test/certificate.ts'
import { type Fetch, sesHook, signedText } from './hook.ts'

const TOPIC = 'arn:aws:sns:ap-northeast-1:123456789012:bounces'
const CERT = 'https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0123abcd.pem'
const NOW = new Date('2026-11-22T01:00:00Z')
const house = {} as House
const keys = { name: TOPIC, secret: '' }

const amazons = selfSigned('sns.amazonaws.com', new Date('2026-01-01T00:00:00Z'))

interface Sent {
  Type: string
  MessageId: string
  TopicArn: string
  Message: string
  Timestamp: string
  Token?: string
  SubscribeURL?: string
}

function signed(sent: Sent, over: Record<string, unknown> = {}, version: '1' | '2' = '2'): string {
  const sign = createSign(version === '2' ? 'RSA-SHA256' : 'RSA-SHA1').update(signedText(sent))
  return JSON.stringify({ ...sent, SignatureVersion: version, Signature: sign.sign(amazons.key, 'base64'), SigningCertURL: CERT, ...over })
}

const bounce: Sent = {
  Type: 'Notification',
  MessageId: 'm1',
  TopicArn: TOPIC,
  Timestamp: '2026-11-22T00:59:00.000Z',
  Message: JSON.stringify({
    notificationType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: 'Taro@example.co.jp', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' }],
    },
    mail: { commonHeaders: { messageId: '<0a1b@mihon.example>' } },
  }),
}

function amazon(): { fetched: string[]; fetch: Fetch } {
  const fetched: string[] = []
  return {
    fetched,
    fetch: async (_house, url) => {
      fetched.push(url)
      return { status: 200, body: Buffer.from(amazons.pem) }
    },
  }
}
const ask = (body: string, fetch: Fetch, now = NOW) => sesHook(fetch)(house, keys, { headers: {}, body }, now)

test('X7 SES: what Amazon’s certificate signed for our topic is heard, in both versions of the signature', async () => {
  for (const version of ['1', '2'] as const) {
    const { fetch } = amazon()
    expect(await ask(signed(bounce, {}, version), fetch)).toMatchObject({
      kind: 'said',
      said: [
        {
          key: 'm1#0',
          kind: 'failed',
          address: 'taro@example.co.jp',
          about: '0a1b@mihon.example',
          finding: { reason: 'unknown_user', hard: true },
        },
      ],
    })
  }
})

test('X7 SES: a changed byte, another topic, an old time or a certificate from elsewhere is refused, and nothing is fetched from there', async () => {
  const refused: [string, Date?][] = [
    [signed(bounce, { Message: bounce.Message.replace('Permanent', 'Permanenx') })],
    [signed(bounce, { MessageId: 'm2' })],
    [signed({ ...bounce, TopicArn: `${TOPIC}x` })],
    [signed(bounce), new Date('2026-12-01T00:00:00Z')],
    ['{}'],
    ['no json'],
  ]
  for (const [body, now] of refused) expect((await ask(body, amazon().fetch, now)).kind, body.slice(0, 80)).toBe('refused')
  for (const url of [
    'https://evil.example/SimpleNotificationService-0.pem',
    'http://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.ap-northeast-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem',
    'https://sns.ap-northeast-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem',
    'https://bucket.s3.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.ap-northeast-1.amazonaws.com/../SimpleNotificationService-0.pem',
  ]) {
    const { fetch, fetched } = amazon()
    expect((await ask(signed(bounce, { SigningCertURL: url }), fetch)).kind, url).toBe('refused')
    expect(fetched).toEqual([])
  }
})

test('X7 SES: a subscription is confirmed at Amazon’s own address only, and only when it is signed', async () => {
  const subscribe = (url: string): Sent => ({
    Type: 'SubscriptionConfirmation',
    MessageId: 's1',
    TopicArn: TOPIC,
    Timestamp: bounce.Timestamp,
    Message: 'confirm',
    Token: 't',
    SubscribeURL: url,
  })
  const right = 'https://sns.ap-northeast-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=t'
  const good = amazon()
  expect(await ask(signed(subscribe(right)), good.fetch)).toEqual({ kind: 'confirmed' })
  expect(good.fetched).toEqual([CERT, right])
  for (const body of [
    signed(subscribe('https://evil.example/?Action=ConfirmSubscription&x')),
    signed(subscribe(right), { Token: 'other' }),
  ]) {
    const { fetch, fetched } = amazon()
    expect((await ask(body, fetch)).kind).toBe('refused')
    expect(fetched).toEqual([CERT])
  }
})
