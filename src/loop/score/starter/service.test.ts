// The definition that works on day one, on a virtual clock. Real database.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '#kernel/clock.ts'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, claim, eventId, makePulses, settle, takeNews } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { newsOf, type Pass } from '#kernel/pass.ts'
import { facts } from '#loop/identify/facts.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { facts as scoreFacts } from '../facts.ts'
import { jobs } from '../fill/jobs.ts'
import { loadScores } from '../ledger/queries.ts'
import { publish, saveDraft } from '../manage/service.ts'
import { react } from '../service.ts'
import { STARTER_SETTINGS, starterRules } from './contract.ts'

let db: TestDatabase
let serial = 0
beforeAll(async () => {
  db = await testDatabase({ ports: { facts: [...facts, ...scoreFacts] }, jobs })
  await db.tx((ctx) => saveDraft(ctx, { name: 'main', rules: starterRules('group-1'), settings: STARTER_SETTINGS }))
  await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
  await db.drain()
})
afterAll(() => db.close())

async function person(): Promise<Subject> {
  return db.tx(async (ctx) => {
    const id = ctx.id()
    const subject = { id, bucket: bucketOf(id) }
    await sql`INSERT INTO person (bucket, id, identified_at, created_at) VALUES (${subject.bucket}, ${id}, ${ctx.now}, ${ctx.now})`.execute(
      ctx.db,
    )
    await makePulses(ctx, [subject])
    await append(ctx, [{ subject, id: eventId('s', String(++serial)), name: 'lead.created', occurredAt: ctx.now, props: {} }])
    return subject
  })
}

async function happens(subject: Subject, name: string, props: JsonObject = {}, pageGroup?: string): Promise<void> {
  await db.tx((ctx) =>
    append(ctx, [{ subject, id: eventId('s', String(++serial)), name, occurredAt: ctx.now, props, ...(pageGroup ? { pageGroup } : {}) }]),
  )
  await turn()
}

async function turn(): Promise<void> {
  for (let n = 1; n > 0; )
    n = await db.tx(async (begun) => {
      const people = await claim(
        begun,
        Array.from({ length: 256 }, (_, i) => i),
        100,
      )
      if (!people.length) return 0
      const { ctx, news } = await takeNews(begun, people)
      const due = new Map<string, Date>()
      const pass: Pass = {
        ...{ at: ctx.now, people, news, changed: new Map() },
        wake: (id, at) => void (at < (due.get(id) ?? new Date(8e15)) && due.set(id, at)),
      }
      await react(ctx, pass)
      const rows = people.map((subject) => ({
        ...{ subject, dueAt: due.get(subject.id) ?? null, eventIds: newsOf(pass, subject.id).map((one) => one.eventId) },
      }))
      await settle(ctx, rows)
      return people.length
    })
}

const heatOf = async (subject: Subject) => (await db.read((ctx) => loadScores(ctx.db, [subject])))[0]?.heat

test('QUA-09 QUA-10 three marked actions in 30 days make hot; hot it stays, and 30 days after the last action it is cold, to the very instant', async () => {
  const lead = await person()
  await happens(lead, 'page.viewed', { url: 'https://example.jp/price' }, 'group-1')
  await happens(lead, 'page.viewed', { url: 'https://example.jp/other' }, 'group-2')
  await happens(lead, 'mail.clicked', { agent: 'machine' })
  expect(await heatOf(lead)).toBe('warm')
  db.clock.advance(HOUR)
  await happens(lead, 'file.downloaded')
  db.clock.advance(HOUR)
  await happens(lead, 'mail.clicked', { agent: 'human' })
  expect(await heatOf(lead)).toBe('hot')
  db.clock.advance(29 * DAY)
  await happens(lead, 'file.downloaded')
  const last = db.clock.now()
  // Two of the last 30 days are left, then one: it was never silent.
  for (const days of [2, 20]) {
    db.clock.set(new Date(last.getTime() + days * DAY).toISOString())
    await turn()
    expect(await heatOf(lead)).toBe('hot')
  }
  db.clock.set(new Date(last.getTime() + 30 * DAY - 1).toISOString())
  await turn()
  expect(await heatOf(lead)).toBe('hot')
  await db.tx((ctx) => saveDraft(ctx, { name: 'main', rules: starterRules('group-1'), settings: STARTER_SETTINGS }))
  await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
  await db.drain()
  expect((await db.read((ctx) => loadScores(ctx.db, [lead]))).map((row) => row.heat)).toEqual(['hot'])
  db.clock.advance(1)
  await turn()
  expect(await heatOf(lead)).toBe('cold')
  await happens(lead, 'file.downloaded')
  expect(await heatOf(lead)).toBe('warm')
})

test('QUA-09 three marked actions of which the first is older than 30 days do not make hot', async () => {
  const lead = await person()
  await happens(lead, 'form.submitted')
  db.clock.advance(30 * DAY)
  await happens(lead, 'form.submitted')
  await happens(lead, 'file.downloaded')
  expect(await heatOf(lead)).toBe('warm')
})
