// What a worker keeps in mind of receivers, in virtual time.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { type TestDatabase, testDatabase } from '../../../../../test/database.ts'
import { KEPT_DAYS } from './decide.ts'
import { keepPaces, openPaces, paceOf } from './keep.ts'
import { putLearnt } from './queries.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({})
})
afterAll(() => db.close())

test('NUR-01 what was learnt of a receiver is forgotten after thirty quiet days by a worker that runs all the while, too', async () => {
  const now = db.clock.now()
  const row = { receiver: 'strict.example', per_minute: 6, places: null, bore: 12, why: 'rate' as const, reply: '421 4.7.0' }
  await db.tx((ctx) => putLearnt(ctx.db, [{ ...row, slowed_at: now, raised_at: now }], now))
  const paces = openPaces()
  const limit = async () => {
    await db.tx((ctx) => keepPaces(ctx, paces))
    return paceOf(paces, 'strict.example').learnt.perMinute
  }
  expect(await limit()).toBe(6)
  db.clock.advance((KEPT_DAYS - 1) * DAY)
  expect(await limit()).toBe(6)
  db.clock.advance(2 * DAY)
  expect(await limit()).toBeNull()
})
