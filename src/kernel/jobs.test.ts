import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { until } from '../../test/world.ts'
import { defineJob, dueKinds, openJobs } from './jobs.ts'

const later = defineJob({ name: 'test.later', schema: z.object({}), run: async () => {} })
const long = defineJob({ name: 'test.long', schema: z.object({}), expireSeconds: 3_600, run: async () => {} })
let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ jobs: [long, later] })
})
afterAll(() => db.close())

test('D1 a job whose worker was killed is found dead within minutes, not when its own long time is over', async () => {
  const found = await db.house.pool.query('SELECT heartbeat_seconds, expire_seconds FROM jobs.queue WHERE name = $1', [long.name])
  expect(found.rows).toEqual([{ heartbeat_seconds: 60, expire_seconds: 3_600 }])
})

test('a look at the queue names the kinds that have a job to run now, and those alone', async () => {
  const names = [long.name, later.name]
  expect(await dueKinds(db.house.pool, names)).toEqual([])
  await db.tx((ctx) => ctx.house.jobs.enqueue(ctx, long, {}))
  await db.tx((ctx) => ctx.house.jobs.enqueue(ctx, later, {}))
  await db.house.pool.query("UPDATE jobs.job SET start_after = now() + interval '1 hour' WHERE name = $1", [later.name])
  expect(await dueKinds(db.house.pool, names)).toEqual([long.name])
  await db.drain()
  expect(await dueKinds(db.house.pool, names)).toEqual([])
})

test('a job that another process put into the queue is found by the look, not a minute later by the queue itself', async () => {
  let ran = 0
  const seen = defineJob({ name: 'test.seen', schema: z.object({}), run: async () => void ran++ })
  const open = () => openJobs(db.house.pool, [seen], db.house.log)
  const [here, there] = [await open(), await open()]
  await here.work(db.house)
  try {
    await db.tx((ctx) => there.enqueue(ctx, seen, {}))
    await until(async () => ran > 0, { within: 20_000, what: 'the job to be found' })
    expect(ran).toBe(1)
  } finally {
    await Promise.all([here.stop(), there.stop()])
  }
})
