// Comparison, dated lists, personas, deals in segments and the analyses, on a whole house: every number is the length of the list behind it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dayIn } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { mergeByHand } from '#loop/identify/adopt/service.ts'
import { eraseLead } from '#loop/identify/change/service.ts'
import { addProduct } from '#loop/identify/fields/products.ts'
import { countLeads, listLeads } from '#loop/identify/leads/list.ts'
import { identify } from '#loop/identify/service.ts'
import { cross, spread, stages } from '#loop/measure/analysis/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import * as deals from '#loop/sales/deals/service.ts'
import { archive } from '#loop/segment/archive/service.ts'
import { COMPARED } from '#loop/segment/compare/contract.ts'
import { compare } from '#loop/segment/compare/service.ts'
import { profile } from '#loop/segment/personas/contract.ts'
import * as personas from '#loop/segment/personas/service.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import * as segments from '#loop/segment/service.ts'
import * as snapshots from '#loop/segment/snapshots/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

let world: TestDatabase
let serial = 0
beforeAll(async () => {
  world = await testHouse()
})
afterAll(() => world.close())

const write = <T>(run: (ctx: Ctx) => Promise<T>) => world.tx(run)
const read = <T>(run: (ctx: Ctx) => Promise<T>) => world.read(run)
const settle = async () => {
  await world.drain()
  await turnUntilQuiet(world.house)
  await world.drain()
  await turnUntilQuiet(world.house)
}

async function aLead(fields: Record<string, string> = {}, more: { tags?: string[] } = {}): Promise<Subject> {
  const [made] = await write((ctx) =>
    identify(ctx, [
      { route: 'hand', at: ctx.now, mail: `who${++serial}@example.jp`, fields: { familyName: `人${serial}`, ...fields }, ...more },
    ]),
  )
  if (!made) throw new Error('no lead')
  return made.subject
}

const happened = (subject: Subject, name: string, daysAgo: number, props: JsonObject = {}) =>
  write((ctx) =>
    append(ctx, [
      { subject, id: eventId('knowing', `${++serial}`), name, occurredAt: new Date(ctx.now.getTime() - daysAgo * DAY), props },
    ]).then(() => {}),
  )

const fact = (name: string, is: Extract<Rule, { kind: 'fact' }>['is']): Rule => ({ kind: 'fact', fact: name, is })
const of = (values: string[]): Rule => fact('industry', { op: 'in', values })

async function aSegment(name: string, rule: Rule): Promise<string> {
  const made = await write((ctx) => segments.create(ctx, { name, description: '', audience: 'leads', rule, startsScenarios: false }))
  await settle()
  return made.id
}

const counted = (rule: unknown) => read(async (ctx) => (await countLeads(ctx, { rule: JSON.stringify(rule) })).n)
const listed = (rule: unknown) =>
  read(async (ctx) => (await listLeads(ctx, { rule: JSON.stringify(rule), sort: 'seen', limit: 200 })).items.map((row) => row.id).sort())
const idsOf = (people: readonly Subject[]) => people.map((one) => one.id).sort()

async function expectLists(numbers: readonly { people: number; rule: unknown }[]): Promise<void> {
  for (const { people, rule } of numbers) expect(await counted(rule), JSON.stringify(rule)).toBe(people)
}

test('QUA-14 two segments compared: sizes, overlap and facts are the lists behind them', async () => {
  const both = [await aLead({ industry: '甲業', prefecture: '東京都' }), await aLead({ industry: '甲業', prefecture: '東京都' })]
  const onlyA = [await aLead({ industry: '甲業', prefecture: '大阪府' }), await aLead({ industry: '甲業' })]
  const onlyB = [await aLead({ industry: '金融"%_\\', prefecture: '東京都' })]
  const a = await aSegment('甲業', of(['甲業']))
  const b = await aSegment('東京', fact('prefecture', { op: 'eq', value: '東京都' }))
  const found = await read((ctx) => compare(ctx, { a: { kind: 'segment', id: a }, b: { kind: 'segment', id: b }, facts: [...COMPARED] }))
  expect(found).toMatchObject({
    a: { name: '甲業', people: 4 },
    b: { name: '東京', people: 3 },
    both: { people: 2 },
    onlyA: { people: 2 },
    onlyB: { people: 1 },
  })
  expect(await listed(found.both.rule)).toEqual(idsOf(both))
  expect(await listed(found.onlyA.rule)).toEqual(idsOf(onlyA))
  expect(await listed(found.onlyB.rule)).toEqual(idsOf(onlyB))
  expect(found.facts.map((one) => one.fact)).toEqual([...COMPARED])
  const prefectures = found.facts.find((one) => one.fact === 'prefecture')?.rows ?? []
  expect(prefectures.map((row) => [row.sort.kind === 'value' ? row.sort.value : row.sort.kind, row.a.people, row.b.people])).toEqual(
    expect.arrayContaining([
      ['東京都', 2, 3],
      ['大阪府', 1, 0],
      ['none', 1, 0],
    ]),
  )
  for (const { rows } of found.facts) {
    expect(rows.reduce((all, row) => all + row.a.people, 0)).toBe(4)
    await expectLists(rows.flatMap((row) => [row.a, row.b]))
  }
  await expect(
    read((ctx) => compare(ctx, { a: { kind: 'segment', id: a }, b: { kind: 'segment', id: b }, facts: ['score.main.total'] })),
  ).rejects.toMatchObject({ code: 'fact.unknown' })
})

