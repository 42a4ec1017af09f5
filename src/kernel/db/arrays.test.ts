import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { column, instantArray, instantColumn, plainArray, textArray } from './arrays.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({})
})
afterAll(() => db.close())

const back = async <T>(literal: string, type: string): Promise<T[]> =>
  (await db.house.pool.query<{ list: T[] }>(`SELECT $1::${type}[] AS list`, [literal])).rows[0]?.list ?? []

test('I4 texts of any kind arrive as they were: quotes, backslashes, braces, the word NULL, nothing at all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')))), async (texts) => {
      expect(
        await back(
          textArray(texts, (text) => text),
          'text',
        ),
      ).toEqual(texts)
    }),
    { numRuns: 60 },
  )
  expect(
    await back(
      textArray(['NULL', '', '{a,"b"}', '\\', 'あ\n"'], (text) => text),
      'text',
    ),
  ).toEqual(['NULL', '', '{a,"b"}', '\\', 'あ\n"'])
})

test('I3 instants arrive to the millisecond, before our era and after the year 9999 too', async () => {
  const instants = ['2026-04-08T01:02:03.004Z', '0001-01-01T00:00:00.000Z', '-000044-03-15T12:00:00.000Z', '+012345-06-07T08:09:10.011Z']
  const seconds = await db.read((ctx) =>
    sql<{
      s: string
    }>`SELECT (extract(epoch FROM t) * 1000)::bigint::text AS s FROM unnest(${instantArray(instants, (text) => new Date(text))}::timestamptz[]) t`.execute(
      ctx.db,
    ),
  )
  expect(seconds.rows.map((row) => Number(row.s))).toEqual(instants.map((text) => new Date(text).getTime()))
})

test('I4 ids, numbers and yes or no need no quotes', async () => {
  expect(
    await back(
      plainArray([1, null, 3], (n) => n),
      'int',
    ),
  ).toEqual([1, null, 3])
  expect(
    await back(
      plainArray([true, false], (yes) => yes),
      'boolean',
    ),
  ).toEqual([true, false])
  expect(
    await back(
      plainArray([], () => ''),
      'uuid',
    ),
  ).toEqual([])
})

test('I4 a column arrives in every row as it was, be it sent once for all rows or row by row', async () => {
  const rows = fc.array(
    fc.record({
      text: fc.constantFrom('a', 'NULL', '{"b":"\\\\"}', '', null),
      at: fc.constantFrom(new Date('2026-04-08T01:02:03.004Z'), new Date('0044-03-15T12:00:00Z'), null),
      n: fc.constantFrom(7, 0, null),
    }),
    { minLength: 1, maxLength: 4 },
  )
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const text = column(given, (row) => row.text, textArray)
      const n = column(given, (row) => row.n)
      const at = instantColumn(given, (row) => row.at)
      const { rows: got } = await db.house.pool.query(
        `SELECT coalesce(t, $1::text) AS text, coalesce(a, $2::timestamptz) AS at, coalesce(n, $3::int) AS n
          FROM unnest($4::int[], $5::text[], $6::timestamptz[], $7::int[]) x(o, t, a, n) ORDER BY o`,
        [text.one, at.one, n.one, given.map((_, i) => i), text.list, at.list, n.list],
      )
      expect(got).toEqual(given)
    }),
    { numRuns: 100 },
  )
})
