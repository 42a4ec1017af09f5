// What colleagues record of a person, on a real database and through the loop: activities, tasks that fall due, calls, the story.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser } from '#access/users/service.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { call, match } from '#loop/identify/activities/calls.ts'
import { add, change, list, remove, restore } from '#loop/identify/activities/service.ts'
import { mergeByHand } from '#loop/identify/adopt/service.ts'
import { eraseLead } from '#loop/identify/change/service.ts'
import { getLead } from '#loop/identify/leads/service.ts'
import { identify } from '#loop/identify/service.ts'
import * as tasks from '#loop/identify/tasks/service.ts'
import { history, record, story } from '#loop/identify/timeline/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { publish, saveDraft } from '#loop/score/manage/service.ts'
import type { ScoreRule } from '#loop/score/rules/contract.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

let world: TestDatabase
let me: Actor & { kind: 'user' }
let serial = 0

beforeAll(async () => {
  world = await testHouse()
  const id = await world.tx((ctx) =>
    addUser(ctx, { name: '見本 営業', email: 'sales@example.co.jp', password: 'correct horse battery', language: 'ja', role: 'sales' }),
  )
  me = { kind: 'user', id, name: '見本 営業', role: 'sales' }
})
afterAll(() => world.close())

const as = <T>(run: (ctx: Ctx) => Promise<T>) => world.tx(run, me)
const see = <T>(run: (ctx: Ctx) => Promise<T>) => world.read(run, me)

async function aLead(fields: Record<string, string> = {}): Promise<Subject> {
  const [outcome] = await world.tx((ctx) =>
    identify(ctx, [
      { route: 'hand', at: ctx.now, mail: `lead${++serial}@example.jp`, fields: { familyName: '見本', givenName: `${serial}`, ...fields } },
    ]),
  )
  if (!outcome) throw new Error('no lead')
  return outcome.subject
}

const happened = (subject: Subject, name: string, daysAgo: number, props: JsonObject = {}) =>
  world.tx((ctx) =>
    append(ctx, [
      { subject, id: eventId('test', `${++serial}`), name, occurredAt: new Date(ctx.now.getTime() - daysAgo * DAY), props },
    ]).then(() => {}),
  )
const timeline = async (subject: Subject, group?: 'activities' | 'web') =>
  (await see((ctx) => history(ctx, { id: subject.id, limit: 50, ...(group ? { group } : {}) }))).items

test('CRM-14 TRK-14 a call stands on the timeline beside web and mail, its correction and removal too, and both can be undone', async () => {
  const lead = await aLead()
  await happened(lead, 'page.viewed', 1, { url: 'https://x.example/pricing', visit: 'v' })
  await happened(lead, 'page.left', 1, { url: 'https://x.example/pricing', visit: 'v', engaged: 192 })
  const at = new Date(world.clock.now().getTime() - 2 * HOUR).toISOString()
  const { items } = await as((ctx) =>
    add(ctx, { leadIds: [lead.id], kind: 'call', result: 'absent', minutes: 2, at, body: '折り返し希望' }),
  )
  const one = items[0] as { leadId: string; id: string }
  const shown = await timeline(lead)
  expect(shown.slice(0, 2).map((entry) => entry.name)).not.toContain('page.left')
  expect(shown.find((entry) => entry.name === 'activity.call')).toMatchObject({
    at,
    activity: { result: 'absent', body: '折り返し希望', userName: '見本 営業', direction: 'out' },
  })
  expect(shown.find((entry) => entry.name === 'page.viewed')?.engaged).toBe(192)
  expect(JSON.stringify(shown.find((entry) => entry.name === 'activity.call')?.props)).not.toContain('折り返し')

  await as((ctx) => change(ctx, { ...one, result: 'connected' }))
  expect((await timeline(lead, 'activities')).map((entry) => entry.activity?.result)).toEqual(['connected'])
  await as((ctx) => remove(ctx, { items: [one] }))
  expect(await timeline(lead, 'activities')).toEqual([])
  await as((ctx) => restore(ctx, { items: [one] }))
  expect((await timeline(lead, 'activities')).map((entry) => entry.activity?.id)).toEqual([one.id])
  const names = await world.read((ctx) =>
    ctx.db
      .selectFrom('journal')
      .select('name')
      .where('person_id', '=', lead.id)
      .where('name', 'like', 'activity.%')
      .orderBy('received_at')
      .execute(),
  )
  expect(names.map((row) => row.name).sort()).toEqual(['activity.call', 'activity.changed', 'activity.removed', 'activity.restored'])
})

