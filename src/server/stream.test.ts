import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { create, revoke } from '#access/keys/service.ts'
import { systemClock } from '#kernel/clock.ts'
import { listen } from '#kernel/listen.ts'
import { announce } from '#kernel/live.ts'
import type { TestDatabase } from '../../test/database.ts'
import { testHouse } from '../../test/house.ts'
import { until } from '../../test/world.ts'
import { buildHttp } from './http.ts'
import { publicRoutes, rooms } from './wire.ts'

let db: TestDatabase
let app: FastifyInstance
let base = ''
let notices: { stop(): Promise<void> }

beforeAll(async () => {
  db = await testHouse({ clock: systemClock })
  const connect = async () => {
    const client = new pg.Client({ connectionString: db.url })
    await client.connect()
    return client
  }
  notices = await listen(connect, db.house.log)
  app = await buildHttp({ house: db.house, rooms, publicRoutes, adminFolder: null, trustProxy: [], health: async () => ({ status: 'ok' }) })
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await app.close()
  await notices.stop()
  await db.close()
})

/** A stream as a screen holds it: what it heard, and whether it has ended. */
async function follow(key: string): Promise<{ heard: () => string; ended: () => boolean }> {
  const response = await fetch(`${base}/api/stream`, { headers: { authorization: `Bearer ${key}` } })
  expect(response.status).toBe(200)
  let text = ''
  let over = false
  const read = async () => {
    for await (const part of response.body as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(part)
  }
  void read()
    .catch(() => {})
    .finally(() => {
      over = true
    })
  return { heard: () => text, ended: () => over }
}

test('SAL-01 what is announced reaches open screens at once, and the stream of a revoked key ends', async () => {
  const [gone, stays] = [
    await db.tx((ctx) => create(ctx, { name: 'a', scopes: ['read'] })),
    await db.tx((ctx) => create(ctx, { name: 'b', scopes: ['read'] })),
  ]
  const [first, second] = [await follow(gone.key), await follow(stays.key)]
  await db.tx((ctx) => announce(ctx, 'signals', { n: 1 }))
  await until(async () => first.heard().includes('"topic":"signals"') && second.heard().includes('"topic":"signals"'), {
    within: 20_000,
    what: 'the signal',
  })
  await db.tx((ctx) => revoke(ctx, { id: gone.id }))
  await until(async () => first.ended(), { within: 20_000, what: 'the end of the stream' })
  expect(second.ended()).toBe(false)
  expect((await fetch(`${base}/api/stream`, { headers: { authorization: `Bearer ${gone.key}` } })).status).toBe(401)
})

test('I6 a screen that reads nothing is let go instead of filling the memory', async () => {
  const { key } = await db.tx((ctx) => create(ctx, { name: 'asleep', scopes: ['read'] }))
  const { port, hostname } = new URL(base)
  const asleep = connect(Number(port), hostname)
  let gone = false
  asleep.on('error', () => {}).pause()
  app.server.once('connection', (socket) =>
    socket.on('close', () => {
      gone = true
    }),
  )
  asleep.write(`GET /api/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n\r\n`)
  const text = 'x'.repeat(7_000)
  await until(
    async () => {
      await db.tx(async (ctx) => {
        for (let n = 0; n < 100; n++) await announce(ctx, 'flood', { n: ctx.draw(`${n}`), text })
      })
      return gone
    },
    { within: 25_000, every: 1, what: 'the end of a stream that nobody reads' },
  )
  asleep.destroy()
})

test('X2 nobody unknown follows the stream', async () => {
  expect((await fetch(`${base}/api/stream`)).status).toBe(401)
})
