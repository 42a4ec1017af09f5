import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { tokenKeys } from '../feedback/token.ts'
import { verpLocal } from '../feedback/verp.ts'
import { queue } from '../outbox/service.ts'
import { EMPTY_MAIL } from '../sender/contract.ts'
import { sendDue } from '../sender/lanes.ts'
import { saveMail } from '../sender/settings.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'
import { EMPTY_IMAP } from './contract.ts'
import { takeMail } from './mail.ts'
import { publicRoutes } from './routes.ts'
import { bounces, reasons, saveHook, state } from './service.ts'
import { writeMailbox } from './settings.ts'

let db: TestDatabase
let app: FastifyInstance
let version = ''
beforeAll(async () => {
  db = await testHouse()
  app = Fastify()
  await app.register(async (part) => publicRoutes(part, db.house))
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
  const draft = {
    subject: 'x',
    preheader: '',
    blocks: [
      { id: 'a', kind: 'button' as const, label: 'x', href: 'https://www.mihon.example/', align: 'center' as const, color: '#000000' },
    ],
  }
  const compiled = await compile(draft)
  version = (await db.tx((ctx) => make(ctx, { name: '号外', draft }, compiled))).versionId
})
afterAll(async () => {
  await app.close()
  await db.close()
})

interface Mailed {
  readonly subject: Subject
  readonly delivery: string
  readonly address: string
  readonly verp: string
}

let n = 0
async function mailed(of?: Subject, address = `taro${++n}@example.co.jp`): Promise<Mailed> {
  const [made] = of
    ? [{ subject: of }]
    : await db.tx((ctx) => identify(ctx, [{ mail: address, at: ctx.now, route: 'form', consent: { basis: 'consent' } }]))
  const subject = made?.subject as Subject
  const [answer] = await db.tx((ctx) => queue(ctx, [{ subject, what: `notice:x:${++n}`, templateVersion: version, purpose: 'marketing' }]))
  await sendDue(db.house)
  db.clock.advance(60_000)
  const delivery = answer?.delivery ?? ''
  return {
    subject,
    delivery,
    address,
    verp: `${verpLocal(tokenKeys(db.house), { personId: subject.id, deliveryId: delivery })}@b.mihon.example`,
  }
}

const notice = (to: string, address: string, said: string, status: string, messageId = 'x@elsewhere.example') =>
  Buffer.from(
    `From: MAILER-DAEMON@mx.example\r\nTo: ${to}\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ${address}\r\nAction: failed\r\nStatus: ${status}\r\nDiagnostic-Code: smtp; ${said}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <${messageId}>\r\nSubject: x\r\n\r\nx\r\n--b--\r\n`,
  )

const rowOf = async ({ subject, delivery }: Mailed) =>
  (
    await db.read((ctx) =>
      sql<{
        stop: number
        reason: string | null
        hard: boolean | null
        complained: Date | null
        bounces: number
        events: string[]
      }>`SELECT p.mail_stop AS stop, d.bounce_reason AS reason, d.bounce_hard AS hard, d.complained_at AS complained,
        (SELECT count(*)::int FROM bounce b WHERE b.bucket = p.bucket AND b.person_id = p.id) AS bounces,
        ARRAY(SELECT j.name FROM journal j WHERE j.bucket = p.bucket AND j.person_id = p.id AND j.name IN ('mail.bounced', 'mail.complained', 'mail.unsubscribed', 'mail.replied') ORDER BY j.received_at, j.name) AS events
        FROM person p JOIN delivery d ON d.bucket = p.bucket AND d.person_id = p.id AND d.id = ${delivery} WHERE p.bucket = ${subject.bucket} AND p.id = ${subject.id}`.execute(
        ctx.db,
      ),
    )
  ).rows[0]

test('E2 GEN-04 a bounce to the tagged address of a mail is kept by reason and stops a dead address, once however often it comes', async () => {
  const mail = await mailed()
  const raw = notice(mail.verp, mail.address, '550 5.1.1 user unknown', '5.1.1')
  for (let i = 0; i < 50; i++) await db.tx((ctx) => takeMail(ctx, raw))
  expect(await rowOf(mail)).toMatchObject({ stop: 3, reason: 'unknown_user', hard: true, bounces: 1, events: ['mail.bounced'] })
  const page = await db.read((ctx) => bounces(ctx, { limit: 10 }))
  expect(page.items[0]).toMatchObject({ personId: mail.subject.id, reason: 'unknown_user', hard: true, via: 'mailbox', stopped: true })
  expect((await db.read((ctx) => reasons(ctx, { days: 30 }))).items).toContainEqual({ reason: 'unknown_user', hard: true, n: 1 })
})

