// Workload 2: from a posted event to the changed membership that an open screen hears of, with a hundred live segments and a year of
// events behind them: at 200 and at 1,000 events a second, as a backlog, and whether an event costs more when there are more leads.
import pg from 'pg'
import type { Arena } from '../test/chaos/arena.ts'
import { makeSite } from '../test/chaos/sender.ts'
import { until } from '../test/world.ts'
import { makeHistory } from './history.ts'
import { type Bench, cpuOf, type Line, quantile, rate } from './measure.ts'
import { openPlace, type Place, startRaw } from './place.ts'
import { ENTERING, makeSegments, SEGMENTS } from './rules.ts'

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

/** How events are posted: so many a second, so many in one request. */
interface Pace {
  readonly perSecond: number
  readonly perPost: number
  readonly events: number
}

interface Heard {
  readonly slow: number[]
  readonly fast: number[]
  /** Events a second, and CPU of product and database in ms for each event of the backlog. */
  readonly drain: number
  readonly cpuPerEvent: number
}

type Posted = (numbers: readonly number[]) => { keys: readonly string[]; path: string; body: string; headers: Record<string, string> }

/** Posts at a steady pace, each event from another lead, and notes when the channel speaks of that lead. */
async function probe(
  base: string,
  listen: { databaseUrl: string; channel: string },
  pace: Pace,
  from: number,
  posted: Posted,
): Promise<number[]> {
  const sent = new Map<string, number>()
  const latencies: number[] = []
  const client = new pg.Client({ connectionString: listen.databaseUrl })
  await client.connect()
  client.on('notification', ({ payload }) => {
    const now = performance.now()
    for (const key of payload?.match(/[\w-]{8,}/g) ?? []) {
      const at = sent.get(key)
      if (at === undefined) continue
      sent.delete(key)
      latencies.push(now - at)
    }
  })
  await client.query(`LISTEN ${listen.channel}`)
  const start = performance.now()
  const posts: Promise<unknown>[] = []
  for (let n = 0; n < pace.events; n += pace.perPost) {
    const wait = start + (n * 1000) / pace.perSecond - performance.now()
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
    const { keys, path, body, headers } = posted(Array.from({ length: Math.min(pace.perPost, pace.events - n) }, (_, i) => from + n + i))
    const now = performance.now()
    for (const key of keys) sent.set(key, now)
    const all = { 'content-type': 'application/json', 'user-agent': AGENT, ...headers }
    posts.push(fetch(`${base}${path}`, { method: 'POST', headers: all, body }).then((answer) => answer.arrayBuffer()))
  }
  await Promise.all(posts)
  await until(async () => sent.size === 0, { within: 300_000 }).catch(() => undefined)
  await client.end()
  if (sent.size) throw new Error(`${sent.size} of ${pace.events} events were never heard of`)
  return latencies
}

const paces = (small: boolean) => ({
  slow: { perSecond: 200, perPost: 1, events: small ? 400 : 2_000 },
  fast: { perSecond: 1_000, perPost: 10, events: small ? 1_000 : 10_000 },
  backlog: small ? 4_000 : 40_000,
})

/** Leads of the posted events are far from the busiest, which are the first of the crowd. */
const FIRST = 1_000

async function product(place: Place, size: { leads: number; events: number }, small: boolean): Promise<Heard> {
  const { slow, fast, backlog } = paces(small)
  const arena = await place.arena()
  try {
    await makeHistory(arena, size)
    const filled = await makeSegments(arena)
    process.stderr.write(
      `  ${size.leads} leads, ${size.events} events: ${SEGMENTS} segments filled and told in ${(filled / 1000).toFixed(1)} s\n`,
    )
    await arena.pool.query('VACUUM (ANALYZE) membership')
    const { rows } = await arena.pool.query<{ i: number; id: string }>('SELECT i, id FROM crowd')
    const ids = new Map(rows.map((row) => [row.i, row.id]))
    const key = await arena.key('admin')
    const app = await arena.product({ env: { NODE_ENV: 'production' } })
    const auth = { authorization: `Basic ${Buffer.from(`${await makeSite(app, key)}:`).toString('base64')}` }
    const who = (n: number) => FIRST + (n % (size.leads - FIRST))
    const one = (n: number) => ({
      type: 'track',
      event: 'bench',
      messageId: `bench-${n}`,
      anonymousId: `visitor-${who(n)}`,
      properties: {},
    })
    const posted: Posted = (numbers) => ({
      keys: numbers.map((n) => ids.get(who(n)) ?? ''),
      path: numbers.length === 1 ? '/v1/track' : '/v1/batch',
      body: JSON.stringify(numbers.length === 1 ? one(numbers[0] ?? 0) : { batch: numbers.map(one) }),
      headers: auth,
    })
    const listen = { databaseUrl: arena.databaseUrl, channel: 'hagukumi_live' }
    await probe(app.url, listen, { ...slow, events: slow.events / 2 }, 0, posted)
    const atSlow = await probe(app.url, listen, slow, slow.events, posted)
    const atFast = await probe(app.url, listen, fast, 2 * slow.events, posted)
    await app.stop()
    const drained = await drainOf(place, arena, backlog)
    await demandMembers(arena, Math.min(size.leads - FIRST, 2 * slow.events + fast.events))
    return { slow: atSlow, fast: atFast, ...drained }
  } finally {
    await arena.close()
  }
}

