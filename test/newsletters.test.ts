import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, eventId } from '#kernel/journal.ts'
import { followed, opened, stopped } from '#loop/deliver/feedback/service.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import { setRules } from '#loop/deliver/newsletter/approval.ts'
import { approve, askApproval } from '#loop/deliver/newsletter/approving.ts'
import { copy } from '#loop/deliver/newsletter/copy.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import { newslettersTick } from '#loop/deliver/newsletter/tick.ts'
import { drawWebCopy, findWebCopy } from '#loop/deliver/newsletter/web/service.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { settleHits } from '#loop/deliver/truth/tick.ts'
import * as reports from '#loop/measure/mails/service.ts'
import { testHouse } from './house.ts'
import { aNewsletter, click, db, door, edit, get, HOUR, HUMAN, openMailing, rowsOf, settle, someLeads, user } from './mailing.ts'
import { seeded } from './world.ts'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())

const webCopy = async (id: string) => {
  const found = await db.read((ctx) => findWebCopy(ctx, id))
  return found && drawWebCopy(found)
}
test('KPI-01 KPI-02 KPI-03 KPI-16 the report counts people by outcome, domain and hour; each number lists the people it counts, and they add up', async () => {
  const leads = [...(await someLeads(4)), ...(await someLeads(2, 'other.example'))]
  const made = await aNewsletter(leads)
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 6 }))
  await settle()
  const rows = await rowsOf(made.id)
  db.clock.advance(2 * HOUR)
  await click(rows[0] as never, 1)
  await click(rows[1] as never, 2)
  await db.tx((ctx) =>
    stopped(ctx, mailToken(tokenKeys(db.house), { personId: rows[1]?.person_id ?? '', deliveryId: rows[1]?.id ?? '' }), 'page'),
  )
  await db.tx((ctx) =>
    sql`UPDATE delivery SET bounced_at = ${ctx.now}, bounce_hard = true, bounce_reason = 'unknown_user' WHERE id = ${rows[2]?.id}`.execute(
      ctx.db,
    ),
  )
  await db.tx((ctx) =>
    sql`INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, props) SELECT bucket, person_id, gen_random_uuid(), 'form.submitted', ${new Date(ctx.now.getTime() + HOUR)}, ${ctx.now}, '{}' FROM delivery WHERE id = ${rows[0]?.id}`.execute(
      ctx.db,
    ),
  )
  const report = await db.read((ctx) => reports.report(ctx, { id: made.id }))
  expect(report.figures).toMatchObject({
    all: 6,
    sent: 6,
    tried: 6,
    delivered: 5,
    opened: 2,
    clicked: 2,
    notClicked: 3,
    converted: 1,
    stopped: 1,
    bounced: 1,
    bouncedHard: 1,
    bouncedSoft: 0,
  })
  expect(report.bouncedBy).toEqual([{ reason: 'unknown_user', count: 1 }])
  expect(report.domains.map(({ domain, sent }) => [domain, sent])).toEqual([
    ['example.co.jp', 4],
    ['other.example', 2],
  ])
  expect(report.hours[2]).toMatchObject({ opened: 2, clicked: 2 })
  for (const of of ['all', 'delivered', 'clicked', 'notClicked', 'converted', 'stopped', 'bouncedHard', 'sent'] as const) {
    const behind = await db.read((ctx) => reports.people(ctx, { id: made.id, of, limit: 50 }))
    expect(behind.items, of).toHaveLength(report.figures[of])
  }
  const first = await db.read((ctx) => reports.people(ctx, { id: made.id, of: 'all', limit: 4 }))
  const second = await db.read((ctx) => reports.people(ctx, { id: made.id, of: 'all', limit: 4, cursor: first.next ?? '' }))
  expect(new Set([...first.items, ...second.items].map((one) => one.personId)).size).toBe(6)
  const narrowed = await db.read((ctx) => reports.people(ctx, { id: made.id, of: 'sent', domain: 'other.example', limit: 50 }))
  expect(narrowed.items).toHaveLength(2)
})

