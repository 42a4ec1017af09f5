// Generated from the route table: who may call what, and what happens to crooked input, for every endpoint there is.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { create } from '#access/keys/service.ts'
import { mayActor } from '#access/roles.ts'
import { ROLES, SCOPES } from '#access/vocabulary.ts'
import { systemClock } from '#kernel/clock.ts'
import { addSite } from '#loop/capture/track/service.ts'
import { buildHttp } from '#server/http.ts'
import { publicRoutes, rooms } from '#server/wire.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'
import { type Input, sample, shapeOf, spoilt } from './sample.ts'
import { property, seeded } from './world.ts'

const FOREIGN = '01a7b2c3-0000-7000-8000-00000000abcd'
const PASSWORD = 'correct horse battery'

interface Route {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly permission: string
  readonly shape: ReturnType<typeof shapeOf>
}

const routes: Route[] = Object.entries(rooms).flatMap(([room, { contract }]) =>
  Object.entries(contract).map(([name, declared]) => {
    const { meta, route, inputSchema } = declared['~orpc']
    return { name: `${room}.${name}`, method: route.method, path: route.path, permission: meta.permission, shape: shapeOf(inputSchema) }
  }),
)

let db: TestDatabase
let app: FastifyInstance
let cookie = ''
const keys = new Map<string, string>()

beforeAll(async () => {
  db = await testHouse({ clock: systemClock })
  app = await buildHttp({ house: db.house, rooms, publicRoutes, adminFolder: null, trustProxy: [], health: async () => ({ status: 'ok' }) })
  for (const scope of SCOPES) keys.set(scope, (await db.tx((ctx) => create(ctx, { name: scope, scopes: [scope] }))).key)
  const owner = { name: 'Owner', email: 'owner@example.jp', password: PASSWORD, language: 'ja', company: { legalName: '株式会社見本' } }
  const made = await app.inject({ method: 'POST', url: '/api/setup', payload: owner })
  expect(made.statusCode).toBe(200)
  const signedIn = await app.inject({
    method: 'POST',
    url: '/api/auth/sign-in/email',
    headers: { origin: db.house.publicUrl },
    payload: { email: owner.email, password: PASSWORD },
  })
  cookie = [signedIn.headers['set-cookie']]
    .flat()
    .map((line) => String(line).split(';')[0])
    .join('; ')
})
afterAll(async () => {
  await app.close()
  await db.close()
})

function call(route: Route, input: Input, headers: Record<string, string>): Promise<LightMyRequestResponse> {
  const rest = { ...input }
  const url = route.path.replaceAll(/\{\+?(\w+)\}/g, (_, name: string) => {
    delete rest[name]
    return encodeURIComponent(
      String(input[name] ?? FOREIGN)
        .slice(0, 200)
        .toWellFormed(),
    )
  })
  if (route.method === 'GET' || route.method === 'DELETE') {
    const query = new URLSearchParams(
      Object.entries(rest).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.slice(0, 1_000) : JSON.stringify(value).slice(0, 1_000),
      ]),
    )
    return app.inject({ method: route.method, url: `/api${url}?${query}`, headers })
  }
  return app.inject({
    method: route.method,
    url: `/api${url}`,
    headers: { ...headers, 'content-type': 'application/json' },
    payload: JSON.stringify(rest),
  })
}

const plain = (route: Route): Input => sample(route.shape, FOREIGN) as Input

type Who = {
  readonly name: string
  readonly headers: Record<string, string>
  may(permission: string): boolean
  become?(): Promise<unknown>
}

const nobody: Who = { name: 'nobody', headers: {}, may: (permission) => mayActor({ kind: 'public' }, permission) }
const withKey = (scope: string): Who => ({
  name: `key ${scope}`,
  headers: { authorization: `Bearer ${keys.get(scope)}` },
  may: (permission) => mayActor({ kind: 'key', scopes: [scope] }, permission),
})
/** One signed-in user whose role is changed in the table: the session must not remember the old one. */
const inRole = (role: string): Who => ({
  name: `role ${role}`,
  headers: { cookie, origin: db.house.publicUrl, 'sec-fetch-site': 'same-origin' },
  may: (permission) => mayActor({ kind: 'user', role }, permission),
  become: () => db.house.pool.query('UPDATE auth_user SET role = $1', [role]),
})

test('TRK-02 X1 what was accepted is answered in one write, with the headers that every other answer of this door has', async () => {
  const site = await db.tx((ctx) => addSite(ctx, { name: '見本サイト', domains: [], consentMode: 'notice', countRobots: true }))
  const post = async (batch: readonly object[]) => {
    const answer = await app.inject({ method: 'POST', url: '/v1/batch', payload: { writeKey: site.writeKey, batch } })
    const { 'content-length': length, date: _date, ...headers } = answer.headers
    expect([answer.statusCode, Number(length)]).toEqual([200, answer.rawPayload.length])
    return { body: answer.json(), headers }
  }
  const good = { type: 'page', anonymousId: 'headers' }
  const [all, some] = [await post([good]), await post([good, { type: 'no call' }])]
  expect(all.body).toEqual({ success: true })
  expect(some.body).toMatchObject({ success: true, rejected: [{ index: 1 }] })
  expect(all.headers).toEqual(some.headers)
  expect(all.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'access-control-allow-origin': '*' })
})

