// A whole life in the database, through the API and the loop, and then an erasure: no table still names the person.
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { create as createKey } from '#access/keys/service.ts'
import { MINUTE } from '#kernel/clock.ts'
import { bucketOf } from '#kernel/db/buckets.ts'
import { publicRoutes as importPaths } from '#loop/capture/import/routes.ts'
import { queue } from '#loop/deliver/outbox/service.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { erasureSweep } from '#loop/identify/jobs.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { buildHttp } from '#server/http.ts'
import { rooms } from '#server/wire.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'
import { aTemplate, openMailing } from './mailing.ts'

let world: TestDatabase
let app: FastifyInstance
let key: string
beforeAll(async () => {
  world = await testHouse()
  await openMailing(world)
  app = await buildHttp({
    house: world.house,
    rooms,
    publicRoutes: [importPaths],
    adminFolder: null,
    trustProxy: [],
    health: async () => ({ status: 'ok' }),
  })
  key = (await world.tx((ctx) => createKey(ctx, { name: 'admin', scopes: ['admin'] }))).key
})
afterAll(async () => {
  await app.close()
  await world.close()
})

let serial = 0
/** What the API answers; a refusal fails the test. */
async function ask<T = { id: string }>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
  const answer = await app.inject({
    method,
    url: `/api${path}`,
    headers: {
      authorization: `Bearer ${key}`,
      'idempotency-key': `erased-${++serial}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  })
  expect([path, answer.statusCode, answer.statusCode < 300 || answer.body]).toEqual([path, answer.statusCode, true])
  return answer.json() as T
}

const NAME = 'ヌルハチゾ'
/** Whatever says who they were, as text and as the bytes of a mail. */
const TRACES = [
  NAME,
  'nuruhachi',
  '444455556666',
  Buffer.from(NAME).toString('base64').slice(0, 16),
  Buffer.from('nuruhachi').toString('hex'),
]

/** An import through the API; mapping and the rest as proposed. */
async function takeIn(file: string): Promise<string> {
  const headers = { authorization: `Bearer ${key}` }
  const upload = { ...headers, 'content-type': 'application/octet-stream' }
  const sent = await app.inject({ method: 'POST', url: '/api/imports/upload?name=list.csv', headers: upload, payload: Buffer.from(file) })
  const { id } = sent.json() as { id: string }
  const seen = (await app.inject({ method: 'GET', url: `/api/imports/${id}`, headers })).json() as Record<string, unknown>
  const { target, encoding, delimiter, mapping } = seen
  await ask('POST', `/imports/${id}/start`, { target, encoding, delimiter, mapping, options: { basis: 'none', policy: 'fill' } })
  await world.drain()
  return id
}

/** Tables of the database that still name the person, with a row to look at. */
async function tracesLeft(): Promise<string[]> {
  const tables = await world.house.pool.query<{ name: string }>(
    `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE' ORDER BY 1`,
  )
  const found: string[] = []
  for (const { name } of tables.rows) {
    const { rows } = await world.house.pool.query<{ row: string }>(
      `SELECT left(row, 600) AS row FROM (SELECT to_jsonb(t)::text AS row FROM ${name} t) x WHERE row ~ ANY($1) LIMIT 1`,
      [TRACES],
    )
    if (rows[0]) found.push(`${name}: ${rows[0].row}`)
  }
  return found
}

test('GEN-04 after an erasure no table names the person any more: not the log of what colleagues did, not the built-in mailbox', async () => {
  const { id } = await ask('POST', '/leads', {
    mail: 'nuruhachi@example.co.jp',
    fields: { familyName: NAME, companyName: '株式会社サンプル01', phone: '0444455556666' },
  })
  const twin = await ask('POST', '/leads', { mail: 'nuruhachi2@example.co.jp', fields: { familyName: NAME, title: `${NAME}の役` } })
  await ask('POST', `/leads/${id}/basis`, { basis: 'consent', text: `${NAME}さんが同意` })
  await ask('PATCH', `/leads/${id}`, { fields: { department: `${NAME}部` }, tags: [`${NAME}札`] })
  await ask('POST', '/activities', {
    leadIds: [id],
    kind: 'call',
    at: world.clock.now().toISOString(),
    title: `${NAME}と電話`,
    body: 'nuruhachi@example.co.jp',
  })
  // Rows that are not taken name people as well: one says nothing new of them, one has a day that is none.
  const list = await takeIn(
    `メールアドレス,姓,獲得日\nnuruhachi@example.co.jp,${NAME},\nＮｕｒｕｈａｃｈｉ＠example.co.jp,${NAME},${NAME}の日\n`,
  )
  await ask('POST', '/tasks', { leadId: id, title: `${NAME}に連絡`, dueAt: world.clock.now().toISOString() })
  await ask('POST', '/bulk', { act: { kind: 'field', field: 'title', value: '部長' }, ids: [id] })
  await ask('POST', '/exports', { source: 'leads', format: 'csv', filter: { q: NAME } })
  await ask('POST', '/duplicates/merge', { keep: id, lose: twin.id })
  await ask('POST', '/handoffs', { leadId: id, reason: `${NAME}を渡す` })
  await ask('POST', `/privacy/${id}/export`, {})
  await world.drain()
  await turnUntilQuiet(world.house)
  const { versionId } = await aTemplate()
  const subject = { bucket: bucketOf(id), id }
  await world.tx((ctx) => queue(ctx, [{ subject, what: 'notice:1', templateVersion: versionId, purpose: 'marketing' }]))
  await sendDue(world.house)
  await ask('PATCH', `/leads/${id}`, { mail: 'nuruhachi3@example.co.jp' })
  await turnUntilQuiet(world.house)
  const before = (await tracesLeft()).map((row) => row.split(':')[0])
  expect(before).toEqual(
    expect.arrayContaining(['public.person', 'public.journal', 'public.activity', 'public.mailbox_mail', 'public.import_row']),
  )

  await ask('DELETE', `/leads/${id}`)
  await world.drain()
  await turnUntilQuiet(world.house)
  world.clock.advance(11 * MINUTE)
  await erasureSweep.run(world.house, {})
  expect(await tracesLeft()).toEqual([])
  expect((await world.house.pool.query('SELECT line, outcome FROM import_row WHERE import_id = $1 ORDER BY line', [list])).rows).toEqual([
    { line: 2, outcome: 'skipped' },
    { line: 3, outcome: 'rejected' },
  ])
})
