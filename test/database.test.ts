import { afterAll, beforeAll, expect, test } from 'vitest'
import { START, type TestDatabase, testDatabase } from './database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

test('a test database is a migrated copy whose time is the virtual clock', async () => {
  expect(await db.tx(async (ctx) => ctx.now)).toEqual(new Date(START))
  db.clock.advance(1_000)
  expect(await db.read(async (ctx) => ctx.now.getTime())).toBe(Date.parse(START) + 1_000)
  expect(await db.read((ctx) => ctx.db.selectFrom('setting').select('key').execute())).toEqual([{ key: 'mail.caps' }])
})

test('its connection string reaches the same database', async () => {
  const { default: pg } = await import('pg')
  const client = new pg.Client(db.url)
  await client.connect()
  const { rows } = await client.query('SELECT count(*)::int AS n FROM migration')
  await client.end()
  expect(rows[0]?.n).toBeGreaterThan(0)
})
