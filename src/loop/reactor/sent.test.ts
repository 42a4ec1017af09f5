// A mail that left and that nobody listens to is booked in the transaction of its record: the same books as by the queue.
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { queue } from '#loop/deliver/outbox/service.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { mergeByHand } from '#loop/identify/adopt/service.ts'
import { erasePeople } from '#loop/identify/erase/service.ts'
import { PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { create } from '#loop/segment/service.ts'
import type { TestDatabase } from '../../../test/database.ts'
import { testHouse } from '../../../test/house.ts'
import { aTemplate, openMailing, someLeads } from '../../../test/mailing.ts'
import { race } from '../../../test/race.ts'
import { property } from '../../../test/world.ts'
import { tellSent } from './sent.ts'
import { turnUntilQuiet } from './service.ts'

let booking: TestDatabase
let queueing: TestDatabase
beforeAll(async () => {
  booking = await testHouse()
  queueing = await testHouse({ ports: { tellSent: append as never } })
})
afterAll(async () => {
  await booking.close()
  await queueing.close()
})

type Step = { readonly do: 'mail'; readonly to: number } | { readonly do: 'turn' | 'day' | 'bounce' | 'merge' }

let serial = 0
async function mail(db: TestDatabase, version: string, to: readonly Subject[]): Promise<void> {
  const what = `notice:${++serial}`
  await db.tx((ctx) =>
    queue(
      ctx,
      to.map((subject) => ({ subject, what, templateVersion: version, purpose: 'marketing' as const })),
    ),
  )
  await sendDue(db.house)
}

const rows = async <R extends object>(db: TestDatabase, text: string, values: unknown[] = []): Promise<R[]> =>
  (await db.house.pool.query(text, values)).rows as R[]
const newsOf = async (db: TestDatabase) =>
  (await rows<{ n: number }>(db, `SELECT count(*)::int AS n FROM news WHERE name = 'mail.sent'`))[0]?.n

/** What is kept of these people, by their place in the list. */
async function books(db: TestDatabase, people: readonly Subject[]) {
  const place = (id: string) => people.findIndex((one) => one.id === id)
  const ids = [people.map((one) => one.id)]
  const of = async (text: string) =>
    (await rows<{ person_id: string }>(db, text, ids)).map(({ person_id, ...rest }) => JSON.stringify([place(person_id), rest])).sort()
  return {
    days: await of(`SELECT person_id, day::text, metric, key, n FROM person_day WHERE person_id = ANY($1)`),
    stages: await of(`SELECT person_id, stage FROM lead_stage WHERE person_id = ANY($1)`),
    touches: await of(`SELECT person_id, touched_at, sent_at FROM lead_touch WHERE person_id = ANY($1)`),
    events: await of(
      `SELECT person_id, name, occurred_at, via, props->>'name' AS what FROM journal WHERE person_id = ANY($1) AND name IN ('mail.sent', 'mail.bounced', 'stage.changed')`,
    ),
  }
}

async function play(db: TestDatabase, steps: readonly Step[]) {
  await openMailing(db)
  const people = await someLeads(3)
  const { versionId } = await aTemplate()
  let [gone, bounced] = [false, 0]
  for (const step of steps) {
    db.clock.advance(60_000)
    if (step.do === 'mail')
      await mail(
        db,
        versionId,
        people.filter((_, i) => step.to & (1 << i) && !(gone && i === 1)),
      )
    if (step.do === 'turn') await turnUntilQuiet(db.house)
    if (step.do === 'day') db.clock.advance(DAY)
    if (step.do === 'bounce') bounced += await bounce(db, people[0] as Subject, bounced)
    if (step.do === 'merge' && !gone) {
      gone = true
      await db.tx((ctx) => mergeByHand(ctx, { keep: people[0] as Subject, lose: people[1] as Subject }))
    }
  }
  await turnUntilQuiet(db.house)
  expect(await newsOf(db)).toBe(0)
  return books(db, people)
}

/** The first mail that has not come back yet comes back. */
async function bounce(db: TestDatabase, subject: Subject, after: number): Promise<number> {
  const sent = await rows<{ id: string }>(
    db,
    `SELECT id FROM delivery WHERE person_id = $1 AND origin_person_id IS NULL AND status = 'sent' ORDER BY sent_at, id OFFSET $2 LIMIT 1`,
    [subject.id, after],
  )
  const props = { delivery: sent[0]?.id ?? '', hard: false, name: 'back' }
  if (sent[0]) await db.tx((ctx) => append(ctx, [{ subject, id: ctx.id(), name: 'mail.bounced', occurredAt: ctx.now, via: 'mail', props }]))
  return sent.length
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('mail' as const), to: fc.integer({ min: 1, max: 7 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('turn' as const, 'turn' as const, 'day' as const, 'bounce' as const, 'merge' as const) }),
  },
)

