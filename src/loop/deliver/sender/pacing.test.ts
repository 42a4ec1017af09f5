import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { type Fault, type Sink, startSink } from '../../../../test/sink.ts'
import { takeSaid } from '../bounces/service.ts'
import * as newsletters from '../newsletter/service.ts'
import { OPEN_CAPS } from '../outbox/caps/decide.ts'
import { save as saveCaps } from '../outbox/caps/service.ts'
import { queue } from '../outbox/service.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'
import { EMPTY_MAIL, type MailSettings } from './contract.ts'
import { sendDue } from './lanes.ts'
import { saveMail } from './settings.ts'

let db: TestDatabase
let sink: Sink
let fault: (to: string) => Fault = () => 'none'
beforeAll(async () => {
  db = await testHouse()
  sink = await startSink((to) => fault(to))
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都見本区1-2-3',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
      senderName: '見本ニュース',
    }),
  )
})
afterAll(async () => {
  await db.close()
  await sink.close()
})

const settings = (more: Partial<MailSettings> = {}) =>
  db.tx((ctx) =>
    saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 4, ...more }),
  )

const leads = (mails: readonly string[]): Promise<Subject[]> =>
  db.tx(async (ctx) =>
    (
      await identify(
        ctx,
        mails.map((mail) => ({
          mail,
          fields: { familyName: '見本' },
          at: ctx.now,
          route: 'form' as const,
          consent: { basis: 'consent' as const, text: '同意します' },
        })),
      )
    ).map((outcome) => outcome.subject),
  )

async function mailing(mails: readonly string[]): Promise<string> {
  db.clock.advance(48 * 3_600_000)
  const members = await leads(mails)
  const draft = { subject: 'ご案内', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  return db.tx(async (ctx) => {
    const segment = ctx.id()
    await sql`INSERT INTO segment (id, name, audience, live_version, created_at, created_by, changed_at) VALUES (${segment}, ${segment}, 'leads', 1, ${ctx.now}, 'test', ${ctx.now})`.execute(
      ctx.db,
    )
    await sql`INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, because) SELECT x.b, x.i, ${segment}::uuid, 1, true, ${ctx.now}::timestamptz, '[]'
      FROM unnest(${members.map((m) => m.bucket)}::smallint[], ${members.map((m) => m.id)}::uuid[]) x(b, i)`.execute(ctx.db)
    const template = await make(ctx, { name: '見本', draft }, compiled)
    const made = await newsletters.create(ctx, { name: '見本', templateId: template.id, include: [segment], exclude: [], topicId: null })
    await newsletters.start(ctx, { id: made.id, confirmed: mails.length })
    return made.id
  })
}

const numbered = (n: number, of: (i: number) => string) => Array.from({ length: n }, (_, i) => of(i))
const one = (id: string) => db.read((ctx) => newsletters.get(ctx, { id }))

/** The newsletter's pages are made by a job; here at once. */
async function sendAll(): Promise<void> {
  await sendDue(db.house)
  await db.drain()
  await sendDue(db.house)
}

test('NUR-01 a newsletter whose list is full of dead addresses is paused by itself and says why; resumed by a person it goes on', async () => {
  await settings()
  fault = (to) => (to.startsWith('dead') ? 'rcpt550' : 'none')
  const id = await mailing(numbered(300, (i) => `${i % 5 ? 'good' : 'dead'}${i}@a.example.co.jp`))
  await sendAll()
  const held = await one(id)
  expect([held.status, held.heldReason]).toEqual(['paused', 'bounces'])
  expect(held.counts.sent).toBeLessThan(300 - 60)
  await db.tx((ctx) => newsletters.resume(ctx, { id }))
  db.clock.advance(3_600_000)
  await sendAll()
  const done = await one(id)
  expect([done.status, done.counts.sent, done.counts.refused]).toEqual(['finished', 240, 60])
})

test('NUR-01 a young sender stops at so many mails a day and goes on the next', async () => {
  fault = () => 'none'
  const id = await mailing(numbered(60, (i) => `ramp${i}@b.example.co.jp`))
  await settings({ rampSince: db.clock.now().toISOString(), rampFirst: 25 })
  await sendAll()
  expect((await one(id)).counts.sent).toBe(25)
  db.clock.advance(24 * 3_600_000 + 1_000)
  await sendAll()
  expect((await one(id)).counts.sent).toBe(60)
  await settings()
})

test('NUR-01 E2 a newsletter that is complained about is paused by itself and says why; let go by a person it is not held again', async () => {
  // Some are deferred, so that it is still being sent when the complaints come: at a domain of their own, for its other mails rest with them.
  fault = (to) => (to.startsWith('later') ? 'rcpt451' : 'none')
  const id = await mailing(numbered(40, (i) => (i % 10 ? `calm${i}@c.example.co.jp` : `later${i}@late.example.co.jp`)))
  await sendAll()
  const complain = async (n: number) => {
    const { rows } = await db.house.pool.query<{ id: string; address: string }>(
      "SELECT id, address FROM delivery WHERE source = $1 AND status = 'sent' AND complained_at IS NULL ORDER BY id LIMIT $2",
      [id, n],
    )
    const said = rows.map((row) => ({
      key: `complaint:${row.id}`,
      kind: 'complained' as const,
      address: row.address,
      to: [],
      about: `${row.id}@mihon.example`,
      finding: null,
      at: db.clock.now(),
    }))
    expect((await db.tx((ctx) => takeSaid(ctx, 'ses', true, said))).taken).toBe(n)
    await sendDue(db.house)
    const { status, heldReason } = await one(id)
    return [status, heldReason]
  }
  expect(await complain(2)).toEqual(['sending', null])
  expect(await complain(1)).toEqual(['paused', 'complaints'])
  await db.tx((ctx) => newsletters.resume(ctx, { id }))
  expect((await complain(1))[0]).toBe('sending')
  fault = () => 'none'
  db.clock.advance(24 * 3_600_000)
  await sendAll()
  expect(await one(id)).toMatchObject({ status: 'finished', counts: { sent: 40 } })
})

test('GEN-07 a mail that a server turns away after its body gives its place under the cap of its company back', async () => {
  const crowd = ['turned', 'first', 'second'].map((name) => `${name}@one.example.co.jp`)
  const members = await leads(crowd)
  await db.house.pool.query("UPDATE person SET company_id = '00000000-0000-4000-8000-00000000c0c1' WHERE id = ANY($1)", [
    members.map((who) => who.id),
  ])
  await db.tx((ctx) => saveCaps(ctx, { ...OPEN_CAPS, perCompanyDay: 1 }))
  const compiled = await compile({ subject: 'x', preheader: '', blocks: [] })
  const { versionId } = await db.tx((ctx) => make(ctx, { name: '見本', draft: { subject: 'x', preheader: '', blocks: [] } }, compiled))
  const send = async (who: number) => {
    const mail = {
      subject: members[who] as Subject,
      what: `notice:place:${who}`,
      templateVersion: versionId,
      purpose: 'marketing' as const,
    }
    await db.tx((ctx) => queue(ctx, [mail]))
    await sendDue(db.house)
    const { rows } = await db.house.pool.query('SELECT d.status, d.reason, d.attempts FROM delivery d WHERE d.what = $1', [mail.what])
    return rows[0]
  }
  fault = (to) => (to.startsWith('turned') ? 'dot451' : 'none')
  expect(await send(0)).toMatchObject({ status: 'deferred', attempts: 1 })
  expect(await send(1)).toMatchObject({ status: 'sent' })
  expect(await send(2)).toMatchObject({ status: 'deferred', reason: 'capped', attempts: 0 })
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
})
