import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/ctx.ts'
import { type TestDatabase, testDatabase } from '../../../../../test/database.ts'
import { change, create, list, remove } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const user = (n: number, role: string): Actor => ({ kind: 'user', id: `00000000-0000-4000-8000-00000000000${n}`, name: `u${n}`, role })
const [mine, seller, viewer] = [user(1, 'marketer'), user(2, 'sales'), user(3, 'viewer')]
const state = { search: { prefecture: '東京都', sort: 'name' }, columns: ['companyName', 'attrs.size'], density: 'compact' as const }
const namesFor = async (actor: Actor) => (await db.read((ctx) => list(ctx, { list: 'leads' }), actor)).items.map((view) => view.name)

test('CRM-03 a view keeps filter, order, columns and density; one’s own is seen by nobody else, a shared one by all', async () => {
  const own = await db.tx((ctx) => create(ctx, { list: 'leads', name: '自分用', shared: false, state }), seller)
  await db.tx((ctx) => create(ctx, { list: 'leads', name: '全員用', shared: true, state }), mine)
  expect(own.state).toEqual(state)
  expect(await namesFor(seller)).toEqual(['全員用', '自分用'])
  expect(await namesFor(viewer)).toEqual(['全員用'])
  await db.tx((ctx) => change(ctx, { id: own.id, name: '改名', state: { search: {} } }), seller)
  expect(await namesFor(seller)).toEqual(['全員用', '改名'])
})

test('CRM-03 GEN-11 views of others are not changed by anybody, and only those who may change leads share', async () => {
  const theirs = await db.tx((ctx) => create(ctx, { list: 'leads', name: '共有', shared: true, state }), seller)
  const hidden = await db.tx((ctx) => create(ctx, { list: 'leads', name: '秘密', shared: false, state }), seller)
  await expect(db.tx((ctx) => remove(ctx, { id: theirs.id }), viewer)).rejects.toMatchObject({ code: 'view.notMine' })
  await expect(db.tx((ctx) => remove(ctx, { id: hidden.id }), mine)).rejects.toMatchObject({ code: 'view.unknown' })
  await expect(db.tx((ctx) => create(ctx, { list: 'leads', name: 'x', shared: true, state }), viewer)).rejects.toMatchObject({
    kind: 'forbidden',
  })
  await db.tx((ctx) => remove(ctx, { id: theirs.id }), mine)
  expect(await namesFor(viewer)).toEqual(['全員用'])
})
