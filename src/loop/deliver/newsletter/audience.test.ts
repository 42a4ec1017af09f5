import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { testHouse } from '../../../../test/house.ts'
import { aSegment, db, openMailing, someLeads } from '../../../../test/mailing.ts'
import { groupAudience, isReadWhole, isSmall, largestDomain, pageOfMembers, pageOfPeople, sizeOfAudience } from './audience.queries.ts'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())

/** All pages of seven, read in one of the two ways. */
async function all(include: readonly string[], exclude: readonly string[], pageOf: typeof pageOfPeople): Promise<Subject[]> {
  const found: Subject[] = []
  for (;;) {
    const { rows } = await db.read((ctx) => pageOf({ include, exclude, after: found.at(-1) ?? null, limit: 7 }).execute(ctx.db))
    found.push(...rows)
    if (rows.length < 7) return found
  }
}

test('NUR-01 both ways to page through an audience find the same people, each once and in key order', async () => {
  const leads = (await someLeads(60)).sort(bySubject)
  const every = (n: number) => leads.filter((_, i) => i % n === 0)
  const include = [await aSegment(every(2)), await aSegment(every(3))]
  const exclude = [await aSegment(every(5))]
  const gone = await aSegment(leads)
  // Of a version that is not in force, and of somebody who has left: neither counts.
  await db.tx((ctx) => sql`UPDATE segment SET live_version = 2 WHERE id = ${gone}`.execute(ctx.db))
  await db.tx((ctx) =>
    sql`UPDATE membership SET is_in = false WHERE segment_id = ${include[0]} AND person_id = ${leads[2]?.id}`.execute(ctx.db),
  )
  const expected = leads.filter((_, i) => ((i % 2 === 0 && i !== 2) || i % 3 === 0) && i % 5 !== 0)
  for (const way of [pageOfPeople, pageOfMembers]) {
    expect(await all([...include, gone], exclude, way)).toEqual(expected)
    expect(await all([gone], [], way)).toEqual([])
    expect(await all(include, [...exclude, gone], way)).toEqual(expected)
  }
  expect(await db.read((ctx) => sizeOfAudience(ctx.db, [...include, gone]))).toBe(49)
})

test('NUR-01 an audience is read whole for each page only where that is less than walking along everybody', () => {
  const limit = 1_000
  expect(isSmall({ size: 500, limit }, 1_000_000)).toBe(true)
  expect(isSmall({ size: 30_000, limit }, 1_000_000)).toBe(true)
  expect(isSmall({ size: 50_000, limit }, 1_000_000)).toBe(false)
  expect(isSmall({ size: 10_000, limit }, 10_000)).toBe(false)
  expect(isSmall({ size: null, limit }, 1_000_000)).toBe(false)
  expect(isSmall({ size: 5, limit }, 0)).toBe(false)
})

test('NUR-01 S11 an audience that is small only by whom it leaves out, or was when it was counted, is not read whole for each page', async () => {
  const leads = await someLeads(60)
  const [everybody, few, nearlyAll] = [await aSegment(leads), await aSegment(leads.slice(0, 2)), await aSegment(leads.slice(2))]
  await db.tx((ctx) => sql`ANALYZE person`.execute(ctx.db))
  const isWhole = (include: string, exclude: readonly string[]) =>
    db.read((ctx) => isReadWhole(ctx.db, { include: [include], exclude, after: null, limit: 7, size: 2 }))
  expect(await isWhole(few, [])).toBe(true)
  expect(await isWhole(everybody, [nearlyAll])).toBe(false)
  expect(await isWhole(everybody, [])).toBe(false)
})

test('NUR-01 S11 a large audience is read beside everybody and a small one by key; both are counted alike, and the planner has its freedom back', async () => {
  const leads = await someLeads(60)
  const [all, few, even] = [await aSegment(leads), await aSegment(leads.slice(0, 3)), await aSegment(leads.filter((_, i) => i % 2 === 0))]
  await db.tx((ctx) => sql`ANALYZE person`.execute(ctx.db))
  const ask = (include: readonly string[], exclude: readonly string[]) =>
    db.read(async (ctx) => {
      const asked = { include, exclude, topicId: null, now: ctx.now }
      const [groups, largest] = [await groupAudience(ctx.db, asked), await largestDomain(ctx.db, asked)]
      const freedom = await sql`SELECT FROM pg_settings WHERE name LIKE 'enable_%' AND setting <> reset_val`.execute(ctx.db)
      return [groups.reduce((sum, group) => sum + group.n, 0), largest > 0, freedom.rows.length]
    })
  expect(await ask([all], [])).toEqual([60, true, 0])
  expect(await ask([all, even], [])).toEqual([60, true, 0])
  expect(await ask([all], [even])).toEqual([30, true, 0])
  expect(await ask([few], [])).toEqual([3, true, 0])
  expect(await ask([few], [even])).toEqual([1, true, 0])
})
