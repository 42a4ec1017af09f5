// Workload 4: the full compute of a segment by what the product compiles, beside the SQL that one would write by hand for the same rule.
import type pg from 'pg'
import { withTx } from '#kernel/db/tx.ts'
import { archive } from '#loop/segment/archive/service.ts'
import { waysOf } from '#loop/segment/compile/full.queries.ts'
import { computeFull } from '#loop/segment/fill/queries.ts'
import { factsByName } from '#loop/segment/live/known.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import * as segments from '#loop/segment/service.ts'
import { type Arena, SYSTEM } from '../test/chaos/arena.ts'
import { makeHistory } from './history.ts'
import { type Bench, cpuOf, type Line, median } from './measure.ts'
import { openPlace, type Place } from './place.ts'

type Period = { kind: 'last'; n: number; unit: 'days' } | { kind: 'ever' }
const days = (n: number): Period => ({ kind: 'last', n, unit: 'days' })
const count = (event: string, op: 'atLeast' | 'atMost', n: number, period: Period): Rule => ({
  kind: 'event',
  match: { event, filters: [] },
  count: { op, n },
  period,
})
const inPrefecture: Rule = { kind: 'fact', fact: 'prefecture', is: { op: 'in', values: ['東京都'] } }
const inIt: Rule = { kind: 'fact', fact: 'industry', is: { op: 'eq', value: 'it' } }
const all = (...rules: Rule[]): Rule => ({ kind: 'and', rules })

const HUMAN = `j.props->>'agent' IS DISTINCT FROM 'machine'`
const of = (name: string, within?: string) =>
  `j.name = '${name}' AND ${HUMAN}${within ? ` AND j.occurred_at > $1::timestamptz - interval '${within}'` : ''}`
/** As one writes it who knows that few people are asked. */
const mine = (name: string, within: string) =>
  `EXISTS (SELECT FROM journal j WHERE j.bucket = p.bucket AND j.person_id = p.id AND ${of(name, within)})`
/** As one writes it who knows that everybody is asked. */
const among = (name: string, n: number, within?: string) =>
  `(p.bucket, p.id) IN (SELECT j.bucket, j.person_id FROM journal j WHERE ${of(name, within)} GROUP BY 1, 2 HAVING count(*) >= ${n})`

/** Rules of every cost: the second is the selective one of the goal, the last reads all there ever was. */
const ASKED: readonly { readonly what: string; readonly rule: Rule; readonly hand: string }[] = [
  { what: 'two fields', rule: all(inPrefecture, inIt), hand: `p.prefecture = '東京都' AND p.industry = 'it'` },
  {
    what: 'score ≥ 150, 2 clicks in 30 d',
    rule: all({ kind: 'fact', fact: 'score.main.total', is: { op: 'gte', value: 150 } }, count('mail.clicked', 'atLeast', 2, days(30))),
    hand: `(p.bucket, p.id) IN (SELECT bucket, person_id FROM score WHERE model = 'main' AND version = 1 AND total >= 150) AND ${among('mail.clicked', 2, '30 days')}`,
  },
  {
    what: 'none in 30 d, 1 form in 180 d, a field',
    rule: all(count('page.viewed', 'atMost', 0, days(30)), count('form.submitted', 'atLeast', 1, days(180)), inPrefecture),
    hand: `p.prefecture = '東京都' AND NOT ${mine('page.viewed', '30 days')} AND ${mine('form.submitted', '180 days')}`,
  },
  {
    what: 'none in 30 d, 3 in 90 d',
    rule: all(count('page.viewed', 'atMost', 0, days(30)), count('page.viewed', 'atLeast', 3, days(90))),
    hand: `${among('page.viewed', 3, '90 days')} AND NOT ${among('page.viewed', 1, '30 days')}`,
  },
  {
    what: 'not 1 in 14 d, a field',
    rule: all({ kind: 'not', rule: count('page.viewed', 'atLeast', 1, days(14)) }, inIt),
    hand: `p.industry = 'it' AND NOT ${mine('page.viewed', '14 days')}`,
  },
  { what: '5 in 90 d alone', rule: count('page.viewed', 'atLeast', 5, days(90)), hand: among('page.viewed', 5, '90 days') },
  {
    what: '(2 opened or 1 download in 60 d) and not a field',
    rule: all(
      { kind: 'or', rules: [count('mail.opened', 'atLeast', 2, days(60)), count('file.downloaded', 'atLeast', 1, days(60))] },
      { kind: 'not', rule: inPrefecture },
    ),
    hand: `(${among('mail.opened', 2, '60 days')} OR ${among('file.downloaded', 1, '60 days')}) AND NOT (p.prefecture = '東京都')`,
  },
  {
    what: 'worst: 10 views ever, no click ever',
    rule: all(count('page.viewed', 'atLeast', 10, { kind: 'ever' }), count('mail.clicked', 'atMost', 0, { kind: 'ever' })),
    hand: `${among('page.viewed', 10)} AND NOT ${among('mail.clicked', 1)}`,
  },
]

