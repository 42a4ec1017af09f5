import fc from 'fast-check'
import { expect, test } from 'vitest'
import { property } from '../../../../test/world.ts'
import { countsAgainst, findingOf, isGivenUp } from './decide.ts'
import { readNotice } from './read.ts'

interface Told {
  readonly from?: string
  readonly subject?: string
  readonly headers?: readonly string[]
  readonly text?: string
  readonly fields?: string
  readonly original?: string
}

const LETTER = 'Message-ID: <0a1b@news.example>\r\nFrom: news@example.jp\r\nTo: taro@example.co.jp\r\nSubject: hello\r\n\r\nhello\r\n'

/** A delivery report as RFC 3464 has it. */
function report({
  from = 'MAILER-DAEMON@mx.example.jp',
  subject = 'Undelivered Mail Returned to Sender',
  headers = [],
  text = 'It could not be delivered.',
  fields = '',
  original = LETTER,
}: Told): Buffer {
  const part = (type: string, body: string) => `--b1\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`
  return Buffer.from(
    `From: ${from}\r\nTo: b+token@bounce.example.jp\r\nSubject: ${subject}\r\n${headers.map((line) => `${line}\r\n`).join('')}MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n${part('text/plain; charset=utf-8', text)}${part('message/delivery-status', `Reporting-MTA: dns; mx.example.jp\r\n\r\n${fields}`)}${part('message/rfc822', original)}--b1--\r\n`,
  )
}

const letter = ({ from = 'MAILER-DAEMON@mx.example.jp', subject = 'failure notice', headers = [], text = '' }: Told): Buffer =>
  Buffer.from(
    `From: ${from}\r\nTo: news@example.jp\r\nSubject: ${subject}\r\n${headers.map((line) => `${line}\r\n`).join('')}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}`,
  )

const fields = (diagnostic: string, status: string, action = 'failed', address = 'taro@example.co.jp') =>
  `Final-Recipient: rfc822; ${address}\r\nAction: ${action}\r\nStatus: ${status}\r\nDiagnostic-Code: smtp; ${diagnostic}\r\n`

async function findings(raw: Buffer) {
  const notice = await readNotice(raw)
  return notice.failures.map(findingOf)
}
const first = async (raw: Buffer) => (await findings(raw))[0]

test('E2 KPI-16 a delivery report says who, why and whether the address is dead', async () => {
  const cases = [
    ['550 5.1.1 <taro@example.co.jp>: Recipient address rejected: User unknown in local recipient table', '5.1.1', 'unknown_user', true],
    ['550 5.1.2 bad destination host', '5.1.2', 'unknown_domain', true],
    ['551 5.1.6 taro has moved to another company', '5.1.6', 'moved', true],
    ['556 5.1.10 the domain has a null MX', '5.1.10', 'no_mail', true],
    ['552 5.2.2 mailbox full', '5.2.2', 'mailbox_full', false],
    ['452 4.2.2 over quota', '4.2.2', 'mailbox_full', false],
    ['552 5.3.4 message size exceeds fixed limit', '5.3.4', 'too_big', false],
    ['550 5.7.26 unauthenticated mail, DMARC policy', '5.7.26', 'authentication', false],
    ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', '5.7.1', 'reputation', false],
    ['550 5.7.25 no PTR record for the sending IP', '5.7.25', 'reputation', false],
    ['554 5.7.1 message looks like spam', '5.7.1', 'content', false],
    ['550 5.7.1 relaying denied', '5.7.1', 'policy', false],
    ['553 5.1.8 sender address rejected: domain not found', '5.1.8', 'refused', false],
    ['421 4.7.0 too many connections from your host', '4.7.0', 'busy', false],
    ['connect to mx.example.co.jp[192.0.2.9]:25: Connection timed out', '4.4.1', 'unreachable', false],
    ['550 5.7.1 <taro@example.co.jp>: user unknown', '5.7.1', 'policy', false],
    ['550 something nobody has ever said', '5.0.0', 'unclear', false],
  ] as const
  for (const [said, status, reason, hard] of cases)
    expect(await first(report({ fields: fields(said, status) })), said).toMatchObject({ address: 'taro@example.co.jp', reason, hard })
})

