import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { mergePages } from '../adopt/jobs.ts'
import { mergeByHand, undoAdoption } from '../adopt/service.ts'
import { updateLead } from '../change/service.ts'
import { type IdentifyAct, identify, loadPeople, resolveSubject } from '../service.ts'
import { personTables } from '../tables.ts'
import { restore, trash } from '../trash/service.ts'
import { beginScan, lookAt, readScan, scanPage } from './find.ts'
import { different, list, merge, merges, pair, reopen, state } from './service.ts'

let db: TestDatabase
const ports = { personTables, facts: [], pagedFrom: 40 }
beforeAll(async () => {
  db = await testDatabase({ ports, jobs: [mergePages] })
})
afterAll(() => db.close())
beforeEach(() => db.clock.advance(60_000))

let serial = 0
const lead = async (given: Partial<IdentifyAct>): Promise<Subject> => {
  const [outcome] = await db.tx((ctx) =>
    identify(ctx, [{ route: 'hand', at: ctx.now, mail: `p${++serial}@one${serial}.example.jp`, ...given }]),
  )
  if (!outcome) throw new Error('no outcome')
  await db.tx((ctx) => lookAt(ctx, [outcome.subject]))
  return outcome.subject
}
const open = async (who: Subject) => {
  const { items } = await db.read((ctx) => list(ctx, { limit: 200 }))
  return items.filter((one) => one.a.id === who.id || one.b.id === who.id)
}
const events = (who: Subject, n: number) =>
  db.tx((ctx) =>
    append(
      ctx,
      Array.from({ length: n }, () => ({
        subject: who,
        id: eventId('t', String(++serial)),
        name: 'page.viewed',
        occurredAt: ctx.now,
        props: {},
      })),
    ),
  )
const rows = async (who: Subject) =>
  Number((await db.house.pool.query('SELECT count(*) AS n FROM journal WHERE person_id = $1', [who.id])).rows[0].n)
const hanako = (company: string) => ({ familyName: '見本', givenName: '花子', companyName: company })

test('GEN-09 two leads of one name at one company are found with the reason, however the company is written; a machine merges nothing', async () => {
  const one = await lead({ fields: hanako('株式会社あおば') })
  const other = await lead({ fields: hanako('（株）アオバ') })
  const [found] = await open(one)
  expect(found).toMatchObject({ reasons: ['name_company'], strength: 80 })
  expect([found?.a.id, found?.b.id].sort()).toEqual([one.id, other.id].sort())
  await db.tx((ctx) => updateLead(ctx, { id: other.id, fields: { companyName: '別の会社' } }))
  await db.tx((ctx) => lookAt(ctx, [other]))
  expect(await open(one)).toEqual([])
})

test('GEN-09 a switchboard that many share pairs nobody, and the block is not even read to its end', async () => {
  for (let i = 0; i < 14; i++) await lead({ fields: { phone: '03-5555-0000', familyName: `代表${i}` } })
  const last = await lead({ fields: { phone: '03-5555-0000', familyName: '代表' } })
  expect(await open(last)).toEqual([])
})

test('GEN-09 "two people" is remembered for ever: neither a change nor a search through everything asks again; it can be taken back', async () => {
  const one = await lead({ fields: hanako('みどり商会') })
  const other = await lead({ fields: hanako('みどり商会') })
  expect(await open(one)).toHaveLength(1)
  await db.tx((ctx) => different(ctx, { a: one.id, b: other.id }))
  await db.tx((ctx) => beginScan(ctx))
  while (await db.tx(scanPage));
  expect((await db.read(readScan))?.finishedAt).not.toBeNull()
  await db.tx((ctx) => lookAt(ctx, [one, other]))
  expect(await open(one)).toEqual([])
  await db.tx((ctx) => reopen(ctx, { a: one.id, b: other.id }))
  expect(await open(one)).toHaveLength(1)
})

test('GEN-09 a verdict holds for whoever the two become', async () => {
  const [one, other, third] = [
    await lead({ fields: hanako('もみじ') }),
    await lead({ fields: hanako('もみじ') }),
    await lead({ fields: hanako('もみじ') }),
  ]
  await db.tx((ctx) => different(ctx, { a: one.id, b: other.id }))
  await db.tx((ctx) => merge(ctx, { keep: third.id, lose: other.id, chosen: [] }))
  await db.tx((ctx) => lookAt(ctx, [third, one]))
  expect(await open(one)).toEqual([])
})

