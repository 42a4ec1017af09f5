import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { defineJob } from './jobs.ts'

const long = defineJob({ name: 'test.long', schema: z.object({}), expireSeconds: 3_600, run: async () => {} })
let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ jobs: [long] })
})
afterAll(() => db.close())

test('D1 a job whose worker was killed is found dead within minutes, not when its own long time is over', async () => {
  const found = await db.house.pool.query('SELECT heartbeat_seconds, expire_seconds FROM jobs.queue WHERE name = $1', [long.name])
  expect(found.rows).toEqual([{ heartbeat_seconds: 60, expire_seconds: 3_600 }])
})