test('E2 a mail that is only late, or has arrived, is held against nobody', async () => {
  const late = await first(report({ subject: 'Delayed Mail', fields: fields('450 4.1.1 user unknown', '4.1.1', 'delayed') }))
  expect(late).toMatchObject({ delayed: true, hard: false })
  expect(late && countsAgainst(late)).toBe(false)
  expect(await first(report({ fields: fields('250 2.0.0 ok', '2.0.0', 'delivered') }))).toBeNull()
})

test('E2 old servers tell it in words: one address after the other, each with its own reason', async () => {
  const qmail = letter({
    text: `Hi. This is the qmail-send program at mx.example.jp.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<taro@example.co.jp>:\n192.0.2.8 does not like recipient.\nRemote host said: 550 5.1.1 no such mailbox here\nGiving up on 192.0.2.8.\n\n<hanako@example.co.jp>:\nThe mailbox is full.\n\n--- Below this line is a copy of the message.\n\nTo: jiro@example.co.jp\n`,
  })
  expect(await findings(qmail)).toMatchObject([
    { address: 'taro@example.co.jp', reason: 'unknown_user', hard: true },
    { address: 'hanako@example.co.jp', reason: 'mailbox_full', hard: false },
  ])
  const exim = letter({
    subject: 'Mail delivery failed: returning message to sender',
    headers: ['X-Failed-Recipients: taro@example.co.jp'],
    text: `A message that you sent could not be delivered.\n\n  taro@example.co.jp\n    SMTP error from remote mail server after MAIL FROM:<news@example.jp>:\n    550 no such domain example.jp\n\n------ This is a copy of the message, including all the headers. ------\n`,
  })
  expect(await findings(exim)).toMatchObject([{ address: 'taro@example.co.jp', reason: 'refused', hard: false }])
})

test('E2 “unknown user” of a Japanese carrier, in answer to the message itself, is a filter and no proof', async () => {
  const after = {
    text: 'host mfsmax.docomo.ne.jp said: 550 Unknown user (in reply to end of DATA command)',
    fields: fields('550 Unknown user neko@docomo.ne.jp', '5.0.0', 'failed', 'neko@docomo.ne.jp'),
  }
  expect(await first(report(after))).toMatchObject({ reason: 'filtered', hard: false })
  const before = {
    text: '<a..b.@ezweb.ne.jp>: host said: 550 User unknown (in reply to\n    RCPT TO command)',
    fields: fields('550 <a..b.@ezweb.ne.jp>: User unknown', '5.0.0', 'failed', 'a..b.@ezweb.ne.jp'),
  }
  expect(await first(report(before))).toMatchObject({ address: 'a..b.@ezweb.ne.jp', reason: 'unknown_user', hard: true })
})

test('E2 complaints are read in the form of RFC 5965 and name whom they are about; “not spam” is none', async () => {
  const arf = (kind: string) =>
    Buffer.from(
      `From: fbl@isp.example\r\nTo: abuse@example.jp\r\nSubject: complaint\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b2\r\n\r\n--b2\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n--b2\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: ${kind}\r\nUser-Agent: Isp/1\r\nVersion: 1\r\nOriginal-Rcpt-To: <taro@example.co.jp>\r\n\r\n--b2\r\nContent-Type: message/rfc822\r\n\r\n${LETTER}\r\n--b2--\r\n`,
    )
  expect(await readNotice(arf('abuse'))).toMatchObject({
    kind: 'complaint',
    about: '0a1b@news.example',
    failures: [{ address: 'taro@example.co.jp' }],
  })
  expect((await readNotice(arf('not-spam'))).kind).not.toBe('complaint')
})