test('QUA-15 GEN-12 a snapshot keeps who was in a segment when it was taken, through merge and erasure, and rules ask it', async () => {
  const [one, two, three] = [await aLead({ industry: '乙業' }), await aLead({ industry: '乙業' }), await aLead({ industry: '乙業' })]
  const segment = await aSegment('乙業', of(['乙業']))
  const taken = await write((ctx) => snapshots.take(ctx, { name: '4月の建設', note: '', segment }))
  expect(taken).toMatchObject({ people: 3, left: 3, from: { segment, name: '乙業' } })
  await aLead({ industry: '乙業' })
  await settle()
  expect((await read((ctx) => segments.get(ctx, { id: segment }))).members).toBe(4)
  const on = fact(taken.fact, { op: 'eq', value: true })
  expect(await listed(on)).toEqual(idsOf([one, two, three]))
  const reader = await aSegment('名簿にいる人', on)
  const compared = await read((ctx) =>
    compare(ctx, { a: { kind: 'snapshot', id: taken.id }, b: { kind: 'segment', id: segment }, facts: [] }),
  )
  expect(compared).toMatchObject({ both: { people: 3 }, onlyA: { people: 0 }, onlyB: { people: 1 } })

  await write((ctx) => mergeByHand(ctx, { keep: one, lose: two }))
  await write((ctx) => eraseLead(ctx, { id: three.id }))
  await settle()
  expect(await listed(on)).toEqual([one.id])
  expect((await read((ctx) => segments.get(ctx, { id: reader }))).members).toBe(1)
  expect((await read((ctx) => snapshots.list(ctx))).items[0]).toMatchObject({ people: 3, left: 1 })

  await expect(write((ctx) => snapshots.remove(ctx, { id: taken.id }))).rejects.toMatchObject({ code: 'snapshot.read' })
  await write((ctx) => archive(ctx, { id: reader }))
  await write((ctx) => snapshots.remove(ctx, { id: taken.id }))
  expect((await read((ctx) => snapshots.list(ctx))).items).toEqual([])
  await write((ctx) => snapshots.restore(ctx, { id: taken.id }))
  expect(await listed(on)).toEqual([one.id])
})

test('QUA-15 a filtered list is frozen as it is, and one that is gone for 30 days is gone for good', async () => {
  const who = await aLead({ industry: '物流', prefecture: '京都府' })
  await aLead({ industry: '物流', prefecture: '奈良県' })
  const taken = await write((ctx) =>
    snapshots.take(ctx, { name: '京都', note: '', filter: { prefecture: '京都府', rule: JSON.stringify(of(['物流'])) } }),
  )
  expect(await listed(fact(taken.fact, { op: 'eq', value: true }))).toEqual([who.id])
  await write((ctx) => snapshots.remove(ctx, { id: taken.id }))
  const start = world.clock.now()
  world.clock.advance(31 * DAY)
  await write((ctx) => snapshots.take(ctx, { name: '別の', note: '', filter: {} }))
  await expect(write((ctx) => snapshots.restore(ctx, { id: taken.id }))).rejects.toMatchObject({ code: 'snapshot.unknown' })
  world.clock.set(start)
})

