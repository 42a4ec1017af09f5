import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { takeShare } from './leases.ts'

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase()
})
afterAll(() => world.close())

const turn = (worker: string) => world.tx((ctx) => takeShare(ctx, worker))

test('N1 one worker holds all buckets, two share them, and a dead one loses its share', async () => {
  expect(await turn('a')).toHaveLength(256)
  expect(await turn('b')).toHaveLength(0)
  const mine = await turn('a')
  const theirs = await turn('b')
  expect([mine.length, theirs.length]).toEqual([128, 128])
  expect(mine.filter((bucket) => theirs.includes(bucket))).toEqual([])
  world.clock.advance(16_000)
  expect(await turn('b')).toHaveLength(256)
})

test('S3 a bucket that changes hands has a higher fence', async () => {
  const fence = async () =>
    (await world.house.pool.query<{ fence: number }>('SELECT max(fence) AS fence FROM bucket_lease')).rows[0]?.fence ?? 0
  const before = await fence()
  world.clock.advance(16_000)
  await turn('c')
  expect(await fence()).toBeGreaterThan(before)
})