/** The first rule is true of whoever was posted and lives where it says: nobody may be missing. */
async function demandMembers(arena: Arena, least: number): Promise<void> {
  const { rows } = await arena.pool.query<{ wanted: number; n: number }>(
    `
    SELECT (SELECT count(DISTINCT j.person_id) FROM journal j JOIN person p ON p.bucket = j.bucket AND p.id = j.person_id WHERE j.name = 'custom.bench' AND p.prefecture = ANY($1))::int AS wanted,
      (SELECT count(DISTINCT m.person_id) FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version WHERE s.name = 'bench 0' AND m.is_in)::int AS n`,
    [ENTERING],
  )
  const { wanted, n } = rows[0] ?? { wanted: -1, n: 0 }
  if (wanted !== n || n < least / 4) throw new Error(`${n} of ${wanted} people are members`)
}

/** Events that came while nobody reacted, then the product: how fast it catches up. */
async function drainOf(place: Place, arena: Arena, backlog: number): Promise<{ drain: number; cpuPerEvent: number }> {
  await arena.pool.query(`WITH e AS (
      INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, props)
      SELECT c.bucket, c.id, md5('backlog ' || g.n)::uuid, 'custom.bench', date_trunc('milliseconds', now()), now(), '{}'
      FROM generate_series(1, ${backlog}) g(n) JOIN crowd c ON c.i = ${FIRST} + g.n % ((SELECT count(*) FROM crowd) - ${FIRST}) ORDER BY g.n
      RETURNING bucket, person_id, id, name, occurred_at, received_at, props)
    INSERT INTO news (bucket, person_id, event_id, name, occurred_at, received_at, historic, hop, props)
    SELECT bucket, person_id, id, name, occurred_at, received_at, false, 0, props FROM e`)
  const left = async () => (await arena.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM news')).rows[0]?.n ?? 0
  const app = await arena.product({ env: { NODE_ENV: 'production' } })
  const [first, start, before] = [await left(), performance.now(), cpuOf([app.pid, place.postmaster])]
  await until(async () => (await left()) === 0, { within: 600_000, every: 100, what: 'the backlog to be drained' })
  const [ms, cpu] = [performance.now() - start, cpuOf([app.pid, place.postmaster]) - before]
  await app.stop()
  return { drain: (first * 1000) / ms, cpuPerEvent: cpu / first }
}

async function floor(place: Place, pace: Pace): Promise<number[]> {
  const arena = await place.arena()
  const raw = await startRaw('floor', { DATABASE_URL: arena.databaseUrl })
  try {
    const posted: Posted = ([n = 0]) => ({
      keys: [`visitor-${n}`],
      path: '/',
      body: JSON.stringify({ anonymousId: `visitor-${n}` }),
      headers: {},
    })
    const listen = { databaseUrl: arena.databaseUrl, channel: 'raw' }
    const base = `http://127.0.0.1:${raw.port}`
    await probe(base, listen, pace, 0, posted)
    return await probe(base, listen, pace, pace.events, posted)
  } finally {
    await raw.stop()
    await arena.close()
  }
}

export const segment: Bench = {
  id: '2',
  title: 'Event to live segment',
  async run({ small, full }): Promise<Line[]> {
    const many = full
      ? { leads: 1_000_000, events: 20_000_000 }
      : small
        ? { leads: 10_000, events: 200_000 }
        : { leads: 100_000, events: 2_000_000 }
    const few = { leads: many.leads / (small ? 2 : 10), events: many.events / (small ? 2 : 10) }
    const place = await openPlace()
    try {
      const { slow } = paces(small)
      const low = await floor(place, slow)
      const base = await product(place, few, small)
      const real = await product(place, many, small)
      const floor95 = quantile([...low, ...(await floor(place, slow))], 0.95)
      return linesOf({ base, real, floor50: quantile(low, 0.5), floor95, many: many.leads, few: few.leads })
    } finally {
      await place.close()
    }
  },
}

function linesOf(found: { base: Heard; real: Heard; floor50: number; floor95: number; many: number; few: number }): Line[] {
  const { base, real, floor50, floor95, many, few } = found
  const [slow50, slow95] = [quantile(real.slow, 0.5), quantile(real.slow, 0.95)]
  const [fast50, fast95] = [quantile(real.fast, 0.5), quantile(real.fast, 0.95)]
  const growth = real.cpuPerEvent / base.cpuPerEvent
  return [
    {
      id: '2',
      what: `event → membership heard of, 200/s, ${SEGMENTS} segments, ${many} leads`,
      product: `p50 ${slow50.toFixed(0)} · p95 ${slow95.toFixed(0)} ms`,
      control: `p50 ${floor50.toFixed(1)} · p95 ${floor95.toFixed(1)} ms`,
      ratio: `${(slow95 / floor95).toFixed(1)}× the floor`,
      goal: 'p95 ≤ 250 ms and ≤ 20×',
      reached: slow95 <= 250 && slow95 <= 20 * floor95,
    },
    {
      id: '2',
      what: `the same at 1,000/s, ten in a request (p95 at ${few} leads beside it)`,
      product: `p50 ${fast50.toFixed(0)} · p95 ${fast95.toFixed(0)} ms`,
      control: `p95 ${quantile(base.fast, 0.95).toFixed(0)} ms`,
      ratio: '',
      goal: 'p95 ≤ 50 ms',
      reached: fast95 <= 50,
    },
    {
      id: '2',
      what: `a backlog drained, ${many} leads (beside ${few})`,
      product: `${rate(real.drain)}/s`,
      control: `${rate(base.drain)}/s`,
      ratio: '',
      goal: '≥ 4,000/s',
      reached: real.drain >= 4_000,
    },
    {
      id: '2',
      what: `CPU per event of the backlog at ${many} leads against ${few}`,
      product: `${real.cpuPerEvent.toFixed(2)} ms`,
      control: `${base.cpuPerEvent.toFixed(2)} ms`,
      ratio: growth.toFixed(2),
      goal: '≤ 1.3',
      reached: growth <= 1.3,
    },
  ]
}
