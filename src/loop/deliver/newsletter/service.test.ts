import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { archive } from '#loop/segment/archive/service.ts'
import { testHouse } from '../../../../test/house.ts'
import { aSegment, aTemplate, db, openMailing, someLeads } from '../../../../test/mailing.ts'
import { race } from '../../../../test/race.ts'
import { sendDue } from '../sender/lanes.ts'
import * as newsletters from './service.ts'
import { newslettersTick } from './tick.ts'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())
beforeEach(async () => {
  db.clock.advance(60_000)
  await db.tx((ctx) => sql`DELETE FROM mailbox_mail`.execute(ctx.db))
})

const mails = async () => (await db.read((ctx) => sql`SELECT id FROM mailbox_mail`.execute(ctx.db))).rows
const deliveries = async (id: string) =>
  (
    await db.read((ctx) =>
      sql<{
        person_id: string
        status: string
        reason: string | null
      }>`SELECT person_id, status, reason FROM delivery WHERE what = ${`newsletter:${id}`} ORDER BY id`.execute(ctx.db),
    )
  ).rows

test('NUR-01 a newsletter goes to its segments less the excluded, once each, and the report adds up', async () => {
  const template = await aTemplate()
  const [a, b, c] = (await someLeads(3)) as [Subject, Subject, Subject]
  const [noBasis] = (await someLeads(1, 'example.co.jp', null)) as [Subject]
  const include = [await aSegment([a, b, noBasis]), await aSegment([b, c])]
  const exclude = [await aSegment([c])]
  const made = await db.tx((ctx) => newsletters.create(ctx, { name: '4月号', templateId: template.id, include, exclude, topicId: null }))
  const crowd = await db.read((ctx) => newsletters.audience(ctx, { include, exclude, topicId: null }))
  expect(crowd).toEqual({ people: 3, reachable: 2, reasons: [{ reason: 'no_basis', count: 1 }] })
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 3 }))
  await sendDue(db.house)
  await db.drain()
  await sendDue(db.house)
  const report = await db.read((ctx) => newsletters.get(ctx, { id: made.id }))
  expect(report.status).toBe('finished')
  expect(report.counts).toMatchObject({ total: 3, sent: 2, suppressed: 1, waiting: 0 })
  const rows = await deliveries(made.id)
  expect(rows.filter((row) => row.status === 'suppressed').map((row) => [row.person_id, row.reason])).toEqual([[noBasis.id, 'no_basis']])
  const sent = rows.filter((row) => row.status === 'sent')
  expect(sent.map((row) => row.person_id).sort()).toEqual([a.id, b.id].sort())
  expect(await mails()).toHaveLength(2)
})

test('NUR-01 a newsletter waits for its hour, can be paused and called off, and nothing leaves meanwhile', async () => {
  const template = await aTemplate()
  const leads = await someLeads(3)
  const include = [await aSegment(leads)]
  const made = await db.tx((ctx) => newsletters.create(ctx, { name: '予約', templateId: template.id, include, exclude: [], topicId: null }))
  const sendAt = new Date(db.clock.now().getTime() + 3_600_000).toISOString()
  for (const over of [{ sendAt: '2020-01-01T00:00:00Z' }, { localAt: '2026-04-07T23:00' }])
    await expect(db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 3, ...over }))).rejects.toMatchObject({
      code: 'newsletter.past',
    })
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 3, sendAt }))
  await sendDue(db.house)
  expect(await mails()).toHaveLength(0)
  db.clock.advance(3_600_001)
  await newslettersTick(db.house)
  await db.drain()
  await db.tx((ctx) => newsletters.pause(ctx, { id: made.id }))
  await sendDue(db.house)
  expect(await mails()).toHaveLength(0)
  await db.tx((ctx) => newsletters.cancel(ctx, { id: made.id }))
  await db.drain()
  await sendDue(db.house)
  expect(await mails()).toHaveLength(0)
  expect((await db.read((ctx) => newsletters.get(ctx, { id: made.id }))).counts).toMatchObject({ total: 3, cancelled: 3 })
})

test('NUR-01 a newsletter without the legal sender block cannot be started', async () => {
  const template = await aTemplate()
  const include = [await aSegment(await someLeads(1))]
  const made = await db.tx((ctx) => newsletters.create(ctx, { name: '不備', templateId: template.id, include, exclude: [], topicId: null }))
  await db.tx((ctx) => updateCompany(ctx, { address: '' }))
  await expect(db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 1 }))).rejects.toMatchObject({ code: 'newsletter.legal' })
  await db.tx((ctx) => updateCompany(ctx, { address: '東京都見本区1-2-3' }))
})

test('NUR-01 a newsletter whose expansion died half-way is taken up again by itself', async () => {
  const template = await aTemplate()
  const include = [await aSegment(await someLeads(2))]
  const made = await db.tx((ctx) => newsletters.create(ctx, { name: '途中', templateId: template.id, include, exclude: [], topicId: null }))
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 2 }))
  await sendDue(db.house)
  // The job is lost with its worker.
  await db.house.pool.query("DELETE FROM jobs.job WHERE name = 'newsletter.expand'")
  await sendDue(db.house)
  expect((await db.read((ctx) => newsletters.get(ctx, { id: made.id }))).counts.total).toBe(0)
  db.clock.advance(180_000)
  await sendDue(db.house)
  await db.drain()
  await sendDue(db.house)
  expect(await db.read((ctx) => newsletters.get(ctx, { id: made.id }))).toMatchObject({ status: 'finished', counts: { sent: 2 } })
})

test('NUR-01 a segment that is put away while a newsletter with it is begun: whoever comes first wins, and the other is told so', async () => {
  const template = await aTemplate()
  const leads = await someLeads(2)
  const include = [await aSegment(leads)]
  for (const isArchiveFirst of [false, true]) {
    const kept = await aSegment(leads.slice(0, 1))
    const edit = { name: '同時', templateId: template.id, include, exclude: [kept], topicId: null }
    const { id } = await db.tx((ctx) => newsletters.create(ctx, edit))
    const start = (ctx: Ctx) => newsletters.start(ctx, { id, confirmed: 1 })
    const putAway = (ctx: Ctx) => archive(ctx, { id: kept })
    const told = await (isArchiveFirst ? race(db, putAway, start) : race(db, start, putAway))
    expect(told).toMatchObject({ code: isArchiveFirst ? 'newsletter.segment' : 'segment.mailed' })
  }
})
