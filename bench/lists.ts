// Row 10, its list part: pages, orders, filters and searches of the lead list at a million leads, through the API, beside the plainest
// statement that could answer the same (primary order, LIMIT) sent by the driver itself.
import type { PoolClient } from 'pg'
import type { Arena } from '../test/chaos/arena.ts'
import { type Bench, type Line, quantile } from './measure.ts'
import { openPlace, type Place } from './place.ts'

const FAMILY = "(ARRAY['見本','試験','仮名','例示','雛形','標本','模擬','架空'])"
const KANA = "(ARRAY['ミホン','シケン','カメイ','レイジ','ヒナガタ','ヒョウホン','モギ','カクウ'])"

/** `n` leads as the product itself would have written them: names, kana, companies, search text, scores. Plain SQL: not what is measured. */
async function seed(arena: Arena, n: number): Promise<void> {
  const client = await arena.pool.connect()
  try {
    await client.query('SET statement_timeout = 0; SET synchronous_commit = off; SET maintenance_work_mem = 256000')
    await client.query(
      'CREATE TABLE crowd AS SELECT i, gen_random_uuid() AS id FROM generate_series(0, $1::int - 1) i'.replace('$1', String(n)),
    )
    await client.query(`
      INSERT INTO person (bucket, id, identified_at, created_at, last_seen_at, family_name, given_name, family_kana, company_name, mail, mail_typed, mail_basis,
        prefecture, industry, priority, tags, source_first, sort_name, search_text)
      SELECT ('x' || right(id::text, 2))::bit(8)::int, id, now() - i * interval '20 seconds', now() - i * interval '20 seconds', now() - (i::bigint * 7919 % ${n}) * interval '11 seconds',
        f, i::text, k, '株式会社サンプル' || i % 5000, m, m, 1, (ARRAY['東京都','大阪府','愛知県','福岡県','沖縄県'])[1 + CASE WHEN i % 500 = 0 THEN 4 ELSE i % 4 END],
        (ARRAY['it','manufacturing','retail'])[1 + i % 3], CASE WHEN i % 50 = 0 THEN 'high' END, CASE WHEN i % 1000 = 0 THEN ARRAY['重点'] ELSE '{}' END,
        '展示会' || i % 7, lower(k || ' ' || i), words || E'\\x1f' || array_to_string(search_pairs(words), E'\\x1f')
      FROM (SELECT i, id, ${FAMILY}[1 + i % 8] AS f, ${KANA}[1 + i % 8] AS k, 'lead' || i || '@example.co.jp' AS m FROM crowd) x,
        LATERAL (SELECT lower(f || ' ' || i || ' ' || f || i || ' ' || k || ' 株式会社サンプル' || i % 5000 || ' ' || m) AS words OFFSET 0) t ORDER BY 1, 2`)
    await client.query(
      `INSERT INTO score_version (model, version, state, rules, settings, made_at, made_by, live_at) VALUES ('main', 1, 'live', '[]', '{}', now(), 'bench', now()) ON CONFLICT DO NOTHING`,
    )
    await client.query(`UPDATE score_model SET live_version = 1 WHERE name = 'main'`)
    await client.query(`
      INSERT INTO score (bucket, person_id, model, version, attribute_plus, attribute_minus, behaviour_plus, behaviour_minus, total, recent, heat, heat_since, changed_at)
      SELECT ('x' || right(id::text, 2))::bit(8)::int, id, 'main', 1, i * 31 % 200, 0, 0, 0, i * 31 % 200, 0, CASE WHEN i % 400 = 0 THEN 'hot' ELSE 'cold' END, now(), now() FROM crowd ORDER BY 1, 2`)
    await client.query('DROP TABLE crowd')
    for (const table of ['person', 'score']) await settle(client, table)
  } finally {
    client.release(true)
  }
}

/** As a table is that has lain for a while: whatever the server's own vacuum looks at meanwhile is not marked as visible to all, so more than once. */
async function settle(client: PoolClient, table: string): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    await client.query(`VACUUM (ANALYZE) ${table}`)
    const { rows } = await client.query<{ settled: boolean }>(
      'SELECT relallvisible >= relpages AS settled FROM pg_class WHERE oid = $1::regclass',
      [table],
    )
    if (rows[0]?.settled) return
    await client.query('SELECT pg_sleep(1)')
  }
  throw new Error(`${table} is not visible to all after a minute: something holds an old snapshot`)
}

const RULE = (fact: string, is: object): string => encodeURIComponent(JSON.stringify({ kind: 'and', rules: [{ kind: 'fact', fact, is }] }))

