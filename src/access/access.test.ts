// Sign-in as a browser does it: real database, real better-auth, through Fastify.

import { getMigrations } from 'better-auth/db/migration'
import Fastify, { type FastifyInstance } from 'fastify'
import { type TOTP, URI } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { actorOf } from './actor.ts'
import { authOptions } from './auth.ts'
import { authHandler } from './handler.ts'
import * as keys from './keys/service.ts'
import { MOST_TRIES, noteTry, triesKey } from './tries.ts'
import * as users from './users/service.ts'

let world: TestDatabase
let app: FastifyInstance
let ownerId: string
let address = 0

const OWNER = { name: '見本 一郎', email: 'ichiro@example.co.jp', password: 'correct horse battery', language: 'ja' as const }
const SAME = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }

beforeAll(async () => {
  world = await testDatabase({ clock: systemClock })
  app = Fastify()
  await app.register(authHandler(world.house))
  ownerId = (await world.tx((ctx) => users.setup(ctx, { ...OWNER, company: { legalName: '株式会社サンプル01' } }))).id
})
afterAll(async () => {
  await app.close()
  await world.close()
})

/** Each call comes from an address of its own, so that the rate limit is met only where it is meant. */
async function post(
  path: string,
  body: object,
  cookie = '',
  headers: Record<string, string> = SAME,
  remoteAddress = `10.0.${address >> 8}.${address++ & 255}`,
) {
  const response = await app.inject({
    method: 'POST',
    url: `/api/auth${path}`,
    headers: { ...headers, ...(cookie ? { cookie } : {}) },
    payload: JSON.stringify(body),
    remoteAddress,
  })
  const jar = response.cookies.map((one) => `${one.name}=${encodeURIComponent(one.value)}`).join('; ')
  return {
    status: response.statusCode,
    body: response.json() as Record<string, unknown>,
    cookie: jar,
    cookies: response.cookies,
    type: response.headers['content-type'],
  }
}

const signIn = (email: string, password: string) => post('/sign-in/email', { email, password })
const whoIs = (cookie: string, method = 'GET', headers = {}) => actorOf({ method, headers: { cookie, ...headers } }, world.house)

async function aUser(
  name: string,
  role: 'owner' | 'marketer' | 'sales' | 'viewer' = 'sales',
): Promise<{ id: string; email: string; cookie: string }> {
  const email = `${name}@example.co.jp`
  const id = await world.tx((ctx) => users.addUser(ctx, { name, email, password: OWNER.password, language: 'en', role }))
  return { id, email, cookie: (await signIn(email, OWNER.password)).cookie }
}

test('GEN-11 better-auth finds every table and column it wants under our names', async () => {
  const { toBeCreated, toBeAdded } = await getMigrations(authOptions(world.house))
  expect({ toBeCreated, toBeAdded }).toEqual({ toBeCreated: [], toBeAdded: [] })
})

test('GEN-16 the right password opens a session that the door knows, and the cookie is not for scripts', async () => {
  const { status, cookie, cookies, body } = await signIn('Ichiro@Example.co.jp', OWNER.password)
  expect(status).toBe(200)
  expect(body).toEqual({ ok: true })
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  expect(await whoIs(cookie)).toEqual({ kind: 'user', id: ownerId, name: OWNER.name, role: 'owner' })
  await post('/sign-out', {}, cookie)
  expect(await whoIs(cookie)).toEqual({ kind: 'public' })
})

test('GEN-16 an unknown address and a wrong password get the very same answer', async () => {
  const wrong = await signIn(OWNER.email, 'not the password')
  const unknown = await signIn('nobody@example.co.jp', 'not the password')
  expect(wrong.status).toBe(401)
  expect(wrong.body).toEqual(unknown.body)
  expect(wrong.type).toContain('application/problem+json')
  expect(await world.read((ctx) => users.forgot(ctx, { email: 'nobody@example.co.jp' }))).toEqual(
    await world.tx((ctx) => users.forgot(ctx, { email: OWNER.email })),
  )
})

test('GEN-16 a deactivated user is out at once, and cannot sign in with the right password', async () => {
  const { id, email, cookie } = await aUser('leaver')
  expect(await whoIs(cookie)).toMatchObject({ kind: 'user', id })
  await world.tx((ctx) => users.deactivate(ctx, { id }))
  expect(await whoIs(cookie)).toEqual({ kind: 'public' })
  const refused = await signIn(email, OWNER.password)
  expect(refused.status).toBe(401)
  expect(refused.body).toEqual((await signIn(email, 'not the password')).body)
  await world.tx((ctx) => users.reactivate(ctx, { id }))
  expect((await signIn(email, OWNER.password)).status).toBe(200)
})

