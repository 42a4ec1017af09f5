// What hands, merges and circles may do to people on their way, by the whole product's house.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { DAY, MINUTE } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { DEFAULT_CAPS } from '#loop/deliver/outbox/caps/contract.ts'
import { save as saveCaps } from '#loop/deliver/outbox/caps/service.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { changeHoldout } from '#loop/identify/arm/service.ts'
import { eraseLead } from '#loop/identify/change/service.ts'
import * as duplicates from '#loop/identify/duplicates/service.ts'
import { exportPerson } from '#loop/identify/erase/privacy.ts'
import { createField } from '#loop/identify/fields/service.ts'
import { identify, stopMail } from '#loop/identify/service.ts'
import { type Graph, PLAIN, type Step } from '#loop/orchestrate/graph/contract.ts'
import * as acts from '#loop/orchestrate/people/acts.ts'
import * as people from '#loop/orchestrate/people/service.ts'
import { sweepCalls } from '#loop/orchestrate/perform/calls/sweep.ts'
import * as channels from '#loop/orchestrate/perform/channels/service.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import * as simulations from '#loop/orchestrate/simulate/service.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import { movePeople } from '#loop/orchestrate/versions/jobs.ts'
import { diff } from '#loop/orchestrate/versions/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

let db: TestDatabase
let template = ''
beforeAll(async () => {
  db = await testHouse()
  db.clock.set('2026-11-16T10:00:00+09:00')
  await db.tx((ctx) =>
    updateCompany(ctx, {
      ...{ legalName: '株式会社見本', address: '東京都', contactEmail: 'info@mihon.example', senderEmail: 'news@mihon.example' },
    }),
  )
  const draft = { subject: 'x', preheader: '', blocks: [] } as unknown as Draft
  const compiled = await compileOrRefuse(draft)
  template = (await db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))).id
})
afterEach(() => db.tx((ctx) => changeHoldout(ctx, 0)))
afterAll(() => db.close())

let serial = 0
async function someone(): Promise<Subject & { mail: string }> {
  const mail = `hands${++serial}@hands${serial}.example.co.jp`
  const act = { mail, route: 'form' as const, at: db.clock.now(), consent: { basis: 'consent' as const, text: '同意します' } }
  const [outcome] = await db.tx((ctx) => identify(ctx, [act]))
  if (!outcome) throw new Error('nobody')
  await turnUntilQuiet(db.house)
  return { ...outcome.subject, mail }
}
const event = (name: string): Graph['triggers'][number] => ({ kind: 'event', id: 't', match: { event: name, filters: [] } })
async function scenario(name: string, steps: Step[], more: Partial<Graph> = {}): Promise<string> {
  const graph: Graph = { ...PLAIN, triggers: [event(name)], entry: { kind: 'each' }, steps, ...more }
  return db.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name, starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name, graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
}
async function happens(who: readonly Subject[], name: string): Promise<void> {
  await db.tx((ctx) =>
    append(
      ctx,
      who.map((subject) => ({ subject, id: eventId('test', `h${++serial}`), name, occurredAt: ctx.now, props: {} })),
    ),
  )
  await turnUntilQuiet(db.house)
}
const rows = async (text: string, values: unknown[]): Promise<Record<string, unknown>[]> => (await db.house.pool.query(text, values)).rows
const mailsOf = async (...who: readonly Subject[]) =>
  (
    await rows('SELECT status, reason FROM delivery WHERE person_id = ANY($1::uuid[]) ORDER BY created_at, id', [who.map(({ id }) => id)])
  ).map(({ status, reason }) => [status, reason])
const mail = (id: string, purpose: 'marketing' | 'transactional' = 'marketing'): Step => ({ kind: 'mail', id, name: '', template, purpose })
const wait = (id: string, amount: number, unit: 'minutes' | 'days'): Step => ({
  ...{ kind: 'wait', id, name: '' },
  until: { kind: 'for', amount, unit, businessHours: false },
})
const runOf = async (id: string, who: Subject) =>
  String((await rows('SELECT id FROM run WHERE scenario_id = $1 AND person_id = $2 ORDER BY entered_at DESC', [id, who.id]))[0]?.['id'])

