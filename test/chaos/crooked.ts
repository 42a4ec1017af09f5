// I2, I3, I4: repeated and shuffled events, impossible clocks, and bodies made to break a parser.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { request } from 'node:http'
import type { Product } from '../product.ts'
import { type Arena, openArena } from './arena.ts'
import type { Ground, Row } from './row.ts'
import { makeSite } from './sender.ts'

const AGENT = 'Mozilla/5.0 (X11; Linux x64) chaos test'

interface Answer {
  readonly status: number
  readonly ms: number
  readonly body: string
}

/** Posts raw bytes, so that invalid UTF-8 and half a body arrive as they are. */
function postRaw(product: Product, path: string, body: Buffer | string, headers: Record<string, string>): Promise<Answer> {
  const from = performance.now()
  return new Promise((resolve, reject) => {
    const asking = request(
      `${product.url}${path}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': AGENT, ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, ms: performance.now() - from, body: Buffer.concat(parts).toString() }),
        )
        response.on('error', reject)
      },
    )
    // A server may answer and close before it has read a body that is too large.
    asking.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET'
        ? resolve({ status: 413, ms: performance.now() - from, body: '' })
        : reject(error),
    )
    asking.end(body)
  })
}

interface Site {
  readonly arena: Arena
  readonly product: Product
  readonly auth: Record<string, string>
  post(path: string, body: unknown): Promise<Answer>
}

async function onSite(ground: Ground, seed: number, run: (site: Site) => Promise<string>): Promise<string> {
  const arena = await openArena(ground, seed)
  try {
    const product = await arena.product()
    const writeKey = await makeSite(product, await arena.key('admin'))
    const auth = { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` }
    return await run({ arena, product, auth, post: (path, body) => postRaw(product, path, JSON.stringify(body), auth) })
  } finally {
    await arena.close()
  }
}

const event = (n: number, extra: object = {}): object => ({
  type: 'track',
  event: 'chaos',
  messageId: `message-${n}`,
  anonymousId: `visitor-${n % 20}`,
  context: { userAgent: AGENT },
  ...extra,
})

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[], draw: () => number): T[] {
  const out = [...list]
  for (let at = out.length - 1; at > 0; at--) {
    const other = Math.floor(draw() * (at + 1))
    ;[out[at], out[other]] = [out[other] as T, out[at] as T]
  }
  return out
}

export const repeated: Row = {
  id: 'I2',
  title: 'I2 an event sent many times, shuffled, late and with another body counts once, and its first body wins',
  run: (ground, scale, seed) =>
    onSite(ground, seed, async ({ arena, post }) => {
      const events = scale === 'full' ? 40_000 : 200
      const copies = Array.from({ length: events }, (_, n) =>
        Array.from({ length: 1 + Math.floor(arena.draw() * (scale === 'full' ? 50 : 8)) }, () => n),
      ).flat()
      const week = 7 * 24 * 3_600_000
      const first = new Map<number, number>()
      const order = shuffled(copies, arena.draw)
      for (let at = 0; at < order.length; at += 50) {
        const batch = order.slice(at, at + 50).map((n, within) => {
          const body = at + within
          if (!first.has(n)) first.set(n, body)
          return event(n, { properties: { n, body }, timestamp: new Date(Date.now() - Math.floor(arena.draw() * week)).toISOString() })
        })
        equal((await post('/v1/batch', { batch })).status, 200)
      }
      const { rows } = await arena.pool.query<{ n: number; body: number }>(
        `SELECT (props->>'n')::int AS n, (props->>'body')::int AS body FROM journal WHERE name = 'custom.chaos' ORDER BY 1`,
      )
      const expected = [...first].map(([n, body]) => ({ n, body })).sort((a, b) => a.n - b.n)
      deepEqual(rows, expected)
      const { rows: counted } = await arena.pool.query<{ reason: string; n: number }>(
        'SELECT reason, sum(n)::int AS n FROM ingest_count GROUP BY 1 ORDER BY 1',
      )
      // Every copy has a body of its own, so whatever is not the first is a conflict.
      deepEqual(counted, [
        { reason: 'accepted', n: events },
        { reason: 'conflict', n: copies.length - events },
      ])
      return `${copies.length} posts of ${events} events, ${rows.length} stored`
    }),
}

const CLOCKS: readonly (string | number | null | undefined)[] = [
  undefined,
  null,
  '',
  'yesterday',
  0,
  -1,
  1e20,
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '2016-12-31T23:59:60Z',
  '2026-02-30T00:00:00Z',
  '2016-04-08T10:00:00+09:00',
  '2036-04-08T10:00:00+09:00',
  '2026-04-08T10:00:00+99:00',
  '２０２６-04-08T10:00:00Z',
]