test('CRM-14 one seminar with several people is one act on each of their timelines, and its facts hold after a removal', async () => {
  const leads = [await aLead(), await aLead(), await aLead()]
  const { items } = await as((ctx) =>
    add(ctx, {
      leadIds: leads.map((lead) => lead.id),
      kind: 'seminar',
      result: 'attended',
      title: '原価管理セミナー',
      colleagues: [me.id],
    }),
  )
  expect(items).toHaveLength(3)
  const { items: of } = await see((ctx) => list(ctx, { leadId: leads[1]?.id as string, limit: 10 }))
  expect(of).toMatchObject([{ kind: 'seminar', with: 3, colleagues: [{ name: '見本 営業' }], title: '原価管理セミナー' }])
  const lead = leads[0] as Subject
  await as((ctx) => add(ctx, { leadIds: [lead.id], kind: 'call', result: 'absent' }))
  world.clock.advance(MINUTE)
  const { items: second } = await as((ctx) => add(ctx, { leadIds: [lead.id], kind: 'call', result: 'connected' }))
  const factsOf = () => see(async (ctx) => (await getLead(ctx, { id: lead.id })).facts)
  expect(await factsOf()).toMatchObject({ 'activities.calls': 2, 'activities.call_result': 'connected' })
  await as((ctx) => remove(ctx, { items: second }))
  expect(await factsOf()).toMatchObject({ 'activities.calls': 1, 'activities.call_result': 'absent' })
})

test('CRM-14 a pinned note stands first, an empty one and one for nobody are refused', async () => {
  const lead = await aLead()
  for (const body of ['一つ目', '二つ目', '三つ目']) {
    await as((ctx) => add(ctx, { leadIds: [lead.id], kind: 'note', body }))
    world.clock.advance(MINUTE)
  }
  const notes = async () => (await see((ctx) => list(ctx, { leadId: lead.id, kind: 'note', limit: 10 }))).items
  const first = (await notes()).at(-1)
  await as((ctx) => change(ctx, { leadId: lead.id, id: first?.id as string, pinned: true }))
  expect((await notes()).map((note) => note.body)).toEqual(['一つ目', '三つ目', '二つ目'])
  const page = await see((ctx) => list(ctx, { leadId: lead.id, kind: 'note', limit: 2 }))
  const rest = await see((ctx) => list(ctx, { leadId: lead.id, kind: 'note', limit: 2, cursor: page.next as string }))
  expect(rest.items.map((note) => note.body)).toEqual(['二つ目'])
  await expect(as((ctx) => add(ctx, { leadIds: [lead.id], kind: 'note', body: ' ' }))).rejects.toMatchObject({ code: 'note.empty' })
  const nobody = '01a7b2c3-0000-7000-8000-00000000abcd'
  await expect(as((ctx) => add(ctx, { leadIds: [nobody], kind: 'call' }))).rejects.toMatchObject({ code: 'lead.unknown' })
})