test('GEN-04 X7 an answer to what somebody did is no answer for whom a hand or another scenario puts in: a stop holds', async () => {
  const form = event('custom.asked')
  const id = await scenario('answer', [mail('m', 'transactional')], { triggers: [form] })
  await scenario('caller', [{ kind: 'scenario', id: 's', name: '', scenario: id, do: 'start' }])
  const [asked, put, called] = [await someone(), await someone(), await someone()]
  for (const one of [asked, put, called]) await db.tx((ctx) => stopMail(ctx, { address: one.mail, reason: 'unsubscribe', at: ctx.now }))
  await happens([asked], 'custom.asked')
  await db.tx((ctx) => people.enter(ctx, { id, people: [put.id] }))
  await happens([called], 'caller')
  await sendDue(db.house)
  expect(await mailsOf(asked)).toEqual([['sent', null]])
  expect(await mailsOf(put)).toEqual([['suppressed', 'unsubscribed']])
  expect(await mailsOf(called)).toEqual([['suppressed', 'unsubscribed']])
})

test('M7 GEN-07 whoever is in the control group of the company gets no mail by trying again, nor one that waited when the group was made', async () => {
  const id = await scenario('tried', [mail('m'), wait('w', 9, 'days')])
  // So many that chance cannot leave either half without somebody in the group.
  const who = await Promise.all(Array.from({ length: 60 }, () => someone()))
  const [first, second] = [who.slice(0, 30), who.slice(30)]
  await happens(second, 'tried')
  await db.tx((ctx) => changeHoldout(ctx, 50))
  await happens(first, 'tried')
  const held = (await rows("SELECT person_id FROM delivery WHERE reason = 'held_out'", [])).map((row) => String(row['person_id']))
  const some = first.filter((one) => held.includes(one.id))
  expect(some.length).toBeGreaterThan(0)
  const runs = await Promise.all(some.map(async (one) => ({ person: one.id, run: await runOf(id, one) })))
  await db.tx((ctx) => acts.retry(ctx, { id, runs }))
  await sendDue(db.house)
  expect(new Set((await mailsOf(...some)).map(String))).toEqual(new Set(['suppressed,held_out']))
  expect((await mailsOf(...second)).some(([, reason]) => reason === 'held_out')).toBe(true)
})

test('GEN-07 who is taken out and put back loses no mail that waited', async () => {
  const id = await scenario('back', [mail('m'), wait('w', 9, 'days')])
  const who = await someone()
  await db.tx((ctx) => saveCaps(ctx, DEFAULT_CAPS))
  db.clock.set('2026-11-16T23:00:00+09:00')
  await happens([who], 'back')
  expect(await mailsOf(who)).toEqual([['deferred', 'quiet']])
  const runs = [{ person: who.id, run: await runOf(id, who) }]
  const { back } = await db.tx((ctx) => acts.remove(ctx, { id, runs }))
  expect(await mailsOf(who)).toEqual([['cancelled', 'scenario_ended']])
  await db.tx((ctx) => acts.putBack(ctx, { id, runs: back }))
  await sendDue(db.house)
  expect(await mailsOf(who)).not.toEqual([['sent', null]])
  db.clock.set('2026-11-17T10:00:00+09:00')
  await sendDue(db.house)
  expect(await mailsOf(who)).toEqual([['sent', null]])
})

test('N5 two people who become one on the same way get the mail of a step once', async () => {
  await scenario('twice', [mail('m'), wait('w', 9, 'days')])
  const [one, other] = [await someone(), await someone()]
  db.clock.set('2026-11-17T23:00:00+09:00')
  await happens([one], 'twice')
  db.clock.advance(MINUTE)
  await happens([other], 'twice')
  await db.tx((ctx) => duplicates.merge(ctx, { keep: one.id, lose: other.id, chosen: [] }))
  db.clock.set('2026-11-18T10:00:00+09:00')
  await turnUntilQuiet(db.house)
  await sendDue(db.house)
  expect((await mailsOf(one, other)).filter(([status]) => status === 'sent')).toHaveLength(1)
})