test('X7 forged bounces, complaints and stops by mail suppress nobody', async () => {
  const mail = await mailed()
  const other = await mailed()
  const broken = mail.verp.replace(/.(?=@)/, (last) => (last === 'a' ? 'e' : 'a')).replace(/b\+(.)/, (_, c) => `b+${c === 'a' ? 'b' : 'a'}`)
  const said = '550 5.1.1 user unknown'
  const forged = [
    notice('news@mihon.example', mail.address, said, '5.1.1'),
    notice(broken, mail.address, said, '5.1.1'),
    // The Message-ID of a mail that went to somebody else.
    notice('news@mihon.example', mail.address, said, '5.1.1', `${other.delivery}@mihon.example`),
    Buffer.from(`From: fbl@x.example\r\nTo: ${broken}\r\nSubject: complaint about message\r\n\r\nTo: ${mail.address}\r\n`),
    Buffer.from(`From: ${mail.address}\r\nTo: news@mihon.example\r\nSubject: unsubscribe\r\n\r\n`),
    Buffer.from('\u0000\u0001 no mail at all'),
  ]
  for (const raw of forged) await db.tx((ctx) => takeMail(ctx, raw))
  expect(await rowOf(mail)).toMatchObject({ stop: 0, bounces: 0, events: [] })
  expect(await rowOf(other)).toMatchObject({ stop: 0, bounces: 0, events: [] })
})

test('E2 a bounce without a tagged address is heard when it names the very mail that went to that address', async () => {
  const mail = await mailed()
  await db.tx((ctx) =>
    takeMail(ctx, notice('news@mihon.example', mail.address, '552 5.2.2 mailbox full', '5.2.2', `${mail.delivery}@mihon.example`)),
  )
  expect(await rowOf(mail)).toMatchObject({ stop: 0, reason: 'mailbox_full', hard: false, bounces: 1, events: ['mail.bounced'] })
})

test('E2 GEN-04 an address is given up after five soft bounces over fourteen days, and never for faults that are ours', async () => {
  const first = await mailed()
  const ours = await mailed()
  for (let i = 0; i < 5; i++) {
    const mail = i ? await mailed(first.subject, first.address) : first
    const blocked = i ? await mailed(ours.subject, ours.address) : ours
    expect((await rowOf(first))?.stop).toBe(0)
    await db.tx((ctx) => takeMail(ctx, notice(mail.verp, mail.address, `452 4.2.2 over quota ${i}`, '4.2.2')))
    await db.tx((ctx) => takeMail(ctx, notice(blocked.verp, blocked.address, `550 5.7.1 blocked by our list ${i}`, '5.7.1')))
    db.clock.advance(4 * 86_400_000)
  }
  expect((await rowOf(first))?.stop).toBe(3)
  expect(await rowOf(ours)).toMatchObject({ stop: 0, bounces: 5 })
})

test('E2 a complaint stops at once, a stop by mail too, and each is told once', async () => {
  const mail = await mailed()
  const arf = Buffer.from(
    `From: fbl@isp.example\r\nTo: ${mail.verp}\r\nSubject: report\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <${mail.delivery}@mihon.example>\r\n\r\nx\r\n--b--\r\n`,
  )
  for (let i = 0; i < 3; i++) await db.tx((ctx) => takeMail(ctx, arf))
  const row = await rowOf(mail)
  expect(row).toMatchObject({ stop: 4, events: ['mail.complained'] })
  expect(row?.complained).not.toBeNull()
  const other = await mailed()
  await db.tx((ctx) => takeMail(ctx, Buffer.from(`From: ${other.address}\r\nTo: ${other.verp}\r\nSubject: unsubscribe\r\n\r\n`)))
  expect(await rowOf(other)).toMatchObject({ stop: 1, events: ['mail.unsubscribed'] })
})