test('NUR-21 a persona finds the real leads like it; of several the first one by order; segments ask for it', async () => {
  const shared = await aLead({ industry: '丙業', prefecture: '福岡県' })
  const second = await aLead({ industry: '丙業' })
  const made = await write((ctx) =>
    personas.create(ctx, {
      name: '病院の購買担当',
      profile: profile.parse({ ages: { from: 35, to: 50 }, job: '購買', pains: '在庫が見えない', initials: '購', colour: 'green' }),
      rule: fact('prefecture', { op: 'eq', value: '福岡県' }),
    }),
  )
  expect(made).toMatchObject({ people: null, profile: { ages: { from: 35, to: 50 }, pains: '在庫が見えない' } })
  const wide = await write((ctx) => personas.create(ctx, { name: '医療の人', profile: profile.parse({}), rule: of(['丙業']) }))
  await settle()
  const numbers = async () => (await read((ctx) => personas.list(ctx))).items.map(({ name, people }) => [name, people])
  expect(await numbers()).toEqual([
    ['病院の購買担当', 1],
    ['医療の人', 2],
  ])
  const reader = await aSegment('購買ペルソナ', fact('persona', { op: 'in', values: [made.id] }))
  const members = async () => (await read((ctx) => segments.members(ctx, { id: reader, limit: 50 }))).items.map((one) => one.id).sort()
  expect(await members()).toEqual([shared.id])
  expect(await listed(fact('persona', { op: 'in', values: [wide.id] }))).toEqual([second.id])

  await write((ctx) => personas.order(ctx, { ids: [wide.id, made.id] }))
  await settle()
  expect(await members()).toEqual([])
  await write((ctx) => personas.order(ctx, { ids: [made.id, wide.id] }))
  await write((ctx) => personas.change(ctx, { id: made.id, rule: of(['丙業']), name: '医療の購買' }))
  await settle()
  expect(await members()).toEqual(idsOf([shared, second]))
  await expect(write((ctx) => personas.change(ctx, { id: made.id, rule: fact('persona', { op: 'notEmpty' }) }))).rejects.toMatchObject({
    code: 'persona.cycle',
  })
  await expect(write((ctx) => personas.change(ctx, { id: made.id, name: '医療の人' }))).rejects.toMatchObject({ code: 'persona.name' })

  await write((ctx) => personas.remove(ctx, { id: made.id }))
  await settle()
  expect(await numbers()).toEqual([['医療の人', 2]])
  expect(await members()).toEqual([])
  await write((ctx) => personas.restore(ctx, { id: made.id }))
  await settle()
  expect(await numbers()).toEqual([
    ['医療の購買', 2],
    ['医療の人', 2],
  ])
  expect(await members()).toEqual(idsOf([shared, second]))
})

test('CRM-10 QUA-14 who lost a deal months ago for its timing is a segment, entered at the very moment', async () => {
  const timing = await aLead({ industry: '失注' })
  const price = await aLead({ industry: '失注' })
  for (const [who, reason] of [
    [timing, 'timing'],
    [price, 'price'],
  ] as const) {
    const { id } = await write((ctx) => deals.create(ctx, { leadIds: [who.id] }))
    await write((ctx) => deals.lose(ctx, { id, reason }))
  }
  await settle()
  const rule: Rule = {
    kind: 'and',
    rules: [fact('sales.lost_reason', { op: 'in', values: ['timing'] }), fact('sales.lost_at', { op: 'olderThan', n: 180, unit: 'days' })],
  }
  const segment = await aSegment('時期が合わず失注して半年', rule)
  const members = async () => (await read((ctx) => segments.members(ctx, { id: segment, limit: 50 }))).items
  const start = world.clock.now()
  expect(await members()).toEqual([])
  world.clock.advance(180 * DAY)
  await turnUntilQuiet(world.house)
  expect(await members()).toMatchObject([{ id: timing.id, since: world.clock.now().toISOString() }])
  expect(await listed(rule)).toEqual([timing.id])
  world.clock.set(start)
})

test('CRM-11 QUA-14 the product of a past deal is a segment, and so is the stage of an open one', async () => {
  const [{ key: soft }, { key: hard }] = await write(
    async (ctx) =>
      [
        await addProduct(ctx, { ja: '原価管理', en: 'Costing', pageGroups: [] }),
        await addProduct(ctx, { ja: '端末', en: 'Terminal', pageGroups: [] }),
      ] as const,
  )
  const [past, open] = [await aLead(), await aLead()]
  const lost = await write((ctx) => deals.create(ctx, { leadIds: [past.id], products: [soft] }))
  await write((ctx) => deals.create(ctx, { leadIds: [open.id], products: [hard], stage: 'proposal' }))
  await write((ctx) => deals.lose(ctx, { id: lost.id, reason: 'budget' }))
  await settle()
  const segment = await aSegment('原価管理で失注', fact('sales.lost_products', { op: 'in', values: [soft] }))
  const members = async () => (await read((ctx) => segments.members(ctx, { id: segment, limit: 50 }))).items.map((one) => one.id)
  expect(await members()).toEqual([past.id])
  expect(await listed(fact('sales.deal_products', { op: 'notEmpty' }))).toEqual(idsOf([past, open]))
  expect(await listed(fact('sales.deal_stage', { op: 'in', values: ['proposal'] }))).toEqual([open.id])
  await write((ctx) => deals.update(ctx, { id: lost.id, products: [hard] }))
  await settle()
  expect(await members()).toEqual([])
  await expect(write((ctx) => deals.update(ctx, { id: lost.id, products: ['無い製品'] }))).rejects.toMatchObject({
    code: 'product.unknown',
  })
})

