import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { createLead } from '../change/service.ts'
import { createField } from '../fields/service.ts'
import { searchable } from '../normalise/decide.ts'
import { identify } from '../service.ts'
import { readSearch, stretchOf } from './decide.ts'
import { countLeads, listLeads } from './list.ts'

let db: TestDatabase
const PEOPLE = [
  ['田中', '一郎', 'タナカ', '株式会社サンプル', '東京都', 'high', 30],
  ['中田', '二郎', 'ナカタ', '合同会社見本', '大阪府', null, 20],
  ['髙橋', '三郎', 'ガハシ', '有限会社テスト', '沖縄県', 'low', null],
  ['Smith', 'John', '', 'Example Inc', '東京都', 'middle', 10],
] as const
beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) => createField(ctx, { key: 'size', type: 'number', ja: '規模', en: 'Size', class: 'basic', options: [] } as never))
  for (const [familyName, givenName, familyKana, companyName, prefecture, priority, size] of PEOPLE) {
    db.clock.advance(60_000)
    await db.tx((ctx) =>
      createLead(ctx, {
        mail: `${givenName === 'John' ? 'john' : familyKana.length + givenName.length}${companyName.length}@example.jp`,
        fields: { familyName, givenName, familyKana, companyName, prefecture },
        attrs: size === null ? {} : { size },
        tags: familyName === '田中' ? ['重点'] : [],
        priority,
      }),
    )
    if (priority) {
      const { items } = await db.read((ctx) => listLeads(ctx, { q: familyName, sort: 'created', limit: 1 }))
      const { updateLead } = await import('../change/service.ts')
      await db.tx((ctx) => updateLead(ctx, { id: items[0]?.id ?? '', priority }))
    }
  }
})
afterAll(() => db.close())

const names = async (input: object): Promise<(string | null)[]> =>
  (await db.read((ctx) => listLeads(ctx, { sort: 'created', dir: 'asc', limit: 50, ...input } as never))).items.map((row) => row.familyName)

test('CRM-03 words are found inside of Japanese, from one letter on, and a phrase only as it stands', async () => {
  expect(await names({ q: '田中' })).toEqual(['田中'])
  expect(await names({ q: '橋' })).toEqual([])
  expect(await names({ q: '髙' })).toEqual(['髙橋'])
  expect(await names({ q: 'ﾀﾅｶ' })).toEqual(['田中'])
  expect(await names({ q: 'なか' })).toEqual(['田中', '中田'])
  expect(await names({ q: '"田中 一郎"' })).toEqual(['田中'])
  expect(await names({ q: '"中田 一郎"' })).toEqual([])
  expect(await names({ q: '一郎 田中' })).toEqual(['田中'])
  expect(await names({ q: 'EXAMPLE inc' })).toEqual(['Smith'])
  expect(await names({ q: 'サンプル ％' })).toEqual([])
})

test('CRM-03 the terms of a search, each with the letters by which it is found', () => {
  expect(readSearch('見本 ab "x y" abc')).toEqual([
    { text: '見本', where: 'anywhere', grams: ['見本'], isThin: true },
    { text: 'ab', where: 'begin', grams: [], isThin: true },
    { text: 'x y', where: 'anywhere', grams: [], isThin: true },
    { text: 'abc', where: 'anywhere', grams: [], isThin: false },
  ])
  expect(readSearch('第2')).toEqual([{ text: '第2', where: 'anywhere', grams: ['第2'], isThin: true }])
  expect(readSearch('"ミホン 株式8 a課"')[0]?.grams).toEqual(['式8', 'ミホ', 'ホン', '株式', 'a課'])
  expect(readSearch('田')).toEqual([{ text: '田', where: 'begin', grams: [' 田'], isThin: true }])
  expect(stretchOf('カ')).toEqual({ from: 'カ', to: 'サ' })
})

test('CRM-04 orders by company, priority, owner, score and a field of one’s own, both ways, those without a value last', async () => {
  expect(await names({ sort: 'priority', dir: 'desc' })).toEqual(['田中', 'Smith', '髙橋', '中田'])
  expect((await names({ sort: 'attrs.size', dir: 'desc' })).slice(0, 3)).toEqual(['田中', '中田', 'Smith'])
  expect(await names({ sort: 'attrs.size', dir: 'asc' })).toEqual(['Smith', '中田', '田中', '髙橋'])
  expect((await names({ sort: 'company', dir: 'asc' }))[0]).toBe('Smith')
  expect(await names({ sort: 'score' })).toHaveLength(4)
  expect(await names({ sort: 'owner' })).toHaveLength(4)
  await expect(names({ sort: 'no.such' })).rejects.toMatchObject({ code: 'filter.unknown' })
  await expect(names({ sort: 'tags' })).rejects.toMatchObject({ code: 'sort.unknown' })
})

test('CRM-04 keyset pages through leads without a value give each once, whatever the direction', async () => {
  for (const dir of ['asc', 'desc'] as const) {
    const seen: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await db.read((ctx) => listLeads(ctx, { sort: 'attrs.size', dir, limit: 1, ...(cursor ? { cursor } : {}) }))
      seen.push(...page.items.map((row) => row.id))
      if (!page.next) break
      cursor = page.next
    }
    expect([seen.length, new Set(seen).size]).toEqual([4, 4])
  }
})