test('GEN-02 the header names an address to unsubscribe by mail while its mailbox is read, and a mail to it stops its reader', async () => {
  const stopHeader = async ({ address }: Mailed) => {
    const [mail] = (
      await db.read((ctx) => sql<{ raw: Buffer }>`SELECT raw FROM mailbox_mail WHERE envelope_to = ${address}`.execute(ctx.db))
    ).rows
    return /^List-Unsubscribe: (.*)\r$/m.exec(mail?.raw.toString('latin1') ?? '')?.[1] ?? ''
  }
  await db.tx((ctx) => saveMail(ctx, { ...EMPTY_MAIL, bounceDomain: 'b.mihon.example' }))
  expect(await stopHeader(await mailed())).toMatch(/^<http:\/\/hagukumi\.test\/u\/[\w-]{64}>$/)
  await db.tx((ctx) => writeMailbox(ctx, { ...EMPTY_IMAP, on: true, host: 'imap.mihon.example', user: 'b', password: 'x' }))
  const mail = await mailed()
  expect(await stopHeader(mail)).toMatch(
    /^<http:\/\/hagukumi\.test\/u\/[\w-]{64}>, <mailto:b\+[a-z2-7]{55}@b\.mihon\.example\?subject=unsubscribe>$/,
  )
  const [, to] = /mailto:([^?]+)/.exec(await stopHeader(mail)) ?? []
  await db.tx((ctx) => takeMail(ctx, Buffer.from(`From: ${mail.address}\r\nTo: ${to}\r\nSubject: unsubscribe\r\n\r\n`)))
  expect(await rowOf(mail)).toMatchObject({ stop: 1, events: ['mail.unsubscribed'] })
  const told = await db.house.pool.query('SELECT stopped_at FROM delivery WHERE id = $1', [mail.delivery])
  expect(told.rows).toEqual([{ stopped_at: expect.any(Date) }])
  await db.tx((ctx) => writeMailbox(ctx, EMPTY_IMAP))
  await db.tx((ctx) => saveMail(ctx, EMPTY_MAIL))
})

test('CRM-15 TRK-14 an answer to a mail lands on the timeline of the one it went to, without the mail quoted below; holiday notices do not', async () => {
  const mail = await mailed()
  const answer = (from: string, headers = '') =>
    Buffer.from(
      `From: ${from}\r\nTo: news@mihon.example\r\nSubject: Re: x\r\nMessage-ID: <r1@x.example>\r\nIn-Reply-To: <${mail.delivery}@mihon.example>\r\n${headers}Content-Type: text/plain; charset=utf-8\r\n\r\n資料をください。\r\n\r\n2026年4月8日 見本 のメール:\r\n> x\r\n`,
    )
  await db.tx((ctx) => takeMail(ctx, answer(mail.address)))
  await db.tx((ctx) => takeMail(ctx, answer(mail.address)))
  await db.tx((ctx) => takeMail(ctx, answer('stranger@elsewhere.example')))
  await db.tx((ctx) => takeMail(ctx, answer(mail.address, 'Auto-Submitted: auto-replied\r\n')))
  const told = await db.read((ctx) =>
    sql<{ props: { text: string } }>`SELECT props FROM journal WHERE name = 'mail.replied'`.execute(ctx.db),
  )
  expect(told.rows.map(({ props }) => props.text)).toEqual(['資料をください。'])
})

// ---- webhooks ----

const post = (source: string, payload: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: `/hooks/mail/${source}`, headers: { 'content-type': 'application/json', ...headers }, payload })
const nowSeconds = () => Math.floor(db.clock.now().getTime() / 1_000)

