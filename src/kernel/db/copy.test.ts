import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { copyIn, copyLine, copyLines } from './copy.ts'

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
