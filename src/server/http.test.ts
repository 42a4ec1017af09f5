import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { create } from '#access/keys/service.ts'
import { mayActor, PERMISSIONS } from '#access/roles.ts'
import { ROLES } from '#access/vocabulary.ts'
import { systemClock } from '#kernel/clock.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { readConfig } from './config.ts'
import { openapi } from './docs.ts'
import { buildHttp } from './http.ts'
import { readJson } from './json.ts'
import { jobs, ports, rooms } from './wire.ts'

let world: TestDatabase
let app: FastifyInstance
let admin: string
let reader: string

beforeAll(async () => {
  world = await testDatabase({ clock: systemClock, ports: ports(), jobs })
  app = await buildHttp({
    house: world.house,
    rooms,
    publicRoutes: [],
    adminFolder: null,
    trustProxy: [],
    health: async () => ({ status: 'ok' }),
  })
  admin = (await world.tx((ctx) => create(ctx, { name: 'admin', scopes: ['admin'] }))).key
  reader = (await world.tx((ctx) => create(ctx, { name: 'reader', scopes: ['read'] }))).key
})
afterAll(async () => {
  await app.close()
  await world.close()
})

const call = (
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
  key = admin,
) =>
  app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

test('GEN-13 the same Idempotency-Key gives the same answer and does the thing once', async () => {
  const twice = await Promise.all(
    [1, 2].map(() => call('POST', '/api/keys', { name: 'once', scopes: ['read'] }, { 'idempotency-key': 'k1' })),
  )
  expect(twice.map((each) => each.statusCode)).toEqual([200, 200])
  expect(twice[0]?.json()).toEqual(twice[1]?.json())
  const other = await call('POST', '/api/keys', { name: 'other', scopes: ['read'] }, { 'idempotency-key': 'k1' })
  expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency.mismatch'])
  const named = (await call('GET', '/api/keys')).json().items.filter((each: { name: string }) => each.name === 'once')
  expect(named).toHaveLength(1)
})

test('X10 an answer kept for a repeated call does not lie in clear in the database', async () => {
  const made = (await call('POST', '/api/keys', { name: 'sealed', scopes: ['read'] }, { 'idempotency-key': 'k2' })).json()
  const { rows } = await world.house.pool.query<{ answer: object }>("SELECT answer FROM idempotency WHERE key = 'k2'")
  expect(made.key).toMatch(/^hgk_/)
  expect(JSON.stringify(rows)).not.toContain(made.key)
})

test('GEN-13 a refused call frees its Idempotency-Key', async () => {
  const bad = await call('POST', '/api/keys', { name: '', scopes: ['read'] }, { 'idempotency-key': 'k3' })
  expect(bad.statusCode).toBe(400)
  expect((await call('POST', '/api/keys', { name: 'good', scopes: ['read'] }, { 'idempotency-key': 'k3' })).statusCode).toBe(200)
})

test('GEN-12 a change stands in the audit log with who made it, and a refused one does not', async () => {
  await call('PATCH', '/api/company', { address: '東京都千代田区1-1' })
  await call('PATCH', '/api/company', { timeZone: 'Mars/Olympus' })
  const { items } = (await call('GET', '/api/audit?action=company.update')).json()
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({ actorKind: 'key', actorName: 'admin', detail: { address: '東京都千代田区1-1' } })
})

test('GEN-11 who is not known gets 401, who may not gets 403, both as problem+json', async () => {
  const unknown = await app.inject({ method: 'GET', url: '/api/users' })
  const refused = await call('POST', '/api/keys', { name: 'x', scopes: ['read'] }, {}, reader)
  expect([unknown.statusCode, refused.statusCode]).toEqual([401, 403])
  for (const answer of [unknown, refused]) expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(refused.json()).toMatchObject({ code: 'permission.missing', status: 403 })
})

test('GEN-11 every endpoint has a permission of the table, and each permission somebody who may use it', () => {
  for (const { contract } of Object.values(rooms))
    for (const endpoint of Object.values(contract)) expect(endpoint['~orpc'].meta.permission).toMatch(/^public$|^\w+\.\w+$/)
  for (const permission of Object.keys(PERMISSIONS))
    expect(
      ROLES.some((role) => mayActor({ kind: 'user', role }, permission)) ||
        mayActor({ kind: 'key', scopes: ['admin', 'track'] }, permission),
    ).toBe(true)
})

test('GEN-13 wrong input names each field and its reason in the language of the reader', async () => {
  const japanese = await call('POST', '/api/keys', { name: 3, scopes: ['everything'] }, { 'accept-language': 'ja' })
  const english = await call('POST', '/api/keys', { name: 3, scopes: ['everything'] }, { 'accept-language': 'en' })
  expect(japanese.statusCode).toBe(400)
  expect(japanese.json().errors.map((each: { field: string }) => each.field)).toEqual(['name', 'scopes.0'])
  expect(japanese.json().errors[0].reason).toMatch(/無効な入力/)
  expect(english.json().errors[0].reason).toMatch(/string/)
})