test('X7 Mailgun: what it signed is heard once, what is forged, old or sent with a used token is not', async () => {
  const mail = await mailed()
  const key = 'signing-key'
  expect((await post('mailgun', '{}')).statusCode).toBe(404)
  await db.tx((ctx) => saveHook(ctx, { source: 'mailgun', on: true, name: '', secret: key }))
  const body = (token: string, at: number, secret = key, event = 'failed', of = mail) =>
    JSON.stringify({
      signature: { timestamp: String(at), token, signature: createHmac('sha256', secret).update(`${at}${token}`).digest('hex') },
      'event-data': {
        event,
        id: 'e1',
        timestamp: at,
        recipient: of.address,
        severity: 'permanent',
        message: { headers: { 'message-id': `${of.delivery}@mihon.example` } },
        'delivery-status': { code: 550, 'enhanced-code': '5.1.1', message: 'no such user here' },
      },
    })
  expect((await post('mailgun', body('t0', nowSeconds(), 'other'))).statusCode).toBe(403)
  expect((await post('mailgun', body('t1', nowSeconds() - 8 * 86_400))).statusCode).toBe(403)
  expect(await rowOf(mail)).toMatchObject({ stop: 0, bounces: 0 })
  for (let i = 0; i < 50; i++) expect((await post('mailgun', body('t2', nowSeconds()))).statusCode).toBe(200)
  expect(await rowOf(mail)).toMatchObject({ stop: 3, bounces: 1, events: ['mail.bounced'] })
  const other = await mailed()
  await post('mailgun', body('t2', nowSeconds(), key, 'complained', other))
  expect(await rowOf(other)).toMatchObject({ stop: 0, events: [] })
  const shown = (await db.read(state)).hooks.find((hook) => hook.source === 'mailgun')
  expect(shown).toMatchObject({ on: true, hasSecret: true, taken: 1, refused: 2, repeated: 50 })
  expect(JSON.stringify(shown)).not.toContain(key)
})

test('X7 SendGrid: signed by its key over time and body; a changed byte, another key or an old time is refused', async () => {
  const mail = await mailed()
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await db.tx((ctx) =>
    saveHook(ctx, { source: 'sendgrid', on: true, name: '', secret: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') }),
  )
  const body = JSON.stringify([
    { event: 'delivered', email: mail.address, sg_event_id: 'a', timestamp: nowSeconds() },
    {
      event: 'bounce',
      email: mail.address,
      sg_event_id: 'b',
      timestamp: nowSeconds(),
      'smtp-id': `<${mail.delivery}@mihon.example>`,
      status: '5.1.1',
      reason: '550 5.1.1 user unknown',
    },
  ])
  const send = (text: string, at: number, signed = text) =>
    post('sendgrid', text, {
      'x-twilio-email-event-webhook-timestamp': String(at),
      'x-twilio-email-event-webhook-signature': createSign('SHA256').update(`${at}${signed}`).sign(privateKey).toString('base64'),
    })
  expect((await send(body.replace('bounce', 'bounCe'), nowSeconds(), body)).statusCode).toBe(403)
  expect((await send(body, nowSeconds() - 8 * 86_400)).statusCode).toBe(403)
  expect((await post('sendgrid', body)).statusCode).toBe(403)
  expect(await rowOf(mail)).toMatchObject({ stop: 0, bounces: 0 })
  for (let i = 0; i < 50; i++) expect((await send(body, nowSeconds())).statusCode).toBe(200)
  expect(await rowOf(mail)).toMatchObject({ stop: 3, reason: 'unknown_user', bounces: 1, events: ['mail.bounced'] })
})

test('X7 Postmark: only with its user and password; a spam complaint by address alone stops that address', async () => {
  const mail = await mailed()
  await db.tx((ctx) => saveHook(ctx, { source: 'postmark', on: true, name: 'pm', secret: 'word' }))
  const body = JSON.stringify({ RecordType: 'SpamComplaint', ID: 7, Email: mail.address, BouncedAt: db.clock.now().toISOString() })
  for (const given of [undefined, 'pm:wrong', 'pm:', ':'])
    expect(
      (await post('postmark', body, given ? { authorization: `Basic ${Buffer.from(given).toString('base64')}` } : {})).statusCode,
    ).toBe(403)
  expect((await rowOf(mail))?.stop).toBe(0)
  for (let i = 0; i < 50; i++)
    expect((await post('postmark', body, { authorization: `Basic ${Buffer.from('pm:word').toString('base64')}` })).statusCode).toBe(200)
  expect((await rowOf(mail))?.stop).toBe(4)
})

test('X7 a hook cannot be switched on without what proves its posts', async () => {
  await expect(db.tx((ctx) => saveHook(ctx, { source: 'ses', on: true, name: '' }))).rejects.toMatchObject({ code: 'mail.hook' })
  await expect(db.tx((ctx) => saveHook(ctx, { source: 'postmark', on: true, name: '', secret: 'x' }))).rejects.toMatchObject({
    code: 'mail.hook',
  })
})
