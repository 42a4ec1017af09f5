import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { copyEach, copyIn, copyLine, copyLines } from './copy.ts'

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase()
})
afterAll(() => world.close())

/** Rows of `setting`, a table with a unique key, a jsonb and an instant, under keys that begin so. */
const keysUnder = (prefix: string) =>
  world.read(async (ctx) => {
    const { rows } = await sql<{ key: string }>`SELECT key FROM setting WHERE key LIKE ${`${prefix}%`} ORDER BY key`.execute(ctx.db)
    return rows.map((row) => row.key)
  })

const COLUMNS = ['key', 'value', 'changed_at'] as const
const AT = new Date('2026-04-08T00:00:00Z')

test('I1 many rows go in by COPY, whatever their cells hold, in as many pieces as it takes', async () => {
  const long = `${'長い'.repeat(2_000)}\t\n\\`
  const rows = Array.from({ length: 200 }, (_, i) => [`copied ${String(i).padStart(3, '0')}`, JSON.stringify({ long, i }), AT] as const)
  await world.tx((ctx) => copyIn(ctx.db, 'setting', COLUMNS, rows))
  expect(await keysUnder('copied ')).toEqual(rows.map(([key]) => key))
  const { rows: read } = await world.house.pool.query(`SELECT value FROM setting WHERE key = 'copied 123'`)
  expect(read[0].value).toEqual({ long, i: 123 })
})

test('I1 an instant after the year 9999, or before the year 1, goes in by COPY as it goes in by INSERT, and keeps no other row out', async () => {
  const instants = [
    '9999-12-31T23:59:59.999Z',
    '+010000-01-01T00:00:00.000Z',
    '+012026-04-08T01:02:03.004Z',
    '0000-03-15T00:00:00.000Z',
    '-000043-03-15T12:00:00.000Z',
  ]
  const rows = instants.map((at, i) => [`year ${i}`, '1', new Date(at)] as const)
  await world.tx((ctx) => copyIn(ctx.db, 'setting', COLUMNS, rows))
  const { rows: read } = await world.house.pool.query("SELECT changed_at FROM setting WHERE key LIKE 'year %' ORDER BY key")
  expect(read.map((row) => row.changed_at.toISOString())).toEqual(instants)
})

test('I1 a COPY that the database refuses, or whose rows cannot be made, is an error like any other: nothing stays, and the connection goes on', async () => {
  const line = (key: string): string => copyLine([key, '1', AT])
  const twice = Array.from({ length: 20_000 }, (_, i) => line(`refused ${i % 19_000}`))
  await expect(world.tx((ctx) => copyLines(ctx.db, 'setting', COLUMNS, twice))).rejects.toMatchObject({ code: '23505' })
  const broken = function* (): Generator<string> {
    for (let i = 0; i < 20_000; i++) yield line(`refused ${i}`)
    throw new Error('this row cannot be made')
  }
  await expect(world.tx((ctx) => copyLines(ctx.db, 'setting', COLUMNS, broken()))).rejects.toThrow('this row cannot be made')
  expect(await keysUnder('refused ')).toEqual([])
  await world.tx((ctx) => copyLines(ctx.db, 'setting', COLUMNS, [line('refused no more')]))
  expect(await keysUnder('refused ')).toEqual(['refused no more'])
})

test('I1 D1 a COPY whose first row cannot be made, or whose connection breaks in the middle, is an error: nothing stays, and others go on', async () => {
  const none = (): never => {
    throw new Error('no first row')
  }
  await expect(world.tx((ctx) => copyEach(ctx.db, 'setting', COLUMNS, [1], none))).rejects.toThrow('no first row')
  const cut = world.tx(async (ctx) => {
    const [self] = (await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(ctx.db)).rows
    // More and more of them, until the connection is gone.
    const endless = function* (): Generator<string> {
      for (let i = 0; ; i++) {
        if (i === 20_000) void world.house.pool.query('SELECT pg_terminate_backend($1)', [self?.pid])
        yield copyLine([`cut ${i}`, '1', AT])
      }
    }
    await copyLines(ctx.db, 'setting', COLUMNS, endless())
  })
  await expect(cut).rejects.toThrow()
  expect(await keysUnder('cut ')).toEqual([])
  await world.tx((ctx) => copyLines(ctx.db, 'setting', COLUMNS, [copyLine(['cut no more', '1', AT])]))
  expect(await keysUnder('cut ')).toEqual(['cut no more'])
})
