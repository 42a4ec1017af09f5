import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../../../test/database.ts'
import { testHouse } from '../../../test/house.ts'
import { amongOf } from './facts.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
  await db.house.pool.query(
    `INSERT INTO score (bucket, person_id, model, version, attribute_plus, attribute_minus, behaviour_plus, behaviour_minus, total, recent, heat, heat_since, changed_at)
      SELECT 0, gen_random_uuid(), 'main', 1, i, 0, 0, 0, i, 0, 'cold', now(), now() FROM generate_series(1, 5) i`,
  )
})
afterAll(() => db.close())

test('CRM-04 a filter of scores is told by a set only while it fits, and the set is hashed, not read for each row', async () => {
  const those = sql`s.model = 'main' AND s.total >= ${2}::int`
  const fits = (most: number) =>
    db.read(async (ctx) => (await sql<{ fits: boolean }>`SELECT ${amongOf('p', those, most).fits} AS fits`.execute(ctx.db)).rows[0]?.fits)
  expect(await fits(4)).toBe(true)
  expect(await fits(3)).toBe(false)
  const plan = await db.read((ctx) =>
    sql<{ 'QUERY PLAN': string }>`EXPLAIN SELECT 1 FROM person p WHERE CASE WHEN ${amongOf('p', those).is} THEN true END`.execute(ctx.db),
  )
  expect(plan.rows.map((row) => row['QUERY PLAN']).join(' ')).toContain('hashed SubPlan')
})
