// Several ways out: which one mail takes, what happens when one is away, and what the operator hears of it.
import { createServer, type Socket } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { type Fault, type Sink, startSink } from '../../../../test/sink.ts'
import { freePort, until } from '../../../../test/world.ts'
import { OPEN_CAPS } from '../outbox/caps/decide.ts'
import { save as saveCaps } from '../outbox/caps/service.ts'
import { queue } from '../outbox/service.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'
import { EMPTY_MAIL, type MailSettings, type StandIn } from './contract.ts'
import { sendDue, startSender } from './lanes.ts'
import { notices, settings } from './service.ts'
import { readMail, saveMail } from './settings.ts'

let db: TestDatabase
let first: Sink
let second: Sink
let fault: Fault = 'none'
let version = ''
beforeAll(async () => {
  db = await testHouse()
  first = await startSink(() => fault)
  second = await startSink()
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  await db.tx((ctx) => updateCompany(ctx, { legalName: '株式会社見本', senderEmail: 'news@mihon.example' }))
  const draft = { subject: 'ご案内', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  version = (await db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))).versionId
})
afterAll(async () => {
  await db.close()
  await Promise.all([first.close(), second.close()])
})
beforeEach(() => {
  fault = 'none'
  db.clock.advance(24 * 3_600_000)
})

const STAND_IN = '01a20120-8695-71a9-b0d2-498a0910cc94'
const base = (port: number): MailSettings => ({
  ...EMPTY_MAIL,
  route: 'smtp',
  host: '127.0.0.1',
  port,
  security: 'none',
  connections: 1,
})
const spare = (more: Partial<StandIn> = {}): StandIn => ({
  id: STAND_IN,
  name: '予備',
  host: '127.0.0.1',
  port: second.port,
  security: 'none',
  user: '',
  anyCertificate: false,
  ...more,
})
const twoRoutes = (port: number) => db.tx((ctx) => saveMail(ctx, { ...base(port), standIns: [spare()] }))

let n = 0
/** Queues mails to new people. @returns their addresses */
const mails = (count: number): Promise<string[]> =>
  db.tx(async (ctx) => {
    const addresses = Array.from({ length: count }, () => `route${n++}@example.co.jp`)
    const made = await identify(
      ctx,
      addresses.map((mail) => ({ mail, at: ctx.now, route: 'form' as const })),
    )
    await queue(
      ctx,
      made.map(({ subject }) => ({ subject, what: `notice:route:${n}`, templateVersion: version, purpose: 'transactional' as const })),
    )
    return addresses
  })
const states = async (addresses: readonly string[]) => {
  const found = await db.read((ctx) =>
    sql<{ status: string; attempts: number }>`SELECT d.status, d.attempts FROM delivery d
      JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id WHERE p.mail = ANY(${addresses}::text[])`.execute(ctx.db),
  )
  return found.rows.map((row) => `${row.status} ${row.attempts}`)
}
const gotBy = (sink: Sink, addresses: readonly string[]) => sink.taken.flatMap(({ to }) => to).filter((to) => addresses.includes(to))

test('NUR-04 S4 while the first route cannot be reached the next in order takes the mail at once; no mail loses a try, and the operator is told until it works again', async () => {
  const away = await freePort()
  await twoRoutes(away)
  const some = await mails(3)
  await sendDue(db.house)
  expect(gotBy(second, some).sort()).toEqual(some)
  expect(await states(some)).toEqual(['sent 1', 'sent 1', 'sent 1'])
  const told = await until(async () => {
    const now = await db.read(notices)
    return now.routes.length ? now : undefined
  })
  expect(told.routes).toMatchObject([{ name: `127.0.0.1:${away}`, standIn: '予備' }])
  expect(told.routes[0]?.reason).toMatch(/ECONNREFUSED/)
  await twoRoutes(first.port)
  expect((await db.read(notices)).routes).toEqual([])
})

