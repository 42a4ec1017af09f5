// Sales as it happens: news in, signals and hand-offs out, deals to their end. Real database.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser } from '#access/users/service.ts'
import { HOUR, MINUTE } from '#kernel/clock.ts'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { eventId, type News } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { Pass, Reaction } from '#kernel/pass.ts'
import { mergeByHand } from '#loop/identify/adopt/service.ts'
import { identify, resolveDevices } from '#loop/identify/service.ts'
import { personTables as peopleTables } from '#loop/identify/tables.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import * as dealReads from './deals/reads.ts'
import * as deals from './deals/service.ts'
import { facts } from './facts.ts'
import { handoffReactions } from './handoff/reactions.ts'
import * as handoffReads from './handoff/reads.ts'
import * as handoffs from './handoff/service.ts'
import { signalReactions } from './signals/reactions.ts'
import * as signals from './signals/service.ts'
import { stageReactions } from './stage/reactions.ts'
import { personTables } from './tables.ts'

let world: TestDatabase
let me: Actor & { kind: 'user' }
let serial = 0

beforeAll(async () => {
  world = await testDatabase({ ports: { personTables: [...peopleTables, ...personTables], facts } })
  const id = await world.tx((ctx) =>
    addUser(ctx, { name: '見本 営業', email: 'sales@example.co.jp', password: 'correct horse battery', language: 'ja', role: 'sales' }),
  )
  me = { kind: 'user', id, name: '見本 営業', role: 'sales' }
})
afterAll(() => world.close())

const as = <T>(run: (ctx: Ctx) => Promise<T>) => world.tx(run, me)
const see = <T>(run: (ctx: Ctx) => Promise<T>) => world.read(run, me)

async function aLead(companyName = '株式会社サンプル01'): Promise<Subject> {
  const [outcome] = await world.tx((ctx) =>
    identify(ctx, [
      {
        route: 'hand',
        at: ctx.now,
        mail: `lead${++serial}@example.jp`,
        fields: { familyName: '見本', givenName: `${serial}`, companyName },
      },
    ]),
  )
  if (!outcome) throw new Error('no lead')
  return outcome.subject
}

const news = (subject: Subject, name: string, props: JsonObject = {}, more: Partial<News> = {}): News => ({
  bucket: subject.bucket,
  seq: ++serial,
  personId: subject.id,
  eventId: eventId('test', `${++serial}`),
  name,
  occurredAt: world.clock.now(),
  receivedAt: world.clock.now(),
  historic: false,
  hop: 0,
  pageGroup: null,
  props,
  ...more,
})

/** Turns the sales reactions once, as the loop does. */
function react(...list: News[]): Promise<void> {
  return world.tx(async (ctx) => {
    const pass: Pass = { at: ctx.now, people: [], news: new Map(), wake: () => {}, changed: new Map() }
    for (const reaction of [...stageReactions, ...handoffReactions, ...signalReactions] as Reaction[]) {
      const heard = list.filter((one) => reaction.on.includes(one.name))
      if (heard.length) await reaction.run(ctx, pass, heard)
    }
  })
}

const hot = (subject: Subject) => news(subject, 'heat.changed', { name: 'main', from: 'warm', to: 'hot', total: 80 })
const feedOf = async (subject: Subject) => (await see((ctx) => signals.list(ctx, { limit: 50, leadId: subject.id }))).items
const handoffsOf = async (subject: Subject) => (await see((ctx) => handoffReads.list(ctx, { limit: 50, leadId: subject.id }))).items
const journal = async (subject: Subject, name: string) =>
  (await world.house.db.selectFrom('journal').selectAll().where('person_id', '=', subject.id).where('name', '=', name).execute()).map(
    (row) => row.props as JsonObject,
  )
const fact = (subject: Subject, name: string) =>
  see(async (ctx) => (await facts.find((one) => one.name === name)?.load(ctx, [subject]))?.get(subject.id) ?? null)

test('SAL-01 reactions of a lead stand in the feed newest first, by channel, and a repeat of the same news adds nothing', async () => {
  const lead = await aLead()
  const form = news(lead, 'form.submitted', { form: 'f', formName: '資料請求' })
  world.clock.advance(MINUTE)
  const click = news(lead, 'mail.clicked', { url: 'https://example.jp/a' })
  await react(form, click)
  await react(form, click)
  expect((await feedOf(lead)).map((one) => one.kind)).toEqual(['click', 'form'])
  const byMail = await see((ctx) => signals.list(ctx, { limit: 50, leadId: lead.id, channel: 'mail' }))
  expect(byMail.items).toMatchObject([
    { kind: 'click', lead: { companyName: '株式会社サンプル01', stage: 'new' }, detail: { url: 'https://example.jp/a' } },
  ])
  expect(await journal(lead, 'signal.raised')).toHaveLength(2)
})

