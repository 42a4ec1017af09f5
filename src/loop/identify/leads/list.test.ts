import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dbOn } from '#kernel/db/connection.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { createLead } from '../change/service.ts'
import { createField } from '../fields/service.ts'
import { pairsOf, searchable } from '../normalise/decide.ts'
import { identify } from '../service.ts'
import { furtherLook, rarestGrams, readSearch, stretchOf } from './decide.ts'
import { countLeads, listLeads } from './list.ts'
import { listPart, orderOfRanked } from './queries.ts'
import type { Ranked } from './ranking.ts'

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
    { text: '見本', where: 'anywhere', grams: ['見本'], isThin: true, hasRun: false },
    { text: 'ab', where: 'begin', grams: [], isThin: true, hasRun: false },
    { text: 'x y', where: 'anywhere', grams: [], isThin: true, hasRun: false },
    { text: 'abc', where: 'anywhere', grams: [], isThin: false, hasRun: true },
  ])
  expect(readSearch('第2')).toEqual([{ text: '第2', where: 'anywhere', grams: ['第2'], isThin: true, hasRun: false }])
  expect(readSearch('"ミホン 株式8 a課"')[0]?.grams).toEqual(['式8', 'ミホ', 'ホン', '株式', 'a課', ' 株'])
  expect(readSearch('見本4000')[0]).toMatchObject({ grams: ['本4', '見本'], hasRun: true })
  expect(readSearch('田')).toEqual([{ text: '田', where: 'begin', grams: [' 田'], isThin: true, hasRun: false }])
  expect(stretchOf('カ')).toEqual({ from: 'カ', to: 'サ' })
})

test('CRM-03 of the pairs of a term the rarest are looked up; those that nearly everybody has only when there is no other', () => {
  const share = new Map(Object.entries({ 株式: 0.98, 式会: 0.97, 会社: 0.99, ミホ: 0.12, ホン: 0.13, 本店: 0.02 }))
  expect(rarestGrams(['株式', '式会', '会社', 'ミホ', '式8', 'ホン', '本店'], share)).toEqual(['式8', '本店', 'ミホ'])
  expect(rarestGrams(['株式', '式会', '会社'], share)).toEqual(['式会'])
  expect(rarestGrams([], share)).toEqual([])
})

