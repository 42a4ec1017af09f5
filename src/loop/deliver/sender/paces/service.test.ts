// What a worker learns of receivers, through real SMTP and in virtual time.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { doorOf } from '#kernel/serve.ts'
import { testHouse } from '../../../../../test/house.ts'
import { aNewsletter, db, get, openMailing, someLeads } from '../../../../../test/mailing.ts'
import { type Fault, type Sink, startSink } from '../../../../../test/sink.ts'
import * as newsletters from '../../newsletter/service.ts'
import { EMPTY_MAIL } from '../contract.ts'
import type { Answer } from '../domain/port.ts'
import { openSender } from '../lanes.ts'
import { saveMail } from '../settings.ts'
import { forget, list, set } from './service.ts'

const BEARS = 30
const none = (): Promise<Answer> => Promise.resolve({ kind: 'none' })
let sink: Sink
let taken: number[] = []
let pushed: number[] = []
let isStrict = true

/** Takes so many mails in any minute of the virtual clock, from `strict.example` alone, and pushes the others back. */
function server(recipient: string): Fault {
  if (recipient.endsWith('@nul.example')) return 'nulReplies'
  if (!recipient.endsWith('@strict.example')) return 'none'
  const now = db.clock.now().getTime()
  if (isStrict && taken.filter((at) => at > now - MINUTE).length >= BEARS) {
    pushed.push(now)
    return 'rcpt421'
  }
  taken.push(now)
  return 'none'
}

beforeAll(async () => {
  const mx = (domain: string): Promise<Answer> =>
    Promise.resolve(domain === 'strict.example' ? { kind: 'found', records: ['mx1.receiver.example'] } : { kind: 'none' })
  await openMailing(await testHouse({ ports: { names: { text: none, exchangers: mx, addresses: none, names: none } } }))
  sink = await startSink((to) => (to ? server(to) : 'none'))
  await db.tx((ctx) =>
    saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 4 }),
  )
})
afterAll(async () => {
  await db.close()
  await sink.close()
})

const shown = async () => (await db.read((ctx: Ctx) => list(ctx))).items
const door = () => doorOf(db.house, { kind: 'user', id: 'anna', name: '見本 花子', role: 'owner' }, { ip: '127.0.0.1', headers: {} })

/** Lets a sender work for so many minutes, looking every two seconds. */
async function work(sender: ReturnType<typeof openSender>, minutes: number): Promise<{ taken: number; pushed: number }> {
  ;[taken, pushed] = [taken.slice(-BEARS), []]
  const before = taken.length
  for (let step = 0; step < minutes * 30; step++) {
    db.clock.advance(2_000)
    await sender.due()
  }
  return { taken: taken.length - before, pushed: pushed.length }
}

test('NUR-01 S10 a domain that bears thirty a minute is found to: most of them are used, it hardly ever pushes back, and a restart forgets nothing of it', async () => {
  const made = await aNewsletter([...(await someLeads(600, 'strict.example')), ...(await someLeads(40, 'calm.example'))])
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 640 }))
  const first = openSender(db.house)
  await first.due()
  await db.drain()
  await work(first, 4)
  expect((await get(made.id)).counts.sent).toBeGreaterThanOrEqual(40)
  const learning = await work(first, 5)
  expect(learning.taken).toBeLessThanOrEqual(BEARS * 5 + BEARS)
  expect(learning.taken).toBeGreaterThanOrEqual(BEARS * 5 * 0.55)
  expect(learning.pushed).toBeLessThanOrEqual(learning.taken * 0.05)
  await first.close()
  const [row] = await shown()
  expect(await shown()).toHaveLength(1)
  expect(row).toMatchObject({
    receiver: 'receiver.example',
    why: 'rate',
    learnt: true,
    by: null,
    reply: expect.stringContaining('421 4.7.0'),
  })
  expect(row?.perMinute).toBeGreaterThanOrEqual(BEARS / 3)
  expect(row?.perMinute).toBeLessThanOrEqual(BEARS * 1.7)
  expect(Date.parse(row?.since ?? '')).toBeGreaterThan(db.clock.now().getTime() - 12 * MINUTE)
  const second = openSender(db.house)
  const after = await work(second, 1)
  expect(after.taken).toBeGreaterThanOrEqual(BEARS * 0.4)
  expect(after.pushed).toBeLessThanOrEqual(2)
  await second.close()
}, 60_000)

test('S4 NUR-01 a server that puts NUL bytes into what it says is heard as any other: its mails end as sent, and the worker goes on', async () => {
  const made = await aNewsletter(await someLeads(3, 'nul.example'))
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 3 }))
  const sender = openSender(db.house)
  await sender.due()
  await db.drain()
  await sender.due()
  expect((await get(made.id)).counts).toMatchObject({ sent: 3, waiting: 0, unknown: 0 })
  await sender.close()
})

test('NUR-01 a person sets a limit for whoever receives for a domain, takes it back, and has what was learnt forgotten', async () => {
  isStrict = false
  expect(await set(door(), { domain: 'strict.example', perMinute: 6, connections: null })).toEqual({ receiver: 'receiver.example' })
  expect(await shown()).toMatchObject([
    { receiver: 'receiver.example', why: 'fixed', perMinute: 6, by: '見本 花子', learnt: true, step: null },
  ])
  const slow = openSender(db.house)
  expect((await work(slow, 2)).taken).toBeLessThanOrEqual(13)
  await set(door(), { domain: 'receiver.example', perMinute: 120, connections: 2 })
  expect((await work(slow, 1)).taken).toBeGreaterThanOrEqual(20)
  await set(door(), { domain: 'receiver.example', perMinute: null, connections: null })
  expect(await shown()).toMatchObject([{ why: 'rate', learnt: true }])
  await db.tx((ctx) => forget(ctx, { receiver: 'receiver.example' }))
  expect(await shown()).toEqual([])
  await expect(db.tx((ctx) => forget(ctx, { receiver: 'receiver.example' }))).rejects.toMatchObject({ code: 'mail.pace' })
  const before = taken.length
  db.clock.advance(4 * MINUTE)
  await slow.due()
  // Nothing holds it back any more: all that is due leaves at once.
  expect(taken.length - before).toBeGreaterThan(60)
  await slow.close()
}, 60_000)
