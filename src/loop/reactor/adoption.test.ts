import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { adoptionsOf, undoAdoption } from '#loop/identify/adopt/service.ts'
import { identify, resolveDevices } from '#loop/identify/service.ts'
import { publish, saveDraft, ofPerson as scoresOf } from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS, type ScoreRule } from '#loop/score/rules/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { create, why } from '#loop/segment/service.ts'
import type { TestDatabase } from '../../../test/database.ts'
import { testHouse } from '../../../test/house.ts'
import { turnUntilQuiet } from './service.ts'

let db: TestDatabase
let segment = ''
const points: ScoreRule = {
  id: '00000000-0000-4000-8000-000000000001',
  kind: 'behaviour',
  label: '',
  match: { event: 'page.viewed', filters: [] },
  points: 10,
  limit: { kind: 'cap', times: 3 },
  expiresDays: null,
}
beforeAll(async () => {
  db = await testHouse()
  const rule: Rule = {
    kind: 'event',
    match: { event: 'page.viewed', filters: [] },
    count: { op: 'atLeast', n: 2 },
    period: { kind: 'last', n: 30, unit: 'days' },
  }
  segment = (await db.tx((ctx) => create(ctx, { name: '2回見た人', description: '', audience: 'everyone', startsScenarios: false, rule })))
    .id
  await db.tx((ctx) => saveDraft(ctx, { name: 'main', settings: FIRST_SETTINGS, rules: [points] }))
  await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
  await db.drain()
})
afterAll(() => db.close())

let serial = 0
async function views(device: string, times: number): Promise<Subject> {
  const subject = await db.tx(async (ctx) => {
    const found = (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])).get(device) as Subject
    const one = () => ({
      subject: found,
      id: eventId('t', String(++serial)),
      name: 'page.viewed',
      occurredAt: ctx.now,
      via: device,
      props: {},
    })
    await append(ctx, Array.from({ length: times }, one))
    return found
  })
  await turnUntilQuiet(db.house)
  return subject
}
const total = async (who: Subject) => (await db.read((ctx) => scoresOf(ctx, { person: who.id }))).items[0]?.columns.total
const standing = (who: Subject) => db.read((ctx) => why(ctx, { id: segment, person: who.id }))
const entered = async (who: Subject) =>
  (await db.house.pool.query(`SELECT 1 FROM journal WHERE person_id = $1 AND name = 'segment.entered'`, [who.id])).rows.length

test('TRK-03 QUA-13 two become one: the score is made anew, never summed; the earlier stay counts and nobody enters twice; undo parts them again', async () => {
  const visitor = await views('d-visitor', 2)
  const since = (await standing(visitor)).since
  expect([await total(visitor), (await standing(visitor)).isIn]).toEqual([20, true])
  db.clock.advance(DAY)
  const lead = await views('d-lead', 2)
  await db.tx((ctx) => identify(ctx, [{ device: 'd-lead', mail: 'a@example.co.jp', route: 'form', at: ctx.now }]))
  await turnUntilQuiet(db.house)
  expect(await total(lead)).toBe(20)
  db.clock.advance(DAY)
  const [outcome] = await db.tx((ctx) => identify(ctx, [{ device: 'd-visitor', mail: 'a@example.co.jp', route: 'form', at: ctx.now }]))
  await turnUntilQuiet(db.house)
  expect(outcome).toMatchObject({ outcome: 'adopted', subject: { id: lead.id } })
  expect(await total(lead)).toBe(30)
  expect(await standing(lead)).toMatchObject({ isIn: true, since })
  expect(await entered(lead)).toBe(2)
  const [adoption] = await db.read((ctx) => adoptionsOf(ctx, lead.id))
  db.clock.advance(DAY)
  await db.tx((ctx) => undoAdoption(ctx, adoption?.id ?? ''))
  await turnUntilQuiet(db.house)
  expect([await total(lead), await total(visitor)]).toEqual([20, 20])
  expect([(await standing(lead)).isIn, (await standing(visitor)).isIn]).toEqual([true, true])
  expect((await standing(visitor)).since).toBe(since)
  const waiting = await db.house.pool.query('SELECT 1 FROM news')
  expect(waiting.rows).toHaveLength(0)
})
