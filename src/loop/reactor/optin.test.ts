import Fastify, { type FastifyInstance } from 'fastify'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { publicRoutes } from '#loop/deliver/feedback/routes.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { askOptin } from '#loop/identify/consent/optin.ts'
import { identify, loadPeople, stopMail } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../test/database.ts'
import { testHouse } from '../../../test/house.ts'
import { turnUntilQuiet } from './service.ts'

let db: TestDatabase
let app: FastifyInstance
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
})
afterAll(async () => {
  await app.close()
  await db.close()
})

let serial = 0
async function ticks(mail: string, name = '花子'): Promise<Subject> {
  db.clock.advance(60_000)
  const [made] = await db.tx((ctx) =>
    identify(ctx, [{ mail, route: 'form', at: ctx.now, fields: { familyName: '見本', givenName: name } }]),
  )
  const subject = made?.subject as Subject
  await db.tx((ctx) =>
    askOptin(ctx, {
      subject,
      mail,
      textVersion: 'f:1',
      text: 'メールを受け取ります',
      evidence: { form: 'f', ip: '198.51.100.7' },
      causeId: ctx.id(),
    }),
  )
  await turnUntilQuiet(db.house)
  await sendDue(db.house)
  return subject
}
const person = async (who: Subject) => (await db.read((ctx) => loadPeople(ctx, [who]))).get(who.id)
const mails = async (to: string) =>
  (await db.house.pool.query('SELECT subject, raw FROM mailbox_mail WHERE envelope_to = $1 ORDER BY at', [to])).rows as {
    subject: string
    raw: Buffer
  }[]
const linkOf = async (who: Subject) => {
  const { rows } = await db.house.pool.query(
    `SELECT id FROM delivery WHERE person_id = $1 AND what LIKE 'optin:%' AND status = 'sent' ORDER BY created_at DESC LIMIT 1`,
    [who.id],
  )
  return `/u/${mailToken(tokenKeys(db.house), { personId: who.id, deliveryId: rows[0]?.id })}/confirm`
}
const ledger = async (who: Subject) =>
  (await db.house.pool.query('SELECT given, basis, route, evidence FROM consent_entry WHERE person_id = $1 ORDER BY at, id', [who.id])).rows

test('GEN-03 CAP-11 a tick in a form with double opt-in is only asked: the mail says nothing a stranger typed, a GET confirms nothing, the button does, with both instants as proof', async () => {
  const mail = `once${++serial}@example.co.jp`
  const who = await ticks(mail, '<b>当選しました http://evil.example</b>')
  expect((await person(who))?.mail_basis).toBe(0)
  const [asked] = await mails(mail)
  const read = await PostalMime.parse(asked?.raw ?? Buffer.alloc(0))
  const text = `${read.subject} ${read.html} ${read.text}`
  expect(text).not.toContain('evil.example')
  expect(text).toContain('/confirm')
  const link = await linkOf(who)
  for (const method of ['GET', 'HEAD'] as const) await app.inject({ method, url: link, headers: { 'user-agent': 'SafeLinks' } })
  expect((await person(who))?.mail_basis).toBe(0)
  const answer = await app.inject({
    method: 'POST',
    url: link,
    payload: 'lang=ja',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect([answer.statusCode, answer.body.includes('登録を確認しました')]).toEqual([200, true])
  expect((await person(who))?.mail_basis).toBe(4)
  const [entry] = await ledger(who)
  expect(entry).toMatchObject({ given: true, basis: 'consent', route: 'optin', evidence: { form: 'f', ip: '198.51.100.7' } })
  expect(Date.parse(entry.evidence.confirmedAt)).toBeGreaterThanOrEqual(Date.parse(entry.evidence.askedAt))
})

test('X9 however often one address is typed in, one confirmation mail a day goes to it, and so many to one domain an hour', async () => {
  const mail = `flood${++serial}@flood.example.jp`
  for (let i = 0; i < 5; i++) await ticks(mail)
  expect(await mails(mail)).toHaveLength(1)
  db.clock.advance(DAY)
  await ticks(mail)
  expect(await mails(mail)).toHaveLength(2)
})

test('GEN-02 whoever unsubscribed comes back by their own confirmed act alone; a complaint stays', async () => {
  const mail = `back${++serial}@example.co.jp`
  const who = await ticks(mail)
  await db.tx((ctx) => stopMail(ctx, { address: mail, reason: 'unsubscribe', at: ctx.now }))
  const link = await linkOf(who)
  await app.inject({ method: 'POST', url: link, payload: 'lang=ja' })
  expect(await person(who)).toMatchObject({ mail_stop: 0, mail_basis: 4 })
  await db.tx((ctx) => stopMail(ctx, { address: mail, reason: 'complaint', at: ctx.now }))
  db.clock.advance(2 * DAY)
  const again = await ticks(mail)
  await app.inject({ method: 'POST', url: await linkOf(again), payload: 'lang=ja' })
  expect((await person(who))?.mail_stop).toBe(4)
})