test('NUR-18 N4 what a scenario missed while it was paused is not made up for, whatever its draft has become', async () => {
  const yearly: Graph['triggers'][number] = { kind: 'date', id: 'd', field: 'attrs.renewal', days: 0, time: '09:00', yearly: true }
  const id = await scenario('clocked', [wait('w', 1, 'days')], { triggers: [yearly] })
  await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'paused', endRuns: false }))
  const { draft, revision } = await db.read((ctx) => scenarios.get(ctx, { id }))
  await db.tx((ctx) => scenarios.save(ctx, { id, name: 'clocked', revision, graph: { ...draft, triggers: [event('other')] } }))
  db.clock.advance(3 * DAY)
  await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'live', endRuns: false }))
  const [clock] = await rows('SELECT done_until FROM scenario_clock WHERE scenario_id = $1', [id])
  expect(clock?.['done_until']).toEqual(db.clock.now())
})

test('NUR-18 N4 a date trigger that cannot be worked off holds up no other', async () => {
  const renewal: Graph['triggers'][number] = { kind: 'date', id: 'd', field: 'attrs.renewal', days: 0, time: '09:00', yearly: true }
  const words = { ja: '更新日', en: 'Renewal' }
  await db.tx((ctx) =>
    createField(ctx, { key: 'renewal', type: 'date', class: 'secondary', options: [], ...words } as Parameters<typeof createField>[1]),
  )
  const who = await someone()
  const segment = '00000000-0000-4000-8000-00000000aaaa'
  await rows("INSERT INTO segment (id, name, audience, created_at, changed_at, created_by) VALUES ($1, 's', 'leads', now(), now(), '')", [
    segment,
  ])
  const weekdays = { kind: 'weekdays' as const, weekdays: [0, 1, 2, 3, 4, 5, 6] }
  const daily: Graph['triggers'][number] = { kind: 'schedule', id: 's', segment, days: weekdays, time: '09:00' }
  await scenario('broken', [wait('w', 1, 'days')], { triggers: [renewal] })
  db.clock.advance(MINUTE)
  const id = await scenario('whole', [wait('w', 1, 'days')], { triggers: [daily] })
  await rows(`UPDATE person SET attrs = '{"renewal": "soon"}' WHERE id = $1`, [who.id])
  db.clock.advance(2 * DAY)
  await turnTimers(db.house)
  const clocks = await rows('SELECT done_until FROM scenario_clock WHERE scenario_id = $1', [id])
  expect(clocks).toEqual([{ done_until: db.clock.now() }])
  await rows(`UPDATE person SET attrs = '{}' WHERE id = $1`, [who.id])
})

test('M6 people who were being moved when a scenario was paused are moved when it is published again', async () => {
  const id = await scenario('moved', [wait('w', 9, 'days')])
  const who = await someone()
  await happens([who], 'moved')
  const change = async (steps: Step[]) => {
    const { draft, revision } = await db.read((ctx) => scenarios.get(ctx, { id }))
    return (await db.tx((ctx) => scenarios.save(ctx, { id, name: 'moved', revision, graph: { ...draft, steps } }))).revision
  }
  const revision = await change([wait('w', 9, 'days'), wait('x', 1, 'days')])
  await db.tx(async (ctx) => {
    await scenarios.publish(ctx, { id, revision, moves: [{ from: 1, map: {}, waits: 'keep' }] })
    await scenarios.setState(ctx, { id, to: 'paused', endRuns: false })
  })
  await db.drain()
  await movePeople.run(db.house, { id })
  expect(await rows('SELECT state FROM scenario_move WHERE scenario_id = $1', [id])).toEqual([{ state: 'running' }])
  await db.tx((ctx) => scenarios.publish(ctx, { id, revision }))
  await db.drain()
  expect(await rows('SELECT state FROM scenario_move WHERE scenario_id = $1', [id])).toEqual([{ state: 'done' }])
  expect(await rows('SELECT version FROM run WHERE scenario_id = $1', [id])).toEqual([{ version: 2 }])
})

