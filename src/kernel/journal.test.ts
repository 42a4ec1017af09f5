import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import type { Ctx } from './ctx.ts'
import { type Subject, subjectOf } from './db/buckets.ts'
import { withTx } from './db/tx.ts'
import {
  append,
  claim,
  derivedId,
  eventId,
  lockPulses,
  makePulses,
  moveJournal,
  type NewEvent,
  park,
  settle,
  takeNews,
  wake,
} from './journal.ts'

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase()
})
afterAll(() => world.close())

const all = Array.from({ length: 256 }, (_, bucket) => bucket)
const seen = (subject: Subject, message: string, more: Partial<NewEvent> = {}): NewEvent => ({
  subject,
  id: eventId('site', message),
  name: 'page.viewed',
  occurredAt: new Date('2026-04-08T00:00:00Z'),
  props: { url: '/' },
  ...more,
})

async function someone(ctx: Ctx): Promise<Subject> {
  const subject = subjectOf(ctx.id())
  await makePulses(ctx, [subject])
  return subject
}

test('TRK-01 an event is in the journal and waits as news; the same one again has no second effect', async () => {
  const subject = await world.tx(someone)
  const first = await world.tx((ctx) => append(ctx, [seen(subject, 'a'), seen(subject, 'a'), seen(subject, 'b')]))
  const second = await world.tx((ctx) => append(ctx, [seen(subject, 'a')]))
  expect([first.size, second.size]).toEqual([2, 0])
  const counts = await world.read((ctx) =>
    sql<{
      j: number
      n: number
    }>`SELECT (SELECT count(*) FROM journal WHERE person_id = ${subject.id}) AS j, (SELECT count(*) FROM news WHERE person_id = ${subject.id}) AS n`.execute(
      ctx.db,
    ),
  )
  expect(counts.rows[0]).toEqual({ j: 2, n: 2 })
})

test('I1 a claim takes each news once, in the order it was appended, and a silent event wakes nobody', async () => {
  const subject = await world.tx(someone)
  await world.tx((ctx) => append(ctx, [seen(subject, '1'), seen(subject, '2', { silent: true }), seen(subject, '3')]))
  const taken = await world.tx(async (ctx) => {
    const claimed = await claim(ctx, all, 500)
    return (await takeNews(ctx, claimed)).news.get(subject.id)
  })
  expect(taken?.map((news) => news.eventId)).toEqual([eventId('site', '1'), eventId('site', '3')])
  expect(await world.tx((ctx) => claim(ctx, all, 500).then((claimed) => claimed.some((one) => one.id === subject.id)))).toBe(false)
})

test('I1 two claimers at once never get the same subject', async () => {
  const subjects = await world.tx(async (ctx) => Promise.all(Array.from({ length: 20 }, () => someone(ctx))))
  await world.tx((ctx) =>
    append(
      ctx,
      subjects.map((subject) => seen(subject, 'x')),
    ),
  )
  const [mine, theirs] = await withTx(world.house, { kind: 'system', name: 'one' }, async (ctx) => {
    const first = await claim(ctx, all, 100)
    const second = await withTx(world.house, { kind: 'system', name: 'two' }, (other) => claim(other, all, 100))
    await takeNews(ctx, first)
    return [first, second]
  })
  expect(mine.length).toBeGreaterThanOrEqual(20)
  expect(theirs.filter((one) => mine.some((other) => other.id === one.id))).toEqual([])
})

test('N1 a subject is due at its instant and not before, and a parked one is left alone until it is released', async () => {
  const subject = await world.tx(someone)
  const due = new Date(world.clock.now().getTime() + 60_000)
  await world.tx((ctx) => settle(ctx, [{ subject, dueAt: due, eventIds: [] }]))
  const isClaimed = () => world.tx(async (ctx) => (await claim(ctx, all, 500)).some((one) => one.id === subject.id))
  expect(await isClaimed()).toBe(false)
  world.clock.advance(60_000)
  expect(await isClaimed()).toBe(true)
  await world.tx((ctx) => park(ctx, subject, 'a rule of theirs fails'))
  await world.tx((ctx) => append(ctx, [seen(subject, 'p')]))
  expect(await isClaimed()).toBe(false)
  await world.tx((ctx) => wake(ctx, [subject], ctx.now, true))
  expect(await isClaimed()).toBe(true)
})

test('TRK-03 moving a journal keeps where each row came from, and moving back returns exactly those rows', async () => {
  const [visitor, lead] = await world.tx(async (ctx) => [await someone(ctx), await someone(ctx)] as const)
  await world.tx((ctx) =>
    append(ctx, [seen(visitor, 'v1', { via: 'device:1' }), seen(visitor, 'v2', { via: 'device:1' }), seen(lead, 'l1')]),
  )
  await world.tx(async (ctx) => {
    await lockPulses(ctx, [visitor, lead])
    expect(await moveJournal(ctx, visitor, lead, { all: true })).toBe(2)
  })
  const owners = () =>
    world.read((ctx) =>
      sql<{
        person_id: string
        origin_person_id: string | null
      }>`SELECT person_id, origin_person_id FROM journal WHERE person_id IN (${visitor.id}, ${lead.id}) ORDER BY id`.execute(ctx.db),
    )
  expect((await owners()).rows.filter((row) => row.person_id === lead.id && row.origin_person_id === visitor.id)).toHaveLength(2)
  await world.tx((ctx) => moveJournal(ctx, lead, visitor, { origin: visitor.id, via: ['device:1'], since: ctx.now }))
  expect((await owners()).rows.filter((row) => row.person_id === visitor.id && row.origin_person_id === null)).toHaveLength(2)
  const news = await world.read((ctx) => sql<{ n: number }>`SELECT count(*) AS n FROM news WHERE person_id = ${visitor.id}`.execute(ctx.db))
  expect(news.rows[0]?.n).toBe(2)
})

test('QUA-13 our own events have ids made from their cause, so a second run makes the same ones', () => {
  expect(derivedId('c', 'score', 'changed', 1)).toBe(derivedId('c', 'score', 'changed', 1))
  expect(derivedId('c', 'score', 'changed', 1)).not.toBe(derivedId('c', 'score', 'changed', 2))
  expect(eventId('ab', 'c')).not.toBe(eventId('a', 'bc'))
})