test('GEN-02 KPI-16 the report counts who stopped by the reason they ticked, each with its people, and the reasons add up to who stopped', async () => {
  const made = await aNewsletter(await someLeads(5))
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 5 }))
  await settle()
  const rows = await rowsOf(made.id)
  const whys = ['often', 'often', 'left', undefined] as const
  for (const [i, why] of whys.entries())
    await db.tx((ctx) =>
      stopped(ctx, mailToken(tokenKeys(db.house), { personId: rows[i]?.person_id ?? '', deliveryId: rows[i]?.id ?? '' }), 'page', why),
    )
  await db.tx((ctx) =>
    sql`UPDATE delivery SET stopped_at = ${ctx.now}, complained_at = ${ctx.now} WHERE id = ${rows[4]?.id}`.execute(ctx.db),
  )
  const report = await db.read((ctx) => reports.report(ctx, { id: made.id }))
  expect(report.stoppedBy).toEqual([
    { reason: 'often', count: 2 },
    { reason: 'complaint', count: 1 },
    { reason: 'left', count: 1 },
    { reason: 'unsaid', count: 1 },
  ])
  expect(report.figures.stopped).toBe(5)
  for (const { reason, count } of report.stoppedBy) {
    const behind = await db.read((ctx) => reports.people(ctx, { id: made.id, of: 'stopped', reason, limit: 50 }))
    expect(behind.items, reason).toHaveLength(count)
  }
  const tired = await db.read((ctx) => reports.people(ctx, { id: made.id, of: 'stopped', reason: 'often', limit: 50 }))
  expect(tired.items.map(({ personId }) => personId).sort()).toEqual([rows[0]?.person_id, rows[1]?.person_id].sort())
})

test('KPI-01 KPI-02 KPI-03 opens, clicks and forms after a click are counted by people, machines apart; who was left out stands there with the reason', async () => {
  const leads = await someLeads(3)
  const [noBasis] = (await someLeads(1, 'example.co.jp', null)) as [Subject]
  const made = await aNewsletter([...leads, noBasis])
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 4 }))
  await settle()
  db.clock.advance(60_000)
  const rows = (await rowsOf(made.id)).filter((row) => row.status === 'sent')
  const tokenFor = (i: number) => mailToken(tokenKeys(db.house), { personId: rows[i]?.person_id ?? '', deliveryId: rows[i]?.id ?? '' })
  for (const _twice of [1, 2]) await db.tx((ctx) => followed(ctx, tokenFor(0), 1, HUMAN))
  await db.tx((ctx) => opened(ctx, tokenFor(1), HUMAN))
  await db.tx((ctx) => opened(ctx, tokenFor(2), { ...HUMAN, userAgent: 'Mozilla/5.0' }))
  db.clock.advance(60_000)
  await settleHits(db.house)
  const form = { subject: subjectOf(rows[0]?.person_id ?? ''), id: eventId('test', 'form'), name: 'form.submitted', props: {} }
  await db.tx((ctx) => append(ctx, [{ ...form, occurredAt: ctx.now }]))
  expect((await get(made.id)).counts).toMatchObject({
    total: 4,
    sent: 3,
    suppressed: 1,
    opened: 2,
    openedMachine: 1,
    clicked: 1,
    clickedMachine: 0,
  })
  const report = await db.read((ctx) => reports.report(ctx, { id: made.id }))
  expect(report.figures).toMatchObject({
    all: 4,
    sent: 3,
    suppressed: 1,
    opened: 2,
    openedMachine: 1,
    clicked: 1,
    clickedMachine: 0,
    converted: 1,
  })
  expect(report.suppressedBy).toEqual([{ reason: 'no_basis', count: 1 }])
  const { links } = await reports.clickMap(door(), { id: made.id })
  expect(links.map(({ people, machine }) => [people, machine])).toEqual([
    [1, 0],
    [0, 0],
  ])
  for (const [of, n] of [
    ['sent', 3],
    ['opened', 2],
    ['openedMachine', 1],
    ['clicked', 1],
    ['converted', 1],
  ] as const) {
    const { items } = await db.read((ctx) => reports.people(ctx, { id: made.id, of, limit: 50 }))
    expect(items, of).toHaveLength(n)
  }
  const left = await db.read((ctx) => reports.people(ctx, { id: made.id, of: 'suppressed', reason: 'no_basis', limit: 50 }))
  expect(left.items.map((one) => one.personId)).toEqual([noBasis.id])
})

test('NUR-14 the click map tells two places of one address apart, by position and wording, and lists who clicked there', async () => {
  const made = await aNewsletter(await someLeads(3))
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 3 }))
  await settle()
  db.clock.advance(HOUR)
  const rows = await rowsOf(made.id)
  await click(rows[0] as never, 2)
  await click(rows[1] as never, 2)
  const map = await reports.clickMap(door(), { id: made.id })
  expect(map.links).toEqual([
    { link: 1, url: 'https://www.mihon.example/pricing', label: '料金を見る', people: 0, clicks: 0, doubt: 0, machine: 0 },
    { link: 2, url: 'https://www.mihon.example/pricing', label: 'もう一度、料金', people: 2, clicks: 2, doubt: 0, machine: 0 },
  ])
  expect(map.html).toContain('2&nbsp;·&nbsp;2&nbsp;(66.7%)')
  const there = await db.read((ctx) => reports.people(ctx, { id: made.id, of: 'clicked', link: 2, limit: 50 }))
  expect(there.items).toHaveLength(2)
})

