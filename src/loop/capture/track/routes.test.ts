import { gunzipSync } from 'node:zlib'
import { Analytics } from '@segment/analytics-node'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { House } from '#kernel/ctx.ts'
import { cpuOf } from '../../../../test/cpu.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { property } from '../../../../test/world.ts'
import type { Site } from './contract.ts'
import { publicRoutes } from './routes.ts'
import * as service from './service.ts'

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
let world: TestDatabase
let site: Site
let app: FastifyInstance
let host: string
beforeAll(async () => {
  world = await testDatabase()
  site = await world.tx((ctx) => service.addSite(ctx, { name: '見本サイト', domains: [], consentMode: 'notice', countRobots: true }))
  app = serverOf(world.house)
  host = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await app.close()
  await world.close()
})

function serverOf(house: House): FastifyInstance {
  const server = Fastify({ bodyLimit: 20 * 1024 * 1024 })
  server.register(async (part) => publicRoutes(part, house))
  return server
}

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: path,
    payload: body,
    headers: { 'content-type': 'text/plain;charset=UTF-8', 'user-agent': CHROME, ...headers },
  })
const journal = async (where: string) =>
  (
    await world.read((ctx) =>
      sql<{
        name: string
        props: Record<string, unknown>
        via: string
      }>`SELECT name, props, via FROM journal WHERE via = ${where} ORDER BY name`.execute(ctx.db),
    )
  ).rows
const basic = { authorization: `Basic ${Buffer.from('KEY:').toString('base64')}` }
const withKey = () => ({ authorization: `Basic ${Buffer.from(`${site.writeKey}:`).toString('base64')}` })

test('TRK-02 the real analytics-node, given the host alone, delivers every kind of call', async () => {
  const errors: unknown[] = []
  const analytics = new Analytics({ writeKey: site.writeKey, host, flushAt: 20, maxRetries: 0 })
  analytics.on('error', (error) => errors.push(error))
  const user = { userId: 'node-1' }
  analytics.identify({ ...user, traits: { email: 'node@example.co.jp', name: '見本 一郎' } })
  analytics.track({ ...user, event: 'trial_started', properties: { plan: 'B' } })
  analytics.page({ ...user, name: '料金', properties: { url: 'https://example.co.jp/pricing' } })
  analytics.screen({ ...user, name: 'Home' })
  analytics.group({ ...user, groupId: 'g1', traits: { name: '株式会社サンプル01' } })
  analytics.alias({ userId: 'node-1', previousId: 'anonymous-1' })
  await analytics.closeAndFlush()
  expect(errors).toEqual([])
  const names = (await journal('user:node-1')).map((row) => row.name)
  expect(names).toEqual(expect.arrayContaining(['custom.trial_started', 'page.viewed', 'screen.viewed']))
  const person = await world.read((ctx) =>
    ctx.db.selectFrom('person').select(['mail', 'company_name', 'mail_basis']).where('mail', '=', 'node@example.co.jp').executeTakeFirst(),
  )
  expect(person).toEqual({ mail: 'node@example.co.jp', company_name: '株式会社サンプル01', mail_basis: 0 })
})

test('TRK-02 the short paths of analytics-next take text/plain with the key in the body, without preflight or credentials', async () => {
  const calls = { p: 'page', t: 'track', i: 'identify', g: 'group', a: 'alias', s: 'screen' }
  for (const [path, type] of Object.entries(calls)) {
    const body = {
      type,
      event: 'x',
      name: 'x',
      anonymousId: 'next-1',
      userId: 'next-u',
      previousId: 'next-0',
      groupId: 'g',
      messageId: `next-${path}`,
      writeKey: site.writeKey,
      sentAt: new Date().toISOString(),
    }
    const answer = await post(`/v1/${path}`, JSON.stringify(body), { origin: 'https://example.co.jp' })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
  }
  expect(
    (await post('/v1/b', JSON.stringify({ writeKey: site.writeKey, batch: [{ type: 'page', anonymousId: 'next-2' }] }))).statusCode,
  ).toBe(200)
  expect((await post('/v1/m', '{"series":[]}')).statusCode).toBe(200)
  const settings = await app.inject({ url: `/v1/projects/${site.writeKey}/settings` })
  expect(settings.json().integrations['Segment.io']).toMatchObject({ apiKey: site.writeKey, apiHost: 'hagukumi.test/v1', protocol: 'http' })
  expect((await app.inject({ method: 'OPTIONS', url: '/v1/batch' })).statusCode).toBe(204)
})