test('QUA-18 a cross table of industry by downloads in 30 days counts the very people that its cells open', async () => {
  const makers = [await aLead({ industry: '電機' }), await aLead({ industry: '電機' }), await aLead({ industry: '電機' })]
  const [chemist] = [await aLead({ industry: '化学' }, { tags: ['甲', '乙'] })]
  for (const [who, times, daysAgo] of [
    [makers[0], 1, 3],
    [makers[1], 5, 10],
    [makers[2], 3, 31],
    [chemist, 2, 1],
  ] as [Subject, number, number][])
    for (let i = 0; i < times; i++) await happened(who, 'file.downloaded', daysAgo, { file: `f${i}.pdf` })
  await happened(makers[2] as Subject, 'file.downloaded', 1, { file: 'x.pdf', agent: 'machine' })
  const within = of(['電機', '化学'])
  const match = { event: 'file.downloaded', filters: [] }
  const table = await read((ctx) => cross(ctx, { row: 'industry', column: { kind: 'event', match, days: 30 }, within }))
  expect(table.columns.map((one) => one.people)).toEqual([1, 1, 1, 1])
  expect(table.rows.map((row) => [row.heading, row.people, row.cells.map((cell) => cell.people)])).toEqual([
    [{ kind: 'value', value: '電機' }, 3, [1, 1, 0, 1]],
    [{ kind: 'value', value: '化学' }, 1, [0, 0, 1, 0]],
  ])
  await expectLists([table.total, ...table.columns, ...table.rows, ...table.rows.flatMap((row) => row.cells)])
  expect(await listed(table.rows[0]?.cells[3]?.rule)).toEqual([makers[1]?.id])

  const byTag = await read((ctx) => cross(ctx, { row: 'industry', column: { kind: 'fact', fact: 'tags' }, within }))
  expect(byTag.several).toBe(true)
  expect(byTag.total.people).toBe(4)
  expect(byTag.columns.map((one) => [one.heading, one.people])).toEqual([
    [{ kind: 'value', value: '乙' }, 1],
    [{ kind: 'value', value: '甲' }, 1],
    [{ kind: 'none' }, 3],
  ])
  await expectLists([byTag.total, ...byTag.columns, ...byTag.rows, ...byTag.rows.flatMap((row) => row.cells)])
  await expect(read((ctx) => cross(ctx, { row: 'score.main.total', column: { kind: 'fact', fact: 'tags' } }))).rejects.toMatchObject({
    code: 'fact.unknown',
  })
})

test('QUA-18 values beyond the common ones are one row, whose people are exactly the rest', async () => {
  for (let i = 0; i < 23; i++) await aLead({ industry: '多', city: `市${String(i).padStart(2, '0')}` })
  await aLead({ industry: '多', city: '市00' })
  const table = await read((ctx) => cross(ctx, { row: 'city', column: { kind: 'fact', fact: 'industry' }, within: of(['多']) }))
  expect(table.rows).toHaveLength(21)
  expect(table.rows.find((row) => row.heading.kind === 'other')?.people).toBe(3)
  await expectLists(table.rows)
})

