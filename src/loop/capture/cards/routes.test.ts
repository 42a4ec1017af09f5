import Fastify, { type FastifyInstance } from 'fastify'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { create } from '#access/keys/service.ts'
import { personTables } from '#loop/identify/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { beginBatch } from './batches.ts'
import { jobs } from './jobs.ts'
import { publicRoutes } from './routes.ts'

let db: TestDatabase
let app: FastifyInstance
beforeAll(async () => {
  db = await testDatabase({ ports: { personTables }, jobs })
  app = Fastify()
  await app.register(async (part) => publicRoutes(part, db.house))
})
afterAll(async () => {
  await app.close()
  await db.close()
})

const begun = () =>
  db.tx((ctx) =>
    beginBatch(ctx, { source: '', campaignId: null, exchangedOn: '2026-04-08', exchangedBy: null, starts: true, overwrites: true }),
  )
const key = async (scope: 'write' | 'read') => `Bearer ${(await db.tx((ctx) => create(ctx, { name: scope, scopes: [scope] }))).key}`
const photo = () =>
  sharp({ create: { width: 300, height: 200, channels: 3, background: '#fff' } })
    .jpeg()
    .toBuffer()
const post = async (batch: string, payload: Buffer, authorization?: string, query = 'position=0') =>
  app.inject({
    method: 'POST',
    url: `/api/card-batches/${batch}/photos?${query}`,
    headers: { 'content-type': 'application/octet-stream', ...(authorization ? { authorization } : {}) },
    payload,
  })

test('GEN-11 photos are taken from, and pictures shown to, nobody who may not', async () => {
  const { id } = await begun()
  const refused = await post(id, await photo())
  expect([refused.statusCode, String(refused.headers['content-type'])]).toEqual([401, expect.stringContaining('application/problem+json')])
  expect((await post(id, await photo(), await key('read'))).statusCode).toBe(403)
  for (const url of [`/api/cards/${id}/picture`, `/api/cards/${id}/picture?of=photo`])
    expect((await app.inject({ url })).statusCode).toBe(401)
})

test('CAP-16 X1 a photo is taken, and shown as nothing but a picture', async () => {
  const { id: batch } = await begun()
  const authorization = await key('write')
  const taken = await post(batch, await photo(), authorization)
  expect(taken.statusCode).toBe(201)
  const { id } = taken.json<{ id: string }>()
  const shown = await app.inject({ url: `/api/cards/${id}/picture?of=photo`, headers: { authorization } })
  expect(shown.statusCode).toBe(200)
  expect(shown.headers).toMatchObject({
    'content-type': 'image/jpeg',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  })
  expect((await app.inject({ url: `/api/cards/${id}/picture`, headers: { authorization } })).statusCode).toBe(404)
  expect((await app.inject({ url: '/api/cards/..%2f..%2fsecret/picture', headers: { authorization } })).statusCode).toBe(404)
})

test('CAP-16 what cannot be taken says what to do: an SVG, a broken picture, one of 50 MB, a place beyond the hundredth', async () => {
  const { id } = await begun()
  const authorization = await key('write')
  const answer = async (payload: Buffer, query?: string) => {
    const { statusCode, json } = await post(id, payload, authorization, query)
    return [statusCode, json<{ code: string }>().code]
  }
  const jpeg = Buffer.from('\xff\xd8\xff\xe0 broken', 'latin1')
  expect(await answer(Buffer.from('<svg/>'))).toEqual([415, 'card.kind'])
  expect(await answer(jpeg)).toEqual([422, 'card.broken'])
  expect(await answer(Buffer.concat([jpeg, Buffer.alloc(50 * 1024 * 1024)]))).toEqual([413, 'card.large'])
  expect(await answer(await photo(), 'position=100')).toEqual([400, 'card.position'])
})