interface Took {
  readonly wall: number
  readonly cpu: number
}

interface Measured {
  readonly what: string
  readonly people: number
  readonly product: Took
  readonly hand: Took
  /** From the act to the segment that is live, and the same memberships written by hand; ms. */
  readonly live: number
  readonly written: number
  /** Until the history of everybody was written and the journal told; ms. */
  readonly told: number
}

async function took(place: Place, work: () => Promise<unknown>): Promise<Took> {
  const [cpu, from] = [cpuOf([place.postmaster, process.pid]), performance.now()]
  await work()
  return { wall: performance.now() - from, cpu: cpuOf([place.postmaster, process.pid]) - cpu }
}

const middle = (all: readonly Took[]): Took => ({ wall: median(all.map((one) => one.wall)), cpu: median(all.map((one) => one.cpu)) })
const PROBE = { segmentId: '00000000-0000-4000-8000-00000000be4c', version: 1 }

async function byHand<T>(arena: Arena, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await arena.pool.connect()
  try {
    await client.query("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
    const result = await run(client)
    await client.query('COMMIT')
    return result
  } finally {
    client.release(true)
  }
}

/** The same set, and nothing else: compared by the database in both directions. */
async function demandEqual(arena: Arena, what: string, product: string): Promise<number> {
  const { rows } = await arena.pool.query<{ n: number; missing: number; more: number }>(`
    SELECT (SELECT count(*) FROM raw_set)::int AS n, (SELECT count(*) FROM (SELECT bucket, id FROM raw_set EXCEPT ${product}) x)::int AS missing,
      (SELECT count(*) FROM (${product} EXCEPT SELECT bucket, id FROM raw_set) x)::int AS more`)
  const found = rows[0] ?? { n: 0, missing: -1, more: -1 }
  if (found.missing || found.more)
    throw new Error(`${what}: ${found.missing} people missing and ${found.more} too many beside hand-written SQL`)
  return found.n
}

async function measureRule(place: Place, arena: Arena, { what, rule, hand }: (typeof ASKED)[number], rounds: number): Promise<Measured> {
  const house = await arena.house()
  const [product, raw]: [Took[], Took[]] = [[], []]
  let people = 0
  // The first round of each is the warm-up.
  for (let round = 0; round <= rounds; round++) {
    let now = new Date()
    const computed = await took(place, () =>
      withTx(house, SYSTEM, async (ctx) => {
        now = ctx.now
        const ways = waysOf(rule, { facts: await factsByName(ctx), zone: 'Asia/Tokyo', now: now.getTime(), asOf: false })
        await computeFull(ctx.db, PROBE, 'leads', ways)
      }),
    )
    await arena.pool.query('TRUNCATE raw_set')
    const written = await took(place, () =>
      byHand(arena, (client) =>
        client.query(
          `INSERT INTO raw_set SELECT p.bucket, p.id FROM person p WHERE p.identified_at IS NOT NULL AND $1::timestamptz IS NOT NULL AND ${hand} ORDER BY 1, 2`,
          [now],
        ),
      ),
    )
    people = await demandEqual(
      arena,
      what,
      `SELECT bucket, person_id FROM segment_fill WHERE segment_id = '${PROBE.segmentId}' AND version = 1 AND is_in`,
    )
    if (round > 0) product.push(computed)
    if (round > 0) raw.push(written)
    await arena.pool.query('TRUNCATE segment_fill')
  }
  const whole = await measureWhole(arena, what, rule, hand)
  return { what, people, product: middle(product), hand: middle(raw), ...whole }
}

/** From the act to the live segment; by hand the same memberships in one transaction. History and journal follow. */
async function measureWhole(arena: Arena, what: string, rule: Rule, hand: string): Promise<Pick<Measured, 'live' | 'written' | 'told'>> {
  const house = await arena.house()
  const { id } = await withTx(house, SYSTEM, (ctx) =>
    segments.create(ctx, { name: what, description: '', audience: 'leads', rule, startsScenarios: false }),
  )
  const from = performance.now()
  await house.jobs.drain(house)
  const drained = performance.now() - from
  const { rows } = await arena.pool.query<{ ms: number; at: Date }>(
    'SELECT extract(epoch FROM live_at - made_at) * 1000 AS ms, live_at AS at FROM segment_version WHERE segment_id = $1',
    [id],
  )
  const live = Number(rows[0]?.ms)
  process.stderr.write(`  ${what}: live after ${live.toFixed(0)} ms, told in ${(drained - live).toFixed(0)} ms\n`)
  const now = rows[0]?.at ?? new Date()
  const start = performance.now()
  await byHand(arena, async (client) => {
    await client.query(
      `INSERT INTO raw_membership (bucket, person_id, segment_id, version, is_in, since, because) SELECT p.bucket, p.id, '${PROBE.segmentId}', 1, true, $1::timestamptz, '[]'
        FROM person p WHERE p.identified_at IS NOT NULL AND ${hand} ORDER BY 1, 2`,
      [now],
    )
  })
  const written = performance.now() - start
  await arena.pool.query('TRUNCATE raw_membership')
  await withTx(house, SYSTEM, (ctx) => archive(ctx, { id }))
  await house.jobs.drain(house)
  return { live, written, told: drained - live }
}

export const compute: Bench = {
  id: '4',
  title: 'Full compute of a segment',
  async run({ small, full }): Promise<Line[]> {
    const [leads, events] = full ? [1_000_000, 20_000_000] : small ? [10_000, 200_000] : [100_000, 2_000_000]
    const place = await openPlace()
    const arena = await place.arena()
    try {
      const from = performance.now()
      await makeHistory(arena, { leads, events })
      process.stderr.write(`  ${leads} leads, ${events} events made in ${((performance.now() - from) / 1000).toFixed(0)} s\n`)
      await arena.pool.query(`CREATE UNLOGGED TABLE raw_set (bucket smallint, id uuid, PRIMARY KEY (bucket, id));
        CREATE TABLE raw_membership (LIKE membership INCLUDING ALL)`)
      const found: Measured[] = []
      for (const asked of ASKED) found.push(await measureRule(place, arena, asked, 3))
      return [...found.map((one) => lineOf(one, leads)), ...sumsOf(found, leads)]
    } finally {
      await arena.close()
      await place.close()
    }
  },
}

const seconds = (ms: number): string => (ms >= 1_000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(0)} ms`)

function lineOf({ what, people, product, hand, live, written }: Measured, leads: number): Line {
  const wall = product.wall / hand.wall
  // The kernel counts CPU in hundredths of a second.
  const cpu = hand.cpu >= 100 ? `, ${(product.cpu / hand.cpu).toFixed(2)}× CPU` : ''
  return {
    id: '4',
    what: `${what}: ${people} of ${leads}, equal sets`,
    product: `${seconds(product.wall)}, CPU ${seconds(product.cpu)} · live ${seconds(live)}`,
    control: `${seconds(hand.wall)}, CPU ${seconds(hand.cpu)} · written ${seconds(written)}`,
    ratio: `${wall.toFixed(2)}× wall${cpu} · ${(live / written).toFixed(2)}×`,
    goal: '',
    reached: null,
  }
}

function sumsOf(found: readonly Measured[], leads: number): Line[] {
  const sum = (by: (one: Measured) => number): number => found.reduce((all, one) => all + by(one), 0)
  const ratio = sum((one) => one.product.wall) / sum((one) => one.hand.wall)
  const selective = found[1]?.product.wall ?? 0
  const worst = Math.max(...found.map((one) => one.product.wall))
  const line = { id: '4', control: '', ratio: '' }
  return [
    {
      ...line,
      what: `all ${found.length} rules at ${leads} leads, computed`,
      product: seconds(sum((one) => one.product.wall)),
      control: seconds(sum((one) => one.hand.wall)),
      ratio: `${ratio.toFixed(2)}×`,
      goal: '≤ 1.3×',
      reached: ratio <= 1.3,
    },
    {
      ...line,
      what: 'from the act to the live segment, beside the same memberships written by hand',
      product: seconds(sum((one) => one.live)),
      control: seconds(sum((one) => one.written)),
      ratio: `${(sum((one) => one.live) / sum((one) => one.written)).toFixed(2)}×`,
      goal: '',
      reached: null,
    },
    {
      ...line,
      what: 'history written and journal told after it, with the facts that decided',
      product: `${((sum((one) => one.people) / sum((one) => one.told)) * 1000).toFixed(0)} people/s`,
      goal: '≥ 5,000 /s',
      reached: sum((one) => one.people) / sum((one) => one.told) >= 5,
    },
    { ...line, what: 'selective', product: seconds(selective), goal: '≤ 2 s', reached: selective <= 2_000 },
    { ...line, what: 'worst', product: seconds(worst), goal: '≤ 30 s', reached: worst <= 30_000 },
  ]
}
