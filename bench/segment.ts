// Workload 2: from a posted event to the changed membership that an open screen hears of, at 200 events a second, with twenty
// live segments; and whether an event costs more when there are more leads.
import pg from 'pg'
import { withTx } from '#kernel/db/tx.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import * as segments from '#loop/segment/service.ts'
import { type Arena, SYSTEM } from '../test/chaos/arena.ts'
import { makeSite } from '../test/chaos/sender.ts'
import { until } from '../test/world.ts'
import { makeCrowd } from './crowd.ts'
import { type Bench, cpuOf, type Line, quantile } from './measure.ts'
import { openPlace, type Place, startRaw } from './place.ts'

const PER_SECOND = 200
const SEGMENTS = 20
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

interface Heard {
  readonly latencies: number[]
  readonly cpuPerEvent: number
}

/** Twenty rules, all read by the event that is posted: five it can fulfil, the others only have to be asked. */
const ruleOf = (n: number): Rule => ({
  kind: 'and',
  rules: [
    {
      kind: 'event',
      match: { event: 'custom.bench', filters: [] },
      count: { op: 'atLeast', n: n < 5 ? 1 : n },
      period: { kind: 'last', n: 7, unit: 'days' },
    },
    { kind: 'fact', fact: 'prefecture', is: n < 5 ? { op: 'notEmpty' } : { op: 'in', values: ['東京都'] } },
  ],
})

async function makeSegments(arena: Arena): Promise<void> {
  const house = await arena.house()
  for (let n = 0; n < SEGMENTS; n++) {
    await withTx(house, SYSTEM, (ctx) =>
      segments.create(ctx, { name: `bench ${n}`, description: '', audience: 'leads', rule: ruleOf(n), startsScenarios: false }),
    )
  }
  await until(
    async () => {
      const { rows } = await arena.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM segment WHERE live_version IS NOT NULL')
      return rows[0]?.n === SEGMENTS
    },
    { within: 300_000, every: 500, what: 'the segments to be computed' },
  )
}

/** Posts at a steady pace, each event from another lead, and notes when the channel speaks of that lead. */
async function probe(
  url: string,
  listen: { databaseUrl: string; channel: string },
  events: number,
  bodyOf: (n: number) => { key: string; body: string; headers: Record<string, string> },
): Promise<number[]> {
  const sent = new Map<string, number>()
  const latencies: number[] = []
  const client = new pg.Client({ connectionString: listen.databaseUrl })
  await client.connect()
  client.on('notification', ({ payload }) => {
    const now = performance.now()
    for (const key of payload?.match(/[\w-]{8,}/g) ?? []) {
      const from = sent.get(key)
      if (from === undefined) continue
      sent.delete(key)
      latencies.push(now - from)
    }
  })
  await client.query(`LISTEN ${listen.channel}`)
  const start = performance.now()
  const posts: Promise<unknown>[] = []
  for (let n = 0; n < events; n++) {
    const wait = start + (n * 1000) / PER_SECOND - performance.now()
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
    const { key, body, headers } = bodyOf(n)
    sent.set(key, performance.now())
    posts.push(
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': AGENT, ...headers }, body }).then(
        (answer) => answer.arrayBuffer(),
      ),
    )
  }
  await Promise.all(posts)
  await until(async () => sent.size === 0, { within: 10_000 }).catch(() => undefined)
  await client.end()
  if (sent.size) throw new Error(`${sent.size} of ${events} events were never heard of`)
  return latencies
}

async function product(place: Place, people: number, events: number): Promise<Heard> {
  const arena = await place.arena()
  try {
    await makeCrowd(arena, people)
    const { rows } = await arena.pool.query<{ i: number; id: string }>('SELECT i, id FROM crowd WHERE i < $1', [events * 2])
    const ids = new Map(rows.map((row) => [row.i, row.id]))
    const app = await arena.product({ env: { NODE_ENV: 'production' } })
    const auth = `Basic ${Buffer.from(`${await makeSite(app, await arena.key('admin'))}:`).toString('base64')}`
    await makeSegments(arena)
    const bodyOf = (n: number) => ({
      key: ids.get(n) ?? '',
      body: JSON.stringify({ event: 'bench', messageId: `bench-${n}`, anonymousId: `visitor-${n}`, properties: {} }),
      headers: { authorization: auth },
    })
    const listen = { databaseUrl: arena.databaseUrl, channel: 'hagukumi_live' }
    await probe(`${app.url}/v1/track`, listen, events, (n) => bodyOf(n))
    const before = cpuOf([app.pid, place.postmaster])
    const latencies = await probe(`${app.url}/v1/track`, listen, events, (n) => bodyOf(n + events))
    const cpu = cpuOf([app.pid, place.postmaster]) - before
    const members = await arena.pool.query<{ n: number }>('SELECT count(DISTINCT person_id)::int AS n FROM membership WHERE is_in')
    if ((members.rows[0]?.n ?? 0) < events * 2) throw new Error(`only ${members.rows[0]?.n} of ${events * 2} are members`)
    return { latencies, cpuPerEvent: cpu / events }
  } finally {
    await arena.close()
  }
}

async function floor(place: Place, events: number): Promise<number[]> {
  const arena = await place.arena()
  const raw = await startRaw('floor', { DATABASE_URL: arena.databaseUrl })
  try {
    const bodyOf = (n: number) => ({ key: `visitor-${n}`, body: JSON.stringify({ anonymousId: `visitor-${n}` }), headers: {} })
    const listen = { databaseUrl: arena.databaseUrl, channel: 'raw' }
    await probe(`http://127.0.0.1:${raw.port}/`, listen, events, bodyOf)
    return await probe(`http://127.0.0.1:${raw.port}/`, listen, events, (n) => bodyOf(n + events))
  } finally {
    await raw.stop()
    await arena.close()
  }
}

export const segment: Bench = {
  id: '2',
  title: 'Event to live segment',
  async run({ small }): Promise<Line[]> {
    const [few, many, events] = small ? [2_000, 10_000, 400] : [10_000, 100_000, 2_000]
    const place = await openPlace()
    try {
      const low = await floor(place, events)
      const base = await product(place, few, events)
      const full = await product(place, many, events)
      const lowAgain = await floor(place, events)
      const [p50, p95] = [quantile(full.latencies, 0.5), quantile(full.latencies, 0.95)]
      const floor95 = quantile([...low, ...lowAgain], 0.95)
      const growth = full.cpuPerEvent / base.cpuPerEvent
      return [
        {
          id: '2',
          what: `event → membership heard of, ${PER_SECOND}/s, ${SEGMENTS} segments, ${many} leads`,
          product: `p50 ${p50.toFixed(0)} · p95 ${p95.toFixed(0)} ms`,
          control: `p50 ${quantile(low, 0.5).toFixed(1)} · p95 ${floor95.toFixed(1)} ms`,
          ratio: `${(p95 / floor95).toFixed(1)}× the floor`,
          goal: 'p95 ≤ 1 s and ≤ 20×',
          reached: p95 <= 1_000 && p95 <= 20 * floor95,
        },
        {
          id: '2',
          what: `CPU per event at ${many} leads against ${few}`,
          product: `${full.cpuPerEvent.toFixed(2)} ms`,
          control: `${base.cpuPerEvent.toFixed(2)} ms`,
          ratio: growth.toFixed(2),
          goal: '≤ 1.3',
          reached: growth <= 1.3,
        },
      ]
    } finally {
      await place.close()
    }
  },
}
