import { readdir } from 'node:fs/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { create } from '#access/keys/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { mergeByHand } from '../adopt/service.ts'
import { eraseLead } from '../change/service.ts'
import { identify } from '../service.ts'
import { personTables as identifyTables } from '../tables.ts'
import { filesFolder } from './disk.ts'
import { filesGone, jobs } from './jobs.ts'
import { LARGEST_FILE } from './kinds/contract.ts'
import { publicRoutes } from './routes.ts'
import { list, remove, restore } from './service.ts'
import { personTables } from './tables.ts'

let db: TestDatabase
let app: FastifyInstance
let serial = 0
const keys = { write: '', read: '' }

beforeAll(async () => {
  db = await testDatabase({
    ports: { personTables: [...identifyTables, ...personTables], facts: [], leadFilters: {}, timelinePoints: [] },
    jobs,
  })
  app = Fastify()
  await app.register(async (part) => publicRoutes(part, db.house))
  for (const scope of ['write', 'read'] as const) keys[scope] = (await db.tx((ctx) => create(ctx, { name: scope, scopes: [scope] }))).key
})
afterAll(async () => {
  await app.close()
  await db.close()
})

async function aLead(): Promise<Subject> {
  const [outcome] = await db.tx((ctx) => identify(ctx, [{ route: 'hand', at: ctx.now, mail: `f${++serial}@example.jp` }]))
  if (!outcome) throw new Error('no lead')
  return outcome.subject
}
const send = (lead: string, name: string, payload: Buffer | string, key = keys.write) =>
  app.inject({
    method: 'POST',
    url: `/api/leads/${lead}/files/upload?name=${encodeURIComponent(name)}`,
    headers: { 'content-type': 'application/octet-stream', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    payload,
  })
const fetched = (lead: string, id: string, key = keys.read) =>
  app.inject({ url: `/api/leads/${lead}/files/${id}/content`, headers: key ? { authorization: `Bearer ${key}` } : {} })
const onDisk = async () => (await readdir(filesFolder(db.house))).length
const pdf = Buffer.from('%PDF-1.7\n見積')

test('CRM-14 a file is kept beside a lead under a name of our own and comes back as a download that cannot act as a page', async () => {
  const lead = await aLead()
  const made = await send(lead.id, '見積書.pdf', pdf)
  expect(made.statusCode).toBe(201)
  const names = await readdir(filesFolder(db.house))
  expect(names.join()).not.toMatch(/pdf|見積/)
  const answer = await fetched(lead.id, made.json().id)
  expect(answer.rawPayload.equals(pdf)).toBe(true)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  })
  expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="___\.pdf"/)
})

test('CRM-14 GEN-11 what is too large, empty, of another kind or not allowed is refused and leaves nothing on the disk', async () => {
  const lead = await aLead()
  const before = await onDisk()
  const codes = async (name: string, payload: Buffer | string, key?: string) => (await send(lead.id, name, payload, key)).statusCode
  expect(await codes('a.svg', '<svg/>')).toBe(415)
  expect(await codes('a.png', '<svg xmlns="http://www.w3.org/2000/svg"/>')).toBe(415)
  expect(await codes('a.txt', '<html><script>1</script>')).toBe(415)
  expect(await codes('a.pdf', '')).toBe(422)
  expect(await codes('a.txt', Buffer.alloc(LARGEST_FILE + 2, 97))).toBe(413)
  expect(await codes('a.pdf', pdf, keys.read)).toBe(403)
  expect(await codes('a.pdf', pdf, '')).toBe(401)
  expect((await send('01a7b2c3-0000-7000-8000-00000000abcd', 'a.pdf', pdf)).statusCode).toBe(404)
  expect((await send('nobody', 'a.pdf', pdf)).statusCode).toBe(400)
  expect(await onDisk()).toBe(before)
  const made = await send(lead.id, 'a.pdf', pdf)
  const other = await aLead()
  expect((await fetched(other.id, made.json().id)).statusCode).toBe(404)
  expect((await fetched(lead.id, made.json().id, '')).statusCode).toBe(401)
})

test('CRM-14 GEN-10 a removed file can be brought back for a day; bytes go with the erased person, and stay with a merged one', async () => {
  const [lead, lose] = [await aLead(), await aLead()]
  const { id } = (await send(lead.id, 'a.pdf', pdf)).json()
  await send(lose.id, 'b.pdf', pdf)
  const gone = () => filesGone.run(db.house, {})
  const before = await onDisk()
  await db.tx((ctx) => remove(ctx, { leadId: lead.id, id }))
  await gone()
  expect((await fetched(lead.id, id)).statusCode).toBe(404)
  await db.tx((ctx) => restore(ctx, { leadId: lead.id, id }))
  expect((await fetched(lead.id, id)).statusCode).toBe(200)

  await db.tx((ctx) => mergeByHand(ctx, { keep: lead, lose }))
  await gone()
  const { items } = await db.read((ctx) => list(ctx, { leadId: lead.id }))
  expect(items.map((file) => file.name).sort()).toEqual(['a.pdf', 'b.pdf'])
  for (const file of items) expect((await fetched(lead.id, file.id)).statusCode).toBe(200)

  await db.tx((ctx) => remove(ctx, { leadId: lead.id, id }))
  db.clock.advance(2 * DAY)
  await gone()
  expect(await onDisk()).toBe(before - 1)
  await db.tx((ctx) => eraseLead(ctx, { id: lead.id }))
  await gone()
  expect(await onDisk()).toBe(before - 2)
})
