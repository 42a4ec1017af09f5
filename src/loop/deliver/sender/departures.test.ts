// Mails that left are told of a moment behind their record, even where their sender did not live to do it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { idAt } from '#kernel/chance.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { forward, mergeByHand } from '#loop/identify/adopt/service.ts'
import { erasePeople } from '#loop/identify/erase/service.ts'
import { testHouse } from '../../../../test/house.ts'
import { aTemplate, db, openMailing, someLeads } from '../../../../test/mailing.ts'
import { until } from '../../../../test/world.ts'
import { queue } from '../outbox/service.ts'
import { NO_SOURCE } from '../tables.ts'
import { departureAsk } from './departures.queries.ts'
import { openDepartures } from './departures.ts'
import { openSender, sendDue, startSender } from './lanes.ts'
import { openLedger } from './ledger.ts'
import { claimDue } from './queries.ts'

/** Of these nothing can be told. */
const struck = new Set<string>()
let silenced = false
/** Telling waits for this; how many mails each telling was of. */
let gate = Promise.resolve()
const tellings: number[] = []

beforeAll(async () => {
  await openMailing(
    await testHouse({
      ports: {
        tellSent: async (ctx, events: readonly NewEvent[]) => {
          tellings.push(events.length)
          await gate
          if (silenced || events.some(({ subject }) => struck.has(subject.id))) throw new Error('struck')
          await append(ctx, events)
        },
      },
    }),
  )
})
afterAll(() => db.close())
beforeEach(() => {
  silenced = false
  struck.clear()
  gate = Promise.resolve()
  tellings.length = 0
})

let serial = 0
/** Queues a mail to each. @returns what it is called */
async function mailTo(people: readonly Subject[]): Promise<string> {
  const { versionId: templateVersion } = await aTemplate()
  const what = `notice:departure-${++serial}`
  await db.tx((ctx) =>
    queue(
      ctx,
      people.map((subject) => ({ subject, what, templateVersion, purpose: 'marketing' as const })),
    ),
  )
  return what
}

/** Sends without being able to tell, as a sender that dies right behind its records; and some time goes by. */
async function sentUntold(people: readonly Subject[]): Promise<string> {
  const what = await mailTo(people)
  silenced = true
  await sendDue(db.house)
  silenced = false
  expect(await statesOf(what)).toEqual(people.map(() => 'sent'))
  expect(await notes()).not.toBe(0)
  db.clock.advance(11_000)
  return what
}

const statesOf = async (what: string) =>
  (await db.house.pool.query<{ status: string }>('SELECT status FROM delivery WHERE what = $1', [what])).rows.map(({ status }) => status)
const notes = async () => (await db.house.pool.query('SELECT 1 FROM mail_departure')).rowCount
/** Who is told to have been sent a mail of this name, and when that was. */
const told = async (what: string) =>
  (
    await db.house.pool.query<{ person_id: string; occurred_at: Date }>(
      "SELECT person_id, occurred_at FROM journal WHERE name = 'mail.sent' AND props->>'what' = $1 ORDER BY 1",
      [what],
    )
  ).rows
const idsOf = (people: readonly Subject[]) => people.map(({ id }) => id).sort()

test('S1 TRK-03 mails whose sender died behind their record are told of by the next one, once and with the time they left', async () => {
  const people = await someLeads(3)
  const left = db.clock.now()
  const what = await sentUntold(people)
  expect(await told(what)).toEqual([])
  for (let i = 0; i < 2; i++) {
    const next = openSender(db.house)
    await next.due()
    await next.close()
    expect(await told(what)).toEqual(idsOf(people).map((person_id) => ({ person_id, occurred_at: left })))
    expect(await notes()).toBe(0)
  }
})

test('S1 a note that cannot be told of stays, and holds up no other', async () => {
  const [one, other] = (await someLeads(2)) as [Subject, Subject]
  const first = await sentUntold([one])
  const second = await sentUntold([other])
  struck.add(one.id)
  await sendDue(db.house)
  expect([(await told(first)).length, (await told(second)).length, await notes()]).toEqual([0, 1, 1])
  struck.clear()
  await sendDue(db.house)
  expect([(await told(first)).length, (await told(second)).length, await notes()]).toEqual([1, 1, 0])
})

test('S1 TRK-03 GEN-04 who was merged meanwhile is told of where they are now, and who was erased is not written of', async () => {
  const [keep, lose, gone] = (await someLeads(3)) as [Subject, Subject, Subject]
  const what = await sentUntold([lose, gone])
  await db.tx((ctx) => mergeByHand(ctx, { keep, lose }))
  await db.tx((ctx) => erasePeople(ctx, [gone]))
  await sendDue(db.house)
  expect(await told(what)).toEqual([{ person_id: keep.id, occurred_at: expect.any(Date) }])
  expect(await notes()).toBe(0)
})

