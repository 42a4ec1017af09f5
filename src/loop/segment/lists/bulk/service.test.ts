import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import type { Actor } from '#kernel/ctx.ts'
import { createLead } from '#loop/identify/change/service.ts'
import { countLeads, listLeads } from '#loop/identify/leads/list.ts'
import { getLead } from '#loop/identify/leads/service.ts'
import { identify, resolveDevices } from '#loop/identify/service.ts'
import { emptyTrash } from '#loop/identify/trash/jobs.ts'
import { create as createCampaign, members } from '#loop/plan/campaigns/service.ts'
import type { TestDatabase } from '../../../../../test/database.ts'
import { testHouse } from '../../../../../test/house.ts'
import type { BulkAct } from './contract.ts'
import { bulkKeeping } from './jobs.ts'
import { cancel, get, list, start, undo } from './service.ts'
import { workOn } from './work.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const make = async (n: number, name: string) => {
  const ids: string[] = []
  for (let i = 0; i < n; i++)
    ids.push(
      (
        await db.tx((ctx) =>
          createLead(ctx, { mail: `${name}${i}@example.jp`, fields: { familyName: name, department: `${i % 3}課` }, tags: ['元'] }),
        )
      ).id,
    )
  return ids
}
const rowsOf = async (ids: readonly string[]) =>
  Promise.all(ids.map((id) => db.read((ctx) => getLead(ctx, { id })))).then((all) => all.map(({ version, ...rest }) => rest))
const run = async (input: { act: BulkAct; ids?: string[]; filter?: object }) => {
  const made = await db.tx((ctx) => start(ctx, input as never))
  await db.drain()
  return db.read((ctx) => get(ctx, { id: made.id }))
}
const back = async (id: string) => {
  await db.tx((ctx) => undo(ctx, { id }))
  await db.drain()
  return db.read((ctx) => get(ctx, { id }))
}

test('M9 CRM-03 all that a filter matches are changed as a job with counts, and undone to what they were', async () => {
  const ids = await make(7, 'ikkatsu')
  const before = await rowsOf(ids)
  const tagged = await run({ act: { kind: 'tags', add: ['重点'], remove: ['元'] }, filter: { q: 'ikkatsu' } })
  expect(tagged).toMatchObject({ state: 'done', total: 7, done: 7, changed: 7, mayUndo: true })
  const set = await run({ act: { kind: 'field', field: 'department', value: '1課' }, ids })
  expect(set).toMatchObject({ total: 7, changed: 5 })
  expect((await rowsOf(ids)).every((row) => row.department === '1課' && row.tags.join() === '重点')).toBe(true)
  expect(await back(set.id)).toMatchObject({ state: 'undone', restored: 5, kept: 0, mayUndo: false })
  await back(tagged.id)
  expect(await rowsOf(ids)).toEqual(before)
  expect((await db.read((ctx) => list(ctx, { limit: 50 }))).items.map((one) => one.state)).toEqual(['undone', 'undone'])
})

test('M9 undo leaves what somebody changed since, and says so', async () => {
  const ids = await make(3, 'henko')
  const act = await run({ act: { kind: 'priority', priority: 'high' }, ids })
  await run({ act: { kind: 'priority', priority: 'low' }, ids: ids.slice(0, 1) })
  expect(await back(act.id)).toMatchObject({ restored: 2, kept: 1 })
  expect((await rowsOf(ids)).map((row) => row.priority)).toEqual(['low', null, null])
})

test('M9 a cancelled act keeps what it did, can be undone, and a killed one goes on at its mark', async () => {
  const ids = await make(4, 'chudan')
  const made = await db.tx((ctx) => start(ctx, { act: { kind: 'status', status: 'on_hold' }, ids }))
  await db.tx((ctx) => workOn(ctx, made.id))
  await db.tx((ctx) => cancel(ctx, { id: made.id }))
  await db.drain()
  expect(await db.read((ctx) => get(ctx, { id: made.id }))).toMatchObject({ state: 'cancelled', done: 0 })
  const again = await db.tx((ctx) => start(ctx, { act: { kind: 'status', status: 'on_hold' }, ids }))
  await db.tx((ctx) => workOn(ctx, again.id))
  await expect(
    db.tx(async (ctx) => {
      await workOn(ctx, again.id)
      throw new Error('killed')
    }),
  ).rejects.toThrow('killed')
  expect((await rowsOf(ids)).every((row) => row.status === 'active')).toBe(true)
  await db.drain()
  expect(await db.read((ctx) => get(ctx, { id: again.id }))).toMatchObject({ state: 'done', done: 4, changed: 4 })
})

test('M9 deleting takes leads out of every list and from the sender, and undo brings them back whole', async () => {
  const ids = await make(2, 'sakujo')
  const before = await rowsOf(ids)
  const act = await run({ act: { kind: 'trash' }, ids })
  expect((await db.read((ctx) => listLeads(ctx, { q: 'sakujo', sort: 'seen', limit: 10 }))).items).toEqual([])
  expect(await db.read((ctx) => countLeads(ctx, { q: 'sakujo' }))).toEqual({ n: 0, estimate: false })
  expect((await rowsOf(ids)).every((row) => !row.identified)).toBe(true) // mayReach answers `gone`, the mark passes them over
  expect(await back(act.id)).toMatchObject({ restored: 2, kept: 0 })
  expect(await rowsOf(ids)).toEqual(before)
})

