// Regular newsletters from plan to sending, on a virtual clock: 8 April 2026 is a Wednesday.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { addUser } from '#access/users/service.ts'
import { findMail, listMails } from '#connect/pretend/mailbox/queries.ts'
import { DAY } from '#kernel/clock.ts'
import * as issues from '#loop/deliver/lines/issues.ts'
import { watchJob } from '#loop/deliver/lines/jobs.ts'
import { readiness } from '#loop/deliver/lines/ready/service.ts'
import * as lines from '#loop/deliver/lines/service.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import { remove as removeTemplate } from '#loop/deliver/template/service.ts'
import { archive } from '#loop/segment/archive/service.ts'
import { sendLineMail } from '#server/lineMail.ts'
import { testHouse } from './house.ts'
import { aSegment, aTemplate, db, door, openMailing, settle, someLeads } from './mailing.ts'

let owner = ''
beforeAll(async () => {
  await openMailing(await testHouse())
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

const edit = {
  name: '見本通信',
  rhythm: { kind: 'weeks' as const, every: 2, weekday: 3 },
  startsOn: '2026-04-08',
  sendAt: '10:00',
  ownerId: null as string | null,
  topicId: null,
  include: [] as string[],
  exclude: [] as string[],
  templateId: null as string | null,
  sender: null,
  draftDays: 5,
  aheadDays: 14,
  hoursNeeded: null as number | null,
  hoursFree: null as number | null,
}
const aLine = (more: Partial<typeof edit> = {}) => db.tx((ctx) => lines.create(ctx, { ...edit, ownerId: owner, ...more }))
const seen = (id: string) => db.read((ctx) => lines.get(ctx, { id }))
const month = (id: string, from: string, to: string) => db.read((ctx) => lines.calendar(ctx, { from, to, lineId: id }))
const at = (instant: string) => db.clock.set(new Date(instant))
/** Notices to owners so far, after whatever is due now was told. */
const told = async () => {
  await watchJob.run(db.house, {})
  await db.drain()
  const mails = await db.read((ctx) => listMails(ctx.db, { after: null, limit: 50, search: null }))
  return mails.filter(({ subject }) => subject.startsWith('メルマガの予定'))
}
const end = (id: string) => db.tx((ctx) => lines.remove(ctx, { id }))

test('NUR-35 several issues are planned ahead by the rhythm; one is moved to another day and back, and keeps the day it stands for', async () => {
  at('2026-04-08T10:00:00+09:00')
  const { id } = await aLine()
  const { items } = await db.tx((ctx) => issues.plan(ctx, { id, count: 3 }))
  const before = await month(id, '2026-04-01', '2026-05-31')
  expect(before.issues.map(({ day, dueOn, state }) => [day, dueOn, state])).toEqual([
    ['2026-04-08', '2026-04-01', 'planned'],
    ['2026-04-22', '2026-04-15', 'planned'],
    ['2026-05-07', '2026-04-24', 'planned'],
  ])
  expect(before.open.map(({ day }) => day)).toEqual(['2026-05-20'])
  expect(before.days.filter(({ closed }) => closed).map(({ day }) => day)).toContain('2026-05-05')
  expect(before.days.find(({ day }) => day === '2026-05-05')?.holiday).toBe('こどもの日')
  await db.tx((ctx) => issues.move(ctx, { id: items[1] ?? '', day: '2026-04-24' }))
  expect((await month(id, '2026-04-24', '2026-04-24')).issues).toMatchObject([
    { day: '2026-04-24', slot: '2026-04-22', dueOn: '2026-04-17' },
  ])
  await db.tx((ctx) => issues.move(ctx, { id: items[1] ?? '', day: '2026-04-22' }))
  expect((await month(id, '2026-04-01', '2026-05-31')).issues).toEqual(before.issues)
  await db.tx((ctx) => issues.remove(ctx, { id: items[2] ?? '' }))
  expect((await seen(id)).ahead).toBe(2)
  await db.tx((ctx) => issues.restore(ctx, { id: items[2] ?? '' }))
  expect((await seen(id)).ahead).toBe(3)
  await end(id)
})

test('NUR-35 an issue makes its newsletter once, from a copy of the template of its line, and shows where that stands until it is sent', async () => {
  at('2026-04-08T10:00:00+09:00')
  const template = await aTemplate()
  const include = [await aSegment(await someLeads(3))]
  const { id } = await aLine({ templateId: template.id, include })
  const made = await db.tx((ctx) =>
    issues.addIssue(ctx, {
      lineId: id,
      day: '2026-04-08',
      theme: '事例',
      content: 'https://www.mihon.example/case',
      ownerId: null,
      dueOn: null,
      newsletterId: null,
    }),
  )
  const opened = await issues.open(door(), made)
  const again = await issues.open(door(), made)
  expect([opened.made, again.made, again.newsletterId]).toEqual([true, false, opened.newsletterId])
  expect(opened.templateId).not.toBe(template.id)
  const state = async () => (await month(id, '2026-04-08', '2026-04-08')).issues[0]?.state
  expect(await state()).toBe('drafted')
  await db.tx((ctx) => newsletters.start(ctx, { id: opened.newsletterId, confirmed: 3, sendAt: '2026-04-08T12:00:00+09:00' }))
  expect(await state()).toBe('scheduled')
  await expect(db.tx((ctx) => issues.move(ctx, { id: made.id, day: '2026-04-09' }))).rejects.toMatchObject({ code: 'issue.begun' })
  at('2026-04-08T12:00:00+09:00')
  await settle()
  expect(await state()).toBe('sent')
  expect((await seen(id)).pace).toMatchObject({ lastOn: '2026-04-08', sinceLast: 0, overdueDays: 0 })
  await end(id)
})

test('NUR-35 without a template or people the newsletter of an issue is not made, and it is said what is missing', async () => {
  const { id } = await aLine()
  const { items } = await db.tx((ctx) => issues.plan(ctx, { id, count: 1 }))
  await expect(issues.open(door(), { id: items[0] ?? '' })).rejects.toMatchObject({ code: 'issue.template' })
  await end(id)
})

test('NUR-35 a template that was put away begins no issue, and a line that was ended comes back only where there is room', async () => {
  const template = await aTemplate()
  const { id } = await aLine({ templateId: template.id, include: [await aSegment(await someLeads(1))] })
  const { items } = await db.tx((ctx) => issues.plan(ctx, { id, count: 1 }))
  await db.tx((ctx) => removeTemplate(ctx, { id: template.id }))
  await expect(issues.open(door(), { id: items[0] ?? '' })).rejects.toMatchObject({ code: 'issue.template' })
  await end(id)
  const others: string[] = []
  for (let left = 50 - (await db.read((ctx) => lines.list(ctx))).items.length; left > 0; left--) others.push((await aLine()).id)
  await expect(db.tx((ctx) => lines.restore(ctx, { id }))).rejects.toMatchObject({ code: 'line.many' })
  for (const other of others) await end(other)
  await db.tx((ctx) => lines.restore(ctx, { id }))
  await end(id)
})

test('NUR-35 NUR-01 whoever a segment keeps out gets nothing because that segment was put away: none under way lets go of it, none begins without it', async () => {
  const leads = await someLeads(3)
  const template = await aTemplate()
  const [all, kept] = [await aSegment(leads), await aSegment(leads.slice(0, 1))]
  const { id } = await aLine({ templateId: template.id, include: [all], exclude: [kept] })
  const { items } = await db.tx((ctx) => issues.plan(ctx, { id, count: 1 }))
  const opened = await issues.open(door(), { id: items[0] ?? '' })
  const newsletter = { id: opened.newsletterId, confirmed: 2 }
  const tomorrow = new Date(db.clock.now().getTime() + DAY).toISOString()
  await db.tx((ctx) => newsletters.start(ctx, { ...newsletter, sendAt: tomorrow }))
  await expect(db.tx((ctx) => archive(ctx, { id: kept }))).rejects.toMatchObject({
    code: 'segment.mailed',
    message: expect.stringContaining('見本通信'),
  })
  await db.tx((ctx) => newsletters.cancel(ctx, { id: opened.newsletterId }))
  const again = await issues.open(door(), { id: items[0] ?? '' })
  await db.tx((ctx) => archive(ctx, { id: kept }))
  for (const confirmed of [2, 3])
    await expect(db.tx((ctx) => newsletters.start(ctx, { id: again.newsletterId, confirmed }))).rejects.toMatchObject({
      code: 'newsletter.segment',
    })
  await end(id)
})

test('NUR-35 KPI-22 a notice to an owner that is tried again is the same letter', async () => {
  const mail = { id: 'b5c2', to: 'hanako@mihon.example', name: '見本 花子', language: 'ja' as const, items: [] }
  await sendLineMail.run(db.house, mail)
  await sendLineMail.run(db.house, mail)
  const all = await db.read((ctx) => listMails(ctx.db, { after: null, limit: 50, search: null }))
  const ids = all.filter(({ subject }) => subject.includes('0件')).map(({ id }) => id)
  const raws = await Promise.all(ids.map((id) => db.read((ctx) => findMail(ctx.db, id))))
  expect(raws.map((one) => /Message-ID: (.*)/.exec(one?.raw.toString() ?? '')?.[1]?.trim())).toEqual(Array(2).fill('<b5c2@mihon.example>'))
})

test('NUR-35 KPI-22 the owner is told once of each issue that is missing, late or overdue, within working hours', async () => {
  at('2026-06-01T10:00:00+09:00')
  const before = (await told()).length
  const { id } = await aLine({ name: '夏の通信', startsOn: '2026-06-10', aheadDays: 7 })
  const kinds = async () => (await seen(id)).alerts.map(({ kind, day }) => `${kind} ${day}`)
  expect(await kinds()).toEqual([])
  expect(await told()).toHaveLength(before)
  at('2026-06-03T05:00:00+09:00')
  expect(await kinds()).toEqual(['missing 2026-06-10'])
  expect(await told()).toHaveLength(before)
  at('2026-06-03T09:00:00+09:00')
  const first = await told()
  expect(first).toHaveLength(before + 1)
  expect(JSON.stringify(first[0])).toContain('hanako@mihon.example')
  expect(await told()).toHaveLength(before + 1)
  db.clock.advance(DAY)
  expect(await told()).toHaveLength(before + 1)
  const made = await db.tx((ctx) =>
    issues.addIssue(ctx, { lineId: id, day: '2026-06-10', theme: '', content: '', ownerId: null, dueOn: '2026-06-04', newsletterId: null }),
  )
  expect(await kinds()).toEqual([])
  at('2026-06-05T10:00:00+09:00')
  expect(await kinds()).toEqual(['late 2026-06-10'])
  expect(await told()).toHaveLength(before + 2)
  at('2026-06-11T10:00:00+09:00')
  expect(await kinds()).toEqual(['overdue 2026-06-10'])
  expect((await month(id, '2026-06-01', '2026-06-30')).issues.map(({ day, overdue }) => [day, overdue])).toEqual([['2026-06-10', true]])
  expect(await told()).toHaveLength(before + 3)
  expect((await seen(id)).pace.overdueDays).toBe(1)
  await db.tx((ctx) => issues.skip(ctx, { id: made.id, skip: true }))
  expect(await kinds()).toEqual([])
  await end(id)
  expect((await db.read((ctx) => lines.notices(ctx))).items.filter(({ lineId }) => lineId === id)).toEqual([])
})

test('NUR-35 KPI-22 a day that went by without an issue stands in the month as overdue, beside the days still to come', async () => {
  at('2026-06-08T10:00:00+09:00')
  const { id } = await aLine({ name: '抜けた通信', startsOn: '2026-06-10' })
  at('2026-06-12T10:00:00+09:00')
  const { open } = await month(id, '2026-06-01', '2026-06-30')
  expect(open.map(({ day, overdue }) => [day, overdue])).toEqual([
    ['2026-06-10', true],
    ['2026-06-24', false],
  ])
  expect((await month(id, '2026-06-11', '2026-06-30')).open.map(({ day }) => day)).toEqual(['2026-06-24'])
  await end(id)
})

test('NUR-35 KPI-22 of two issues of one day that are due both owners hear, each of their own, and once', async () => {
  at('2026-06-22T10:00:00+09:00')
  const other = await db.tx((ctx) =>
    addUser(ctx, {
      name: '見本 次郎',
      email: 'jiro@mihon.example',
      password: 'a-long-password-for-tests',
      language: 'ja',
      role: 'marketer',
    }),
  )
  const { id } = await aLine({ name: '二つの通信', startsOn: '2026-12-02' })
  for (const ownerId of [owner, other]) {
    const issue = { lineId: id, day: '2026-06-24', theme: '', content: '', ownerId, dueOn: '2026-06-19', newsletterId: null }
    await db.tx((ctx) => issues.addIssue(ctx, issue))
  }
  const before = new Set((await db.read((ctx) => listMails(ctx.db, { after: null, limit: 50, search: null }))).map((one) => one.id))
  const fresh = async () => (await told()).filter((one) => !before.has(one.id))
  expect((await fresh()).map((one) => /(hanako|jiro)@/.exec(JSON.stringify(one))?.[1]).sort()).toEqual(['hanako', 'jiro'])
  expect(await fresh()).toHaveLength(2)
  await end(id)
})

test('KPI-22 past sendings joined to a line show the interval that was really kept, and a growing one is flagged', async () => {
  const template = await aTemplate()
  const include = [await aSegment(await someLeads(1))]
  const { id } = await aLine({ name: '不定期になった通信', startsOn: '2026-07-01' })
  for (const day of ['2026-07-01', '2026-07-15', '2026-08-04', '2026-09-01']) {
    at(`${day}T10:00:00+09:00`)
    const made = await db.tx((ctx) => newsletters.create(ctx, { name: day, templateId: template.id, include, exclude: [], topicId: null }))
    await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 1 }))
    await settle()
    const issue = { lineId: id, day, theme: '', content: '', ownerId: null, dueOn: null, newsletterId: made.id }
    await db.tx((ctx) => issues.addIssue(ctx, issue))
    await expect(db.tx((ctx) => issues.addIssue(ctx, issue))).rejects.toMatchObject({ code: 'issue.placed' })
  }
  const { pace } = await seen(id)
  expect(pace.intervals.map(({ days }) => days)).toEqual([14, 20, 28])
  expect(pace).toMatchObject({ planned: 14, grows: true, sinceLast: 0 })
  await end(id)
})