test('CRM-22 the movements between stages are those of the period, the people of a cell included', async () => {
  const start = world.clock.now()
  world.clock.advance(40 * DAY)
  const day = (shift: number) => new Date(world.clock.now().getTime() + shift * DAY).toISOString().slice(0, 10)
  const [from, before] = [day(0), day(-1)]
  const stays = await aLead()
  const walks = await aLead()
  world.clock.advance(3 * DAY)
  const first = await write((ctx) => deals.create(ctx, { leadIds: [walks.id] }))
  await settle()
  const middle = day(0)
  world.clock.advance(3 * DAY)
  const fresh = await aLead()
  await write((ctx) => deals.win(ctx, { id: first.id }))
  await settle()
  const [last, after] = [day(0), day(1)]
  world.clock.advance(2 * DAY)
  await write((ctx) => deals.create(ctx, { leadIds: [fresh.id] }))
  await settle()

  const cell = async (a: string, b: string, stood: 'none' | 'new' | 'deal', stands: 'new' | 'deal' | 'customer') => {
    const { cells } = await read((ctx) => stages(ctx, { from: a, to: b }))
    await expectLists(cells)
    const found = cells.find((one) => one.from === stood && one.to === stands)
    return found ? listed(found.rule) : []
  }
  expect(await cell(before, last, 'none', 'customer')).toEqual([walks.id])
  expect(await cell(middle, last, 'new', 'customer')).toEqual([walks.id])
  expect(await cell(last, last, 'deal', 'customer')).toEqual([walks.id])
  expect(await cell(before, last, 'none', 'new')).toEqual(idsOf([stays, fresh]))
  expect(await cell(middle, last, 'new', 'new')).toContain(stays.id)
  expect(await cell(after, day(0), 'new', 'deal')).toEqual([fresh.id])
  const { cells } = await read((ctx) => stages(ctx, { from, to: last }))
  expect(cells.reduce((all, one) => all + one.people, 0)).toBe((await read((ctx) => countLeads(ctx, {}))).n)
  await expect(read((ctx) => stages(ctx, { from: last, to: before }))).rejects.toMatchObject({ code: 'period.backwards' })
  world.clock.set(start)
})

test('QUA-15 CRM-22 a segment of those who stood at a stage on a past day stays as they move on, and says what it saw', async () => {
  const start = world.clock.now()
  world.clock.advance(80 * DAY)
  const [early, late] = [await aLead({ industry: '時点' }), await aLead({ industry: '時点' })]
  const deal = await write((ctx) => deals.create(ctx, { leadIds: [early.id] }))
  await settle()
  const on = dayIn('Asia/Tokyo', world.clock.now())
  const was: Rule = { kind: 'fact', fact: 'sales.stage', on, is: { op: 'in', values: ['deal'] } }
  // The day is not over.
  await expect(aSegment('まだ今日', was)).rejects.toMatchObject({ code: 'segment.rule' })
  await expect(
    aSegment('残らない過去', { kind: 'fact', fact: 'prefecture', on: '2026-01-01', is: { op: 'notEmpty' } }),
  ).rejects.toMatchObject({ code: 'segment.rule' })
  world.clock.advance(2 * DAY)
  const wasDeal = await aSegment('その日に商談', { kind: 'and', rules: [of(['時点']), was] })
  const wonSince = await aSegment('その日に商談、いまは顧客', {
    kind: 'and',
    rules: [of(['時点']), was, { kind: 'fact', fact: 'sales.stage', is: { op: 'eq', value: 'customer' } }],
  })
  const inside = async (id: string) => (await read((ctx) => segments.members(ctx, { id, limit: 200 }))).items.map((one) => one.id).sort()
  expect([await inside(wasDeal), await inside(wonSince)]).toEqual([[early.id], []])
  await write((ctx) => deals.create(ctx, { leadIds: [late.id] }))
  await write((ctx) => deals.win(ctx, { id: deal.id }))
  await settle()
  expect([await inside(wasDeal), await inside(wonSince)]).toEqual([[early.id], [early.id]])
  const said = await read((ctx) => segments.why(ctx, { id: wonSince, person: early.id }))
  expect(said.because.map((one) => [one.isIn, one.value])).toEqual([
    [true, '時点'],
    [true, 'deal'],
    [true, 'customer'],
  ])
  // Two people turn out to be one: the past of the other comes along.
  await write((ctx) => mergeByHand(ctx, { keep: late, lose: early }))
  await settle()
  expect(await inside(wonSince)).toEqual([late.id])
  world.clock.set(start)
})

test('KPI-19 the distribution of interest adds up to all leads, and each bar opens its people', async () => {
  const all = await read((ctx) => spread(ctx, {}))
  const { n } = await read((ctx) => countLeads(ctx, {}))
  expect(all.total).toBe(n)
  for (const bars of [all.score, all.rank, all.heat, all.stage]) {
    expect(bars.reduce((sum, bar) => sum + bar.people, 0)).toBe(n)
    await expectLists(bars)
  }
  const segment = await aSegment('広がり', of(['電機']))
  const some = await read((ctx) => spread(ctx, { segment }))
  expect(some.total).toBe(3)
  await expectLists(some.stage)
})
