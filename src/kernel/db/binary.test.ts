import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { booleanBytes, instantBytes, jsonBytes, smallintBytes, textBytes, uuidBytes } from './binary.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({})
})
afterAll(() => db.close())

const back = async <T>(column: Buffer, type: string): Promise<T[]> =>
  (await db.house.pool.query<{ list: T[] }>(`SELECT $1::${type}[] AS list`, [column])).rows[0]?.list ?? []

const itself = <T>(value: T): T => value

test('I4 texts of any kind arrive as they were, thousands of them and none at all too', async () => {
  const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text)), async (texts) => {
      expect(await back(textBytes(texts, itself), 'text')).toEqual(texts)
    }),
    { numRuns: 60 },
  )
  const many = [
    'NULL',
    '',
    '{a,"b"}',
    '\\',
    'あ\n"😀',
    'x'.repeat(90_000),
    ...Array.from({ length: 5_000 }, (_, n) => `育み${n}`.repeat(20)),
  ]
  expect(await back(textBytes(many, itself), 'text')).toEqual(many)
  expect(await back(uuidBytes([], itself), 'uuid')).toEqual([])
})

test('I4 properties arrive as they were written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.jsonValue({ noUnicodeString: false }))), async (values) => {
      const plain = values.filter((value) => !/\\u0000|\\ud[89a-f]/.test(JSON.stringify(value)))
      const { rows } = await db.house.pool.query<{ v: unknown }>('SELECT to_json(v)::text AS v FROM unnest($1::jsonb[]) v', [
        jsonBytes(plain, (value) => (value === null ? null : JSON.stringify(value))),
      ])
      const { rows: control } = await db.house.pool.query<{ v: unknown }>('SELECT to_json(v::jsonb)::text AS v FROM unnest($1::text[]) v', [
        plain.map((value) => (value === null ? null : JSON.stringify(value))),
      ])
      expect(rows).toEqual(control)
    }),
    { numRuns: 60 },
  )
})

test('I3 instants arrive to the millisecond, before our era and after the year 9999 too', async () => {
  const instants = [
    '2026-04-08T01:02:03.004Z',
    '1999-12-31T23:59:59.999Z',
    '0001-01-01T00:00:00.000Z',
    '-000044-03-15T12:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    '+012345-06-07T08:09:10.011Z',
    '+275760-09-13T00:00:00.000Z',
  ].map((text) => new Date(text))
  const { rows } = await db.house.pool.query<{ ms: number }>(
    'SELECT (extract(epoch FROM t) * 1000)::bigint AS ms FROM unnest($1::timestamptz[]) t',
    [instantBytes(instants, itself)],
  )
  expect(rows.map((row) => row.ms)).toEqual(instants.map((at) => at.getTime()))
  expect(() => instantBytes([new Date(Number.NaN)], itself)).toThrow(RangeError)
})

test('I4 ids, numbers and yes or no arrive as they were; what is no id is refused before it is sent', async () => {
  const ids = ['0190d9d4-1111-7000-8000-00000000abcd', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', null]
  expect(await back(uuidBytes(ids, itself), 'uuid')).toEqual(ids.map((id) => id?.toLowerCase() ?? null))
  expect(await back(smallintBytes([0, -1, 255, 32_767], itself), 'smallint')).toEqual([0, -1, 255, 32_767])
  expect(await back(booleanBytes([true, false], itself), 'boolean')).toEqual([true, false])
  for (const id of [
    '',
    'x',
    '0190d9d4-1111-7000-8000-00000000abc',
    '0190d9d4-1111-7000-8000-00000000abcg',
    '0190d9d411117000800000000000abcd0000',
  ])
    expect(() => uuidBytes([id], itself)).toThrow('is not a UUID')
})
