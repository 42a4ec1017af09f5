// The time machine against a past with a known answer, and against traps.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { EMPTY_MAIL } from '#loop/deliver/sender/contract.ts'
import { saveMail } from '#loop/deliver/sender/settings.ts'
import { stopMail } from '#loop/identify/service.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { simulationKeeping } from '#loop/orchestrate/simulate/jobs.ts'
import * as simulations from '#loop/orchestrate/simulate/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { testHouse } from './house.ts'
import { branch, graphOf, on, openPast, type Past, pause, tag, viewed } from './past.ts'
import { type Sink, startSink } from './sink.ts'

let past: Past
let smtp: Sink
let http: Server
let called = 0
let hook = ''

beforeAll(async () => {
  smtp = await startSink()
  http = createServer((_, response) => {
    called++
    response.end()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  hook = `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`
  past = await openPast(await testHouse({ at: '2026-04-06T09:00:00+09:00', egressAllow: ['127.0.0.1'] }))
})
afterAll(async () => {
  await past.db.close()
  await smtp.close()
  http.close()
})

test('M2 a seeded past has the answer that was counted by hand: who enters, which way, which mails, quiet hours, caps, collisions', async () => {
  await past.setCaps({ perWeek: 1 })
  const event = past.unique('seeded')
  const goal = past.unique('goal')
  const [a, b, c, d, e, f, g] = (await past.someLeads(7)) as [Subject, Subject, Subject, Subject, Subject, Subject, Subject]
  // A mail of another scenario really went to d on Tuesday morning.
  past.at('2026-04-07T10:00')
  await past.otherMail(d)
  past.at('2026-04-07T11:00')
  await past.happens([a, b, c, d, g], event)
  await turnUntilQuiet(past.db.house)
  past.at('2026-04-07T23:00')
  await past.happens([e], event)
  // a, e and g look at a page before the question is asked, b reaches the goal, g unsubscribes.
  past.at('2026-04-08T10:00')
  await past.happens([e, a, g], 'page.viewed', { url: 'https://www.mihon.example/pricing' })
  await past.happens([b], goal)
  await turnUntilQuiet(past.db.house)
  past.at('2026-04-08T11:00')
  await past.db.tx((ctx) => stopMail(ctx, { address: past.mailOf.get(g.id) ?? '', reason: 'unsubscribe', at: ctx.now, source: 'test' }))
  past.at('2026-04-20T10:00')
  const question: Step = {
    kind: 'condition',
    id: 'q',
    name: '',
    rule: { kind: 'event', match: viewed, count: { op: 'atLeast', n: 1 }, period: { kind: 'last', n: 7, unit: 'days' } },
    branches: [branch('yes', [past.mail('m2')]), branch('no', [])],
  }
  const id = await past.scenario(
    graphOf(event, [past.mail('m1'), pause('w', 2), question, tag('x')], { goal: { kind: 'event', match: on(goal).match } }),
  )
  const { part, id: simulation } = await past.simulated(past.ask(id, { months: 1 }))
  expect(part).toMatchObject({ entered: 6, people: 6, ends: { completed: 5, goal: 1 }, again: { busy: 0, entry: 0 } })
  expect(Object.fromEntries(part.ways.map((way) => [`${way.step} ${way.way}`, way.n]))).toEqual({
    'start next': 6,
    'm1 next': 6,
    'w goal': 1,
    'w next': 5,
    'q yes': 3,
    'q no': 2,
    'm2 next': 3,
    'x next': 5,
    'end completed': 5,
    'end goal': 1,
  })
  // m1: e waits for the morning; d had another mail in these seven days. m2: a and e have had m1, g had unsubscribed by then and not before.
  expect(part.mails).toMatchObject([
    { step: 'm1', sent: 6, postponed: 2, held: {} },
    { step: 'm2', sent: 2, postponed: 2, held: { unsubscribed: 1 } },
  ])
  const instants = async (place: string) => {
    const found = await past.db.read((ctx) => simulations.people(ctx, { id: simulation, part: 'a', place, limit: 50 }))
    return Object.fromEntries(found.items.map((one) => [one.personId, one.at]))
  }
  const morning = '2026-04-07T02:00:00.000Z'
  expect(await instants('mail m1 sent')).toEqual({
    ...{ [a.id]: morning, [b.id]: morning, [c.id]: morning, [g.id]: morning },
    [e.id]: '2026-04-07T23:00:00.000Z',
    [d.id]: '2026-04-13T23:00:00.000Z',
  })
  expect(await instants('mail m2 sent')).toEqual({ [a.id]: '2026-04-13T23:00:00.000Z', [e.id]: '2026-04-14T23:00:00.000Z' })
  const listed = async (place: string) =>
    (await past.db.read((ctx) => simulations.people(ctx, { id: simulation, part: 'a', place, limit: 50 }))).items.length
  const sumOf = (of: (mail: (typeof part.mails)[number]) => number) => part.mails.reduce((sum, mail) => sum + of(mail), 0)
  const heldOf = (mail: (typeof part.mails)[number]) => Object.values(mail.held).reduce((sum, n) => sum + n, 0)
  expect([
    await listed('mail * sent'),
    await listed('mail * postponed'),
    await listed('mail * held'),
    await listed('mail m2 held'),
  ]).toEqual([sumOf((mail) => mail.sent), sumOf((mail) => mail.postponed), sumOf(heldOf), 1])
  expect(part.caps).toMatchObject([
    { reason: 'quiet', mails: 1 },
    { reason: 'capped', mails: 3 },
  ])
  expect(part.conditions).toEqual([{ step: 'q', asked: 5, todays: {} }])
  expect(part.weeks).toMatchObject({ own: [8, 0, 0, 0, 0], all: [9, 0, 0, 0, 0] })
  // Without the cap d's first mail goes an hour after the other one: that is a collision.
  await past.setCaps({})
  const free = await past.simulated(past.ask(id, { months: 1 }))
  expect(free.part.collisions).toMatchObject([{ kind: 'scenario', people: 1, mails: 1 }])
  expect(f.id in (await instants('way start next'))).toBe(false)
})

test('M2 a past is stepped through day by day, and every number opens its people', async () => {
  past.at('2026-05-11T10:00')
  const event = past.unique('daily')
  const people = await past.someLeads(4)
  for (const who of people) {
    await past.happens([who], event)
    past.db.clock.advance(DAY)
  }
  past.at('2026-05-18T10:00')
  const id = await past.scenario(graphOf(event, [pause('w', 2), tag('x')]))
  const { id: simulation, part, asked } = await past.simulated(past.ask(id, { months: 1 }))
  const first = part.days.findIndex(({ day }) => day === '2026-05-11')
  const day = async (n: number) => {
    const { items } = await past.db.read((ctx) => simulations.day(ctx, { id: simulation, day: first + n }))
    return Object.fromEntries(items.map((one) => [`${one.step} ${one.way}`, [one.total, one.today]]))
  }
  expect(part.days.slice(first, first + 6).map((one) => [one.entered, one.ended])).toEqual([
    [1, 0],
    [1, 0],
    [1, 1],
    [1, 1],
    [0, 1],
    [0, 1],
  ])
  expect(await day(0)).toEqual({ 'start next': [1, 1] })
  expect(await day(2)).toEqual({ 'start next': [3, 1], 'w next': [1, 1], 'x next': [1, 1], 'end completed': [1, 1] })
  expect(await day(5)).toMatchObject({ 'start next': [4, 0], 'end completed': [4, 1] })
  const until = new Date(Date.parse('2026-05-13T00:00:00+09:00')).toISOString()
  const shown = await past.db.read((ctx) =>
    simulations.people(ctx, { id: simulation, part: 'a', place: 'way start next', until, limit: 1 }),
  )
  expect(shown.items.map((one) => one.personId)).toEqual([people[0]?.id])
  const rest = await past.db.read((ctx) =>
    simulations.people(ctx, { id: simulation, part: 'a', place: 'way start next', until, limit: 5, cursor: shown.next ?? '' }),
  )
  expect(rest).toMatchObject({ items: [{ personId: people[1]?.id }], next: null })
  expect(asked.parts[0]?.graph.steps).toHaveLength(2)
})

test('M2 two drafts are compared over the same past: who enters which, and what each would have sent', async () => {
  past.at('2026-06-01T10:00')
  const [event, other] = [past.unique('first'), past.unique('second')]
  const [a, b, c] = (await past.someLeads(3)) as [Subject, Subject, Subject]
  await past.happens([a, b], event)
  await past.happens([b, c], other)
  past.at('2026-06-10T10:00')
  const one = await past.scenario(graphOf(event, [past.mail('m')]))
  const two = await past.scenario(graphOf(other, [past.mail('m'), pause('w', 1), past.mail('n')]))
  const { result, id } = await past.simulated(past.ask(one, { months: 1, other: { scenario: two, which: { kind: 'draft' } } }))
  expect(result.both).toEqual({ a: 1, b: 1, both: 1 })
  expect(result.parts.map((part) => part.mails.map((each) => each.sent))).toEqual([[2], [2, 2]])
  const only = async (part: 'a' | 'b') =>
    (await past.db.read((ctx) => simulations.people(ctx, { id, part, place: 'only', limit: 9 }))).items.map((each) => each.personId)
  expect([await only('a'), await only('b')]).toEqual([[a.id], [c.id]])
})

test('M2 a simulation sends nothing and writes nothing but itself; the same steps live are caught by the trap', async () => {
  past.at('2026-06-15T10:00')
  await past.db.tx((ctx) =>
    saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: smtp.port, security: 'none', fromEmail: 'news@mihon.example' }),
  )
  const event = past.unique('trap')
  const [who] = (await past.someLeads(1)) as [Subject]
  await past.happens([who], event)
  await turnUntilQuiet(past.db.house)
  past.db.clock.advance(DAY)
  const steps: Step[] = [past.mail('m'), { kind: 'webhook', id: 'h', name: '', url: hook }, tag('trapped')]
  const id = await past.scenario(graphOf(event, steps))
  await past.settleAll()
  await past.db.drain()
  const before = await fingerprint()
  const { part } = await past.simulated(past.ask(id, { months: 1 }))
  await past.settleAll()
  await past.db.drain()
  expect(part).toMatchObject({ entered: 1, mails: [{ sent: 1 }], effects: { webhook: 1, tag: 1 } })
  expect(await fingerprint()).toEqual(before)
  expect([smtp.taken.length, smtp.recipients.length, called]).toEqual([0, 0, 0])
  await past.publishAgain(id, graphOf(event, steps))
  await past.happens([who], event)
  await past.settleAll()
  await past.db.drain()
  expect([smtp.taken.length, called]).toEqual([1, 1])
  expect(await fingerprint()).not.toEqual(before)
  await past.db.tx((ctx) => saveMail(ctx, { ...EMPTY_MAIL, fromEmail: 'news@mihon.example' }))
})

