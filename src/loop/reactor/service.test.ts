import { afterAll, beforeAll, expect, test } from 'vitest'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, eventId, MOST_HOPS, makePulses, park } from '#kernel/journal.ts'
import { UNDER_WAY } from '#kernel/parked.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { facts } from '#loop/identify/facts.ts'
import { jobs } from '#loop/score/fill/jobs.ts'
import { publish, saveDraft } from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS } from '#loop/score/rules/contract.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import * as stuck from '../identify/stuck/service.ts'
import { retryFailed, turn, turnUntilQuiet } from './service.ts'

let poison = ''
/** A fact that cannot be read for one person: what a bug or a broken row looks like. */
const brittle: Fact = {
  ...(facts[0] as Fact),
  name: 'brittle',
  load: async (_ctx, subjects) => {
    if (subjects.some((subject) => subject.id === poison)) throw new Error('this row is broken')
    return new Map()
  },
}

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { facts: [...facts, brittle], personTables: [] }, jobs })
})
afterAll(() => db.close())

let serial = 0
async function someone(): Promise<Subject> {
  return db.tx(async (ctx) => {
    const id = ctx.id()
    const subject = { id, bucket: bucketOf(id) }
    await ctx.db
      .insertInto('person')
      .values({ bucket: subject.bucket, id, created_at: ctx.now, identified_at: ctx.now, last_seen_at: ctx.now } as never)
      .execute()
    await makePulses(ctx, [subject])
    return subject
  })
}
const happens = (subject: Subject, hop = 0, props = {}) =>
  db.tx((ctx) => append(ctx, [{ subject, id: eventId('t', String(++serial)), name: 'page.viewed', occurredAt: ctx.now, hop, props }]))
const pulse = async (subject: Subject) =>
  (await db.house.pool.query('SELECT parked_reason, due_at FROM pulse WHERE person_id = $1', [subject.id])).rows[0]
const waiting = async (subject: Subject) =>
  (await db.house.pool.query('SELECT count(*)::int AS n FROM news WHERE person_id = $1', [subject.id])).rows[0].n

test('X2 one person the loop fails for is parked with the error; everybody else of the batch is done, nothing of theirs is lost, and a worker that begins tries them again', async () => {
  const people: Subject[] = []
  for (let i = 0; i < 30; i++) people.push(await someone())
  await db.tx((ctx) =>
    saveDraft(ctx, {
      name: 'main',
      settings: FIRST_SETTINGS,
      rules: [
        { id: '00000000-0000-4000-8000-000000000001', kind: 'attribute', label: '', fact: 'brittle', is: { op: 'notEmpty' }, points: 1 },
        {
          id: '00000000-0000-4000-8000-000000000002',
          kind: 'behaviour',
          label: '',
          match: { event: 'page.viewed', filters: [] },
          points: 1,
          limit: { kind: 'each' },
          expiresDays: null,
        },
      ],
    }),
  )
  await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
  await db.drain()
  await turnUntilQuiet(db.house)
  poison = people[17]!.id
  await db.house.pool.query('DELETE FROM score WHERE person_id = $1', [poison])
  for (const subject of people) await happens(subject)
  await turnUntilQuiet(db.house)
  expect((await pulse(people[17]!)).parked_reason).toContain('this row is broken')
  expect(await waiting(people[17]!)).toBe(1)
  const shown = { kind: 'fault', what: 'Error: this row is broken', since: db.clock.now().toISOString() }
  expect(await db.read((ctx) => stuck.ofPerson(ctx, { person: people[17]!.id }))).toEqual({ stuck: shown })
  expect(await db.read((ctx) => stuck.ofPerson(ctx, { person: people[18]!.id }))).toEqual({ stuck: null })
  expect(await db.read((ctx) => stuck.list(ctx, { limit: 50 }))).toMatchObject({
    items: [{ id: people[17]!.id, ...shown }],
    next: null,
    total: 1,
  })
  expect(await db.read(stuck.countStuck)).toBe(1)
  const done = await db.house.pool.query('SELECT count(*)::int AS n FROM score WHERE total = 1')
  expect(done.rows[0].n).toBe(29)

  await retryFailed(db.house)
  await turnUntilQuiet(db.house)
  expect((await pulse(people[17]!)).parked_reason).toContain('this row is broken')
  poison = ''
  await retryFailed(db.house)
  await turnUntilQuiet(db.house)
  expect((await pulse(people[17]!)).parked_reason).toBeNull()
  expect(await waiting(people[17]!)).toBe(0)
  expect(await db.read(stuck.countStuck)).toBe(0)
  expect((await db.house.pool.query('SELECT total FROM score WHERE person_id = $1', [people[17]!.id])).rows[0].total).toBe(1)
})

test('news that went round too often parks the person and names what fed it; their other news is done', async () => {
  const who = await someone()
  for (let hop = MOST_HOPS - 3; hop <= MOST_HOPS; hop++) await happens(who, hop, { name: hop % 2 ? '価格を見た人' : '点数を足すシナリオ' })
  await turnUntilQuiet(db.house)
  const { parked_reason: why } = await pulse(who)
  expect(why).toContain('価格を見た人')
  expect(why).toContain('点数を足すシナリオ')
  await retryFailed(db.house)
  expect(await turn(db.house)).toBe(0)

  // Tried again by hand the same news are heard once more, and whoever is moved in pages is left to that.
  const moved = await someone()
  await db.tx((ctx) => park(ctx, moved, `${UNDER_WAY}many rows are on their way`))
  const { items, total } = await db.read((ctx) => stuck.list(ctx, { limit: 50 }))
  expect([items.map(({ id, kind }) => [id, kind]), total]).toEqual([[[who.id, 'circle']], 1])
  expect(await db.tx((ctx) => stuck.retry(ctx, { ids: [who.id, moved.id] }))).toEqual({ tried: 1 })
  await turnUntilQuiet(db.house)
  expect([await pulse(who), await waiting(who)]).toMatchObject([{ parked_reason: null }, 0])
  expect((await pulse(moved)).parked_reason).toContain(UNDER_WAY)
  expect(await db.tx((ctx) => stuck.retry(ctx, {}))).toEqual({ tried: 0 })
})

test('X2 of many who are stopped each is on one page of the list, and one request lets all of them go on', async () => {
  const people: Subject[] = []
  for (let i = 0; i < 5; i++) people.push(await someone())
  for (const subject of people) {
    db.clock.advance(1_000)
    await db.tx((ctx) => park(ctx, subject, 'Error: stop'))
  }
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await db.read((ctx) => stuck.list(ctx, { limit: 2, cursor }))
    ids.push(...page.items.map((one) => one.id))
    if (page.next === null) break
    cursor = page.next
  }
  expect(ids).toEqual(people.map((one) => one.id).reverse())
  expect(await db.tx((ctx) => stuck.retry(ctx, {}))).toEqual({ tried: 5 })
  await turnUntilQuiet(db.house)
  expect(await db.read(stuck.countStuck)).toBe(0)
})
