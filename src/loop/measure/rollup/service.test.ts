import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { append, eventId, type News } from '#kernel/journal.ts'
import type { Pass } from '#kernel/pass.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { people, trend } from '../reports/service.ts'
import { settleTotals } from './jobs.ts'
import { fold } from './service.ts'

let base: TestDatabase
beforeAll(async () => {
  base = await testDatabase()
})
afterAll(() => base.close())

const who: Subject = subjectOf('0198aaaa-0000-7000-8000-0000000000a1')
const other: Subject = subjectOf('0198aaaa-0000-7000-8000-0000000000a2')
const DELIVERY = '0198cccc-0000-7000-8000-000000000001'
const SENT = '2026-04-01T10:00:00+09:00'

const news = (subject: Subject, name: string, at: string, props: News['props'] = {}): News => ({
  bucket: subject.bucket,
  personId: subject.id,
  seq: 1,
  eventId: eventId('test', `${name}${subject.id}${at}`),
  name,
  occurredAt: new Date(at),
  receivedAt: new Date(at),
  historic: false,
  hop: 0,
  pageGroup: null,
  props,
})

const folded = (subject: Subject, events: readonly News[]) =>
  base.tx((ctx) => {
    const pass: Pass = { at: ctx.now, people: [subject], news: new Map([[subject.id, events]]), wake: () => {}, changed: new Map() }
    return fold(ctx, pass)
  })

const ids = async (metric: 'mail_converted' | 'visit', from: string, to: string) =>
  (await base.read((ctx) => people(ctx, { metric, from, to, limit: 50, cursor: undefined }))).items.map((p) => p.id)

async function aDelivery(subject: Subject, id: string, sentAt: string): Promise<void> {
  await base.tx(async (ctx) => {
    const row = { bucket: subject.bucket, person_id: subject.id, id, what: id, source: id, version_id: id, purpose: 'marketing' as const }
    await ctx.db
      .insertInto('delivery')
      .values({ ...row, status: 'sent', not_before: ctx.now, created_at: ctx.now, sent_at: new Date(sentAt) } as never)
      .execute()
  })
}

const clicked = (subject: Subject, at: string, props: News['props']) =>
  base.tx((ctx) =>
    append(ctx, [
      { subject, id: eventId('test', `click${at}${subject.id}`), name: 'mail.clicked', occurredAt: new Date(at), props, silent: true },
    ]),
  )

test('KPI-03 a form sent within seven days of a click converts the mail on the day it was sent; eight days later it does not', async () => {
  await aDelivery(who, DELIVERY, SENT)
  await clicked(who, '2026-04-01T11:00:00+09:00', { delivery: DELIVERY })
  await folded(who, [news(who, 'form.submitted', '2026-04-09T12:00:00+09:00')])
  expect(await ids('mail_converted', '2026-03-01', '2026-04-30')).toEqual([])
  await folded(who, [news(who, 'form.submitted', '2026-04-07T12:00:00+09:00')])
  expect(await ids('mail_converted', '2026-04-01', '2026-04-01')).toEqual([who.id])
})

test('KPI-02 KPI-03 a click by a machine converts nothing', async () => {
  await aDelivery(other, DELIVERY, SENT)
  await clicked(other, '2026-04-01T11:00:00+09:00', { delivery: DELIVERY, agent: 'machine' })
  await folded(other, [news(other, 'form.submitted', '2026-04-02T12:00:00+09:00')])
  expect(await ids('mail_converted', '2026-04-01', '2026-04-01')).toEqual([who.id])
})

test('KPI-01 days of somebody whose rows moved are counted again: two people who become one are one in the trend', async () => {
  const day = '2026-04-08T09:00:00+09:00'
  await folded(who, [news(who, 'page.viewed', day)])
  await folded(other, [news(other, 'page.viewed', day)])
  await settleTotals.run(base.house, {})
  const last = async () => (await base.read((ctx) => trend(ctx, { metric: 'visit', days: 1 }))).people
  expect(await last()).toEqual([2])
  // What adoption does with a table that declares `sum`.
  await base.tx(async (ctx) => {
    await ctx.db.deleteFrom('person_day').where('person_id', '=', other.id).where('metric', '=', 'visit').execute()
    await ctx.db.updateTable('person_day').set({ n: 2 }).where('person_id', '=', who.id).where('metric', '=', 'visit').execute()
  })
  await folded(who, [news(who, 'lead.adopted', day)])
  expect(await last()).toEqual([1])
  await settleTotals.run(base.house, {})
  expect(await last()).toEqual([1])
  expect(await ids('visit', '2026-04-08', '2026-04-08')).toEqual([who.id])
})