test('NUR-04 a greeting that says no is a reason for the next route, too; a mail held as unknown never goes over another one', async () => {
  await twoRoutes(first.port)
  fault = 'greeting554'
  const refused = await mails(1)
  await sendDue(db.house)
  expect(gotBy(second, refused)).toEqual(refused)
  fault = 'dropAfterDot'
  const lost = await mails(2)
  await sendDue(db.house)
  expect(gotBy(first, lost).sort()).toEqual(lost)
  expect(gotBy(second, lost)).toEqual([])
  expect(await states(lost)).toEqual(['unknown 1', 'unknown 1'])
  fault = 'rcpt550'
  const dead = await mails(1)
  await sendDue(db.house)
  expect(await states(dead)).toEqual(['refused 1'])
  expect(gotBy(second, dead)).toEqual([])
})

test('NUR-04 after its rest the first route is tried again and mail goes back to it', async () => {
  const away = await freePort()
  await twoRoutes(away)
  const sender = startSender(db.house)
  const before = await mails(1)
  await until(async () => gotBy(second, before).length === 1)
  const back = createServer((socket) => speak(socket))
  const taken: string[] = []
  const speak = (socket: Socket) => {
    socket.on('error', () => undefined)
    socket.write('220 x\r\n')
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      const to = /RCPT TO:<([^>]*)>/.exec(text)?.[1]
      if (to) taken.push(to)
      if (!text.startsWith('QUIT')) socket.write(text.startsWith('DATA') ? '354 go\r\n' : '250 ok\r\n')
    })
  }
  await new Promise<void>((resolve) => back.listen(away, '127.0.0.1', resolve))
  db.clock.advance(2_000)
  const after = await mails(1)
  await until(async () => taken.length === 1)
  expect(taken).toEqual(after)
  await sender.stop()
  back.close()
  await until(async () => (await db.read(notices)).routes.length === 0)
})

test('S4 a line that broke while it lay idle costs no mail a try, and one that lies idle is closed in good manners', async () => {
  const heard: string[] = []
  let lines = 0
  const server = createServer((socket) => {
    const number = ++lines
    let taken = 0
    socket.on('error', () => undefined)
    socket.write('220 x\r\n')
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      heard.push(`${number} ${text.slice(0, 4)}`)
      // The first line is already as good as closed when the second mail comes.
      if (number === 1 && taken && text.startsWith('MAIL')) return socket.destroy()
      if (text.startsWith('QUIT')) return socket.end('221 bye\r\n')
      if (text.includes('\r\n.\r\n')) taken++
      return socket.write(text.startsWith('DATA') ? '354 go\r\n' : '250 ok\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await db.tx((ctx) => saveMail(ctx, { ...base(typeof address === 'object' && address ? address.port : 0), standIns: [] }))
  const sender = startSender(db.house, { idleMs: 300 })
  const one = await mails(1)
  await until(async () => (await states(one))[0] === 'sent 1', { every: 5 })
  const two = await mails(1)
  await until(async () => (await states(two))[0] === 'sent 1')
  await until(async () => heard.some((said) => said === '2 QUIT'))
  expect(lines).toBe(2)
  expect((await db.read(notices)).routes).toEqual([])
  await sender.stop()
  server.close()
})

test('NUR-04 passwords of routes stay with the server they were given for, and are never told', async () => {
  await db.tx((ctx) => saveMail(ctx, { ...base(first.port), standIns: [{ ...spare({ user: 'u' }), password: 'geheim' }] }))
  const state = await db.read(settings)
  expect(state.standIns).toMatchObject([{ name: '予備', hasPassword: true }])
  expect(JSON.stringify(state)).not.toMatch(/geheim|v1\./)
  await db.tx((ctx) => saveMail(ctx, { ...base(first.port), standIns: [spare({ user: 'u', name: '控え' })] }))
  expect((await db.read(readMail)).standIns[0]?.password).not.toBe('')
  await db.tx((ctx) => saveMail(ctx, { ...base(first.port), standIns: [spare({ user: 'u', host: 'mail.other.example' })] }))
  expect((await db.read(readMail)).standIns[0]?.password).toBe('')
})
