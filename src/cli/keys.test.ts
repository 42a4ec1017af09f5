import { afterAll, beforeAll, expect, test } from 'vitest'
import { actorOf } from '#access/actor.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { keysCommand } from './keys.ts'

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase()
})
afterAll(() => world.close())

test('GEN-13 keys create answers the key alone, and the key works', async () => {
  const key = await keysCommand(world.house, ['create', '--name', 'ci', '--scope', 'read,track'])
  expect(key).toMatch(/^hgk_[\w-]{43}$/)
  expect(await actorOf({ method: 'GET', headers: { authorization: `Bearer ${key}` } }, world.house)).toMatchObject({
    kind: 'key',
    name: 'ci',
    scopes: ['read', 'track'],
  })
})

test('GEN-13 keys says how it is used when it is used wrongly', async () => {
  for (const args of [
    [],
    ['create'],
    ['create', '--name', 'x'],
    ['create', '--name', 'x', '--scope', 'root'],
    ['destroy', '--name', 'x', '--scope', 'read'],
  ]) {
    await expect(keysCommand(world.house, args)).rejects.toMatchObject({ code: 'keys.usage' })
  }
})