test('CRM-14 a task is told of once when it falls due, again after it was put off, and never when it is done', async () => {
  const lead = await aLead()
  const inHours = (n: number) => new Date(world.clock.now().getTime() + n * HOUR).toISOString()
  const task = await as((ctx) => tasks.add(ctx, { leadId: lead.id, title: '見積を送る', dueAt: inHours(2) }))
  expect(task).toMatchObject({ assigneeId: me.id, assigneeName: '見本 営業', doneAt: null })
  const told = async () =>
    (await timeline(lead, 'activities')).filter((entry) => entry.name === 'task.due').map((entry) => entry.props['assignee'])
  await turnUntilQuiet(world.house)
  expect(await told()).toEqual([])
  world.clock.advance(2 * HOUR)
  await turnUntilQuiet(world.house)
  await turnUntilQuiet(world.house)
  expect(await told()).toEqual([me.id])
  await as((ctx) => tasks.change(ctx, { leadId: lead.id, id: task.id, dueAt: inHours(24) }))
  world.clock.advance(DAY)
  await turnUntilQuiet(world.house)
  expect(await told()).toHaveLength(2)
  const second = await as((ctx) => tasks.add(ctx, { leadId: lead.id, title: '電話', dueAt: inHours(1) }))
  await as((ctx) => tasks.change(ctx, { leadId: lead.id, id: second.id, done: true }))
  world.clock.advance(2 * HOUR)
  await turnUntilQuiet(world.house)
  expect(await told()).toHaveLength(2)
  const mine = await see((ctx) => tasks.list(ctx, { state: 'open', assignee: 'me', limit: 10 }))
  expect(mine.items.map((one) => one.title)).toEqual(['見積を送る'])
  const done = await see((ctx) => tasks.list(ctx, { state: 'done', assignee: 'me', limit: 10 }))
  expect(done.items).toMatchObject([{ title: '電話', doneBy: '見本 営業' }])
  await as((ctx) => tasks.remove(ctx, { leadId: lead.id, id: task.id }))
  expect((await see((ctx) => tasks.list(ctx, { state: 'open', leadId: lead.id, limit: 10 }))).items).toEqual([])
  await as((ctx) => tasks.restore(ctx, { leadId: lead.id, id: task.id }))
  expect((await see((ctx) => tasks.list(ctx, { state: 'open', leadId: lead.id, limit: 10 }))).items).toHaveLength(1)
})

test('CAP-27 a number is found however it is written, and a caller nobody knows becomes a lead with the source 電話', async () => {
  await aLead({ phone: '03-5412-8890', companyName: '株式会社見本' })
  for (const number of ['0354128890', '+81 3-5412-8890', '０３（５４１２）８８９０', '03-5412-8890 内線 12']) {
    const found = await see((ctx) => match(ctx, { number }))
    expect(found, number).toMatchObject({ phone: '+81354128890', items: [{ companyName: '株式会社見本' }] })
  }
  expect(await see((ctx) => match(ctx, { number: '12' }))).toEqual({ phone: null, items: [] })
  const made = await as((ctx) =>
    call(ctx, {
      number: '090-1234-5678',
      caller: { familyName: '電話', companyName: '合同会社見本' },
      direction: 'in',
      result: 'connected',
      minutes: 4,
      body: '料金の問い合わせ',
    }),
  )
  expect(made.made).toBe(true)
  const lead = await see((ctx) => getLead(ctx, { id: made.leadId }))
  expect(lead).toMatchObject({ familyName: '電話', sourceFirst: '電話', ownerId: me.id, companyName: '合同会社見本' })
  expect((await see((ctx) => list(ctx, { leadId: made.leadId, limit: 5 }))).items).toMatchObject([
    { kind: 'call', direction: 'in', result: 'connected', body: '料金の問い合わせ', minutes: 4 },
  ])
  const again = await as((ctx) => call(ctx, { leadId: made.leadId, number: '', direction: 'out', result: 'absent' }))
  expect(again).toMatchObject({ leadId: made.leadId, made: false })
  await expect(as((ctx) => call(ctx, { number: '12', direction: 'in' }))).rejects.toMatchObject({ code: 'phone.malformed' })
})

