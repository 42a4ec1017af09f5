// Nobody is reached without a ground or after a stop, whichever way a mail was queued.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { type Basis, identify, stopMail } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import * as newsletters from '../newsletter/service.ts'
import { sendDue } from '../sender/lanes.ts'
import { openLedger } from '../sender/ledger.ts'
import type { Claimed } from '../sender/queries.ts'
import { NO_SOURCE } from '../tables.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'
import { queue, resend } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
})
afterAll(() => db.close())

let people = 0
const someLeads = (n: number, basis: Basis | null = 'consent'): Promise<Subject[]> =>
  db.tx(async (ctx) => {
    const acts = Array.from({ length: n }, () => ({
      mail: `lead${++people}@example.co.jp`,
      at: ctx.now,
      route: 'form' as const,
      ...(basis ? { consent: { basis, text: '同意します' } } : {}),
    }))
    return (await identify(ctx, acts)).map((one) => one.subject)
  })
const aTemplate = async () => {
  const draft = { subject: 'x', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  return db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))
}
const status = async (subject: Subject, what: string) => {
  const query = sql<{
    id: string
    status: string
    reason: string | null
  }>`SELECT id, status, reason FROM delivery WHERE what = ${what} AND person_id = ${subject.id}`
  return (await db.read((ctx) => query.execute(ctx.db))).rows[0]
}

test('GEN-04 the list of stopped addresses rules, whatever stands in the row of whoever holds the address', async () => {
  const template = await aTemplate()
  const [queued, held] = (await someLeads(2)) as [Subject, Subject]
  const what = 'notice:listed:1'
  await db.tx((ctx) =>
    queue(
      ctx,
      [queued, held].map((subject) => ({ subject, what, templateVersion: template.versionId, purpose: 'marketing' as const })),
    ),
  )
  await db.tx((ctx) => stopMail(ctx, { address: `lead${people - 1}@example.co.jp`, reason: 'unsubscribe', at: ctx.now }))
  await db.tx((ctx) => sql`UPDATE person SET mail_stop = 0 WHERE bucket = ${queued.bucket} AND id = ${queued.id}`.execute(ctx.db))
  const worker = '00000000-0000-4000-8000-000000000001'
  const ledger = openLedger(db.house, worker)
  await db.tx((ctx) =>
    sql`UPDATE delivery SET status = 'claimed', worker = ${worker}, fence = 7 WHERE what = ${what} AND person_id = ${queued.id}`.execute(
      ctx.db,
    ),
  )
  const id = (await status(queued, what))?.id ?? ''
  const ask = { bucket: queued.bucket, person_id: queued.id, id, fence: 7, address: `lead${people - 1}@example.co.jp`, displayId: null }
  expect(await ledger.mark(ask)).toBe(false)
  await db.tx((ctx) => sql`UPDATE delivery SET status = 'queued', worker = NULL WHERE id = ${id}`.execute(ctx.db))
  await sendDue(db.house)
  expect(await status(queued, what)).toMatchObject({ status: 'suppressed', reason: 'unsubscribed' })
  expect(await status(held, what)).toMatchObject({ status: 'sent' })
})

test('GEN-04 an address that proves dead stops the next mail to it, even when both are written in one go', async () => {
  const template = await aTemplate()
  const [who] = (await someLeads(1)) as [Subject]
  const whats = ['notice:dead:1', 'notice:dead:2'] as const
  const mails = whats.map((what) => ({ subject: who, what, templateVersion: template.versionId, purpose: 'marketing' as const }))
  await db.tx((ctx) => queue(ctx, mails))
  const worker = '00000000-0000-4000-8000-000000000002'
  await db.tx((ctx) =>
    sql`UPDATE delivery SET status = 'claimed', worker = ${worker}, fence = 1 WHERE person_id = ${who.id}`.execute(ctx.db),
  )
  const ledger = openLedger(db.house, worker)
  const address = `lead${people}@example.co.jp`
  const [first, second] = await Promise.all(whats.map(async (what) => (await status(who, what))?.id ?? ''))
  const row = { bucket: who.bucket, person_id: who.id, id: first, what: whats[0], source: NO_SOURCE, fence: 1, attempts: 0 } as Claimed
  const verdict = { status: 'refused', dead: true, reason: '550 5.1.1 no such user' } as const
  const [, marked] = await Promise.all([
    ledger.record({ row, address, template: { id: template.id, name: '' }, fate: { kind: 'failed', verdict, begun: false } }),
    ledger.mark({ bucket: who.bucket, person_id: who.id, id: second ?? '', fence: 1, address, displayId: null }),
  ])
  expect(marked).toBe(false)
})

test('GEN-04 what people asked for themselves still goes to those who want no advertising, but never to a complaint or a dead address', async () => {
  const template = await aTemplate()
  const asked = (await someLeads(4, null)) as [Subject, Subject, Subject, Subject]
  const reasons = ['unsubscribe', 'manual', 'hard_bounce', 'complaint'] as const
  for (const [i, reason] of reasons.entries())
    await db.tx((ctx) => stopMail(ctx, { address: `lead${people - 3 + i}@example.co.jp`, reason, at: ctx.now }))
  const what = 'notice:asked:1'
  await db.tx((ctx) =>
    queue(
      ctx,
      asked.map((subject) => ({ subject, what, templateVersion: template.versionId, purpose: 'transactional' as const })),
    ),
  )
  await sendDue(db.house)
  const states = await Promise.all(asked.map(async (subject) => (await status(subject, what))?.status))
  expect(states).toEqual(['sent', 'sent', 'suppressed', 'suppressed'])
})

test('S1 mails of a newsletter that is through, whose outcome nobody knows, do go out again when asked; of one called off they do not', async () => {
  const members = await someLeads(2)
  const segment = await db.tx(async (ctx) => {
    const id = ctx.id()
    await sql`INSERT INTO segment (id, name, audience, live_version, created_at, created_by, changed_at) VALUES (${id}, ${id}, 'leads', 1, ${ctx.now}, 'test', ${ctx.now})`.execute(
      ctx.db,
    )
    for (const { bucket, id: person } of members)
      await sql`INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, because) VALUES (${bucket}, ${person}, ${id}, 1, true, ${ctx.now}, '[]')`.execute(
        ctx.db,
      )
    return id
  })
  const template = await aTemplate()
  const { id } = await db.tx((ctx) =>
    newsletters.create(ctx, { name: '再送', templateId: template.id, include: [segment], exclude: [], topicId: null }),
  )
  await db.tx((ctx) => newsletters.start(ctx, { id, confirmed: 2 }))
  await sendDue(db.house)
  await db.drain()
  await sendDue(db.house)
  const lost = () => db.tx((ctx) => sql`UPDATE delivery SET status = 'unknown', sent_at = NULL WHERE source = ${id}`.execute(ctx.db))
  await lost()
  expect(await db.tx((ctx) => resend(ctx, null))).toBe(2)
  await sendDue(db.house)
  expect(await db.read((ctx) => newsletters.get(ctx, { id }))).toMatchObject({ status: 'finished', counts: { sent: 2, unknown: 0 } })
  await lost()
  await db.tx((ctx) => sql`UPDATE newsletter SET status = 'cancelled' WHERE id = ${id}`.execute(ctx.db))
  expect(await db.tx((ctx) => resend(ctx, null))).toBe(0)
})
