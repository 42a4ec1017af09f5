// X10: secrets go in and never come out: not by the API, not in a log, not in the database in clear, not in what browsers load.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rooms } from '#server/wire.ts'
import { type Product, root, SECRET_KEY } from '../product.ts'
import { sample, shapeOf } from '../sample.ts'
import { type Arena, openArena } from './arena.ts'
import type { Row } from './row.ts'
import { makeSite } from './sender.ts'

const PASSWORD = 'a-password-nobody-may-ever-read-7c1'
const SMTP_PASSWORD = 'an-smtp-password-nobody-may-ever-read-9d2'
const SOMEBODY = '01a7b2c3-0000-7000-8000-00000000abcd'

interface Spoken {
  readonly where: string
  readonly text: string
}

async function ask(product: Product, path: string, init: RequestInit): Promise<{ status: number; text: string; cookie: string }> {
  const response = await fetch(product.url + path, init)
  return {
    status: response.status,
    text: await response.text(),
    cookie: response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; '),
  }
}

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** Makes an owner who is signed in; answers the cookie. */
async function signIn(product: Product): Promise<string> {
  const owner = { name: 'Owner', email: 'owner@example.jp', password: PASSWORD, language: 'ja', company: { legalName: '株式会社見本' } }
  equal((await ask(product, '/api/setup', json(owner))).status, 200)
  const signedIn = await ask(product, '/api/auth/sign-in/email', json({ email: owner.email, password: PASSWORD }, { origin: product.url }))
  equal(signedIn.status, 200)
  return signedIn.cookie
}

/** Every GET of the API, as the owner and with an admin key, and the answers to a few mistakes. */
async function listen(product: Product, askers: Record<string, Record<string, string>>): Promise<Spoken[]> {
  const paths = Object.values(rooms).flatMap(({ contract }) =>
    Object.values(contract).flatMap((declared) => {
      const { route, inputSchema } = declared['~orpc']
      if (route.method !== 'GET') return []
      const input = { ...(sample(shapeOf(inputSchema), SOMEBODY) as Record<string, unknown>) }
      const path = String(route.path).replaceAll(/\{\+?(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name] ?? SOMEBODY)))
      const query = new URLSearchParams(
        Object.entries(input).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
      )
      return [`/api${path}?${query}`]
    }),
  )
  const spoken: Spoken[] = []
  for (const [who, headers] of Object.entries(askers)) {
    for (const path of [...paths, '/api/session', '/api/nothing-here', '/health', '/', '/api/openapi.json']) {
      spoken.push({ where: `${who} ${path}`, text: (await ask(product, path, { headers })).text })
    }
    spoken.push({ where: `${who} a mistake`, text: (await ask(product, '/api/keys', json({ name: 5, password: PASSWORD }, headers))).text })
  }
  return spoken
}

async function dump(arena: Arena): Promise<Spoken[]> {
  const { rows } = await arena.pool.query<{ schema: string; name: string }>(
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_schema IN ('public', 'jobs') AND table_type = 'BASE TABLE'`,
  )
  const all: Spoken[] = []
  for (const { schema, name } of rows) {
    const { rows: lines } = await arena.pool.query<{ line: string }>(`SELECT t::text AS line FROM ${schema}."${name}" t`)
    all.push({ where: `table ${schema}.${name}`, text: lines.map((row) => row.line).join('\n') })
  }
  return all
}

function bundles(): Spoken[] {
  return readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(m?js|css|html|json)$/.test(entry.name))
    .map((entry) => ({ where: `bundle ${entry.name}`, text: readFileSync(join(entry.parentPath, entry.name), 'utf8') }))
}

export const secretScan: Row = {
  id: 'X10',
  title: 'X10 passwords, keys and tokens come out of no endpoint, log line, database row or bundle',
  async run(ground, _scale, seed) {
    const arena = await openArena(ground, seed)
    try {
      const product = await arena.product({ env: { LOG_LEVEL: 'debug', SMTP_URL: `smtp://user:${SMTP_PASSWORD}@127.0.0.1:9` } })
      const cookie = await signIn(product)
      const key = await arena.key('admin')
      await makeSite(product, key)
      const bearer = { authorization: `Bearer ${key}` }
      const owner = { cookie, origin: product.url, 'sec-fetch-site': 'same-origin' }
      const settings = JSON.parse((await ask(product, '/api/mail/settings', { headers: bearer })).text) as Record<string, unknown>
      const put = { ...settings, route: 'smtp', host: '127.0.0.1', port: 9, user: 'user', password: SMTP_PASSWORD }
      const saved = await fetch(`${product.url}/api/mail/settings`, { ...json(put, bearer), method: 'PUT' })
      ok(saved.ok, `the SMTP password was not saved: ${(await saved.text()).slice(0, 300)}`)
      await ask(product, '/api/mail/dkim', json({ domain: 'mihon.example', selector: 's1' }, bearer))
      await ask(
        product,
        '/api/auth/sign-in/email',
        json({ email: 'owner@example.jp', password: `${PASSWORD}-wrong` }, { origin: product.url }),
      )
      const spoken = [...(await listen(product, { owner, key: bearer, nobody: {} })), ...bundles()]
      await product.stop()
      spoken.push({ where: 'log', text: product.output() })
      const stored = await dump(arena)
      const session = /=([^;.%]+)/.exec(cookie)?.[1] ?? ''
      const secrets: Record<string, string> = {
        password: PASSWORD,
        'SMTP password': SMTP_PASSWORD,
        SECRET_KEY,
        'API key': key,
        'private key': 'PRIVATE KEY-----',
      }
      const found = (where: readonly Spoken[], names: Record<string, string>): string[] =>
        where.flatMap((each) =>
          Object.entries(names).flatMap(([name, secret]) => (secret && each.text.includes(secret) ? [`${name} in ${each.where}`] : [])),
        )
      deepEqual(found(spoken, { ...secrets, 'session token': session }), [])
      deepEqual(found(stored, secrets), [])
      return `${spoken.length} answers, logs and bundles, ${stored.length} tables: 0 secrets`
    } finally {
      await arena.close()
    }
  },
}