test('CRM-03 a list looks on down its order as far as what it found makes likely, and asks an index when whoever matches is rare', () => {
  expect(furtherLook(100, 101)).toBe(1_616)
  expect(furtherLook(25, 101)).toBe(6_464)
  expect([furtherLook(20, 101), furtherLook(0, 101)]).toEqual([null, null])
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
        const { rows } = await db.house.pool.query('SELECT search_keys($1::text) @> $2::text[] AS found', [whole + pairsOf(whole), grams])
        expect(rows[0].found, `${part} in ${whole} by ${grams.join('|')}`).toBe(true)
      }
      const { rows } = await db.house.pool.query('SELECT search_keys($1) AS told, search_keys($2) AS read, search_pairs($2) AS made', [
        whole + pairsOf(whole),
        whole,
      ])
      expect(rows[0].told, whole).toEqual(rows[0].made)
      expect(rows[0].read, whole).toEqual(rows[0].made)
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
  const known = await db.house.pool.query(
    "SELECT id, split_part(search_text, E'\\x1f', 1) AS search_text FROM person WHERE identified_at IS NOT NULL ORDER BY identified_at, id",
  )
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

test('CRM-03 pages of whoever is common, less common and rare go on without a gap, whichever way they are found', async () => {
  const ids = await db.tx(async (ctx) => {
    const made = await identify(
      ctx,
      Array.from({ length: 2_400 }, (_, i) => ({
        route: 'hand' as const,
        at: new Date(ctx.now.getTime() - i * 1_000),
        historic: true,
        externalId: `page${i}`,
        fields: { familyName: '頁', ...(i % 40 === 7 ? { prefecture: '高知県' } : {}) },
        tags: i % 600 === 11 ? ['希少'] : ['普通'],
      })),
    )
    return made.map((one) => one.subject.id)
  })
  const all = async (filter: object, limit: number) => {
    const found: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await db.read((ctx) => listLeads(ctx, { sort: 'created', ...filter, limit, cursor } as never))
      found.push(...page.items.map((one) => one.id))
      if (page.next === null) return found
      cursor = page.next
    }
  }
  expect(await all({ prefecture: '高知県' }, 20)).toEqual(ids.filter((_, i) => i % 40 === 7))
  expect(await all({ tag: '希少' }, 3)).toEqual(ids.filter((_, i) => i % 600 === 11))
  expect((await all({ tag: '普通' }, 200)).length).toBe(2_396)

  // The same along the scores: two thirds have one, the others come last, and every filter is one of the score, of the person, or both.
  await db.house.pool.query(
    `INSERT INTO score_version (model, version, state, rules, settings, made_at, made_by, live_at) VALUES ('main', 1, 'live', '[]', '{}', now(), 'test', now())
      ON CONFLICT DO NOTHING`,
  )
  await db.house.pool.query("UPDATE score_model SET live_version = 1 WHERE name = 'main' AND live_version IS NULL")
  const scored = ids.flatMap((id, i) =>
    i % 3 ? [{ id, total: (i * 31) % 200, heat: i % 50 === 1 ? 'hot' : i % 5 === 1 ? 'warm' : 'cold' }] : [],
  )
  await db.house.pool.query(
    `INSERT INTO score (bucket, person_id, model, version, attribute_plus, attribute_minus, behaviour_plus, behaviour_minus, total, recent, heat, heat_since, changed_at)
      SELECT p.bucket, p.id, 'main', (SELECT live_version FROM score_model WHERE name = 'main'), x.total, 0, 0, 0, x.total, 0, x.heat, now(), now()
      FROM jsonb_to_recordset($1::jsonb) x(id uuid, total int, heat text) JOIN person p ON p.id = x.id`,
    [JSON.stringify(scored)],
  )
  // Some of a hundred: found by the set of their scores, down any order.
  for (const [minScore, limit] of [
    [190, 60],
    [190, 25],
    [185.5, 79],
    [199, 30],
  ] as const) {
    const some = new Set(scored.filter((one) => one.total >= minScore).map((one) => one.id))
    expect(await all({ minScore }, limit), `${minScore} ${limit}`).toEqual(ids.filter((id) => some.has(id)))
    expect(await all({ minScore, sort: 'name', tag: '普通' }, limit)).toEqual(
      ids.filter((id, i) => some.has(id) && i % 600 !== 11).sort((a, b) => (a < b ? -1 : 1)),
    )
  }
  const inOrder = (is: (one: { total: number; heat: string; i: number }) => boolean, sign: 1 | -1) =>
    scored
      .map((one) => ({ ...one, i: ids.indexOf(one.id) }))
      .filter(is)
      .sort((a, b) => sign * (a.total - b.total || (a.id < b.id ? -1 : 1)))
      .map((one) => one.id)
  expect(await all({ sort: 'score', heat: 'hot' }, 7)).toEqual(inOrder((one) => one.heat === 'hot', -1))
  expect(await all({ sort: 'score', heat: 'warm', minScore: 150, dir: 'asc' }, 9)).toEqual(
    inOrder((one) => one.heat === 'warm' && one.total >= 150, 1),
  )
  const kochi = await all({ sort: 'score', prefecture: '高知県' }, 8)
  const known = inOrder(({ i }) => i % 40 === 7, -1)
  expect(kochi.slice(0, known.length)).toEqual(known)
  expect(kochi.slice(known.length)).toEqual(ids.filter((_, i) => i % 40 === 7 && i % 3 === 0))
  expect(await all({ sort: 'score', tag: '普通', minScore: 1 }, 150)).toEqual(inOrder(({ i, total }) => i % 600 !== 11 && total >= 1, -1))
})

test('CRM-04 a page along the scores begins at its place in the index, however far down it lies', async () => {
  const ranked = db.house.ports.facts.find((one) => one.name === 'score.main.total')?.ranked as Ranked
  const asked: { text: string; values: unknown[] }[] = []
  const listening = dbOn({ query: async (one: never) => ({ rows: [], rowCount: asked.push(one) }) } as never)
  const after = { part: 'value', key: '120', id: '01900000-0000-7000-8000-000000000000' } as const
  await listPart(listening, [], orderOfRanked('score.main.total', ranked), { part: 'value', after, limit: 11, head: 1_000 })
  const client = await db.house.pool.connect()
  try {
    await client.query('BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off')
    const { rows } = await client.query(`EXPLAIN ${asked[0]?.text}`, asked[0]?.values)
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Cond: .*ROW\(total, person_id\) < ROW\(/)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
})
