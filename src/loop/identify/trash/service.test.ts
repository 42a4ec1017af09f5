import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { bucketOf } from '#kernel/db/buckets.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { createLead, updateLead } from '../change/service.ts'
import { listLeads } from '../leads/list.ts'
import { getLead } from '../leads/service.ts'
import { empty, list, putBack, state } from './emptying.ts'
import { emptyTrash } from './jobs.ts'
import { trash } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const make = (name: string, n: number) =>
  db.tx(async (ctx) => {
    const ids: string[] = []
    for (let i = 0; i < n; i++) ids.push((await createLead(ctx, { mail: `${name}${i}@example.jp`, fields: { familyName: name } })).id)
    return ids
  })
const throwAway = (ids: readonly string[]) =>
  db.tx((ctx) =>
    trash(
      ctx,
      ids.map((id) => ({ bucket: bucketOf(id), id })),
      { actId: null },
    ),
  )
const seen = (id: string) => db.read((ctx) => getLead(ctx, { id }))
const isListed = async (q: string) => (await db.read((ctx) => listLeads(ctx, { q, limit: 50, sort: 'created' } as never))).items.length

test('M9 who lies in the trash is listed with the day of the end, and comes back as they were', async () => {
  const [first = '', second = ''] = await make('gomi', 2)
  await throwAway([first])
  db.clock.advance(1_000)
  await throwAway([second])
  const { items } = await db.read((ctx) => list(ctx, { limit: 1 }))
  expect(items).toMatchObject([{ id: second, name: 'gomi', mail: 'gomi1@example.jp' }])
  expect((await seen(second)).trashedUntil).toBe(items[0]?.until)
  expect(await isListed('gomi')).toBe(0)
  expect(await db.tx((ctx) => putBack(ctx, { ids: [first, second] }))).toEqual({ restored: 2 })
  expect(await db.read((ctx) => state(ctx))).toEqual({ n: 0, emptying: null })
  expect(await isListed('gomi')).toBe(2)
})

test('M9 editing somebody in the trash takes them out of it and says so; an edit that changes nothing does not', async () => {
  const [id = ''] = await make('henshu', 1)
  const before = await seen(id)
  await throwAway([id])
  expect(await db.tx((ctx) => updateLead(ctx, { id, fields: { familyName: 'henshu' } }))).toMatchObject({ changed: [], cameBack: false })
  expect((await seen(id)).identified).toBe(false)
  expect(await db.tx((ctx) => updateLead(ctx, { id, fields: { department: '営業部' } }))).toMatchObject({ cameBack: true })
  expect(await seen(id)).toMatchObject({ identified: true, trashedUntil: null, createdAt: before.createdAt, department: '営業部' })
  expect(await db.tx((ctx) => updateLead(ctx, { id, fields: { department: '総務部' } }))).toMatchObject({ cameBack: false })
  const told = await db.house.pool.query(
    `SELECT name FROM journal WHERE person_id = $1 AND name LIKE 'lead.%ed' ORDER BY occurred_at, id`,
    [id],
  )
  expect(told.rows.filter(({ name }) => name === 'lead.restored')).toHaveLength(1)
  db.clock.advance(40 * DAY)
  await emptyTrash.run(db.house, {})
  expect((await seen(id)).identified).toBe(true)
})

test('M9 GEN-04 the trash is emptied a page at a time: the number of statements does not grow with the people, and it says how far it is', async () => {
  const ids = await make('kara', 12)
  await throwAway(ids.slice(0, 3))
  const few = await statements(() => emptied())
  await throwAway(ids.slice(3, 11))
  const many = await statements(() => emptied())
  expect(many).toBeLessThanOrEqual(few + 2)
  expect(await db.read((ctx) => state(ctx))).toMatchObject({ n: 0, emptying: { total: 8, done: 8 } })
  expect((await db.read((ctx) => state(ctx))).emptying?.endedAt).not.toBeNull()
  for (const id of ids.slice(0, 11)) await expect(seen(id)).rejects.toMatchObject({ code: 'lead.erased' })
  expect((await seen(ids[11] ?? '')).identified).toBe(true)
})

test('M9 who is put into the trash after its emptying began stays; who came back meanwhile only leaves it', async () => {
  const [gone = '', back = '', later = ''] = await make('ato', 3)
  await throwAway([gone, back])
  await db.tx((ctx) => empty(ctx))
  await db.house.pool.query('UPDATE person SET identified_at = created_at WHERE id = $1', [back])
  db.clock.advance(1_000)
  await throwAway([later])
  await db.drain()
  await expect(seen(gone)).rejects.toMatchObject({ code: 'lead.erased' })
  expect((await seen(back)).identified).toBe(true)
  expect(await db.read((ctx) => list(ctx, { limit: 9 }))).toMatchObject({ items: [{ id: later }] })
})

async function emptied(): Promise<void> {
  await db.tx((ctx) => empty(ctx))
  await db.drain()
}

/** How many statements the database was sent in one page of erasing. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  let n = 0
  const { pool } = db.house
  const count = () => n++
  pool.on('acquire', (client) => {
    if (!spied.has(client)) {
      spied.add(client)
      const query = client.query.bind(client) as (...args: unknown[]) => unknown
      client.query = ((...args: unknown[]) => {
        for (const one of counters) one()
        return query(...args)
      }) as never
    }
  })
  counters.add(count)
  await work()
  counters.delete(count)
  return n
}
const spied = new WeakSet<object>()
const counters = new Set<() => void>()