test('M9 GEN-04 after 30 days the trash is erased for good; who came back by a form stays', async () => {
  const [gone = '', returned = ''] = await make(2, 'kigen')
  await run({ act: { kind: 'trash' }, ids: [gone, returned] })
  await db.tx((ctx) => resolveDevices(ctx, [{ device: 'comes-back', at: ctx.now, historic: false }]))
  await db.tx((ctx) => identify(ctx, [{ route: 'form', at: ctx.now, device: 'comes-back', mail: 'kigen1@example.jp' }]))
  expect((await db.read((ctx) => listLeads(ctx, { q: 'kigen', sort: 'seen', limit: 10 }))).items.map((row) => row.id)).toEqual([returned])
  db.clock.advance(31 * 86_400_000)
  await emptyTrash.run(db.house, {})
  await expect(db.read((ctx) => getLead(ctx, { id: gone }))).rejects.toMatchObject({ code: 'lead.erased' })
  expect(await db.read((ctx) => getLead(ctx, { id: returned }))).toMatchObject({ identified: true, mail: 'kigen1@example.jp' })
})

test('M9 stops of mail are not lifted by undo; leads of a campaign leave it again', async () => {
  const ids = await make(2, 'stopundo')
  const stopped = await run({ act: { kind: 'stop' }, ids })
  expect(stopped).toMatchObject({ changed: 2, mayUndo: false })
  await expect(db.tx((ctx) => undo(ctx, { id: stopped.id }))).rejects.toMatchObject({ code: 'bulk.noUndo' })
  const { id: campaign } = await db.tx((ctx) => createCampaign(ctx, { name: '春の施策', kind: 'exhibition' as never }))
  const joined = await run({ act: { kind: 'campaign', target: campaign }, ids })
  expect(joined.changed).toBe(2)
  await back(joined.id)
  expect((await db.read((ctx) => members(ctx, { id: campaign, limit: 10 }))).items).toEqual([])
})

test('M9 whole lists and the trash are for owners and marketers; values that do not fit are refused', async () => {
  const [id = ''] = await make(1, 'kengen')
  const sales: Actor = { kind: 'user', id, name: '営業', role: 'sales' }
  await expect(db.tx((ctx) => start(ctx, { act: { kind: 'trash' }, ids: [id] }), sales)).rejects.toMatchObject({
    code: 'permission.missing',
  })
  await expect(db.tx((ctx) => start(ctx, { act: { kind: 'status', status: 'invalid' }, filter: {} }), sales)).rejects.toMatchObject({
    kind: 'forbidden',
  })
  await expect(db.tx((ctx) => start(ctx, { act: { kind: 'field', field: 'mail', value: 'x' }, ids: [id] }))).rejects.toMatchObject({
    code: 'field.unknown',
  })
  await expect(db.tx((ctx) => start(ctx, { act: { kind: 'owner', ownerId: id }, ids: [id] }))).rejects.toMatchObject({
    code: 'owner.unknown',
  })
})

test('M9 X2 who may not let people into scenarios does not by way of a list, nor stops what others do to whole lists', async () => {
  const [id = ''] = await make(1, 'uramichi')
  const sales: Actor = { kind: 'user', id, name: '営業', role: 'sales' }
  await expect(db.tx((ctx) => start(ctx, { act: { kind: 'scenario', target: id }, ids: [id] }), sales)).rejects.toMatchObject({
    kind: 'forbidden',
  })
  const whole = await db.tx((ctx) => start(ctx, { act: { kind: 'status', status: 'active' }, filter: { q: 'uramichi' } }))
  await expect(db.tx((ctx) => cancel(ctx, { id: whole.id }), sales)).rejects.toMatchObject({ kind: 'forbidden' })
  const own = await db.tx((ctx) => start(ctx, { act: { kind: 'status', status: 'active' }, ids: [id] }), sales)
  expect(await db.tx((ctx) => cancel(ctx, { id: own.id }), sales)).toEqual({ ok: true })
})

test('M9 GEN-04 when an act can no longer be taken back, the value and the filter that somebody typed go; what it was about and the counts stay', async () => {
  const ids = await make(2, 'wasureru')
  const set = await run({ act: { kind: 'field', field: 'department', value: '忘れる課' }, filter: { q: 'wasureru' } })
  const tagged = await run({ act: { kind: 'tags', add: ['忘れる様'], remove: ['元'] }, ids })
  const held = await run({ act: { kind: 'status', status: 'on_hold' }, ids })
  const shown = (one: { id: string }) => db.read((ctx) => get(ctx, { id: one.id }))
  db.clock.advance(29 * DAY)
  await bulkKeeping.run(db.house, {})
  expect([await shown(set), await shown(tagged)]).toEqual([set, tagged])
  expect([set.forgotten, tagged.forgotten]).toEqual([false, false])

  // Nobody reads them from the very instant on, whenever the job comes.
  db.clock.advance(DAY)
  const left = [
    { act: { kind: 'field', field: 'department', value: '' }, filter: {}, changed: 2, forgotten: true, mayUndo: false },
    { act: { kind: 'tags', add: [], remove: [] }, filter: null, changed: 2, forgotten: true },
    { act: { kind: 'status', status: 'on_hold' }, changed: 2, forgotten: false },
  ]
  expect(await Promise.all([set, tagged, held].map(shown))).toMatchObject(left)
  await bulkKeeping.run(db.house, {})
  expect(await Promise.all([set, tagged, held].map(shown))).toMatchObject(left)
  const named = await db.house.pool.query("SELECT 1 FROM bulk_act a WHERE to_jsonb(a)::text ~ '忘れる|wasureru'")
  expect(named.rows).toEqual([])
})