test('NUR-14 KPI-02 a second mailing goes to those who followed no link, also not meanwhile', async () => {
  const made = await aNewsletter(await someLeads(3))
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 3 }))
  await settle()
  db.clock.advance(HOUR)
  const rows = await rowsOf(made.id)
  await click(rows[0] as never, 1)
  const again = await db.tx((ctx) => reports.again(ctx, { id: made.id, name: '再送', segmentName: '未クリックの人' }))
  await db.drain()
  const second = await get(again.id)
  expect(second).toMatchObject({ status: 'draft', include: [again.segment], templateId: made.templateId })
  const crowd = await db.read((ctx) => newsletters.audience(ctx, { include: [again.segment], exclude: [], topicId: null }))
  expect(crowd.people).toBe(2)
})

test('NUR-01 NUR-12 a copy has the people, words, test and sender of the first; a second mailing carries the same name', async () => {
  const trial = { on: 'subject' as const, subject: '料金が変わります', share: 50, minimum: 50, goal: 'click' as const, hours: 24 }
  const made = await aNewsletter(await someLeads(1), { onWeb: true, test: trial, sender: 'owner' })
  const { templateId, include, exclude, topicId } = made
  const again = await db.tx((ctx) => copy(ctx, { id: made.id }))
  expect(again).toMatchObject({ status: 'draft', templateId, include, exclude, topicId, onWeb: true, test: trial, sender: 'owner' })
  const sent = await aNewsletter(await someLeads(1), { sender: 'owner' })
  await db.tx((ctx) => newsletters.start(ctx, { id: sent.id, confirmed: 1 }))
  await settle()
  const second = await db.tx((ctx) => reports.again(ctx, { id: sent.id, name: '再送', segmentName: '読まなかった人' }))
  await db.drain()
  expect((await get(second.id)).sender).toBe('owner')
})

test('NUR-01 S8 each reader gets it at their own hour; a zone nobody knows falls back to the house for that one reader alone', async () => {
  const leads = await someLeads(4)
  const zones = ['Europe/Berlin', 'Nowhere/Never', '', 'America/New_York']
  await db.tx(async (ctx) => {
    for (const [i, lead] of leads.entries())
      await sql`UPDATE person SET attrs = jsonb_build_object('zone', ${zones[i]}::text) WHERE bucket = ${lead.bucket} AND id = ${lead.id}`.execute(
        ctx.db,
      )
    await setRules(ctx, { approval: false, zoneField: 'zone' })
  })
  const made = await aNewsletter(leads)
  const day = new Date(db.clock.now().getTime() + 48 * HOUR).toISOString().slice(0, 10)
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 4, localAt: `${day}T09:00` }))
  db.clock.set(`${day}T00:00:00Z`)
  await settle()
  const by = new Map((await rowsOf(made.id)).map((row) => [row.person_id, row.not_before.toISOString().slice(11, 16)]))
  expect(leads.map((lead) => by.get(lead.id))).toEqual([
    expect.stringMatching(/0[78]:00/),
    '00:00',
    '00:00',
    expect.stringMatching(/1[34]:00/),
  ])
  expect((await rowsOf(made.id)).filter((row) => row.status === 'sent')).toHaveLength(2)
  db.clock.advance(15 * HOUR)
  await settle()
  expect((await get(made.id)).counts).toMatchObject({ sent: 4, waiting: 0 })
})

test('NUR-01 where a second person must say yes, nobody starts without it, nobody says it to their own, and a change takes it back', async () => {
  await db.tx((ctx) => setRules(ctx, { approval: true, zoneField: '' }))
  const made = await aNewsletter(await someLeads(1))
  const start = () => db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 1 }))
  await expect(start()).rejects.toMatchObject({ code: 'newsletter.approval' })
  await withTx(db.house, user('anna'), (ctx) => askApproval(ctx, { id: made.id }))
  await expect(withTx(db.house, user('anna'), (ctx) => approve(ctx, { id: made.id, yes: true }))).rejects.toMatchObject({
    code: 'newsletter.own',
  })
  await withTx(db.house, user('ben'), (ctx) => approve(ctx, { id: made.id, yes: true }))
  await db.tx((ctx) =>
    newsletters.update(ctx, { ...edit, id: made.id, name: '別の名前', templateId: made.templateId, include: made.include }),
  )
  await expect(start()).rejects.toMatchObject({ code: 'newsletter.approval' })
  await withTx(db.house, user('anna'), (ctx) => askApproval(ctx, { id: made.id }))
  const approved = await withTx(db.house, user('ben'), (ctx) => approve(ctx, { id: made.id, yes: true }))
  expect(approved.approval).toMatchObject({ askedBy: 'anna', approvedBy: 'ben' })
  expect((await start()).status).toBe('scheduled')
  await db.tx((ctx) => setRules(ctx, { approval: false, zoneField: '' }))
})