test('GEN-16 a form left empty is told what to do beside each field, not the name of a type', async () => {
  const asked = { name: '', email: 'nobody', role: 'sales' }
  const told = async (language: string) =>
    (await call('POST', '/api/users/invitations', asked, { 'accept-language': language })).json().errors as {
      field: string
      reason: string
    }[]
  expect(await told('ja')).toEqual([
    { field: 'name', reason: '入力してください' },
    { field: 'email', reason: 'メールアドレスの形で入力してください（例：name@example.co.jp）' },
  ])
  expect(await told('en')).toEqual([
    { field: 'name', reason: 'Fill this in' },
    { field: 'email', reason: 'Enter a mail address such as name@example.co.jp' },
  ])
  const long = await call('POST', '/api/users/invitations', { ...asked, name: 'x'.repeat(1_000) }, { 'accept-language': 'ja' })
  expect(long.json().errors[0].reason).toMatch(/^\d+文字以内で入力してください$/)
})

const evil: readonly [string, string][] = [
  ['cut off', '{"name":'],
  ['not an object', '[]'],
  ['a number', '1e400'],
  ['deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['prototype', '{"__proto__":{"admin":true},"name":"x"}'],
  ['constructor', '{"name":"x","scopes":{"constructor":{}}}'],
  ['NUL', '{"name":"a\\u0000b","scopes":["read"]}'],
  ['lone surrogate', '{"name":"\\ud800","scopes":["read"]}'],
  ['10 MB', JSON.stringify({ name: 'x'.repeat(10_000_000), scopes: ['read'] })],
  ['10,000 keys', JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])))],
]

test.each(evil)('I4 a body that is %s is answered 4xx with a reason, and the next request works', async (_name, body) => {
  const answer = await call('POST', '/api/keys', body)
  expect([answer.statusCode, answer.json().detail]).toEqual([expect.any(Number), expect.any(String)])
  if (answer.statusCode !== 200) expect(Math.floor(answer.statusCode / 100)).toBe(4)
  expect((await call('GET', '/api/company')).statusCode).toBe(200)
  expect(({} as { admin?: boolean }).admin).toBeUndefined()
})

test('I4 other content types are refused before they are parsed', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json2', 'application/xml']) {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/keys',
      headers: { authorization: `Bearer ${admin}`, 'content-type': type },
      payload: '{"name":"x","scopes":["read"]}',
    })
    expect([type, answer.statusCode]).toEqual([type, 415])
  }
})

test('I4 an address that is no text is refused as a problem like everything else', async () => {
  const answer = await call('GET', '/api/leads/%ff%fe')
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8'])
  expect(answer.json()).toMatchObject({ code: 'http.invalid', status: 400 })
})

test('I4 the reader of bodies says where the fault lies', () => {
  expect(() => readJson('{"a":{"b":"\\u0000"}}')).toThrow(/a\.b/)
  expect(() => readJson('{"a":{"b":"x\\ud800"}}')).toThrow(/at a\.b has half of a surrogate pair/)
  expect(() => readJson('{"a":{"\\ud800":1}}')).toThrow(/at a has half of a surrogate pair/)
  expect(readJson('{"a":"\\ud83d\\ude00"}')).toEqual({ a: '😀' })
  expect(readJson('{"a":[1,{"b":null}]}')).toEqual({ a: [1, { b: null }] })
})

test('GEN-13 the API describes itself as OpenAPI 3.1 with every endpoint and its refusals', async () => {
  const document = (await openapi()) as { openapi: string; paths: Record<string, Record<string, { responses: object }>> }
  expect(document.openapi).toMatch(/^3\.1/)
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  expect(operations).toHaveLength(Object.values(rooms).flatMap(({ contract }) => Object.keys(contract)).length)
  for (const operation of operations) expect(Object.keys(operation.responses)).toContain('4XX')
  const page = await app.inject({ method: 'GET', url: '/api/docs/' })
  expect(page.statusCode).toBe(200)
  expect(page.body).not.toMatch(/https:\/\/(cdn|fonts)/)
})

test('GEN-13 unknown paths are 404 as problem+json', async () => {
  const answer = await call('GET', '/api/nothing')
  expect([answer.statusCode, answer.json().code]).toEqual([404, 'path.unknown'])
})

test('GEN-17 the settings report every problem at once, and know the flag that shows where a start failed', () => {
  expect(readConfig({ SECRET_KEY: 'x'.repeat(32) }, ['--run=web', '--stack']).run).toBe('web')
  expect(() => readConfig({ PORT: 'x', DATABASE_URL: 'mysql://a', SECRET_KEY: 'short' }, ['--run=everything'])).toThrow(
    /--run[\s\S]*PORT[\s\S]*DATABASE_URL[\s\S]*SECRET_KEY/,
  )
})

test('CRM-01 a lead with a field that is not known is refused by its name, with where it belongs: nothing is left out without a word', async () => {
  const problem = async (method: 'POST' | 'PATCH', url: string, body: object) => {
    const answer = await call(method, url, body)
    return [answer.statusCode, (answer.json() as { errors?: { field: string; reason: string }[] }).errors]
  }
  const reason = expect.stringContaining('belong into `fields`')
  expect(await problem('POST', '/api/leads', { familyName: '小林', mail: 'k@example.co.jp' })).toEqual([
    400,
    [{ field: 'familyName', reason }],
  ])
  const made = (await call('POST', '/api/leads', { fields: { familyName: '小林' }, mail: 'k@example.co.jp' })).json() as {
    id: string
  }
  expect(await problem('PATCH', `/api/leads/${made.id}`, { company: '見本', phone: '1' })).toEqual([
    400,
    [
      { field: 'company', reason },
      { field: 'phone', reason },
    ],
  ])
  expect(await problem('PATCH', `/api/leads/${made.id}`, { fields: { nickname: 'K' } })).toEqual([
    400,
    [{ field: 'fields.nickname', reason: expect.stringContaining('`attrs`') }],
  ])
})