export const clocks: Row = {
  id: 'I3',
  title: 'I3 whatever the client says of the time, the event is kept with the time of the server, or refused with its field: never a fault',
  run: (ground, _scale, seed) =>
    onSite(ground, seed, async ({ arena, post }) => {
      const before = Date.now()
      let refused = 0
      for (const [n, timestamp] of CLOCKS.entries()) {
        for (const sentAt of [undefined, timestamp, '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z']) {
          const answer = await post(
            '/v1/track',
            event(n * 10 + CLOCKS.length, { messageId: `${n}-${String(sentAt)}`, properties: { n }, timestamp, sentAt }),
          )
          ok(answer.status === 200 || answer.status === 400, `${String(timestamp)} answered ${answer.status}: ${answer.body}`)
          if (answer.status === 400) refused++
        }
      }
      const { rows } = await arena.pool.query<{ far: number; n: number }>(
        `SELECT count(*)::int AS n, count(*) FILTER (WHERE received_at NOT BETWEEN $1 AND now() + interval '1 minute' OR occurred_at > received_at + interval '1 day')::int AS far FROM journal WHERE name = 'custom.chaos'`,
        [new Date(before - 60_000)],
      )
      equal(rows[0]?.far, 0, 'events received at another time than now, or from the future')
      ok((rows[0]?.n ?? 0) + refused >= CLOCKS.length, 'each event was kept or refused')
      return `${CLOCKS.length * 4} clocks, ${rows[0]?.n} kept, ${refused} refused with a reason`
    }),
}

/** Bodies that have broken servers, by what they are. */
function monsters(draw: () => number): (readonly [string, Buffer | string])[] {
  const bytes = Buffer.from(JSON.stringify(event(1)))
  const at = Math.floor(draw() * bytes.length)
  const broken = Buffer.from(bytes)
  broken[at] = 0xc0 + Math.floor(draw() * 0x40)
  const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]))
  return [
    ['10 MB field', JSON.stringify(event(1, { properties: { text: 'x'.repeat(10_000_000) } }))],
    ['10,000 keys', JSON.stringify(event(2, { properties: keys }))],
    ['depth 10,000', `${'{"properties":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['array depth 10,000', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['NUL', JSON.stringify(event(3, { properties: { text: 'a\u0000b', '\u0000': 1 } }))],
    ['lone surrogate', '{"type":"track","event":"chaos","anonymousId":"v","messageId":"s","properties":{"a":"\\ud800","\\udfff":1}}'],
    ['invalid UTF-8', broken],
    [
      '__proto__',
      '{"type":"track","event":"chaos","anonymousId":"v","messageId":"p","properties":{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}},"__proto__":{"admin":true}}',
    ],
    ['1e400', '{"type":"track","event":"chaos","anonymousId":"v","messageId":"e","properties":{"n":1e400,"m":-1e400}}'],
    ['cut', bytes.subarray(0, at)],
    ['two bodies', `${bytes}${bytes}`],
    ['not an object', '"text"'],
    ['empty', ''],
    ['types', JSON.stringify({ type: 7, event: {}, anonymousId: [], messageId: { a: 1 }, properties: 'x', context: 5, timestamp: {} })],
    ['batch of anything', JSON.stringify({ batch: [null, 1, 'x', [], {}, event(4), { type: 'track' }] })],
    ['batch is no list', JSON.stringify({ batch: { length: 10_000_000 } })],
    ['huge batch', JSON.stringify({ batch: Array.from({ length: 5_000 }, () => ({})) })],
  ]
}

export const monstrous: Row = {
  id: 'I4',
  title: 'I4 bodies made to break a parser are refused with a reason, never a fault, and what stands beside them is not lost',
  run: (ground, scale, seed) =>
    onSite(ground, seed, async ({ arena, product, auth, post }) => {
      const rounds = scale === 'full' ? 6_000 : 12
      const pid = product.pid
      let sent = 0
      const slow: number[] = []
      for (let round = 0; round < rounds; round++) {
        for (const [what, body] of monsters(arena.draw)) {
          for (const path of ['/v1/track', '/v1/batch', '/v1/e', '/api/sites']) {
            const answer = await postRaw(product, path, body, auth)
            ok(answer.status >= 200 && answer.status < 500, `${what} at ${path} answered ${answer.status}: ${answer.body}`)
            if (answer.status >= 400) slow.push(answer.ms)
            sent++
          }
        }
        equal((await post('/v1/track', event(1_000 + round, { properties: { good: round } }))).status, 200)
      }
      const { rows } = await arena.pool.query(`SELECT 1 FROM journal WHERE name = 'custom.chaos' AND props ? 'good'`)
      equal(rows.length, rounds, 'every good event between the bad ones is there')
      ok(product.alive() && product.pid === pid, 'the process that answered at first still answers')
      slow.sort((a, b) => a - b)
      const p95 = slow[Math.floor(slow.length * 0.95)] ?? 0
      return `${sent} bodies, 0 faults, refusals p95 ${p95.toFixed(0)} ms`
    }),
}