test('SAL-01 anonymous visitors and historic events raise nothing', async () => {
  const lead = await aLead()
  const visitor = await world.tx(
    async (ctx) => (await resolveDevices(ctx, [{ device: 'd1', at: ctx.now, historic: false }])).get('d1') as Subject,
  )
  await react(news(lead, 'form.submitted', {}, { historic: true }), news(visitor, 'page.viewed', { path: '/pricing' }), hot(visitor))
  expect(await feedOf(lead)).toEqual([])
  expect(await world.house.db.selectFrom('signal').select('id').where('person_id', '=', visitor.id).execute()).toEqual([])
})

test('SAL-01 a signal names its owner, can be seen to and taken back, and a muted lead leaves the feed of who muted it', async () => {
  const lead = await aLead()
  await world.tx((ctx) =>
    signals.raise(ctx, [
      {
        subject: lead,
        kind: 'scenario',
        channel: 'scenario',
        at: ctx.now,
        causeId: ctx.id(),
        hop: 0,
        text: '電話してください',
        ownerId: me.id,
      },
    ]),
  )
  const [one] = await feedOf(lead)
  if (!one) throw new Error('no signal')
  expect(one).toMatchObject({ ownerId: me.id, text: '電話してください', seenAt: null })
  const ids = [{ leadId: lead.id, id: one.id }]
  await as((ctx) => signals.seen(ctx, { ids }))
  expect((await feedOf(lead))[0]).toMatchObject({ seenBy: '見本 営業' })
  await as((ctx) => signals.unseen(ctx, { ids }))
  const mine = async () => (await see((ctx) => signals.list(ctx, { limit: 50, owner: 'me' }))).items.map((each) => each.lead.id)
  expect(await mine()).toContain(lead.id)
  await as((ctx) => signals.mute(ctx, { leadId: lead.id }))
  expect(await mine()).not.toContain(lead.id)
  await as((ctx) => signals.unmute(ctx, { leadId: lead.id }))
  expect(await mine()).toContain(lead.id)
})

test('QUA-10 SAL-07 a lead that becomes hot is handed over once, with reason, notice and history, not again on each recompute', async () => {
  const lead = await aLead()
  await react(news(lead, 'mail.sent'))
  expect(await fact(lead, 'sales.stage')).toBe('nurture')
  const crossing = hot(lead)
  await react(crossing)
  await react(crossing)
  await react(hot(lead))
  const [made, ...more] = await handoffsOf(lead)
  expect(more).toEqual([])
  expect(made).toMatchObject({ state: 'open', reason: 'hot', overdue: false, lead: { stage: 'mql' } })
  expect((await feedOf(lead)).filter((one) => one.kind === 'handoff')).toHaveLength(1)
  expect(await journal(lead, 'handoff.made')).toHaveLength(1)
  const detail = await see((ctx) => handoffReads.get(ctx, { leadId: lead.id, id: made?.id ?? '' }))
  expect(detail.history.map((one) => one.name)).toContain('lead.created')
})

test('QUA-10 of two transactions that hand the same lead over at once, one makes the task', async () => {
  const lead = await aLead()
  await Promise.all([react(hot(lead)), react(hot(lead)), as((ctx) => handoffs.makeByHand(ctx, { leadId: lead.id })).catch(() => null)])
  expect(await handoffsOf(lead)).toHaveLength(1)
})

test('QUA-22 accepting makes an SQL with an owner, and the time it took is measured', async () => {
  const lead = await aLead()
  await react(hot(lead))
  world.clock.advance(2 * HOUR)
  const [made] = await handoffsOf(lead)
  const one = { leadId: lead.id, id: made?.id ?? '' }
  await as((ctx) => handoffs.accept(ctx, one))
  await expect(as((ctx) => handoffs.giveBack(ctx, { ...one, reason: 'other' }))).rejects.toMatchObject({ code: 'handoff.answered' })
  expect((await handoffsOf(lead))[0]).toMatchObject({ state: 'accepted', answeredBy: '見本 営業', ownerId: me.id, lead: { stage: 'sql' } })
  expect(await journal(lead, 'handoff.accepted')).toMatchObject([{ hours: 2 }])
  expect(await journal(lead, 'owner.assigned')).toMatchObject([{ owner: me.id }])
  const summary = await see((ctx) => handoffReads.summary(ctx, { days: 30 }))
  expect(summary).toMatchObject({ accepted: 1, medianHoursToAccept: 2 })
})

