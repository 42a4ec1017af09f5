// The whole product in one story, on a virtual clock: an anonymous visitor becomes a customer.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashedId } from '#kernel/chance.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import type { Actor } from '#kernel/ctx.ts'
import { atInstant } from '#kernel/db/tx.ts'
import { makePass, submit } from '#loop/capture/forms/submit.ts'
import { takeBatch } from '#loop/capture/track/accept.ts'
import { followed, opened } from '#loop/deliver/feedback/service.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { resolveDevices, resolveSubject } from '#loop/identify/service.ts'
import { dashboard } from '#loop/measure/reports/service.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { create as openDeal, win } from '#loop/sales/deals/service.ts'
import { accept } from '#loop/sales/handoff/service.ts'
import { list as signals } from '#loop/sales/signals/service.ts'
import { publish, saveDraft, ofPerson as scoresOf, why as whyThisScore } from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS, type ScoreRule } from '#loop/score/rules/contract.ts'
import { history, members, ofPerson as segmentsOf } from '#loop/segment/service.ts'
import type { TestDatabase } from '../../test/database.ts'
import { testHouse } from '../../test/house.ts'
import { setUpCompany } from '../demo/company.ts'
import { mailsSent, waitingHandoffs } from '../demo/queries.ts'
import type { DemoState } from '../demo/state.ts'
import { BROWSER } from '../demo/visits.ts'

/** What the story's points mean, whatever the demo company's own table says. */
const earns = (event: string, points: number, times: number, part?: string): ScoreRule => ({
  id: hashedId('story', event, part ?? ''),
  kind: 'behaviour',
  label: part ?? event,
  match: { event, filters: part ? [{ prop: 'url', op: 'contains', value: part }] : [] },
  points,
  limit: { kind: 'cap', times },
  expiresDays: null,
})
const rules: ScoreRule[] = [
  earns('form.submitted', 30, 2),
  earns('page.viewed', 10, 4, '/demo/pricing'),
  earns('page.viewed', 6, 4, '/demo/cases'),
  earns('mail.opened', 2, 5),
  earns('mail.clicked', 8, 5),
  { id: hashedId('story', 'title'), kind: 'attribute', label: '決裁者', fact: 'title', is: { op: 'eq', value: '部長' }, points: 10 },
]

const DEVICE = 'device-of-hanako'
let db: TestDatabase
let company: DemoState
let hanako: string

beforeAll(async () => {
  db = await testHouse()
  company = await setUpCompany(db.house)
  await db.tx((ctx) => saveDraft(ctx, { name: 'main', rules, settings: { ...FIRST_SETTINGS, hotAt: 92, warmAt: 55 } }))
  await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
  await db.drain()
  db.clock.advance(HOUR)
})
afterAll(() => db.close())

/** Everything that goes on by itself, until nothing is left to do now. */
async function lifeGoesOn(): Promise<void> {
  await turnUntilQuiet(db.house)
  while ((await turnTimers(db.house)) > 0) await turnUntilQuiet(db.house)
  await sendDue(db.house)
  await turnUntilQuiet(db.house)
  await db.drain()
}

let message = 0
const pricesSeen: Date[] = []
/** She opens pages, a minute each. */
async function looksAt(...paths: string[]): Promise<void> {
  for (const path of paths) {
    db.clock.advance(MINUTE)
    if (path === '/demo/pricing') pricesSeen.unshift(db.clock.now())
    const url = `${db.house.publicUrl}${path}`
    const seen = {
      kind: 'event',
      name: 'page.viewed',
      messageId: `m${++message}`,
      device: DEVICE,
      userId: null,
      previousId: null,
      groupId: null,
      traits: {},
      url,
      visit: null,
      consent: 'implied',
      sentAt: null,
      userAgent: BROWSER,
      seen: true,
      props: { title: path },
      at: db.clock.now(),
    } as const
    const sender = { userAgent: BROWSER, origin: new URL(db.house.publicUrl).origin, gpc: false }
    await db.tx((ctx) => takeBatch(ctx, [{ key: company.writeKey, message: seen, sender }]))
  }
  await lifeGoesOn()
}

const score = async () => (await db.read((ctx) => scoresOf(ctx, { person: hanako }))).items[0]
const inSegments = async () => (await db.read((ctx) => segmentsOf(ctx, { person: hanako }))).items.map((segment) => segment.name)
const mails = () => db.read((ctx) => mailsSent(ctx.db, new Date(0), ctx.now))
const journal = async (name: string) =>
  (await db.read((ctx) => sql<{ hop: number }>`SELECT hop FROM journal WHERE person_id = ${hanako} AND name = ${name}`.execute(ctx.db)))
    .rows
const hit = { method: 'GET', userAgent: BROWSER, purpose: '' }
const passOf = (mail: { id: string }) => mailToken(tokenKeys(db.house), { personId: hanako, deliveryId: mail.id })

test('TRK-01 somebody comes to the site, nobody knows who; two looks at the prices already count', async () => {
  await looksAt('/demo/', '/demo/pricing')
  db.clock.advance(DAY)
  await looksAt('/demo/pricing', '/demo/cases')
  const found = await db.tx((ctx) => resolveDevices(ctx, [{ device: DEVICE, at: ctx.now, historic: false }]))
  hanako = found.get(DEVICE)?.id ?? ''
  expect((await score())?.columns).toMatchObject({ behaviour_plus: 26, total: 26 })
  expect(await inSegments()).toEqual(['検討中の訪問者'])
})