test('CRM-04 the index of initials follows the kana table, voiced sounds with their row', async () => {
  expect(await names({ initial: 'タ' })).toEqual(['田中'])
  expect(await names({ initial: 'カ' })).toEqual(['髙橋'])
  expect(await names({ initial: 'A' })).toEqual(['Smith'])
  expect(await names({ initial: '#' })).toEqual([])
})

test('QUA-14 CRM-06 a list is filtered by the rule language of segments, tags and fields among it, and says why it cannot be', async () => {
  const rule = (...rules: object[]) => ({ rule: JSON.stringify({ kind: 'and', rules }) })
  const fact = (name: string, is: object) => ({ kind: 'fact', fact: name, is })
  expect(
    await names(rule(fact('prefecture', { op: 'in', values: ['東京都', '沖縄県'] }), fact('attrs.size', { op: 'gte', value: 5 }))),
  ).toEqual(['田中', 'Smith'])
  expect(await names(rule(fact('tags', { op: 'eq', value: '重点' })))).toEqual(['田中'])
  expect(await names(rule({ kind: 'not', rule: fact('companyName', { op: 'contains', value: '会社' }) }))).toEqual(['Smith'])
  expect(
    await names(
      rule({ kind: 'event', match: { event: 'page.viewed', filters: [] }, count: { op: 'atMost', n: 0 }, period: { kind: 'ever' } }),
    ),
  ).toHaveLength(4)
  expect(await db.read((ctx) => countLeads(ctx, rule(fact('priority', { op: 'eq', value: 'high' }))))).toEqual({ n: 1, estimate: false })
  await expect(names({ rule: '{"kind":"fact"' })).rejects.toMatchObject({ code: 'rule.malformed' })
  await expect(names(rule(fact('prefecture', { op: 'gte', value: 3 })))).rejects.toMatchObject({ code: 'segment.rule' })
})

test('CRM-06 any fact can be a column', async () => {
  const { items } = await db.read((ctx) => listLeads(ctx, { q: '田中', sort: 'seen', facts: 'attrs.size,prefecture', limit: 5 }))
  expect(items[0]?.facts).toMatchObject({ 'attrs.size': 30, prefecture: '東京都', 'sales.stage': 'new' })
})

const LETTERS = ['田', '中', '株', 'ァ', 'ン', 'é', '🦊', 'a', 'b', '8', '2', '@', '-', '%', '_', ' ', ' '] as const
const text = (least: number, most: number) =>
  fc.array(fc.constantFrom(...LETTERS), { minLength: least, maxLength: most }).map((letters) => searchable(letters.join('')))

test('CRM-03 whatever stands in a text is found by its pairs: an index never hides what a look at each row would show', async () => {
  await fc.assert(
    fc.asyncProperty(text(1, 40), fc.nat(), fc.nat(), async (whole, from, length) => {
      const letters = Array.from(whole)
      const start = letters.length ? from % letters.length : 0
      const part = letters.slice(start, start + 1 + (length % 12)).join('')
      const terms = readSearch(`"${part}"`).filter((term) => term.where === 'anywhere')
      for (const { grams } of terms) {
        const { rows } = await db.house.pool.query('SELECT search_pairs($1::text) @> $2::text[] AS found', [whole, grams])
        expect(rows[0].found, `${part} in ${whole} by ${grams.join('|')}`).toBe(true)
      }
    }),
    { numRuns: 300, seed: 293 },
  )
})

test('CRM-03 a search finds the very leads that a naive look at every text finds, in the same order', async () => {
  const all = fc.sample(fc.tuple(text(1, 6), text(0, 6), text(0, 12)), { numRuns: 120, seed: 294 })
  await db.tx((ctx) =>
    identify(
      ctx,
      all.map(([familyName, givenName, companyName], i) => ({
        route: 'hand' as const,
        at: ctx.now,
        externalId: `naive${i}`,
        fields: { familyName: familyName || '無', givenName, companyName },
      })),
    ),
  )
  const known = await db.house.pool.query('SELECT id, search_text FROM person WHERE identified_at IS NOT NULL ORDER BY identified_at, id')
  const naive = (q: string) =>
    known.rows
      .filter(({ search_text: has }) =>
        readSearch(q).every(({ text: term, where }) =>
          where === 'begin' ? has.startsWith(term) || has.includes(` ${term}`) : has.includes(term),
        ),
      )
      .map((row) => row.id)
  for (const [a, b] of fc.sample(fc.tuple(text(1, 5), text(1, 3)), { numRuns: 80, seed: 295 }))
    for (const q of [a, `"${a} ${b}"`, `${a} ${b}`]) {
      if (!readSearch(q).length) continue
      const { items } = await db.read((ctx) => listLeads(ctx, { q, sort: 'created', dir: 'asc', limit: 200 } as never))
      expect(
        items.map((one) => one.id),
        q,
      ).toEqual(naive(q))
    }
})