test('NUR-01 S8 paused, resumed, edited and cloned 200 times while it runs: everybody gets it once, and nothing leaves while it is paused', async () => {
  const leads = await someLeads(60)
  const made = await aNewsletter(leads)
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 60 }))
  await newslettersTick(db.house)
  const draw = seeded(8)
  const state = async () => (await get(made.id)).status
  let running = Promise.resolve()
  for (let i = 0; i < 200; i++) {
    const act = draw()
    if (act < 0.3) await db.tx((ctx) => newsletters.pause(ctx, { id: made.id })).catch(() => undefined)
    else if (act < 0.6) await db.tx((ctx) => newsletters.resume(ctx, { id: made.id })).catch(() => undefined)
    else if (act < 0.7)
      await expect(
        db.tx((ctx) => newsletters.update(ctx, { ...edit, id: made.id, templateId: made.templateId, include: made.include })),
      ).rejects.toMatchObject({ code: 'newsletter.begun' })
    else if (act < 0.75) await db.tx((ctx) => copy(ctx, { id: made.id }))
    else if (act < 0.8) running = Promise.all([running, db.drain()]).then(() => undefined)
    else if ((await state()) === 'paused') {
      await running
      const before = (await get(made.id)).counts.sent
      await sendDue(db.house)
      expect((await get(made.id)).counts.sent).toBe(before)
    } else running = Promise.all([running, sendDue(db.house)]).then(() => undefined)
  }
  await running
  if ((await state()) === 'paused') await db.tx((ctx) => newsletters.resume(ctx, { id: made.id }))
  // What was in a lane's hands at a pause comes back a little later.
  for (let i = 0; i < 4; i++) {
    db.clock.advance(15 * 60_000)
    await settle()
  }
  expect((await get(made.id)).counts).toMatchObject({ total: 60, sent: 60, waiting: 0 })
  const copies = await db.read((ctx) =>
    sql<{
      n: number
      people: number
    }>`SELECT count(*)::int AS n, count(DISTINCT d.person_id)::int AS people FROM mailbox_mail m JOIN delivery d ON m.message_id LIKE d.id || '%' OR m.message_id LIKE '<' || d.id || '%' WHERE d.source = ${made.id}`.execute(
      ctx.db,
    ),
  )
  expect(copies.rows[0]).toEqual({ n: 60, people: 60 })
}, 30_000)

test('NUR-01 GEN-02 the copy on the web is there when it was switched on and has gone out, and speaks of nobody', async () => {
  const hidden = await aNewsletter(await someLeads(1))
  const shown = await aNewsletter(await someLeads(1), { onWeb: true })
  expect(await webCopy(shown.id)).toBeNull()
  for (const { id } of [hidden, shown]) await db.tx((ctx) => newsletters.start(ctx, { id, confirmed: 1 }))
  await settle()
  expect(await webCopy(hidden.id)).toBeNull()
  expect(await webCopy('nonsense')).toBeNull()
  const html = (await webCopy(shown.id)) ?? ''
  expect(html).toContain('お客様')
  expect(html).toMatch(/\/r\/[0-9a-f-]{36}\/1"/)
  expect(html).not.toMatch(/見本\d|\/o\/|\/u\/|\/c\/|\/n\//)
  const sent = await db.read((ctx) =>
    sql<{
      source: string
      raw: Buffer
    }>`SELECT d.source, m.raw FROM mailbox_mail m JOIN delivery d ON m.message_id LIKE '%' || d.id || '%'
      WHERE d.source IN (${hidden.id}, ${shown.id})`.execute(ctx.db),
  )
  expect(sent.rows).toHaveLength(2)
  for (const { source, raw } of sent.rows) {
    const mail = await PostalMime.parse(raw)
    const link = `http://hagukumi.test/n/${source}`
    expect([mail.html?.includes(link), mail.text?.includes(link)]).toEqual([source === shown.id, source === shown.id])
  }
})
