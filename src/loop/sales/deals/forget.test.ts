import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, eraseLead } from '#loop/identify/change/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import * as deals from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

test('GEN-04 a deal that was called by somebody without a company is called by nobody when they are erased, to the others in it too', async () => {
  const lead = (familyName: string) => db.tx((ctx) => createLead(ctx, { fields: { familyName, givenName: '見本' } }))
  const [main, other] = [await lead('消去'), await lead('残留')]
  const leadIds = [main.id, other.id]
  const own = await db.tx((ctx) => deals.create(ctx, { leadIds }))
  const chosen = await db.tx((ctx) => deals.create(ctx, { leadIds, name: '見本の更新' }))
  await db.tx((ctx) => deals.update(ctx, { id: own.id, amount: 5 }))
  const names = async () =>
    Promise.all([own, chosen].map(async ({ id }) => (await db.house.pool.query('SELECT name FROM deal WHERE id = $1', [id])).rows[0].name))
  expect(await names()).toEqual(['消去 見本', '見本の更新'])
  await db.tx((ctx) => eraseLead(ctx, { id: main.id }))
  expect(await names()).toEqual(['案件', '見本の更新'])
  const { rows } = await db.house.pool.query<{ said: string }>('SELECT props::text AS said FROM journal')
  expect(rows.filter(({ said }) => said.includes('消去'))).toEqual([])
  expect(rows.filter(({ said }) => said.includes('見本の更新'))).not.toEqual([])
})
