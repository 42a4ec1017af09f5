// Test sends of a newsletter: whoever is named gets it as one lead would, and nothing counts it.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser } from '#access/users/service.ts'
import { findMail, listMails } from '#connect/pretend/mailbox/queries.ts'
import { mailboxRoute } from '#connect/pretend/mailbox/route.ts'
import { stopped } from '#loop/deliver/feedback/service.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import { addIssue } from '#loop/deliver/lines/issues.ts'
import { readiness } from '#loop/deliver/lines/ready/service.ts'
import { create as createLine } from '#loop/deliver/lines/service.ts'
import { rehearse } from '#loop/deliver/newsletter/rehearse.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import type { MailLine, MailRoute } from '#loop/deliver/sender/port.ts'
import { giveOwners } from '#loop/identify/change/owners.ts'
import { stop } from '#loop/identify/consent/service.ts'
import { mailPorts } from '#server/mailParts.ts'
import { testHouse } from './house.ts'
import { aNewsletter, aTemplate, db, door, openMailing, rowsOf, settle, someLeads } from './mailing.ts'

let owner = ''
/** Happens while the server of the reader is still being spoken to. */
let onTheWay = async (): Promise<unknown> => undefined
const slowed = (route: MailRoute): MailRoute => ({
  ...route,
  open: async () => {
    const line: MailLine = await route.open()
    const send: MailLine['send'] = async (parcel) => {
      await onTheWay()
      return line.send(parcel)
    }
    return { ...line, send }
  },
})
beforeAll(async () => {
  const { mailRoutes } = mailPorts
  await openMailing(await testHouse({ ports: { mailRoutes: { ...mailRoutes, mailbox: (house) => slowed(mailboxRoute(house)) } } }))
  owner = await db.tx((ctx) =>
    addUser(ctx, {
      name: '見本 花子',
      email: 'hanako@mihon.example',
      password: 'a-long-password-for-tests',
      language: 'ja',
      role: 'marketer',
    }),
  )
})
afterAll(() => db.close())

const mails = () => db.read((ctx) => listMails(ctx.db, { after: null, limit: 50, search: null }))
const deliveries = async () =>
  (await db.read((ctx) => sql<{ n: number }>`SELECT count(*)::int AS n FROM delivery`.execute(ctx.db))).rows[0]?.n

test('NUR-36 a test of a newsletter goes to colleagues and named addresses as one lead would read it, from the owner of that lead, marked and counted nowhere', async () => {
  const template = await aTemplate()
  const [lead] = await someLeads(1)
  if (!lead) throw new Error('no lead')
  await db.tx((ctx) => giveOwners(ctx, [{ subject: lead, ownerId: owner, causeId: ctx.id() }]))
  const before = await deliveries()
  const { items } = await rehearse(door(), {
    templateId: template.id,
    colleagues: [owner],
    addresses: ['other@mihon.example', 'OTHER@mihon.example'],
    personId: lead.id,
    sender: 'owner',
  })
  expect(items.map(({ to, ok }) => [to, ok])).toEqual([
    ['hanako@mihon.example', true],
    ['other@mihon.example', true],
  ])
  const sent = await mails()
  expect(sent.map(({ subject }) => subject)).toEqual(['【テスト】今月のお知らせ', '【テスト】今月のお知らせ'])
  const raw = (await db.read((ctx) => findMail(ctx.db, sent[0]?.id ?? '')))?.raw.toString() ?? ''
  expect(raw).toContain(Buffer.from('見本 花子').toString('base64'))
  expect(raw).toMatch(/Reply-To:[\s\S]{0,80}<hanako@mihon\.example>/)
  expect(raw).not.toMatch(/\/[co]\//)
  expect(await deliveries()).toBe(before)
})

test('NUR-36 an address that stopped our mail gets no test either, is named with the reason, and holds up nobody else', async () => {
  const leads = await someLeads(1, 'stopped.example')
  const made = await aNewsletter(leads)
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 1 }))
  await settle()
  const [row] = await rowsOf(made.id)
  await db.tx((ctx) => stopped(ctx, mailToken(tokenKeys(db.house), { personId: row?.person_id ?? '', deliveryId: row?.id ?? '' }), 'page'))
  const address =
    (await db.read((ctx) => sql<{ mail: string }>`SELECT mail FROM person WHERE id = ${leads[0]?.id}`.execute(ctx.db))).rows[0]?.mail ?? ''
  const template = await aTemplate()
  const { items } = await rehearse(door(), { templateId: template.id, colleagues: [owner], addresses: [address], sender: null })
  expect(items.map(({ ok }) => ok)).toEqual([true, false])
  await expect(rehearse(door(), { templateId: template.id, colleagues: [], addresses: [], sender: null })).rejects.toMatchObject({
    code: 'newsletter.nobody',
  })
})