test('QUA-22 a returned lead goes back to nurturing with its reason, and the next crossing hands it over again', async () => {
  const lead = await aLead()
  await react(hot(lead))
  const one = { leadId: lead.id, id: (await handoffsOf(lead))[0]?.id ?? '' }
  await as((ctx) => handoffs.giveBack(ctx, { ...one, reason: 'too_early', note: '来期に検討' }))
  expect((await handoffsOf(lead))[0]).toMatchObject({
    state: 'returned',
    returnReason: 'too_early',
    returnNote: '来期に検討',
    lead: { stage: 'nurture' },
  })
  expect(await fact(lead, 'sales.return_reason')).toBe('too_early')
  world.clock.advance(MINUTE)
  await react(hot(lead))
  expect((await handoffsOf(lead)).map((each) => each.state)).toEqual(['open', 'returned'])
})

test('QUA-22 an answer can be taken back while the lead has not moved on', async () => {
  const lead = await aLead()
  await react(hot(lead))
  const one = { leadId: lead.id, id: (await handoffsOf(lead))[0]?.id ?? '' }
  await as((ctx) => handoffs.accept(ctx, one))
  await as((ctx) => handoffs.reopen(ctx, one))
  expect((await handoffsOf(lead))[0]).toMatchObject({ state: 'open', answeredBy: null, lead: { stage: 'mql' } })
  await as((ctx) => handoffs.accept(ctx, one))
  await as((ctx) => deals.create(ctx, { leadIds: [lead.id] }))
  await expect(as((ctx) => handoffs.reopen(ctx, one))).rejects.toMatchObject({ code: 'handoff.moved_on' })
})

test('QUA-22 a deal made from a lead that still waits takes it over', async () => {
  const lead = await aLead()
  await react(hot(lead))
  await as((ctx) => deals.create(ctx, { leadIds: [lead.id] }))
  expect((await handoffsOf(lead))[0]).toMatchObject({ state: 'accepted', answeredBy: '見本 営業', lead: { stage: 'deal' } })
})

test('CRM-08 KPI-05 a deal made from a lead keeps the history of its stages and is counted', async () => {
  world.clock.advance(MINUTE)
  const from = world.clock.now().toISOString()
  const lead = await aLead('株式会社サンプル02')
  const { id } = await as((ctx) => deals.create(ctx, { leadIds: [lead.id], amount: 1_840_000, expectedClose: '2026-06-30' }))
  world.clock.advance(MINUTE)
  await as((ctx) => deals.move(ctx, { id, stage: 'proposal' }))
  const deal = await see((ctx) => dealReads.get(ctx, { id }))
  expect(deal).toMatchObject({
    name: '株式会社サンプル02',
    amount: 1_840_000,
    stage: 'proposal',
    expectedClose: '2026-06-30',
    ownerId: me.id,
    people: [{ id: lead.id, main: true, stage: 'deal' }],
  })
  expect(deal.history.map(({ from: before, to }) => [before, to])).toEqual([
    ['contact', 'proposal'],
    [null, 'contact'],
  ])
  const board = await see((ctx) => dealReads.board(ctx, {}))
  expect(board.columns.find((column) => column.stage.key === 'proposal')?.items.map((item) => item.id)).toContain(id)
  world.clock.advance(MINUTE)
  const numbers = await see((ctx) => dealReads.numbers(ctx, { from, to: world.clock.now().toISOString() }))
  expect(numbers).toMatchObject({ opened: 1, meetings: 1, won: 0 })
  expect(await fact(lead, 'sales.open_amount')).toBe(1_840_000)
  expect(await fact(lead, 'sales.expected_close')).toEqual(new Date('2026-06-30T00:00:00Z'))
})