test('S11 KPI-02 QUA-22 TRK-13 mails that are booked with their record give the same days, stages, touches and timelines as those that go by the queue', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      const at = new Date(Math.max(booking.clock.now().getTime(), queueing.clock.now().getTime()))
      booking.clock.set(at)
      queueing.clock.set(at)
      expect(await play(booking, steps)).toEqual(await play(queueing, steps))
    }),
    { ...property, numRuns: Math.ceil(property.numRuns / 10) },
  )
}, 120_000)

/** Leads who were written to before. */
async function nurtured(n: number): Promise<{ people: Subject[]; version: string }> {
  await openMailing(booking)
  const people = await someLeads(n)
  const { versionId } = await aTemplate()
  await mail(booking, versionId, people)
  await turnUntilQuiet(booking.house)
  booking.clock.advance(60_000)
  return { people, version: versionId }
}
const delivered = async (subject: Subject) =>
  (
    await rows<{ n: number }>(
      booking,
      `SELECT coalesce(sum(n), 0)::int AS n FROM person_day WHERE person_id = $1 AND metric = 'mail_delivered'`,
      [subject.id],
    )
  )[0]?.n
const told = async (subject: Subject) =>
  (await rows(booking, `SELECT 1 FROM journal WHERE person_id = $1 AND name = 'mail.sent'`, [subject.id])).length

test('S11 a mail to a lead that was written to before makes no news and no pass, and counts at once; the first one is told', async () => {
  await openMailing(booking)
  const [lead] = (await someLeads(1)) as [Subject]
  const { versionId } = await aTemplate()
  await turnUntilQuiet(booking.house)
  await mail(booking, versionId, [lead])
  expect([await newsOf(booking), await delivered(lead)]).toEqual([1, 0])
  await turnUntilQuiet(booking.house)
  expect(await delivered(lead)).toBe(1)
  const passes = () => rows(booking, 'SELECT 1 FROM reaction WHERE person_id = $1', [lead.id])
  const before = (await passes()).length
  booking.clock.advance(60_000)
  await mail(booking, versionId, [lead])
  expect([await newsOf(booking), await delivered(lead), await told(lead)]).toEqual([0, 2, 2])
  await turnUntilQuiet(booking.house)
  expect([(await passes()).length, await delivered(lead)]).toEqual([before, 2])
})

const sentEvent = (subject: Subject, delivery: string, at: Date) => ({
  subject,
  id: derivedId(delivery, 'deliver', 'sent'),
  name: 'mail.sent',
  occurredAt: at,
  via: 'mail',
  props: { delivery },
})

/** The row of a mail that left just now, for events that are told by hand. */
const aDelivery = (subject: Subject) =>
  booking.tx(async (ctx) => {
    const id = ctx.id()
    await sql`INSERT INTO delivery (bucket, person_id, id, what, source, version_id, purpose, status, not_before, created_at, sent_at)
      VALUES (${bucketOf(subject.id)}, ${subject.id}, ${id}, ${id}, ${id}, ${id}, 'marketing', 'sent', ${ctx.now}, ${ctx.now}, ${ctx.now})`.execute(
      ctx.db,
    )
    return id
  })

test('S11 TRK-03 a mail that is booked while its person is merged is neither lost nor left behind, whoever comes first', async () => {
  for (const first of ['record', 'merge'] as const) {
    const { people } = await nurtured(2)
    const [keep, lose] = people as [Subject, Subject]
    const delivery = await aDelivery(lose)
    const record = (ctx: Ctx) => tellSent(ctx, [sentEvent(lose, delivery, ctx.now)])
    const merge = (ctx: Ctx) => mergeByHand(ctx, { keep, lose })
    expect(await race(booking, first === 'record' ? record : merge, first === 'record' ? merge : record)).toBeNull()
    // Who came second to a merge goes by the queue, and so to whom the person is now.
    expect(await newsOf(booking)).toBe(first === 'record' ? 0 : 1)
    await turnUntilQuiet(booking.house)
    expect([await delivered(keep), await told(keep), await delivered(lose), await told(lose)]).toEqual([3, 3, 0, 0])
  }
})

test('S11 GEN-04 of somebody who is erased while the record of their mail is written nothing stays, whoever comes first', async () => {
  for (const first of ['record', 'erasure'] as const) {
    const { people } = await nurtured(1)
    const [lead] = people as [Subject]
    const delivery = await aDelivery(lead)
    // As a record does it: the row, and in the same transaction the event.
    const settled = (ctx: Ctx) =>
      sql<{ id: string }>`UPDATE delivery SET reply = '250 ok' WHERE id = ${delivery} RETURNING id`.execute(ctx.db)
    const record = async (ctx: Ctx) => ((await settled(ctx)).rows.length ? tellSent(ctx, [sentEvent(lead, delivery, ctx.now)]) : undefined)
    const erase = (ctx: Ctx) => erasePeople(ctx, [lead])
    expect(
      first === 'record'
        ? await race(booking, settled, erase, (ctx) => tellSent(ctx, [sentEvent(lead, delivery, ctx.now)]))
        : await race(booking, erase, record),
    ).toBeNull()
    await turnUntilQuiet(booking.house)
    const left = booking.house.ports.personTables.filter(({ table, erase }) => erase === 'delete' && table !== 'person')
    const counts = await Promise.all(
      left.map(async ({ table }) => [table, (await rows(booking, `SELECT 1 FROM "${table}" WHERE person_id = $1`, [lead.id])).length]),
    )
    expect([first, counts.filter(([, n]) => n !== 0)]).toEqual([first, []])
  }
})