/** How many rows each table has, and what stands in those that a scenario writes. Workers sign in and jobs are counted elsewhere. */
async function fingerprint(): Promise<Record<string, unknown>> {
  const tables = await past.rows<{
    name: string
  }>(`SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname NOT LIKE 'simulation%' AND relname NOT IN ('mail_worker', 'audit_entry') ORDER BY 1`)
  const print: Record<string, unknown> = {}
  for (const { name } of tables) {
    const [row] = await past.rows<{ n: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') AS n FROM "${name}" t`,
    )
    print[name] = row?.n
  }
  return print
}

test('M2 a simulation can be stopped, and those of a month ago are deleted', async () => {
  const id = await past.scenario(graphOf(past.unique('never'), [tag('x')]))
  const { id: stopped } = await past.db.tx((ctx) => simulations.start(ctx, past.ask(id)))
  await past.db.tx((ctx) => simulations.cancel(ctx, { id: stopped }))
  await past.db.drain()
  expect(await past.db.read((ctx) => simulations.get(ctx, { id: stopped }))).toMatchObject({ state: 'cancelled', result: null })
  past.db.clock.advance(31 * DAY)
  await simulationKeeping.run(past.db.house, {})
  expect((await past.db.read((ctx) => simulations.list(ctx, { scenario: id }))).items).toEqual([])
  expect(await past.rows('SELECT 1 FROM simulation UNION ALL SELECT 1 FROM simulation_person')).toEqual([])
})