test('GEN-09 a merge field by field, seen beforehand, undone within ninety days with everything as it was; then no more', async () => {
  const one = await lead({ fields: { ...hanako('こだま'), title: '課長', department: '営業部' } })
  const other = await lead({ fields: { ...hanako('こだま'), title: '部長' } })
  await events(other, 3)
  const seen = await db.read((ctx) => pair(ctx, { a: one.id, b: other.id }))
  expect(seen.fields).toContainEqual({ field: 'title', a: '課長', b: '部長' })
  expect(seen.moves.b['journal']).toBe(await rows(other))
  const { adoption } = await db.tx((ctx) => merge(ctx, { keep: one.id, lose: other.id, chosen: ['title'] }))
  expect((await db.read((ctx) => loadPeople(ctx, [one]))).get(one.id)).toMatchObject({ title: '部長', department: '営業部' })
  expect(await db.read((ctx) => resolveSubject(ctx, other.id))).toEqual(one)
  expect((await db.read((ctx) => merges(ctx, { limit: 1 }))).items[0]).toMatchObject({ id: adoption, undoable: true, lostId: other.id })
  db.clock.advance(89 * DAY)
  await db.tx((ctx) => undoAdoption(ctx, adoption ?? ''))
  const after = await db.read((ctx) => loadPeople(ctx, [one, other]))
  expect([after.get(one.id)?.title, after.get(other.id)?.title]).toEqual(['課長', '部長'])
  expect(await open(one)).toHaveLength(1)
  const again = await db.tx((ctx) => merge(ctx, { keep: one.id, lose: other.id, chosen: [] }))
  db.clock.advance(91 * DAY)
  await expect(db.tx((ctx) => undoAdoption(ctx, again.adoption ?? ''))).rejects.toMatchObject({ code: 'adoption.old' })
})

test('GEN-09 D4 somebody with very many rows is merged and parted in pages, parked meanwhile; a run that stops half way goes on where it was', async () => {
  const [one, other] = [await lead({}), await lead({})]
  await events(other, 60)
  await events(one, 2)
  const before = [await rows(one), await rows(other)]
  const { adoption } = await db.tx((ctx) => merge(ctx, { keep: one.id, lose: other.id, chosen: [] }))
  expect(adoption).toBeNull()
  const parked = await db.house.pool.query('SELECT 1 FROM pulse WHERE parked_reason IS NOT NULL')
  expect(parked.rows).toHaveLength(2)
  expect((await db.read((ctx) => state(ctx))).runs).toHaveLength(1)
  await expect(db.tx((ctx) => mergeByHand(ctx, { keep: other, lose: one }))).rejects.toMatchObject({ code: 'merge.running' })
  await db.drain()
  expect(await rows(one)).toBe((before[0] ?? 0) + (before[1] ?? 0) + 1)
  expect((await db.read((ctx) => state(ctx))).runs).toEqual([])
  expect((await db.house.pool.query('SELECT 1 FROM pulse WHERE parked_reason IS NOT NULL')).rows).toEqual([])
  const [made] = (await db.read((ctx) => merges(ctx, { limit: 1 }))).items
  await db.tx((ctx) => undoAdoption(ctx, made?.id ?? ''))
  await mergePages.run(db.house, {})
  expect([await rows(one), await rows(other)]).toEqual([(before[0] ?? 0) + 2, (before[1] ?? 0) + 1])
  expect(await db.read((ctx) => resolveSubject(ctx, other.id))).toEqual(subjectOf(other.id))
})

test('GEN-09 M9 nobody goes into somebody who lies in the trash, where they would be erased with them; the other way they may', async () => {
  const [one, other] = [await lead({}), await lead({})]
  await db.tx((ctx) => trash(ctx, [one], { actId: null }))
  await expect(db.tx((ctx) => merge(ctx, { keep: one.id, lose: other.id, chosen: [] }))).rejects.toMatchObject({ code: 'merge.noLead' })
  const { adoption } = await db.tx((ctx) => merge(ctx, { keep: other.id, lose: one.id, chosen: [] }))
  expect((await db.read((ctx) => loadPeople(ctx, [other]))).get(other.id)?.identified_at).not.toBeNull()
  await db.tx((ctx) => undoAdoption(ctx, adoption ?? ''))
  expect([...(await db.tx((ctx) => restore(ctx, [one], { actId: null })))]).toEqual([one.id])
})