test('X2 GEN-11 no role and no key gets through an endpoint that the permission table does not open to it', async () => {
  expect(routes.length).toBeGreaterThan(30)
  const people = [nobody, ...SCOPES.map(withKey), ...ROLES.map(inRole)]
  const leaks: string[] = []
  let refused = 0
  for (const who of people) {
    await who.become?.()
    for (const route of routes) {
      const may = who.may(route.permission)
      if (may && route.method !== 'GET') continue // what may be done is proved where it is done
      const answer = await call(route, plain(route), who.headers)
      if (!may) refused++
      if ([401, 403].includes(answer.statusCode) === may) leaks.push(`${who.name} → ${route.name}: ${answer.statusCode}`)
    }
  }
  expect(leaks).toEqual([])
  expect(refused).toBeGreaterThan(routes.length)
})

test('X2 the stream of live news, the session and the audit are closed to strangers', async () => {
  for (const path of ['/api/stream', '/api/audit']) expect((await app.inject({ url: path })).statusCode).toBe(401)
  const session = (await app.inject({ url: '/api/session' })).json()
  expect(session).toMatchObject({ user: null, permissions: [], company: null })
})

test('X2 ids of nobody open nothing: reading or changing them is never a fault and never says yes to a change', async () => {
  const faults: string[] = []
  for (const route of routes.filter((each) => /\{\+?\w*id\}/i.test(each.path) && each.permission !== 'public')) {
    const answer = await call(route, plain(route), { authorization: `Bearer ${keys.get('admin')}` })
    const changed = answer.statusCode < 300 && route.method !== 'GET'
    if (answer.statusCode >= 500 || changed) faults.push(`${route.method} ${route.path}: ${answer.statusCode} ${answer.body.slice(0, 120)}`)
  }
  expect(faults).toEqual([])
})

test('I4 a name said twice in the query of an upload or download is no fault', async () => {
  const headers = { authorization: `Bearer ${keys.get('admin')}`, 'content-type': 'application/octet-stream' }
  const faults: string[] = []
  for (const [method, path] of [
    ['POST', `/leads/${FOREIGN}/files/upload?name=a.pdf&name=b.pdf`],
    ['POST', '/imports/upload?name=a.csv&name=b.csv'],
    ['POST', `/card-batches/${FOREIGN}/photos?position=1&position=2`],
    ['GET', '/exports/direct?ask=1&ask=2'],
  ] as const) {
    const answer = await app.inject({ method, url: `/api${path}`, headers, ...(method === 'POST' ? { payload: 'x' } : {}) })
    if (answer.statusCode >= 500) faults.push(`${path}: ${answer.statusCode} ${answer.body}`)
  }
  expect(faults).toEqual([])
})

test('GEN-12 CAP-13 who takes the rows of an import away stands in the audit log', async () => {
  const headers = { authorization: `Bearer ${keys.get('admin')}`, 'content-type': 'application/octet-stream' }
  const made = await app.inject({ method: 'POST', url: '/api/imports/upload?name=a.csv', headers, payload: 'mail\na@example.jp\n' })
  const url = `/api/imports/${made.json().id}/rejected.csv`
  expect((await app.inject({ url, headers: { authorization: `Bearer ${keys.get('read')}` } })).statusCode).toBe(200)
  const noted = await db.house.pool.query("SELECT actor_name FROM audit WHERE action = 'imports.download'")
  expect(noted.rowCount).toBe(1)
})

test('GEN-04 CAP-18 the file of rows that an import did not take is there for 30 days, and says so when it is gone', async () => {
  const headers = { authorization: `Bearer ${keys.get('admin')}`, 'content-type': 'application/octet-stream' }
  const { id } = (
    await app.inject({ method: 'POST', url: '/api/imports/upload?name=b.csv', headers, payload: 'mail\nb@example.jp\n' })
  ).json()
  const row =
    "INSERT INTO import_row (import_id, line, outcome, reason, cells) VALUES ($1, 2, 'rejected', 'x', $2), ($1, 3, 'rejected', '「…」', NULL)"
  await db.house.pool.query(row, [id, JSON.stringify(['b@example.jp'])])
  const end = (days: number) =>
    db.house.pool.query("UPDATE import_run SET status = 'done', finished_at = $2 WHERE id = $1", [
      id,
      new Date(db.clock.now().getTime() - days * 86_400_000),
    ])
  const get = () => app.inject({ url: `/api/imports/${id}/rejected.csv`, headers: { authorization: `Bearer ${keys.get('read')}` } })
  await end(29)
  expect((await get()).body.split('\r\n').slice(1)).toEqual(['"2","x","b@example.jp"', '"3","「…」"', ''])
  await end(30)
  const gone = await get()
  expect([gone.statusCode, gone.json().code]).toEqual([410, 'import.rowsGone'])
})

test('I5 crooked input to any endpoint is refused with a reason, never a fault of ours', async () => {
  await db.house.pool.query("UPDATE auth_user SET role = 'owner'")
  const draw = seeded(property.seed)
  const faults: string[] = []
  const each = Math.max(4, Math.round((property.numRuns * 4) / routes.length))
  for (const route of routes.filter(({ name }) => !name.startsWith('setup.'))) {
    for (let run = 0; run < each; run++) {
      const input = spoilt(plain(route), route.shape, draw)
      const answer = await call(route, input, { authorization: `Bearer ${keys.get('admin')}` })
      if (answer.statusCode < 500 || answer.statusCode === 503) continue
      faults.push(`${route.method} ${route.path} ${JSON.stringify(input).slice(0, 200)}: ${answer.statusCode} ${answer.body.slice(0, 200)}`)
    }
  }
  expect(faults, `seed ${property.seed}`).toEqual([])
  expect(Object.keys({})).toEqual([])
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
})