test('TRK-02 JSON is read from application/json, text/plain and no type at all; other types answer 415', async () => {
  const body = JSON.stringify({ event: 'typed', anonymousId: 'typed', messageId: 'typed-1' })
  for (const type of ['application/json', 'application/json; charset=utf-8', 'text/plain'])
    expect((await post('/v1/track', body, { ...withKey(), 'content-type': type })).statusCode).toBe(200)
  const bare = await app.inject({ method: 'POST', url: '/v1/track', payload: Buffer.from(body), headers: withKey() })
  expect(bare.statusCode).toBe(200)
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'nonsense']) {
    const answer = await post('/v1/track', body, { ...withKey(), 'content-type': type })
    expect(answer.statusCode).toBe(415)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  }
})

test('TRK-02 a missing or unknown key answers 401 and stores nothing', async () => {
  const body = JSON.stringify({ event: 'x', anonymousId: 'nokey' })
  expect((await post('/v1/track', body)).statusCode).toBe(401)
  expect((await post('/v1/track', body, basic)).statusCode).toBe(401)
  expect((await post('/v1/track', body, { authorization: 'Basic %%%' })).statusCode).toBe(401)
  expect(await journal('nokey')).toEqual([])
})

const hostile: readonly [string, string | Buffer, RegExp][] = [
  ['no JSON', '{"event":', /JSON/],
  ['nothing', '', /empty/],
  ['a list', '[]', /object/],
  ['null', 'null', /object/],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /UTF-8/],
  ['a number as event', '{"event":{},"anonymousId":"h"}', /event/],
  ['a number where a name is due', '{"event":7,"anonymousId":"h"}', /event/],
  ['a list as properties', '{"event":"x","anonymousId":"h","properties":[1]}', /properties/],
  ['an object as anonymousId', '{"event":"x","anonymousId":{"a":1}}', /anonymousId/],
  ['NUL', '{"event":"x","anonymousId":"h","properties":{"a":"\\u0000"}}', /properties\.a/],
  ['NUL in an id', '{"event":"x","anonymousId":"h\\u0000"}', /anonymousId/],
  ['half a surrogate pair', '{"event":"x","anonymousId":"h","properties":{"a":"\\ud83d"}}', /properties\.a/],
  ['__proto__', '{"event":"x","anonymousId":"h","properties":{"__proto__":{"polluted":true}}}', /__proto__/],
  ['1e400', '{"event":"x","anonymousId":"h","properties":{"a":1e400}}', /properties\.a/],
  ['depth 10,000', `{"event":"x","anonymousId":"h","properties":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`, /deeper/],
  [
    '10,000 keys',
    `{"event":"x","anonymousId":"h","properties":{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":1`).join()}}}`,
    /keys|larger/,
  ],
  ['an event of 40 kB', `{"event":"x","anonymousId":"h","properties":{"a":"${'x'.repeat(40_000)}"}}`, /larger/],
  ['no identity', '{"event":"x"}', /userId/],
]

test('I4 hostile bodies answer 4xx with field and reason for less than 100 ms of the processor, and nothing is left behind', async () => {
  for (const [what, body, says] of hostile) {
    const costs: number[] = []
    // The least of three: what the collector or the compiler does meanwhile is not the body's doing.
    for (let i = 0; i < 3; i++)
      costs.push(
        await cpuOf(async () => {
          const answer = await post('/v1/track', body, withKey())
          expect([what, answer.statusCode]).toEqual([what, 400])
          expect([what, answer.body]).toEqual([what, expect.stringMatching(says)])
        }),
      )
    expect([what, Math.min(...costs) < 100]).toEqual([what, true])
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  const large = await post('/v1/track', `{"event":"x","anonymousId":"h","properties":{"a":"${'x'.repeat(10_000_000)}"}}`, withKey())
  expect(large.statusCode).toBe(413)
  expect(large.json()).toMatchObject({ code: 'body.large', errors: [{ reason: 'is too large' }] })
  expect(await journal('h')).toEqual([])
})

test('I4 I5 a key that nobody could have is refused where it stands in a path too', async () => {
  for (const key of ['%00', '%EF%BF%BE', 'x'.repeat(90), "'--", '__proto__'])
    for (const path of [`/v1/projects/${key}/settings`, `/notice/${key}`])
      expect([400, 404], path).toContain((await app.inject({ url: path })).statusCode)
})

test('I4 a bad event in a batch is named by index and the others are stored', async () => {
  const good = (i: number) => ({ type: 'track', event: 'ok', anonymousId: 'mixed', messageId: `mixed-${i}` })
  const body = JSON.stringify({
    batch: [good(1), { type: 'track', anonymousId: 'mixed' }, good(2), 7, { ...good(3), properties: { a: 'x'.repeat(33_000) } }],
  })
  const answer = await post('/v1/batch', body, withKey())
  expect(answer.statusCode).toBe(200)
  expect(answer.json().rejected.map((each: { index: number; field: string }) => [each.index, each.field])).toEqual([
    [1, 'event'],
    [3, ''],
    [4, ''],
  ])
  expect(await journal('mixed')).toHaveLength(2)
})

test('I4 I5 no body whatever makes a 5xx, 200 seeds', async () => {
  const text = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.jsonValue().map((value) =>
      JSON.stringify({
        batch: [value, { type: 'track', event: 'x', anonymousId: 'z', properties: value, context: value, timestamp: value }],
      }),
    ),
  )
  const path = fc.constantFrom('/v1/track', '/v1/identify', '/v1/batch', '/v1/e', '/v1/alias', '/v1/group')
  await fc.assert(
    fc.asyncProperty(text, path, async (body, url) => {
      const answer = await post(url, body, withKey())
      expect(answer.statusCode).toBeLessThan(500)
      if (answer.statusCode !== 200) expect(answer.json().detail).toMatch(/./)
    }),
    property,
  )
})

test('I1 I7 without its database the answer is 503 with Retry-After, never a false 2xx', async () => {
  const other = await testDatabase()
  const shop = await other.tx((ctx) => service.addSite(ctx, { name: 'x', domains: [], consentMode: 'off', countRobots: true }))
  const part = serverOf(other.house)
  const send = () =>
    part.inject({
      method: 'POST',
      url: '/v1/track',
      payload: JSON.stringify({ event: 'x', anonymousId: 'down' }),
      headers: { authorization: `Basic ${Buffer.from(`${shop.writeKey}:`).toString('base64')}` },
    })
  expect((await send()).statusCode).toBe(200)
  await other.house.pool.query('ALTER TABLE journal RENAME TO journal_away')
  expect([(await send()).statusCode, (await send()).headers['retry-after']]).toEqual([503, '5']) // a fault of ours must not look like theirs: they would throw the event away
  await other.house.pool.query('ALTER TABLE journal_away RENAME TO journal')
  const away = Object.assign(new Error('no space left on device'), { code: '53100' })
  const house: House = { ...other.house, pool: { connect: () => Promise.reject(away) } as unknown as House['pool'] }
  const cut = serverOf(house)
  const answer = await cut.inject({
    method: 'POST',
    url: '/v1/track',
    payload: '{"event":"x","anonymousId":"down"}',
    headers: { authorization: `Basic ${Buffer.from(`${shop.writeKey}:`).toString('base64')}` },
  })
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
  await part.close()
  await cut.close()
  await other.close()
})

test('TRK-01 the page about what is sent is published per site in both languages and escapes what it shows', async () => {
  const risky = await world.tx((ctx) =>
    service.addSite(ctx, { name: '<script>alert(1)</script>', domains: [], consentMode: 'opt-in', countRobots: true }),
  )
  const page = await app.inject({ url: `/notice/${risky.writeKey}` })
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain('外部送信')
  expect(page.body).toContain('What this site sends')
  expect(page.body).not.toContain('<script>alert')
  expect((await app.inject({ url: '/notice/nobody' })).statusCode).toBe(404)
})

test('TRK-01 the scripts are served with an ETag and revalidate to 304', async () => {
  const answer = await app.inject({ url: '/tag.js' })
  if (answer.statusCode === 503) return // not built in this checkout: web/tag/tag.test.ts builds it and looks closer
  const again = await app.inject({ url: '/tag.js', headers: { 'if-none-match': String(answer.headers.etag) } })
  expect([answer.statusCode, again.statusCode]).toEqual([200, 304])
  const small = await app.inject({ url: '/tag.js', headers: { 'accept-encoding': 'gzip, deflate' } })
  expect(small.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(small.rawPayload).toString()).toBe(answer.body)
})
