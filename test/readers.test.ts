// What is looked at before a mail goes says to a real lead exactly what the mail will: the three doors, asked as programs ask them.
import type { FastifyInstance } from 'fastify'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { create as makeKey } from '#access/keys/service.ts'
import { findMail, listMails } from '#connect/pretend/mailbox/queries.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import type { Block, Draft } from '#loop/deliver/template/contract.ts'
import { buildHttp } from '#server/http.ts'
import { publicRoutes, rooms } from '#server/wire.ts'
import { testHouse } from './house.ts'
import { aSegment, aTemplate, db, edit, openMailing, settle, someLeads } from './mailing.ts'

let app: FastifyInstance
let key = ''
let inside: Subject
let outside: Subject
let segment = ''
let draft: Draft

const said = (id: string, text: string, isIn: boolean): Block => ({
  id,
  kind: 'heading',
  level: 2,
  align: 'left',
  text,
  when: { kind: 'segment', segmentId: segment, isIn },
})

beforeAll(async () => {
  await openMailing(await testHouse())
  app = await buildHttp({ house: db.house, rooms, publicRoutes, adminFolder: null, trustProxy: [], health: async () => ({ status: 'ok' }) })
  key = (await db.tx((ctx) => makeKey(ctx, { name: 'reader', scopes: ['admin'] }))).key
  const [one, other] = await someLeads(2)
  if (!one || !other) throw new Error('no leads')
  inside = one
  outside = other
  segment = await aSegment([inside])
  draft = {
    subject: '条件のあるお知らせ',
    preheader: '',
    blocks: [said('a', '会員だけの言葉', true), said('b', '会員でない人の言葉', false)],
  }
})
afterAll(async () => {
  await app.close()
  await db.close()
})

async function ask<T>(path: string, payload: object): Promise<T> {
  db.clock.advance(1_000)
  const answer = await app.inject({ method: 'POST', url: `/api${path}`, headers: { authorization: `Bearer ${key}` }, payload })
  expect([path, answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([path, 200, ''])
  return answer.json() as T
}
const blocksIn = (text: string) => [text.includes('会員だけの言葉') ? 'in' : '', text.includes('会員でない人の言葉') ? 'out' : ''].join('')
/** The newest mail that left, in words. */
const lastMail = async (): Promise<string> => {
  const [newest] = await db.read((ctx) => listMails(ctx.db, { after: null, limit: 1, search: null }))
  const raw = (await db.read((ctx) => findMail(ctx.db, newest?.id ?? '')))?.raw
  const mail = await PostalMime.parse(raw ?? '')
  return `${mail.text}\n${mail.html}`
}

test('NUR-07 NUR-20 preview, test mail and test of a newsletter show a real lead the blocks that the newsletter itself brings them', async () => {
  const template = await aTemplate(draft)
  for (const [lead, wanted] of [
    [inside, 'in'],
    [outside, 'out'],
  ] as const) {
    const personId = lead.id
    const shown = await ask<{ html: string; text: string }>('/template-preview', { draft, personId })
    expect([blocksIn(shown.html), blocksIn(shown.text)]).toEqual([wanted, wanted])
    await ask('/mail/test', { draft, personId, to: 'eyes@mihon.example' })
    expect(blocksIn(await lastMail())).toBe(wanted)
    await ask('/newsletter-test', { templateId: template.id, personId, addresses: ['eyes@mihon.example'], sender: null, test: null })
    expect(blocksIn(await lastMail())).toBe(wanted)
    db.clock.advance(1_000)
    const include = [await aSegment([lead])]
    const made = await db.tx((ctx) => newsletters.create(ctx, { ...edit, templateId: template.id, include }))
    await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 1 }))
    await settle()
    expect(blocksIn(await lastMail())).toBe(wanted)
  }
})

test('NUR-20 the made-up lead is in every segment a block asks for, or in those that are named: each block can be looked at', async () => {
  const look = async (more: object) => blocksIn((await ask<{ html: string }>('/template-preview', { draft, ...more })).html)
  expect(await look({})).toBe('in')
  expect(await look({ segments: [segment] })).toBe('in')
  expect(await look({ segments: [] })).toBe('out')
  // A real lead is where they are, whatever is named beside them.
  expect(await look({ segments: [segment], personId: outside.id })).toBe('out')
  await ask('/mail/test', { draft, segments: [], to: 'eyes@mihon.example' })
  expect(blocksIn(await lastMail())).toBe('out')
})