test('S3 a record that is written twice is booked once', async () => {
  const { people } = await nurtured(1)
  const [lead] = people as [Subject]
  const delivery = await aDelivery(lead)
  for (let i = 0; i < 2; i++) await booking.tx((ctx) => tellSent(ctx, [sentEvent(lead, delivery, ctx.now)]))
  expect([await newsOf(booking), await delivered(lead), await told(lead)]).toEqual([0, 2, 2])
})

test('S11 whoever is parked, or is just being worked on, goes by the queue, and nobody waits', async () => {
  const { people } = await nurtured(2)
  const [parked, busy] = people as [Subject, Subject]
  await booking.house.pool.query(`UPDATE pulse SET parked_reason = 'x' WHERE person_id = $1`, [parked.id])
  const [one, other] = [await aDelivery(parked), await aDelivery(busy)]
  const held = await race(
    booking,
    (ctx) => sql`SELECT 1 FROM pulse WHERE person_id = ${busy.id} FOR UPDATE`.execute(ctx.db),
    (ctx) => tellSent(ctx, [sentEvent(parked, one, ctx.now), sentEvent(busy, other, ctx.now)]),
  )
  expect([held, await newsOf(booking)]).toEqual([null, 2])
  await booking.house.pool.query(`UPDATE pulse SET parked_reason = NULL WHERE person_id = $1`, [parked.id])
  await turnUntilQuiet(booking.house)
  expect([await delivered(parked), await delivered(busy)]).toEqual([2, 2])
})

test('S11 NUR-24 where a scenario begins with a mail that left, every mail is told, and the scenario begins', async () => {
  const { people, version } = await nurtured(1)
  const [lead] = people as [Subject]
  const graph = {
    ...PLAIN,
    triggers: [{ kind: 'event' as const, id: 't', match: { event: 'mail.sent', filters: [] } }],
    entry: { kind: 'each' as const },
    steps: [{ kind: 'tag' as const, id: 'a', name: '', tag: '届いた' }],
  }
  const id = await booking.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name: '届いたら', starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: '届いたら', graph: graph as never, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
  await mail(booking, version, [lead])
  expect(await newsOf(booking)).toBe(1)
  await turnUntilQuiet(booking.house)
  expect([await rows(booking, 'SELECT how FROM run WHERE scenario_id = $1', [id]), await delivered(lead)]).toEqual([
    [{ how: 'completed' }],
    2,
  ])
  // The tests below begin with nobody listening.
  await booking.house.pool.query(`UPDATE scenario SET state = 'paused' WHERE id = $1`, [id])
})

test('S11 QUA-13 NUR-24 where a rule or a scenario listens, and while rules are being changed, every mail is told', async () => {
  const { people, version } = await nurtured(1)
  const [lead] = people as [Subject]
  const delivery = await aDelivery(lead)
  const changing = await race(
    booking,
    (ctx) => sql`UPDATE segment_stamp SET stamp = stamp + 1`.execute(ctx.db),
    (ctx) => tellSent(ctx, [sentEvent(lead, delivery, ctx.now)]),
  )
  expect([changing, await newsOf(booking)]).toEqual([null, 1])
  await turnUntilQuiet(booking.house)
  const match = { event: 'mail.sent', filters: [] }
  const rule = {
    kind: 'event' as const,
    match,
    count: { op: 'atLeast' as const, n: 3 },
    period: { kind: 'last' as const, n: 30, unit: 'days' as const },
  }
  const input = { name: '3通届いた人', description: '', audience: 'everyone' as const, startsScenarios: false, rule }
  const { id } = await booking.tx((ctx) => create(ctx, input))
  await booking.drain()
  const isIn = async () =>
    (await rows<{ is_in: boolean }>(booking, 'SELECT is_in FROM membership WHERE segment_id = $1 AND person_id = $2', [id, lead.id]))[0]
      ?.is_in ?? false
  expect(await isIn()).toBe(false)
  await mail(booking, version, [lead])
  expect(await newsOf(booking)).toBe(1)
  await turnUntilQuiet(booking.house)
  expect([await isIn(), await delivered(lead)]).toEqual([true, 3])
})
