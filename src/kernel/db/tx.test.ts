import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import type { Actor } from '../ctx.ts'
import { defineJob } from '../jobs.ts'
import { readSetting, type SettingRow, writeSetting } from '../settings.ts'
import { together } from './connection.ts'
import { withRead, withTx } from './tx.ts'

const me: Actor = { kind: 'system', name: 'test' }
const ran: string[] = []
const note = defineJob({ name: 'test.note', schema: z.object({ word: z.string() }), run: async (_house, { word }) => void ran.push(word) })

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase({ jobs: [note] })
})
afterAll(() => world.close())

test('I1 what a transaction wrote is there after it, and nothing of it when it throws', async () => {
  await world.tx((ctx) => writeSetting(ctx, 'kept', 1))
  await expect(
    world.tx(async (ctx) => {
      await writeSetting(ctx, 'lost', 1)
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await world.read((ctx) => readSetting(ctx, 'kept', z.number(), 0))).toBe(1)
  expect(await world.read((ctx) => readSetting(ctx, 'lost', z.number(), 0))).toBe(0)
})

test('I1 a statement that failed and was swallowed cannot pass for a commit', async () => {
  await expect(
    world.tx(async (ctx) => {
      await writeSetting(ctx, 'swallowed', 1)
      await sql`SELECT 1/0`.execute(ctx.db).catch(() => {})
    }),
  ).rejects.toThrow(/rolled back/)
  expect(await world.read((ctx) => readSetting(ctx, 'swallowed', z.number(), 0))).toBe(0)
})

test('S7 a deadlock is repeated, not reported', async () => {
  for (const key of ['d1', 'd2']) await world.tx((ctx) => writeSetting(ctx, key, 0))
  const meet = barrier(2)
  let tries = 0
  const cross = (first: string, second: string) =>
    withTx(world.house, me, async (ctx) => {
      tries++
      await sql`SELECT 1 FROM setting WHERE key = ${first} FOR UPDATE`.execute(ctx.db)
      await meet()
      await sql`UPDATE setting SET value = to_jsonb((value::int) + 1) WHERE key = ${second}`.execute(ctx.db)
    })
  await Promise.all([cross('d1', 'd2'), cross('d2', 'd1')])
  expect(tries).toBeGreaterThan(2)
  expect(
    await world.read(async (ctx) => [await readSetting(ctx, 'd1', z.number(), 0), await readSetting(ctx, 'd2', z.number(), 0)]),
  ).toEqual([1, 1])
})

/** Everybody waits until so many came; later comers pass. */
function barrier(count: number): () => Promise<void> {
  let open = () => {}
  const all = new Promise<void>((resolve) => {
    open = resolve
  })
  let come = 0
  return async () => {
    if (++come >= count) open()
    await all
  }
}

test('N2 the database tells the time, and a virtual clock replaces it', async () => {
  world.clock.set('2026-11-23T00:00:00Z')
  expect((await world.tx(async (ctx) => ctx.now)).toISOString()).toBe('2026-11-23T00:00:00.000Z')
})

test('GEN-13 a read cannot write', async () => {
  await expect(withRead(world.house, me, (ctx) => writeSetting(ctx, 'r', 1))).rejects.toMatchObject({ code: '25006' })
})

test('S7 a job enqueued in a transaction that is rolled back never runs', async () => {
  await world.tx((ctx) => ctx.house.jobs.enqueue(ctx, note, { word: 'kept' }))
  await world
    .tx(async (ctx) => {
      await ctx.house.jobs.enqueue(ctx, note, { word: 'lost' })
      throw new Error('no')
    })
    .catch(() => {})
  await world.drain()
  expect(ran).toEqual(['kept'])
})

test('GEN-13 what is to happen after the commit does not happen on a rollback', async () => {
  let told = 0
  await world.tx(async (ctx) => ctx.afterCommit(() => told++))
  await world
    .tx(async (ctx) => {
      ctx.afterCommit(() => told++)
      throw new Error('no')
    })
    .catch(() => {})
  expect(told).toBe(1)
})

test('I1 statements sent together see what those before them did; one that fails loses them all, and the connection serves the next', async () => {
  const put = (key: string, value: number) =>
    sql`/* put_together */ INSERT INTO setting (key, value, changed_at) VALUES (${key}, to_jsonb(${value}::int), now())`
  const read = (...keys: string[]) => sql<SettingRow>`/* read_together */ SELECT key, value FROM setting WHERE key = ANY(${keys}::text[])`
  const told = await world.tx((ctx) => together(ctx.db, put('one', 1), read('one', 'two'), null, put('two', 2), read('two')))
  expect(told.map((rows) => rows.length)).toEqual([0, 1, 0, 0, 1])
  const broken = world.tx((ctx) => together(ctx.db, put('three', 3), sql`SELECT 1/0`, put('four', 4)))
  await expect(broken).rejects.toThrow(/division by zero/)
  await world.tx((ctx) => writeSetting(ctx, 'five', 5))
  const rows = await world.read((ctx) => together(ctx.db, read('one', 'two', 'three', 'four', 'five')))
  expect(rows[0].map(({ value }) => value).sort()).toEqual([1, 2, 5])
})

test('I1 a named statement the server has left out, since one before it failed, is served when it is sent again on the same connection', async () => {
  const pid = sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
  const [before] = await world.tx((ctx) => together(ctx.db, pid))
  const late = (key: string) => sql<SettingRow>`/* read_late */ SELECT key, value FROM setting WHERE key = ${key}`
  const broken = world.tx((ctx) => together(ctx.db, sql`SELECT 1/0`, late('one')))
  await expect(broken).rejects.toThrow(/division by zero/)
  const badly = world.tx((ctx) => together(ctx.db, sql`/* read_badly */ SELECT nothing_of_this_name`, late('one')))
  await expect(badly).rejects.toThrow(/nothing_of_this_name/)
  expect(await world.tx((ctx) => together(ctx.db, late('late'), late('late'), pid))).toEqual([[], [], before])
})

test('I1 a statement the library refuses to write fails those behind it, too, and the connection serves the next', async () => {
  const refused = world.tx((ctx) => together(ctx.db, sql`SELECT 1`, sql`/* twice */ SELECT 1`, sql`/* twice */ SELECT 2`, sql`SELECT 3`))
  await expect(refused).rejects.toThrow(/must be unique/)
  expect(await world.tx((ctx) => together(ctx.db, sql`SELECT 1 AS one`, null))).toEqual([[{ one: 1 }], []])
  expect(await world.tx((ctx) => together(ctx.db, null))).toEqual([[]])
})

test('I1 a connection that is cut while statements are under way fails them all, and the next transaction has another', async () => {
  const cut = world.tx((ctx) => together(ctx.db, sql`SELECT 1`, sql`SELECT pg_terminate_backend(pg_backend_pid())`, sql`SELECT 2`))
  await expect(cut).rejects.toThrow(/terminat|EPIPE|ECONNRESET/) // by what the server said, or by what the line did when it was written to once more
  expect(await world.tx((ctx) => together(ctx.db, sql`SELECT 1 AS one`))).toEqual([[{ one: 1 }]])
})
