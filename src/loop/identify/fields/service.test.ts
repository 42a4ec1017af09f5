// Fields as a company lives with them: typed, arranged, archived, unique; products and postal codes. Real database.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { eventId, type News } from '#kernel/journal.ts'
import type { Pass } from '#kernel/pass.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { race } from '../../../../test/race.ts'
import { createLead, updateLead } from '../change/service.ts'
import { allFacts, facts, prioritySql } from '../facts.ts'
import { identify, loadPeople } from '../service.ts'
import { personTables } from '../tables.ts'
import { arrange, readLayout } from './layout.ts'
import { addressOf, findAddress } from './postal.ts'
import { addProduct, changeProduct, listProducts } from './products.ts'
import { productReactions } from './reactions.ts'
import { archiveField, changeField, createField, customFields, listFields, restoreField } from './service.ts'

let world: TestDatabase
let serial = 0
beforeAll(async () => {
  world = await testDatabase({ ports: { personTables, facts } })
})
afterAll(() => world.close())

const field = (key: string, more: Partial<Parameters<typeof createField>[1]> = {}) =>
  world.tx((ctx) => createField(ctx, { key, type: 'text', ja: key, en: key, class: 'basic', options: [], ...more }))
const rowOf = (subject: Subject) =>
  world.tx(async (ctx) => {
    const row = (await loadPeople(ctx, [subject])).get(subject.id)
    if (!row) throw new Error('nobody')
    return row
  })
async function aLead(act: Partial<Parameters<typeof identify>[1][number]> = {}): Promise<Subject> {
  const [outcome] = await world.tx((ctx) =>
    identify(ctx, [{ route: 'form', at: ctx.now, mail: `field${++serial}@example.jp`, fields: { familyName: '見本' }, ...act }]),
  )
  if (!outcome) throw new Error('no lead')
  return outcome.subject
}
const factOf = (ctx: Ctx, subject: Subject, name: string) =>
  allFacts(ctx)
    .then((all) => all.find((one) => one.name === name)?.load(ctx, [subject]))
    .then((values) => values?.get(subject.id))

test('CAP-14 a field of each of the twelve types takes what people write and stores it typed', async () => {
  const option = [{ value: 'a', ja: '甲', en: 'A' }]
  const typed = {
    text: [' ａ  b ', 'ａ b'],
    longText: ['一行目\r\n 二行目', '一行目\n二行目'],
    number: ['１，２００', 1200],
    money: ['1.5億円', 150_000_000],
    date: ['令和8年4月8日', '2026-04-08'],
    datetime: ['2026/4/8 10:30', '2026-04-08T01:30:00.000Z'],
    choice: ['甲', 'a'],
    multi: [['A'], ['a']],
    boolean: ['あり', true],
    url: ['example.co.jp/x', 'https://example.co.jp/x'],
    mail: ['Ｔａｒｏ＠example.co.jp', 'taro@example.co.jp'],
    phone: ['03-1234-5678', '+81312345678'],
  } as const
  for (const type of Object.keys(typed) as (keyof typeof typed)[])
    await field(`t_${type.toLowerCase()}`, { type, options: type === 'choice' || type === 'multi' ? option : [] })
  const given = Object.fromEntries(Object.entries(typed).map(([type, [text]]) => [`t_${type.toLowerCase()}`, text as string]))
  const made = await world.tx((ctx) => createLead(ctx, { fields: { familyName: '型' }, attrs: given }))
  const row = await rowOf({ bucket: Number.parseInt(made.id.slice(-2), 16), id: made.id })
  for (const [type, [, stored]] of Object.entries(typed)) expect([type, row.attrs[`t_${type.toLowerCase()}`]]).toEqual([type, stored])
  await expect(world.tx((ctx) => updateLead(ctx, { id: made.id, attrs: { t_mail: 'no address' } }))).rejects.toMatchObject({
    code: 'field.value',
  })
})

test('CAP-12 CAP-14 required and unique fields are held to by hand; a form loses only the value that is taken', async () => {
  await field('member', { unique: true })
  const first = await aLead({ attrs: { member: 'M-1' } })
  const second = await aLead({ attrs: { member: 'M-1', t_text: 'kept' } })
  expect([(await rowOf(first)).attrs['member'], (await rowOf(second)).attrs['member'], (await rowOf(second)).attrs['t_text']]).toEqual([
    'M-1',
    undefined,
    'kept',
  ])
  await expect(world.tx((ctx) => updateLead(ctx, { id: second.id, attrs: { member: 'M-1' } }))).rejects.toMatchObject({
    code: 'field.held',
  })
  await world.tx((ctx) => updateLead(ctx, { id: first.id, attrs: { member: 'M-1' } }))
  await field('must', { required: true })
  await expect(world.tx((ctx) => createLead(ctx, { fields: { familyName: '無' } }))).rejects.toMatchObject({ code: 'field.required' })
  await world.tx((ctx) => archiveField(ctx, { key: 'must' }))
  await world.tx((ctx) => createLead(ctx, { fields: { familyName: '無' } }))
})

