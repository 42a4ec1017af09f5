import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { create as createCompany } from '#loop/identify/companies/change/service.ts'
import { identify } from '#loop/identify/service.ts'
import { type Graph, PLAIN, type Step } from '#loop/orchestrate/graph/contract.ts'
import * as entering from '#loop/orchestrate/people/service.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { sweep } from '#loop/orchestrate/timers/sweep.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { seeded } from '../../../../test/world.ts'
import type { CompareNumber } from './contract.ts'
import { compare, comparePeople } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

let serial = 0
async function leads(n: number, source: (i: number) => string): Promise<Subject[]> {
  const found = await db.tx((ctx) =>
    identify(
      ctx,
      Array.from({ length: n }, () => ({ mail: `lead${++serial}@person${serial}.example.jp`, at: ctx.now, route: 'hand' as const })),
    ),
  )
  const people = found.map((one) => one.subject)
  await db.tx(async (ctx) => {
    await sql`UPDATE person p SET source_first = x.s FROM unnest(${people.map((one) => one.bucket)}::smallint[], ${people.map((one) => one.id)}::uuid[],
      ${people.map((_, i) => source(i))}::text[]) x(b, i, s) WHERE p.bucket = x.b AND p.id = x.i`.execute(ctx.db)
    await sql`DELETE FROM news`.execute(ctx.db)
  })
  return people
}

const wait = (id: string): Step => ({ kind: 'wait', id, name: '', until: { kind: 'for', amount: 1, unit: 'days', businessHours: false } })
const tag = (id: string): Step => ({ kind: 'tag', id, name: id, tag: id, remove: false })
const graphOf = (steps: Step[]): Graph => ({
  ...PLAIN,
  triggers: [{ kind: 'event', id: 'e', match: { event: 'custom.never', filters: [] } }],
  entry: { kind: 'once' },
  steps,
})

const publish = (id: string, steps: Step[]) =>
  db.tx(async (ctx) => {
    const { revision } = await scenarios.get(ctx, { id })
    const saved = await scenarios.save(ctx, { id, name: 's', graph: graphOf(steps), revision })
    return scenarios.publish(ctx, { id, revision: saved.revision })
  })
const enter = async (id: string, people: readonly Subject[]) => {
  for (let at = 0; at < people.length; at += 400)
    await db.tx((ctx) => entering.enter(ctx, { id, people: people.slice(at, at + 400).map((one) => one.id) }))
}
const win = (who: Subject, amount: number, days: number) =>
  db.tx(async (ctx) => {
    const deal = ctx.id()
    const at = new Date(ctx.now.getTime() + days * DAY)
    await sql`INSERT INTO deal (id, name, amount, stage, state, opened_at, stage_since, closed_at, made_by, changed_at)
      VALUES (${deal}, 'x', ${amount}, 'won', 'won', ${ctx.now}, ${ctx.now}, ${at}, 'test', ${ctx.now})`.execute(ctx.db)
    await sql`INSERT INTO deal_person (bucket, person_id, deal_id, main, added_at) VALUES (${who.bucket}, ${who.id}, ${deal}, true, ${ctx.now})`.execute(
      ctx.db,
    )
  })
const reach = (id: string, people: readonly Subject[]) =>
  db.tx((ctx) =>
    sql`UPDATE run SET how = 'goal', ended_at = ${ctx.now}, status = 'ended' WHERE scenario_id = ${id} AND person_id = ANY(${people.map((one) => one.id)}::uuid[])`.execute(
      ctx.db,
    ),
  )

const behind = async (id: string, side: 'a' | 'b', of: CompareNumber, step?: string): Promise<number> => {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const asked = { id, a: 1, b: 2, days: 30, side, of, limit: 100, ...(step ? { step } : {}), ...(cursor ? { cursor } : {}) }
    const { items, next } = await db.read((ctx) => comparePeople(ctx, asked))
    ids.push(...items.map(({ personId }) => personId))
    if (!next) break
    cursor = next
  }
  expect(new Set(ids).size).toBe(ids.length)
  return ids.length
}