/** What people do in a list: each is a query string of GET /leads. */
const ASKED: readonly (readonly [what: string, query: string])[] = [
  ['newest seen', 'sort=seen'],
  ['oldest seen', 'sort=seen&dir=asc'],
  ['by name', 'sort=name'],
  ['names in ハ', 'sort=name&initial=ハ'],
  ['by score', 'sort=score'],
  ['by score, upwards', 'sort=score&dir=asc'],
  ['by company', 'sort=company'],
  ['by priority', 'sort=priority'],
  ['prefecture, common', 'sort=seen&prefecture=東京都'],
  ['prefecture, rare', 'sort=seen&prefecture=沖縄県'],
  ['prefecture, rare, by score', 'sort=score&prefecture=沖縄県'],
  ['tag, rare', 'sort=seen&tag=重点'],
  ['hot, by score', 'sort=score&heat=hot'],
  ['score 195 and more', 'sort=seen&minScore=195'],
  ['rule: prefecture in', `sort=seen&rule=${RULE('prefecture', { op: 'in', values: ['沖縄県'] })}`],
  ['search: one letter', 'q=仮'],
  ['search: two letters', 'q=雛形'],
  ['search: one lead by name', 'q=見本4000'],
  ['search: phrase', 'q="ミホン 株式会社サンプル8"'],
  ['search: address', 'q=lead4321@'],
  ['search: two words, rare', 'q=サンプル77 雛形'],
  ['search: nobody', 'q=存在しない名前'],
]

interface Measured {
  readonly p95: number
  readonly worst: string
  readonly byWhat: ReadonlyMap<string, number>
}

async function askAll(url: string, key: string, rounds: number): Promise<Measured> {
  const all: number[] = []
  const byWhat = new Map<string, number>()
  for (const [what, query] of ASKED) {
    const times: number[] = []
    for (let round = 0; round <= rounds; round++) {
      const from = performance.now()
      const answer = await fetch(`${url}/api/leads?limit=100&${query}`, { headers: { authorization: `Bearer ${key}` } })
      if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`)
      await answer.arrayBuffer()
      if (round > 0) times.push(performance.now() - from)
    }
    all.push(...times)
    byWhat.set(what, quantile(times, 0.5))
  }
  const [worst] = [...byWhat].sort((a, b) => b[1] - a[1])
  return { p95: quantile(all, 0.95), worst: worst ? `${worst[0]} ${worst[1].toFixed(0)} ms` : '', byWhat }
}

/** The same hundred rows without product, filter or facts. */
async function rawPage(arena: Arena, rounds: number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const from = performance.now()
    const { rows } = await arena.pool.query(
      'SELECT * FROM person WHERE identified_at IS NOT NULL ORDER BY coalesce(last_seen_at, created_at) DESC, id DESC LIMIT 100',
    )
    JSON.stringify(rows)
    if (round > 0) times.push(performance.now() - from)
  }
  return quantile(times, 0.95)
}

async function measure(place: Place, n: number, rounds: number): Promise<{ product: Measured; raw: number }> {
  const arena = await place.arena()
  try {
    await seed(arena, n)
    const key = await arena.key('admin')
    const app = await arena.product({ env: { NODE_ENV: 'production' } })
    await askAll(app.url, key, 1)
    const product = await askAll(app.url, key, rounds)
    for (const [what, ms] of product.byWhat) process.stderr.write(`  ${n} ${what}: ${ms.toFixed(1)} ms\n`)
    return { product, raw: await rawPage(arena, rounds * 4) }
  } finally {
    await arena.close()
  }
}

export const lists: Bench = {
  id: '10',
  title: 'Lead list: page, order, filter, search',
  async run({ small }): Promise<Line[]> {
    const [few, many, rounds] = small ? [10_000, 100_000, 5] : [10_000, 1_000_000, 11]
    const place = await openPlace()
    try {
      const base = await measure(place, few, rounds)
      const full = await measure(place, many, rounds)
      const growth = full.product.p95 / base.product.p95
      return [
        {
          id: '10',
          what: `${ASKED.length} pages of 100 at ${many} leads, API p95 (worst: ${full.product.worst})`,
          product: `${full.product.p95.toFixed(0)} ms`,
          control: `${full.raw.toFixed(1)} ms (100 rows by index, driver)`,
          ratio: `${(full.product.p95 / full.raw).toFixed(1)}×`,
          goal: 'p95 ≤ 100 ms',
          reached: full.product.p95 <= 100,
        },
        {
          id: '10',
          what: `the same at ${many} against ${few} leads`,
          product: `${full.product.p95.toFixed(0)} ms`,
          control: `${base.product.p95.toFixed(0)} ms`,
          ratio: growth.toFixed(2),
          goal: '≤ 2',
          reached: growth <= 2,
        },
      ]
    } finally {
      await place.close()
    }
  },
}