test('X2 a session changes nothing on behalf of a page of another origin', async () => {
  const { cookie } = await aUser('crossed')
  await expect(whoIs(cookie, 'POST')).rejects.toMatchObject({ kind: 'forbidden' })
  await expect(whoIs(cookie, 'DELETE', { 'sec-fetch-site': 'cross-site' })).rejects.toMatchObject({ kind: 'forbidden' })
  await expect(whoIs(cookie, 'POST', { origin: 'https://evil.example', host: 'hagukumi.test' })).rejects.toMatchObject({
    kind: 'forbidden',
  })
  expect(await whoIs(cookie, 'POST', { 'sec-fetch-site': 'same-origin' })).toMatchObject({ kind: 'user' })
  expect(await whoIs(cookie, 'POST', { origin: 'http://hagukumi.test' })).toMatchObject({ kind: 'user' })
  expect((await post('/sign-out', {}, cookie, { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' })).status).toBe(403)
})

test('X2 a forged or garbled cookie is nobody', async () => {
  for (const cookie of ['hagukumi.session_token=abc', 'hagukumi.session_token=abc.def', 'hagukumi.session_token=%00%ff', 'x']) {
    expect(await whoIs(cookie)).toEqual({ kind: 'public' })
  }
})

test('GEN-16 with a second factor there is no session before the code, and a backup code works once', async () => {
  const { email, cookie } = await aUser('careful')
  const begun = await post('/two-factor/enable', { password: OWNER.password }, cookie)
  const totp = URI.parse(String(begun.body.totpURI)) as TOTP
  const codes = begun.body.backupCodes as string[]
  const on = await post('/two-factor/verify-totp', { code: totp.generate() }, cookie)
  expect(on.status).toBe(200)

  const first = await signIn(email, OWNER.password)
  expect(first.body).toEqual({ ok: true, twoFactorRedirect: true })
  expect(await whoIs(first.cookie)).toEqual({ kind: 'public' })
  expect((await post('/two-factor/verify-totp', { code: '000000' }, first.cookie)).status).toBe(401)
  const second = await post('/two-factor/verify-totp', { code: totp.generate() }, first.cookie)
  expect(second.status).toBe(200)
  expect(await whoIs(second.cookie)).toMatchObject({ kind: 'user', name: 'careful' })

  const again = await signIn(email, OWNER.password)
  const byCode = await post('/two-factor/verify-backup-code', { code: codes[0] }, again.cookie)
  expect(await whoIs(byCode.cookie)).toMatchObject({ kind: 'user', name: 'careful' })
  const twice = await signIn(email, OWNER.password)
  expect((await post('/two-factor/verify-backup-code', { code: codes[0] }, twice.cookie)).status).toBe(401)
})

test('GEN-16 a changed password ends the other sessions and the old password', async () => {
  const { email, cookie } = await aUser('changer')
  const other = (await signIn(email, OWNER.password)).cookie
  expect((await post('/change-password', { currentPassword: OWNER.password, newPassword: 'aaaaaaaaaaaa' }, cookie)).status).toBe(400)
  const changed = await post(
    '/change-password',
    { currentPassword: OWNER.password, newPassword: 'another long phrase', revokeOtherSessions: true },
    cookie,
  )
  expect(changed.status).toBe(200)
  expect(await whoIs(other)).toEqual({ kind: 'public' })
  expect((await signIn(email, OWNER.password)).status).toBe(401)
  expect((await signIn(email, 'another long phrase')).status).toBe(200)
})

test('X2 paths of better-auth that are not listed are not served', async () => {
  for (const path of ['/sign-up/email', '/update-user', '/delete-user', '/change-email', '/list-sessions', '/request-password-reset']) {
    expect((await post(path, { email: 'x@example.co.jp', name: 'x', password: OWNER.password })).status).toBe(404)
  }
})

test('GEN-16 tries of a password from one address are limited', async () => {
  const tries = []
  for (let i = 0; i < 12; i++)
    tries.push(await post('/sign-in/email', { email: OWNER.email, password: 'not the password' }, '', SAME, '10.9.9.9'))
  expect(tries.at(0)?.status).toBe(401)
  expect(tries.at(-1)?.status).toBe(429)
  expect(tries.at(-1)?.body.code).toBe('auth.too_many')
})

test('GEN-16 many clients that guess at one account together are stopped, whether or not there is such an account', async () => {
  const { email } = await aUser('guessed')
  for (const address of [email, 'no-such-user@example.co.jp']) {
    const key = triesKey(JSON.stringify({ email: address })) ?? ''
    for (let i = 1; i < MOST_TRIES; i++) await noteTry(world.house, key, false)
    expect((await signIn(address, 'wrong password')).status).toBe(401)
    expect((await signIn(address, 'wrong password')).status).toBe(429)
  }
  expect((await signIn(email, OWNER.password)).status).toBe(429)
  await world.house.pool.query('UPDATE auth_rate_limit SET last_request = last_request - 16 * 60000')
  expect((await signIn(email, OWNER.password)).status).toBe(200)
})

test('GEN-13 an API key is known by its hash alone, and is refused at once when revoked', async () => {
  const { id, key } = await world.tx((ctx) => keys.create(ctx, { name: 'import', scopes: ['write'] }))
  const headers = { authorization: `Bearer ${key}` }
  expect(key).toMatch(/^hgk_[\w-]{43}$/)
  expect(await actorOf({ method: 'POST', headers }, world.house)).toEqual({ kind: 'key', id, name: 'import', scopes: ['write'] })
  const stored = JSON.stringify(await world.house.db.selectFrom('api_key').selectAll().execute())
  expect(stored).not.toContain(key)
  const { items } = await world.read((ctx) => keys.list(ctx))
  expect(items[0]?.lastUsedAt).not.toBeNull()
  await world.tx((ctx) => keys.revoke(ctx, { id }))
  await expect(actorOf({ method: 'GET', headers }, world.house)).rejects.toMatchObject({ kind: 'unauthenticated' })
  await expect(actorOf({ method: 'GET', headers: { authorization: 'Bearer nonsense' } }, world.house)).rejects.toMatchObject({
    kind: 'unauthenticated',
  })
})

test('GEN-12 signing in is in the audit log, with who it was and no secret', async () => {
  await signIn(OWNER.email, OWNER.password)
  const rows = await world.house.db
    .selectFrom('audit')
    .selectAll()
    .where('action', '=', 'auth.signed_in')
    .where('actor_id', '=', ownerId)
    .execute()
  expect(rows.length).toBeGreaterThan(0)
  expect(rows[0]).toMatchObject({ actor_kind: 'user', actor_name: OWNER.name, subject_kind: 'users', subject_id: ownerId })
  expect(JSON.stringify(await world.house.db.selectFrom('audit').selectAll().execute())).not.toContain(OWNER.password)
})