test('TRK-03 CAP-01 she asks for the guide: the visitor herself becomes the lead, and what she saw before counts', async () => {
  db.clock.advance(2 * HOUR)
  await looksAt('/demo/pricing', '/demo/download')
  await db.tx(async (ctx) => {
    const _pass = makePass(atInstant(ctx, new Date(ctx.now.getTime() - MINUTE)), company.form)
    const values = {
      _pass,
      company: '株式会社サンプル42',
      family: '見本',
      given: '花子',
      mail: 'hanako@sample42.example.co.jp',
      department: '総務部',
      title: '部長',
      phone: '03-0000-0042',
      consent: 'yes',
    }
    await submit(ctx, {
      form: company.form,
      values,
      ip: '203.0.113.9',
      language: 'ja',
      device: DEVICE,
      page: `${db.house.publicUrl}/demo/download`,
    })
  })
  await lifeGoesOn()
  expect(await db.read((ctx) => resolveSubject(ctx, hanako))).toMatchObject({ id: hanako })
  expect(await inSegments()).toEqual(expect.arrayContaining(['ホット：料金ページ3回以上', 'メルマガ配信対象']))
  expect(await inSegments()).not.toContain('検討中の訪問者')
})

test('QUA-01 QUA-04 her score explains itself: the ledger adds up to the total', async () => {
  const why = await db.read((ctx) => whyThisScore(ctx, { person: hanako, name: 'main' }))
  expect(why.columns).toMatchObject({ attribute_plus: 10, behaviour_plus: 66, total: 76 })
  expect(why.lines.filter((line) => line.counts).reduce((sum, line) => sum + line.points, 0)).toBe(why.columns.total)
  expect(why.heat).toBe('warm')
})

test('NUR-01 the scenario writes to her; she opens the mail, follows its link, and comes back hot', async () => {
  for (let day = 0; day < 5 && !(await mails()).length; day++) {
    db.clock.advance(DAY)
    await lifeGoesOn()
  }
  const [mail] = await mails()
  expect(mail).toMatchObject({ mail: 'hanako@sample42.example.co.jp' })
  if (!mail) return
  db.clock.advance(HOUR)
  await db.tx((ctx) => opened(ctx, passOf(mail), hit), { kind: 'public' })
  await db.tx((ctx) => followed(ctx, passOf(mail), 1, hit), { kind: 'public' })
  await looksAt('/demo/cases', '/demo/pricing')
  expect(await journal('mail.clicked')).toHaveLength(1)
  expect(await score()).toMatchObject({ heat: 'hot' })
})

test('SAL-01 QUA-10 sales hears of it once, takes her over, and the deal is won', async () => {
  const seller: Actor = { kind: 'user', id: company.sellers[0] ?? '', name: '例示 さくら', role: 'sales' }
  const raised = await db.read((ctx) => signals(ctx, { limit: 50 } as Parameters<typeof signals>[1]), seller)
  expect(JSON.stringify(raised)).toContain(hanako)
  const waiting = await db.read((ctx) => waitingHandoffs(ctx.db))
  expect(waiting.map((one) => one.person_id)).toEqual([hanako])
  db.clock.advance(HOUR)
  await db.tx((ctx) => accept(ctx, { leadId: hanako, id: waiting[0]?.id ?? '' }), seller)
  const deal = await db.tx((ctx) => openDeal(ctx, { leadIds: [hanako], amount: 1_200_000 }), seller)
  await lifeGoesOn()
  db.clock.advance(7 * DAY)
  await db.tx((ctx) => win(ctx, { id: deal.id }), seller)
  await lifeGoesOn()
  expect(await journal('deal.won')).toHaveLength(1)
})

test('KPI-01 the manager sees one visitor, one lead, one MQL, one deal, one customer', async () => {
  const { figures } = await db.read((ctx) => dashboard(ctx, { days: 30 }))
  const people = Object.fromEntries(Object.entries(figures).map(([metric, figure]) => [metric, figure.people]))
  expect(people).toMatchObject({ visit: 1, lead: 1, mql: 1, sql: 1, deal: 1, won: 1, mail_delivered: 1, mail_opened: 1, mail_clicked: 1 })
  expect(figures.won_yen.n).toBe(1_200_000)
})

test('M1 a week without a look at the prices, and she leaves the hot segment at the very second', async () => {
  const last = await db.read((ctx) => history(ctx, { id: company.hotSegment, limit: 50 }))
  const before = last.items.find((stay) => stay.person.id === hanako)
  db.clock.advance(30 * DAY)
  await lifeGoesOn()
  const stay = (await db.read((ctx) => history(ctx, { id: company.hotSegment, limit: 50 }))).items.find((one) => one.person.id === hanako)
  expect(before?.enteredAt).toBe(stay?.enteredAt)
  expect(stay?.leftAt).toBe(new Date((pricesSeen[2]?.getTime() ?? 0) + 7 * DAY).toISOString())
  expect((await db.read((ctx) => members(ctx, { id: company.hotSegment, limit: 50 }))).items).toEqual([])
})