test('S3 an answer that comes too late for its row is told of no more than it is recorded', async () => {
  const people = await someLeads(2)
  const what = await mailTo(people)
  const worker = '0197f0a1-0000-7000-8000-0000000000d1'
  const rows = await db.tx((ctx) => claimDue(ctx.db, { worker, source: NO_SOURCE, now: ctx.now, limit: 2 }))
  // Another worker has taken the first of the two since.
  const [taken, mine] = rows as [(typeof rows)[number], (typeof rows)[number]]
  await db.house.pool.query('UPDATE delivery SET fence = fence + 1 WHERE id = $1', [taken.id])
  const ledger = openLedger(db.house, worker, () => 0)
  const report = (row: typeof taken) =>
    ledger.record({ row, address: 'a@example.co.jp', template: { id: '', name: '' }, fate: { kind: 'sent', reply: '250 ok' } })
  await Promise.all([report(taken), report(mine)])
  await ledger.told()
  expect([await told(what), await notes()]).toEqual([[{ person_id: mine.person_id, occurred_at: db.clock.now() }], 0])
})

test('S1 a mail that was told of before it is told of again is in no timeline twice', async () => {
  const people = await someLeads(1)
  const what = await sentUntold(people)
  const { rows } = await db.house.pool.query<{ id: string }>('SELECT id FROM delivery WHERE what = $1', [what])
  const id = rows[0]?.id ?? ''
  const [subject] = people as [Subject]
  await db.tx((ctx) =>
    append(ctx, [
      {
        subject,
        id: derivedId(id, 'deliver', 'sent', 0),
        name: 'mail.sent',
        occurredAt: ctx.now,
        via: 'mail',
        props: { what, delivery: id },
      },
    ]),
  )
  await sendDue(db.house)
  expect([(await told(what)).length, await notes()]).toEqual([1, 0])
})

test('S1 TRK-03 a mail that was on the wire while its person was merged is told of and lies with them, though its sender died', async () => {
  for (const dies of [false, true]) {
    const [keep, lose] = (await someLeads(2)) as [Subject, Subject]
    const what = await mailTo([lose])
    const worker = '0197f0a1-0000-7000-8000-0000000000d2'
    const [row] = await db.tx((ctx) => claimDue(ctx.db, { worker, source: NO_SOURCE, now: ctx.now, limit: 1 }))
    await db.house.pool.query("UPDATE delivery SET status = 'transmitting', marked_at = $2 WHERE id = $1", [row?.id, db.clock.now()])
    await db.tx((ctx) => mergeByHand(ctx, { keep, lose }))
    const ledger = openLedger(db.house, worker, () => 0)
    silenced = dies
    await ledger.record({
      row: row as never,
      address: 'a@example.co.jp',
      template: { id: '', name: '' },
      fate: { kind: 'sent', reply: '250 ok' },
    })
    await ledger.told()
    silenced = false
    if (dies) db.clock.advance(11_000)
    await sendDue(db.house)
    // As the reactor does, which hears of it under the old id.
    await db.tx((ctx) => forward(ctx, [lose]))
    const { rows } = await db.house.pool.query('SELECT status, person_id FROM delivery WHERE what = $1', [what])
    expect([dies, (await told(what)).map((one) => one.person_id), rows]).toEqual([
      dies,
      [keep.id],
      [{ status: 'sent', person_id: keep.id }],
    ])
  }
})

test('S1 a telling that takes long holds up no mail', async () => {
  const [slow, other] = (await someLeads(2)) as [Subject, Subject]
  const left = await sentUntold([slow])
  const { promise, resolve } = Promise.withResolvers<void>()
  gate = promise
  const sender = startSender(db.house)
  try {
    await until(async () => tellings.length > 1)
    const what = await mailTo([other])
    await until(async () => (await statesOf(what))[0] === 'sent')
    expect(await told(left)).toEqual([])
  } finally {
    resolve()
    await sender.stop()
  }
  expect((await told(left)).length).toBe(1)
})

test('S1 where telling is slower than sending, each is of some hundreds, and beyond five thousand the notes alone wait', async () => {
  const [subject] = (await someLeads(1)) as [Subject]
  const hand = (): { id: string; sent: NewEvent[] } => ({
    id: idAt(db.clock.now()),
    sent: Array.from({ length: 100 }, () => ({
      subject,
      id: idAt(db.clock.now()),
      name: 'mail.sent',
      occurredAt: db.clock.now(),
      via: 'mail',
      props: {},
    })),
  })
  const hands = Array.from({ length: 60 }, hand)
  await db.tx(async (ctx) => {
    for (const { id } of hands) await departureAsk(id, [{ id, bucket: subject.bucket, person_id: subject.id }]).execute(ctx.db)
  })
  const departures = openDepartures(db.house)
  // All come before the first telling has begun to wait for the database.
  for (const each of hands) departures.soon(each)
  await departures.told()
  expect(tellings).toEqual([100, ...Array.from({ length: 10 }, () => 500)])
  expect(await notes()).toBe(9)
})