test('M6 two versions over a seeded population: entries, steps, conversion and revenue are what was planted, and what is confounded is put right', async () => {
  const { id } = await db.tx((ctx) => scenarios.create(ctx, { name: 's', starter: 'blank', language: 'ja' }, {}))
  const draw = seeded(20260401)
  const CHANCE = { web: 0.6, 展示会: 0.2 } as const
  // Mostly from exhibitions by the first version, mostly from the web by the second; both do the same for the same people.
  const plan = [
    { steps: [wait('w'), tag('a')], web: 0.15 },
    { steps: [wait('w'), tag('b'), tag('c')], web: 0.85 },
  ]
  const truth = []
  for (const { steps, web } of plan) {
    await publish(id, steps)
    const sources = Array.from({ length: 260 }, () => (draw() < web ? 'web' : '展示会') as keyof typeof CHANCE)
    const people = await leads(260, (i) => sources[i] ?? '')
    await enter(id, people)
    const reached = people.filter((_, i) => draw() < CHANCE[sources[i] ?? 'web'])
    const buyers = reached.filter((_, i) => i % 4 === 0)
    for (const who of buyers) await win(who, 1_000_000, 10)
    for (const who of reached.slice(1, 4)) await win(who, 50_000_000, 31)
    await reach(id, reached.slice(0, -5))
    db.clock.advance(1.5 * DAY)
    await db.tx((ctx) => sql`DELETE FROM news`.execute(ctx.db))
    await sweep(db.house)
    truth.push({ n: 260, reached: reached.length - 5, deals: buyers.length, yen: buyers.length * 1_000_000 })
  }
  db.clock.advance(30 * DAY)
  const young = await leads(7, () => 'web')
  await enter(id, young)
  const found = await db.read((ctx) => compare(ctx, { id, a: 1, b: 2, days: 30 }))
  expect(found.a).toMatchObject({ entries: 260, young: 0, moved: 0, ...truth[0] })
  expect(found.b).toMatchObject({ entries: 267, young: 7, moved: 0, ...truth[1] })
  expect(found.a.rates.goal?.value).toBeCloseTo((truth[0]?.reached ?? 0) / 260, 9)
  expect(found.b.rates.yen?.value).toBeCloseTo((truth[1]?.yen ?? 0) / 260, 6)
  const went = 260 - (truth[0]?.reached ?? 0)
  expect(found.a.steps).toMatchObject([
    { step: 'w', came: 260, of: 260 },
    { step: 'a', came: went, of: 260 },
  ])
  expect(found.b.steps.map(({ step, came }) => [step, came])).toEqual([
    ['w', 267],
    ['b', 260 - (truth[1]?.reached ?? 0)],
    ['c', 260 - (truth[1]?.reached ?? 0)],
  ])
  const { a, b, adjusted } = found
  for (const [key, side] of [
    ['a', a],
    ['b', b],
  ] as const) {
    const told = {
      entries: side.entries,
      young: side.young,
      moved: side.moved,
      counted: side.n,
      reached: side.reached,
      buyers: side.buyers,
    }
    for (const [of, n] of Object.entries(told)) expect([of, await behind(id, key, of as CompareNumber)]).toEqual([of, n])
    for (const { step, came } of side.steps) expect(await behind(id, key, 'came', step)).toBe(came)
  }
  expect([a.buyers, b.buyers]).toEqual(truth.map(({ deals }) => deals))
  expect((b.rates.goal?.low ?? 0) > (a.rates.goal?.high ?? 1)).toBe(true)
  expect(adjusted).toMatchObject({ verdict: 'ok', strata: 2, covered: { a: 1, b: 1 } })
  expect(adjusted.difference?.goal?.low).toBeLessThan(0)
  expect(adjusted.difference?.goal?.high).toBeGreaterThan(0)
})

test('M6 whoever was moved counts for the version they entered by; a version that is not there is missing', async () => {
  const { id } = await db.tx((ctx) => scenarios.create(ctx, { name: 's', starter: 'blank', language: 'ja' }, {}))
  await publish(id, [wait('w'), tag('a')])
  await enter(id, await leads(30, () => 'web'))
  await db.tx(async (ctx) => {
    const { revision } = await scenarios.get(ctx, { id })
    const saved = await scenarios.save(ctx, { id, name: 's', graph: graphOf([wait('w'), tag('z')]), revision })
    await scenarios.publish(ctx, { id, revision: saved.revision, moves: [{ from: 1, map: {}, waits: 'keep' }] })
  })
  await db.drain()
  db.clock.advance(2 * DAY)
  const found = await db.read((ctx) => compare(ctx, { id, a: 1, b: 2, days: 1 }))
  expect(found).toMatchObject({ a: { entries: 30, moved: 30, n: 30 }, b: { entries: 0, n: 0 }, adjusted: { verdict: 'few' } })
  await expect(db.read((ctx) => compare(ctx, { id, a: 1, b: 7, days: 1 }))).rejects.toMatchObject({ code: 'scenario.noVersion' })
})

test('M6 M7 colleagues are one unit: a company that took several of them through says no more than one of them would', async () => {
  const { id } = await db.tx((ctx) => scenarios.create(ctx, { name: 's', starter: 'blank', language: 'ja' }, {}))
  const firms = await db.tx(async (ctx) => {
    const ids: string[] = []
    for (let i = 0; i < 24; i++) ids.push((await createCompany(ctx, { name: `見本商会${i}` } as never)).id)
    return ids
  })
  for (const half of [firms.slice(0, 12), firms.slice(12)]) {
    await publish(id, [wait('w'), tag(`t${half[0]}`)])
    const people = await leads(60, () => 'web')
    await db.tx((ctx) =>
      sql`UPDATE person p SET company_id = x.c FROM unnest(${people.map((one) => one.id)}::uuid[], ${people.map((_, i) => half[i % 12])}::uuid[]) x(i, c)
        WHERE p.id = x.i`.execute(ctx.db),
    )
    await enter(id, people)
    // Whole companies reach the goal: three of the first twelve, eight of the others.
    await reach(
      id,
      people.filter((_, i) => i % 12 < (half[0] === firms[0] ? 3 : 8)),
    )
  }
  db.clock.advance(31 * DAY)
  const clustered = await db.read((ctx) => compare(ctx, { id, a: 1, b: 2, days: 30 }))
  expect(clustered.adjusted).toMatchObject({ verdict: 'ok', units: 24 })
  await db.tx((ctx) => sql`UPDATE person SET company_id = NULL`.execute(ctx.db))
  const alone = await db.read((ctx) => compare(ctx, { id, a: 1, b: 2, days: 30 }))
  const wide = ({ adjusted }: typeof alone): number => (adjusted.difference?.goal?.high ?? 0) - (adjusted.difference?.goal?.low ?? 0)
  expect(clustered.adjusted.difference?.goal?.value).toBeCloseTo(alone.adjusted.difference?.goal?.value ?? 0, 9)
  expect(wide(clustered) / wide(alone)).toBeGreaterThan(1.8)
})