test('CAP-14 a behaviour field is read-only by hand unless it says otherwise, and rules may write it', async () => {
  const lead = await aLead()
  await field('visits_n', { type: 'number', class: 'behaviour' })
  await expect(world.tx((ctx) => updateLead(ctx, { id: lead.id, attrs: { visits_n: 3 } }))).rejects.toMatchObject({
    code: 'field.readonly',
  })
  await world.tx((ctx) => identify(ctx, [{ route: 'api', at: ctx.now, mail: `field${serial}@example.jp`, attrs: { visits_n: 3 } }]))
  expect((await rowOf(lead)).attrs['visits_n']).toBe(3)
  await world.tx((ctx) => changeField(ctx, { key: 'visits_n', ja: '訪問', en: 'Visits', class: 'behaviour', options: [], byHand: true }))
  await world.tx((ctx) => updateLead(ctx, { id: lead.id, attrs: { visits_n: 4 } }))
})

test('CAP-14 archiving keeps values; options left out stay as archived; a type with values is not changed', async () => {
  await field('plan', {
    type: 'choice',
    options: [
      { value: 'x', ja: 'X', en: 'X' },
      { value: 'y', ja: 'Y', en: 'Y' },
    ],
  })
  const lead = await aLead({ attrs: { plan: 'y' } })
  const after = await world.tx((ctx) =>
    changeField(ctx, { key: 'plan', ja: 'P', en: 'P', class: 'basic', options: [{ value: 'x', ja: 'X', en: 'X' }] }),
  )
  expect(after.options).toEqual([
    { value: 'x', ja: 'X', en: 'X' },
    { value: 'y', ja: 'Y', en: 'Y', archived: true },
  ])
  await world.tx((ctx) => archiveField(ctx, { key: 'plan' }))
  expect((await world.tx((ctx) => customFields(ctx))).some((one) => one.key === 'plan')).toBe(false)
  expect((await world.tx((ctx) => listFields(ctx, { archived: true }))).items.find((one) => one.key === 'plan')).toMatchObject({
    archived: true,
  })
  await world.tx((ctx) => restoreField(ctx, { key: 'plan' }))
  expect((await rowOf(lead)).attrs['plan']).toBe('y')
  const words = { key: 'plan', ja: 'P', en: 'P', class: 'basic' as const, options: [] }
  await expect(world.tx((ctx) => changeField(ctx, { ...words, type: 'number' }))).rejects.toMatchObject({ code: 'field.typeFixed' })
  await field('empty_one')
  expect(await world.tx((ctx) => changeField(ctx, { ...words, key: 'empty_one', type: 'date' }))).toMatchObject({ type: 'date' })
})

test('CAP-14 two colleagues change a field at once: the options that the first added stay, archived, and so do its other traits', async () => {
  const asked = { key: 'both', ja: '両', en: 'Both', class: 'basic' as const }
  const option = (value: string) => ({ value, ja: value, en: value })
  await field('both', { type: 'choice', options: [option('x')] })
  const first = (ctx: Ctx) => changeField(ctx, { ...asked, options: [option('x'), option('a')], helpJa: '選ぶ', helpEn: 'Choose' })
  const second = (ctx: Ctx) => changeField(ctx, { ...asked, options: [option('x'), option('b')] })
  expect(await race(world, first, second)).toBe(null)
  expect((await world.tx((ctx) => customFields(ctx))).find((one) => one.key === 'both')).toMatchObject({
    options: [option('x'), option('b'), { ...option('a'), archived: true }],
    helpJa: '選ぶ',
  })
})

test('QUA-14 CRM-06 address, budget, level, industry and region are facts; the level follows the title until a hand sets it', async () => {
  const lead = await aLead({
    fields: {
      title: '営業部 部長',
      postalCode: '１０００００１',
      prefecture: '東京',
      city: '千代田区',
      budget: '300万円',
      industryGroup: '39 情報サービス業',
    },
  })
  await world.tx(async (ctx) => {
    expect(await factOf(ctx, lead, 'postalCode')).toBe('100-0001')
    expect(await factOf(ctx, lead, 'budget')).toBe(3_000_000)
    expect(await factOf(ctx, lead, 'roleLevel')).toBe('head')
    expect(await factOf(ctx, lead, 'industry')).toBe('it')
    expect(await factOf(ctx, lead, 'region')).toBe('kanto')
    const region = facts.find((one) => one.name === 'region')
    const found = await ctx.db
      .selectFrom('person as p')
      .select(region?.sql('p').as('region') as never)
      .where('p.id', '=', lead.id)
      .executeTakeFirst()
    expect(found).toEqual({ region: 'kanto' })
  })
  await world.tx((ctx) => updateLead(ctx, { id: lead.id, fields: { title: '課長' } }))
  expect((await rowOf(lead)).role_level).toBe('manager')
  await world.tx((ctx) => updateLead(ctx, { id: lead.id, fields: { roleLevel: 'executive' } }))
  await world.tx((ctx) => updateLead(ctx, { id: lead.id, fields: { title: '主任' } }))
  expect((await rowOf(lead)).role_level).toBe('executive')
})