test('CRM-09 winning makes customers, losing needs a reason that segments can read, and both can be taken back', async () => {
  const lead = await aLead()
  const { id } = await as((ctx) => deals.create(ctx, { leadIds: [lead.id], amount: 100 }))
  await as((ctx) => deals.lose(ctx, { id, reason: 'timing', note: '来年' }))
  expect(await fact(lead, 'sales.lost_reason')).toBe('timing')
  expect(await fact(lead, 'sales.lost_at')).toEqual(world.clock.now())
  expect(await fact(lead, 'sales.stage')).toBe('nurture')
  await expect(as((ctx) => deals.win(ctx, { id }))).rejects.toMatchObject({ code: 'deal.closed' })
  await as((ctx) => deals.reopen(ctx, { id }))
  expect(await fact(lead, 'sales.stage')).toBe('deal')
  await as((ctx) => deals.win(ctx, { id, amount: 250 }))
  expect(await fact(lead, 'sales.stage')).toBe('customer')
  expect(await fact(lead, 'sales.won_amount')).toBe(250)
  expect(await fact(lead, 'sales.lost_deals')).toBe(0)
  expect(await journal(lead, 'deal.lost')).toMatchObject([{ reason: 'timing' }])
  expect(await journal(lead, 'deal.won')).toMatchObject([{ amount: 250 }])
})

test('CRM-09 the database itself refuses a loss without a reason', async () => {
  const lead = await aLead()
  const { id } = await as((ctx) => deals.create(ctx, { leadIds: [lead.id] }))
  await expect(
    world.house.db.updateTable('deal').set({ state: 'lost', closed_at: world.clock.now() }).where('id', '=', id).execute(),
  ).rejects.toMatchObject({ code: '23514' })
})

test('CRM-08 a removed deal gives its lead back to where it stood, and can be restored', async () => {
  const lead = await aLead()
  await react(hot(lead))
  await as(async (ctx) =>
    handoffs.accept(ctx, { leadId: lead.id, id: (await handoffReads.list(ctx, { limit: 1, leadId: lead.id })).items[0]?.id ?? '' }),
  )
  const { id } = await as((ctx) => deals.create(ctx, { leadIds: [lead.id] }))
  await as((ctx) => deals.remove(ctx, { id }))
  expect(await fact(lead, 'sales.stage')).toBe('sql')
  await expect(see((ctx) => dealReads.get(ctx, { id }))).rejects.toMatchObject({ kind: 'missing' })
  await as((ctx) => deals.restore(ctx, { id }))
  expect(await fact(lead, 'sales.stage')).toBe('deal')
  await expect(as((ctx) => deals.removePerson(ctx, { id, leadId: lead.id }))).rejects.toMatchObject({ code: 'deal.last_person' })
})

test('QUA-22 CRM-08 a merged lead keeps the deals, hand-offs and signals of both, and stands where the further one stood', async () => {
  const [keep, lose] = [await aLead(), await aLead()]
  await react(hot(lose))
  await as((ctx) => deals.create(ctx, { leadIds: [lose.id], amount: 5 }))
  await world.tx((ctx) => mergeByHand(ctx, { keep, lose }))
  const [adopted] = await world.house.db
    .selectFrom('journal')
    .selectAll()
    .where('person_id', '=', keep.id)
    .where('name', '=', 'lead.adopted')
    .execute()
  await react(news(keep, 'lead.adopted', adopted?.props as JsonObject, { eventId: adopted?.id ?? '' }))
  expect(await fact(keep, 'sales.stage')).toBe('deal')
  expect(await fact(keep, 'sales.open_amount')).toBe(5)
  expect(await handoffsOf(keep)).toHaveLength(1)
  expect((await feedOf(keep)).map((one) => one.kind)).toContain('handoff')
})

test('CRM-08 a deal or hand-off cannot be given to nobody known', async () => {
  const lead = await aLead()
  await expect(as((ctx) => deals.create(ctx, { leadIds: [lead.id], ownerId: lead.id }))).rejects.toMatchObject({ code: 'owner.unknown' })
  await expect(as((ctx) => handoffs.makeByHand(ctx, { leadId: lead.id, ownerId: lead.id }))).rejects.toMatchObject({
    code: 'owner.unknown',
  })
})

test('CRM-08 a stage that open deals stand at cannot be taken out of the list', async () => {
  const stages = await see((ctx) => deals.dealStages(ctx))
  await as(async (ctx) => deals.create(ctx, { leadIds: [(await aLead()).id], stage: 'quote' }))
  await expect(as((ctx) => deals.saveStages(ctx, { items: stages.filter((stage) => stage.key !== 'quote') }))).rejects.toMatchObject({
    code: 'deal.stage_used',
  })
  await as((ctx) =>
    deals.saveStages(ctx, { items: [...stages, { key: 'legal', ja: '契約確認', en: 'Legal', probability: 95, meeting: true }] }),
  )
  expect((await see((ctx) => deals.dealStages(ctx))).map((stage) => stage.key)).toContain('legal')
})