test('E2 letters of people and holiday notices are no bounces, whatever they quote', async () => {
  const reply = letter({
    from: 'taro@example.co.jp',
    subject: 'Re: hello',
    headers: ['In-Reply-To: <0a1b@news.example>'],
    text: 'Thank you. By the way my colleague wrote: 550 5.1.1 <jiro@example.co.jp> user unknown',
  })
  expect(await readNotice(reply)).toMatchObject({ kind: 'other', failures: [], answers: ['0a1b@news.example'] })
  const holiday = letter({
    from: 'taro@example.co.jp',
    subject: '不在のお知らせ',
    headers: ['Auto-Submitted: auto-replied'],
    text: '休暇をいただいております。',
  })
  expect(await readNotice(holiday)).toMatchObject({ kind: 'auto_reply', failures: [] })
  const forwarded = Buffer.from(
    `From: taro@example.co.jp\r\nTo: news@example.jp\r\nSubject: fyi\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b3\r\n\r\n--b3\r\nContent-Type: text/plain\r\n\r\nsee below\r\n--b3\r\nContent-Type: message/rfc822\r\n\r\n${LETTER}\r\n--b3--\r\n`,
  )
  expect(await readNotice(forwarded)).toMatchObject({ kind: 'other', failures: [] })
  expect(await readNotice(letter({ from: 'taro@example.co.jp', subject: '配信停止', text: '' }))).toMatchObject({ kind: 'unsubscribe' })
})

test('E2 X7 no mail breaks the reader, and no noise makes an address dead', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.boolean(), async (noise, wrapped) => {
      const raw = wrapped ? report({ text: noise, fields: noise, original: noise }) : Buffer.from(noise)
      const notice = await readNotice(raw)
      expect(notice.failures.map(findingOf).some((one) => one?.hard)).toBe(false)
    }),
    property,
  )
})

test('E2 5.7.x never makes an address dead, in whatever words', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('user unknown', 'no such mailbox', 'has moved to', 'host unknown', 'does not accept mail'),
      fc.integer({ min: 0, max: 599 }),
      (said, detail) => {
        const finding = findingOf({
          address: 'a@example.jp',
          action: 'failed',
          status: `5.7.${detail}`,
          reply: 550,
          command: 'RCPT',
          said,
          around: '',
        })
        expect(finding?.hard).toBe(false)
        expect(finding && countsAgainst(finding)).toBe(false)
      },
    ),
    property,
  )
})

test('E2 an address that fails softly is given up after five times over fourteen days, not before', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 3, 1) + n * 86_400_000)
  expect(isGivenUp({ count: 5, first: day(0), last: day(14) })).toBe(true)
  expect(isGivenUp({ count: 4, first: day(0), last: day(40) })).toBe(false)
  expect(isGivenUp({ count: 40, first: day(0), last: day(13.9) })).toBe(false)
})

test('X7 no text keeps the reader busy: empty lines, blanks, open brackets and addresses without end are read like others', async () => {
  const heads = [
    'From: mailer-daemon@mx.example\r\nSubject: failure notice',
    'From: x@mx.example\r\nContent-Type: text/html; charset=utf-8',
  ]
  const texts = ['\r\n', '\n', ' ', '-', '--\n', '<', '<br', 'a', 'SMTP command\n ', '>>> MAIL FROM', '--b\r\n\r\n'].map((one) =>
    one.repeat(90_000 / one.length),
  )
  for (const head of heads) for (const text of texts) await readNotice(Buffer.from(`${head}\r\n\r\n${text}x`))
  for (const name of ['X-Failed-Recipients', 'References', 'To', 'Message-ID'])
    await readNotice(Buffer.from(`From: mailer-daemon@mx.example\r\n${name}: ${'a'.repeat(90_000)}\r\n\r\nx`))
  const huge = Buffer.from(`From: a@b.example\r\n\r\n${'\n'.repeat(3_000_000)}`)
  expect((await readNotice(huge)).kind).toBe('other')
})