test('X10 N5 whoever is erased on the way leaves nothing that is sent, called or kept', async () => {
  const channel = await db.tx((ctx) => channels.create(ctx, { name: '部屋', way: 'slack' }))
  const notify = {
    kind: 'notify',
    name: '',
    by: 'slack',
    to: { kind: 'owner' },
    channel: channel.id,
    text: '見ました',
    urgent: false,
  } as const
  await scenario('gone', [{ ...notify, id: 'n1' }, mail('m'), wait('w', 1, 'days'), mail('m2'), { ...notify, id: 'n2' }])
  const who = await someone()
  db.clock.set('2027-03-01T23:00:00+09:00')
  await happens([who], 'gone')
  await sweepCalls(db.house)
  expect((await db.read((ctx) => channels.kept(ctx, { id: channel.id }))).items).toHaveLength(1)
  expect(await mailsOf(who)).toEqual([['deferred', 'quiet']])
  await db.tx((ctx) => eraseLead(ctx, { id: who.id }))
  db.clock.set('2027-03-03T10:00:00+09:00')
  await turnTimers(db.house)
  await turnUntilQuiet(db.house)
  await sweepCalls(db.house)
  await sendDue(db.house)
  expect((await db.read((ctx) => channels.kept(ctx, { id: channel.id }))).items).toEqual([])
  for (const table of ['run', 'run_step', 'delivery', 'scenario_call', 'kept_notice'])
    expect(await rows(`SELECT 1 FROM ${table} WHERE person_id = $1`, [who.id])).toEqual([])
})

test('X10 the address of a webhook is seen by those who may change the scenario, and by nobody else', async () => {
  const hook: Step = { kind: 'webhook', id: 'h', name: '', url: 'https://hooks.example/SECRET' }
  const id = await scenario('hooked', [hook, wait('w', 1, 'days')])
  const who = await someone()
  await happens([who], 'hooked')
  const told = JSON.stringify(await db.tx((ctx) => exportPerson(ctx, { id: who.id, language: 'ja' })))
  expect(told).toContain('scenario_call')
  expect(told).not.toContain('SECRET')
  const { draft, revision } = await db.read((ctx) => scenarios.get(ctx, { id }))
  expect(JSON.stringify(draft)).toContain('SECRET')
  const steps = [{ ...hook, url: 'https://hooks.example/SECRET2' }, wait('w', 1, 'days')]
  const saved = await db.tx((ctx) => scenarios.save(ctx, { id, name: 'hooked', revision, graph: { ...draft, steps } }))
  await db.tx((ctx) => scenarios.publish(ctx, { id, revision: saved.revision }))
  await db.tx((ctx) => simulations.start(ctx, { scenario: id, which: { kind: 'draft' }, other: null, months: 1, assumption: 'none' }))
  const viewer = { kind: 'user', id: '00000000-0000-4000-8000-000000000001', name: 'v', role: 'viewer' } as const
  const seen = await db.read(
    async (ctx) => [
      await scenarios.get(ctx, { id }),
      await scenarios.version(ctx, { id, version: 1 }),
      await diff(ctx, { id, from: 1, to: 2 }),
      await simulations.list(ctx, { scenario: id }),
    ],
    viewer,
  )
  expect(JSON.stringify(seen)).not.toContain('SECRET')
})

test.each([0, 1])('N5 two scenarios that start each other come to an end, said at the step (%i minutes between)', async (minutes) => {
  const between = minutes ? [wait('w', minutes, 'minutes')] : []
  const call = (scenario: string): Step => ({ kind: 'scenario', id: 's', name: '', scenario, do: 'start' })
  const a = await scenario(`ping${minutes}`, [wait('w', 1, 'days')])
  const b = await scenario(`pong${minutes}`, [...between, mail('m'), call(a)])
  const { draft, revision } = await db.read((ctx) => scenarios.get(ctx, { id: a }))
  const saved = await db.tx((ctx) =>
    scenarios.save(ctx, { id: a, name: 'ping', revision, graph: { ...draft, steps: [...between, call(b)] } }),
  )
  await db.tx((ctx) => scenarios.publish(ctx, { id: a, revision: saved.revision }))
  const who = await someone()
  await happens([who], `ping${minutes}`)
  for (let i = 0; i < 60; i++) {
    db.clock.advance(MINUTE)
    await turnTimers(db.house)
    await turnUntilQuiet(db.house)
  }
  const runs = await rows('SELECT count(*)::int AS n, count(*) FILTER (WHERE status = $2)::int AS going FROM run WHERE person_id = $1', [
    who.id,
    'active',
  ])
  expect(runs[0]?.['going']).toBe(0)
  expect(Number(runs[0]?.['n'])).toBeLessThan(21)
  const said = await rows("SELECT because ->> 'outcome' AS outcome FROM run_step WHERE person_id = $1 AND because ? 'outcome'", [who.id])
  expect(said.map((row) => row['outcome'])).toContain('in_circles')
  expect(await rows('SELECT parked_reason FROM pulse WHERE person_id = $1', [who.id])).toEqual([{ parked_reason: null }])
})