test('CRM-01 CRM-02 TRK-14 one answer has the basics, what was done online and offline, and the story in one line', async () => {
  const lead = await aLead({ companyName: '北斗精密工業株式会社' })
  const at = new Date(world.clock.now().getTime() - 20 * DAY).toISOString()
  await as((ctx) => add(ctx, { leadIds: [lead.id], kind: 'exhibition', result: 'card', at }))
  await happened(lead, 'file.downloaded', 9, { href: '/guide.pdf', title: 'DX推進ガイド' })
  await happened(lead, 'page.viewed', 5, { url: 'https://x.example/cases/maker', title: '導入事例' })
  await happened(lead, 'deal.created', 1, { deal: 'd1', dealName: '基幹更新' })
  const told = await see((ctx) => story(ctx, { id: lead.id }))
  expect(told.ja).toBe('展示会で名刺交換 → 資料DL → 事例集閲覧 → 商談')
  const all = await see((ctx) => record(ctx, { id: lead.id }))
  expect(all.lead.companyName).toBe('北斗精密工業株式会社')
  expect(all.online.map((entry) => entry.name)).toEqual(['page.viewed', 'file.downloaded'])
  expect(all.offline).toMatchObject([{ kind: 'exhibition', result: 'card' }])
  const mixed = (await timeline(lead)).map((entry) => entry.name)
  expect(mixed.indexOf('deal.created')).toBeLessThan(mixed.indexOf('page.viewed'))
  expect(mixed.indexOf('file.downloaded')).toBeLessThan(mixed.indexOf('activity.exhibition'))
})

test('CRM-14 GEN-10 what was recorded goes with the person it is about: into a merged lead, and away with an erased one', async () => {
  const [keep, lose] = [await aLead(), await aLead()]
  await as((ctx) => add(ctx, { leadIds: [lose.id], kind: 'note', body: '合併前のメモ' }))
  await as((ctx) => tasks.add(ctx, { leadId: lose.id, title: '連絡' }))
  await as((ctx) => mergeByHand(ctx, { keep, lose }))
  const after = await see((ctx) => record(ctx, { id: lose.id }))
  expect(after.lead.id).toBe(keep.id)
  expect(after.offline).toMatchObject([{ body: '合併前のメモ' }])
  expect(after.tasks).toMatchObject([{ title: '連絡' }])
  await as((ctx) => eraseLead(ctx, { id: keep.id }))
  const left = await world.read(async (ctx) => [
    ...(await ctx.db.selectFrom('activity').select('id').where('person_id', '=', keep.id).execute()),
    ...(await ctx.db.selectFrom('task').select('id').where('person_id', '=', keep.id).execute()),
  ])
  expect(left).toEqual([])
})

test('CRM-14 a call that got an appointment scores, by the rule of the company', async () => {
  const lead = await aLead()
  const rule: ScoreRule = {
    id: '01a7b2c3-0000-4000-8000-00000000abcd',
    kind: 'behaviour',
    label: '電話でアポイント',
    match: { event: 'activity.call', filters: [{ prop: 'result', op: 'eq', value: 'appointment' }] },
    points: 25,
    limit: { kind: 'each' },
    expiresDays: null,
  }
  await world.tx((ctx) =>
    saveDraft(ctx, {
      name: 'main',
      rules: [rule],
      settings: { recentDays: 30, heatBy: 'total', halfLifeDays: null, hotAt: 60, warmAt: 20, ranks: [] },
    }),
  )
  await world.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
  await world.drain()
  await as((ctx) => add(ctx, { leadIds: [lead.id], kind: 'call', result: 'absent' }))
  await as((ctx) => add(ctx, { leadIds: [lead.id], kind: 'call', direction: 'in', result: 'appointment' }))
  await turnUntilQuiet(world.house)
  expect((await see((ctx) => getLead(ctx, { id: lead.id }))).facts).toMatchObject({ 'score.main.total': 25, 'score.main.heat': 'warm' })
  expect((await timeline(lead, 'activities')).map((entry) => entry.points)).toEqual(expect.arrayContaining([25, null]))
})