test('CRM-19 interested products come by hand, by form and by the pages somebody viewed', async () => {
  const { key } = await world.tx((ctx) => addProduct(ctx, { ja: '製品A', en: 'Product A', pageGroups: ['group-a'] }))
  await world.tx((ctx) => addProduct(ctx, { ja: '製品B', en: 'Product B', pageGroups: [] }))
  await expect(world.tx((ctx) => addProduct(ctx, { ja: '製品A', en: 'x', pageGroups: [] }))).rejects.toMatchObject({
    code: 'product.taken',
  })
  const lead = await aLead({ fields: { familyName: '検討', products: 'product b、知らない製品' } })
  expect((await rowOf(lead)).products).toEqual(['製品B'])
  const seen: News = {
    ...{ bucket: lead.bucket, seq: 1, personId: lead.id, eventId: eventId('t', 'v1'), name: 'page.viewed', hop: 0, historic: false },
    ...{ occurredAt: world.clock.now(), receivedAt: world.clock.now(), pageGroup: 'group-a', props: {} },
  }
  const pass = {} as Pass
  await world.tx(async (ctx) => productReactions[0]?.run(ctx, pass, [seen, { ...seen, eventId: eventId('t', 'v2'), pageGroup: 'other' }]))
  expect((await rowOf(lead)).products).toEqual(['製品B', key])
  expect((await world.tx((ctx) => listProducts(ctx))).items.map((one) => [one.key, one.people])).toEqual([
    ['製品A', 1],
    ['製品B', 1],
  ])
  await world.tx((ctx) => updateLead(ctx, { id: lead.id, fields: { products: 'Product A' } }))
  expect((await rowOf(lead)).products).toEqual(['製品A'])
  await world.tx((ctx) => changeProduct(ctx, { key, archived: true }))
  await world.tx(async (ctx) => productReactions[0]?.run(ctx, pass, [{ ...seen, eventId: eventId('t', 'v3') }]))
  const fact = (await world.tx((ctx) => allFacts(ctx))).find((one) => one.name === 'products')
  expect(fact?.options?.map((one) => one.value)).toEqual(['製品A', '製品B'])
})

test('CAP-30 a priority told at capture lands in its field, and leads are sorted by it through an index', async () => {
  const of = async (priority: string) => (await aLead({ source: { name: '資料請求', priority } })).id
  const [low, high, middle] = [await of('low'), await of('high'), await of('middle')]
  const rows = await world.tx((ctx) =>
    ctx.db
      .selectFrom('person as p')
      .select(['p.id', 'p.priority'])
      .where('p.identified_at', 'is not', null)
      .where('p.source_first', '=', '資料請求')
      .orderBy(prioritySql('p') as never, 'desc')
      .execute(),
  )
  expect(rows.map((row) => row.id)).toEqual([high, middle, low])
  const plan = await world.tx(async (ctx) => {
    await sql`SET LOCAL enable_seqscan = off`.execute(ctx.db)
    return sql<{ 'QUERY PLAN': string }>`EXPLAIN SELECT p.id FROM person p WHERE p.identified_at IS NOT NULL
      ORDER BY ${prioritySql('p')} DESC, p.id DESC LIMIT 50`.execute(ctx.db)
  })
  expect(plan.rows.map((row) => row['QUERY PLAN']).join(' ')).toContain('person_lead_priority')
})

test('CRM-06 a postal code gives its address from data that lies in the product; nonsense is refused', async () => {
  expect(await addressOf('１００－０００１')).toEqual({ postalCode: '100-0001', prefecture: '東京都', city: '千代田区', address: '千代田' })
  expect((await addressOf('0600000'))?.prefecture).toBe('北海道')
  expect([await addressOf('0000000'), await addressOf('1000099')]).toEqual([null, null])
  await expect(findAddress({ code: '100' })).rejects.toMatchObject({ code: 'postal.malformed' })
})

test('CAP-14 screens are arranged by the company: one place per field, others keep theirs', async () => {
  const before = await world.tx((ctx) => readLayout(ctx))
  const after = await world.tx((ctx) =>
    arrange(ctx, {
      screen: 'add',
      layout: {
        sections: [
          { id: 'a', ja: '最初', en: 'First', fields: ['mail', 'familyName', 'mail'] },
          { id: 'b', ja: '次', en: 'Next', fields: ['familyName', 'attrs.plan'] },
        ],
        hidden: ['website', 'website'],
      },
    }),
  )
  expect(after.add.sections.map((one) => one.fields)).toEqual([['mail', 'familyName'], ['attrs.plan']])
  expect([after.add.hidden, after.lead]).toEqual([['website'], before.lead])
  expect(await world.tx((ctx) => readLayout(ctx))).toEqual(after)
})