test('S3 NUR-36 whoever says stop while their test is under way does not get it, and the reason is said in both languages', async () => {
  const [lead] = await someLeads(1, 'quick.example')
  const { mail } = (await db.read((ctx) => sql<{ mail: string }>`SELECT mail FROM person WHERE id = ${lead?.id}`.execute(ctx.db)))
    .rows[0] ?? {
    mail: '',
  }
  const template = await aTemplate()
  const before = (await mails()).length
  onTheWay = () => db.tx((ctx) => stop(ctx, { address: mail, reason: 'unsubscribe', at: ctx.now }))
  const { items } = await rehearse(door(), { templateId: template.id, colleagues: [], addresses: [mail], sender: null })
  onTheWay = async () => undefined
  expect(items).toEqual([{ to: mail, ok: false, reply: expect.stringMatching(/配信を停止.* \/ This address has stopped/) }])
  expect(await mails()).toHaveLength(before)
})

test('NUR-13 NUR-36 a test of two sends both ways to everybody named, marked A and B; who may get neither is named once', async () => {
  const template = await aTemplate()
  const other = await aTemplate()
  const addresses = ['both@mihon.example']
  const share = { share: 20, minimum: 200, goal: 'click', hours: 24 } as const
  const ways = [
    { on: 'subject', subject: '別の件名', ...share },
    { on: 'sender', senderName: '見本 次郎', ...share },
    { on: 'body', templateId: other.id, ...share },
  ] as const
  for (const test of ways) {
    const before = new Set((await mails()).map(({ id }) => id))
    const { items } = await rehearse(door(), { templateId: template.id, colleagues: [], addresses, sender: null, test })
    expect(items.map(({ ok }) => ok)).toEqual([true, true])
    const come = (await mails()).filter(({ id }) => !before.has(id))
    const b = `【テスト B】${test.on === 'subject' ? '別の件名' : '今月のお知らせ'}`
    expect(come.map(({ subject }) => subject).sort()).toEqual(['【テスト A】今月のお知らせ', b])
    for (const { id, subject } of come) {
      const raw = (await db.read((ctx) => findMail(ctx.db, id)))?.raw.toString() ?? ''
      expect(raw.includes(Buffer.from('見本 次郎').toString('base64'))).toBe(test.on === 'sender' && subject === b)
    }
  }
  // A B that cannot be written holds the A back too.
  const broken = { on: 'subject', subject: '{{ 件名 | 無い }}', ...share } as const
  const before = (await mails()).length
  await expect(rehearse(door(), { templateId: template.id, colleagues: [], addresses, sender: null, test: broken })).rejects.toThrow()
  expect(await mails()).toHaveLength(before)

  const [lead] = await someLeads(1, 'never.example')
  const { mail } = (await db.read((ctx) => sql<{ mail: string }>`SELECT mail FROM person WHERE id = ${lead?.id}`.execute(ctx.db)))
    .rows[0] ?? {
    mail: '',
  }
  await db.tx((ctx) => stop(ctx, { address: mail, reason: 'unsubscribe', at: ctx.now }))
  const { items } = await rehearse(door(), {
    templateId: template.id,
    colleagues: [],
    addresses: [mail],
    sender: null,
    test: { on: 'subject', subject: '別の件名', ...share },
  })
  expect(items.map(({ ok }) => ok)).toEqual([false])
})

test('NUR-36 a test that was sent stands in the checklist of its line, with how many got it', async () => {
  const template = await aTemplate()
  const { id } = await db.tx((ctx) =>
    createLine(ctx, {
      name: '見本通信',
      rhythm: { kind: 'monthDay', every: 1, day: 31 },
      startsOn: '2026-04-08',
      sendAt: '10:00',
      ownerId: owner,
      topicId: null,
      include: [],
      exclude: [],
      templateId: template.id,
      sender: null,
      draftDays: 5,
      aheadDays: 14,
      hoursNeeded: null,
      hoursFree: null,
    }),
  )
  await db.tx((ctx) =>
    addIssue(ctx, { lineId: id, day: '2026-04-30', theme: '', content: '', ownerId: null, dueOn: null, newsletterId: null }),
  )
  const row = async () => (await db.read((ctx) => readiness(ctx, { id }))).rows.find(({ key }) => key === 'test')
  expect(await row()).toMatchObject({ state: 'todo', why: 'none' })
  await rehearse(door(), { templateId: template.id, colleagues: [owner], addresses: ['other@mihon.example'], sender: null })
  expect(await row()).toMatchObject({ state: 'ok', why: 'good', n: { sent: 2 } })
})