test('NUR-36 the checklist of a line counts the people, names, content and hours of this company, and follows what is done', async () => {
  at('2026-10-01T10:00:00+09:00')
  const template = await aTemplate()
  const include = [await aSegment([...(await someLeads(4)), ...(await someLeads(1, 'example.co.jp', null))])]
  const { id } = await aLine({ name: '準備中の通信', startsOn: '2026-10-07' })
  const rows = async () => Object.fromEntries((await db.read((ctx) => readiness(ctx, { id }))).rows.map((row) => [row.key, row]))
  const first = await rows()
  expect(first).toMatchObject({
    reach: { state: 'todo', why: 'nobody' },
    template: { state: 'todo' },
    legal: { state: 'ok' },
    content: { state: 'todo', n: { ahead: 0, filled: 0 } },
    people: { state: 'todo', why: 'noHours', said: ['見本 花子'] },
    test: { state: 'todo' },
    domain: { state: 'warn', why: 'exempt', said: ['news@mihon.example'] },
  })
  await db.tx((ctx) =>
    lines.update(ctx, {
      ...edit,
      id,
      ownerId: owner,
      startsOn: '2026-10-07',
      templateId: template.id,
      include,
      hoursNeeded: 8,
      hoursFree: 4,
    }),
  )
  await db.tx((ctx) => updateCompany(ctx, { address: '' }))
  const { items } = await db.tx((ctx) => issues.plan(ctx, { id, count: 3 }))
  for (const one of items) {
    const { issues: all } = await month(id, '2026-10-01', '2026-11-30')
    const row = all.find((issue) => issue.id === one)
    await db.tx((ctx) =>
      issues.update(ctx, { id: one, day: row?.day ?? '', theme: '事例', content: '導入事例', ownerId: null, dueOn: null }),
    )
  }
  expect(await rows()).toMatchObject({
    reach: { state: 'ok', n: { people: 5, reachable: 4 } },
    fields: { state: 'warn', n: { reachable: 4, named: 4, company: 0 } },
    template: { state: 'warn', why: 'warnings' },
    legal: { state: 'todo', said: ['address'] },
    content: { state: 'ok', n: { ahead: 3, filled: 3 } },
    people: { state: 'warn', why: 'short', n: { needed: 8, free: 4 } },
    capacity: { state: 'ok', why: 'unlimited', n: { reachable: 4, largest: 4 } },
  })
  await db.tx((ctx) => updateCompany(ctx, { address: '東京都見本区1-2-3' }))
  expect((await rows())['legal']).toMatchObject({ state: 'ok' })
  await end(id)
})
