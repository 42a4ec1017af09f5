import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { type IdentifyAct, identify, loadPeople, resolveDevices } from '../service.ts'
import { personTables } from '../tables.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { personTables, facts: [] } })
})
afterAll(() => db.close())

let serial = 0
const act = async (given: Partial<IdentifyAct>) => {
  db.clock.advance(60_000)
  const [outcome] = await db.tx((ctx) => identify(ctx, [{ route: 'form', at: ctx.now, ...given }]))
  if (!outcome) throw new Error('no outcome')
  return outcome
}
const visit = (device: string): Promise<Subject> =>
  db.tx(async (ctx) => {
    const subject = (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])).get(device) as Subject
    await append(ctx, [{ subject, id: eventId('t', String(++serial)), name: 'page.viewed', occurredAt: ctx.now, via: device, props: {} }])
    return subject
  })
const pages = async (who: Subject) =>
  Number((await db.house.pool.query(`SELECT count(*) AS n FROM journal WHERE person_id = $1 AND name = 'page.viewed'`, [who.id])).rows[0].n)

test('TRK-03 GEN-09 a forwarded mail: the click ties the device to the one it went to, the colleague’s own form takes it back with every page they saw', async () => {
  const lead = (await act({ mail: 'taro@example.co.jp' })).subject
  const device = 'forwarded'
  await visit(device)
  const clicked = await act({ device, mail: 'taro@example.co.jp', route: 'api', weak: true })
  expect(clicked).toMatchObject({ outcome: 'adopted', subject: lead })
  db.clock.advance(60_000)
  await visit(device)
  expect(await pages(lead)).toBe(2)
  const named = await act({ device, mail: 'hanako@example.co.jp', fields: { familyName: '見本' } })
  expect(named.outcome).toBe('named')
  expect([await pages(lead), await pages(named.subject)]).toEqual([0, 2])
  expect((await db.read((ctx) => loadPeople(ctx, [lead]))).get(lead.id)).toMatchObject({ mail: 'taro@example.co.jp', family_name: null })
})

test('TRK-03 whoever clicked and then tells the same address is that person for good', async () => {
  const lead = (await act({ mail: 'jiro@example.co.jp' })).subject
  const device = 'own'
  await visit(device)
  await act({ device, mail: 'jiro@example.co.jp', route: 'api', weak: true })
  expect((await act({ device, mail: 'jiro@example.co.jp' })).outcome).toBe('existing')
  const other = await act({ device, mail: 'saburo@example.co.jp' })
  expect(other.outcome).toBe('created')
  expect(await pages(lead)).toBe(1)
})
