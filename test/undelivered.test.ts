// What a receiving server refuses in answer to our own connection, as the list of bounces and a newsletter's report tell it.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bounces, reasons } from '#loop/deliver/incoming/service.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import { OPEN_CAPS } from '#loop/deliver/outbox/caps/decide.ts'
import { save as saveCaps } from '#loop/deliver/outbox/caps/service.ts'
import { EMPTY_MAIL } from '#loop/deliver/sender/contract.ts'
import { saveMail } from '#loop/deliver/sender/settings.ts'
import * as reports from '#loop/measure/mails/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { testHouse } from './house.ts'
import { aNewsletter, db, HOUR, openMailing, settle, someLeads } from './mailing.ts'
import { type Fault, type Sink, startSink } from './sink.ts'

let sink: Sink
const faults = new Map<string, Fault>()
beforeAll(async () => {
  await openMailing(await testHouse())
  sink = await startSink((to) => faults.get(to) ?? 'none')
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  await db.tx((ctx) =>
    saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', connections: 1 }),
  )
})
afterAll(async () => {
  await db.close()
  await sink.close()
})

/** A newsletter to one reader for each fault, sent and reacted to. */
async function sentInto(kinds: readonly Fault[]) {
  const leads = await someLeads(kinds.length)
  const mails = await db.read((ctx) =>
    sql<{ id: string; mail: string }>`SELECT id, mail FROM person WHERE id = ANY(${leads.map(({ id }) => id)}::uuid[])`.execute(ctx.db),
  )
  for (const [i, lead] of leads.entries()) faults.set(mails.rows.find(({ id }) => id === lead.id)?.mail ?? '', kinds[i] as Fault)
  const { id } = await aNewsletter(leads)
  await db.tx((ctx) => newsletters.start(ctx, { id, confirmed: kinds.length }))
  await settle()
  return { id, leads }
}

test('KPI-16 GEN-04 what a server refuses at the door stands once in the list of bounces, hard or soft, by our own reason, and so does the report', async () => {
  const { id, leads } = await sentInto(['rcpt550', 'rcpt550policy', 'rcpt552', 'dot554', 'none'])
  const before = await db.read((ctx) => newsletters.get(ctx, { id }))
  expect(before.counts.refused).toBe(4)
  await turnUntilQuiet(db.house)
  const { items } = await db.read((ctx) => bounces(ctx, { newsletter: id, limit: 50 }))
  const told = items.map(({ personId, reason, hard, via, stopped }) => [
    leads.findIndex((one) => one.id === personId),
    reason,
    hard,
    via,
    stopped,
  ])
  expect(told.sort()).toEqual([
    [0, 'unknown_user', true, 'smtp', true],
    [1, 'policy', false, 'smtp', false],
    [2, 'mailbox_full', false, 'smtp', false],
    [3, 'content', false, 'smtp', false],
  ])
  const found = await db.read((ctx) => reasons(ctx, { days: 30 }))
  expect(found.items).toContainEqual({ reason: 'unknown_user', hard: true, n: 1 })
  const report = await db.read((ctx) => reports.report(ctx, { id }))
  expect(report.bouncedBy.map(({ reason, count }) => [reason, count]).sort()).toEqual([
    ['content', 1],
    ['mailbox_full', 1],
    ['policy', 1],
    ['unknown_user', 1],
  ])
  expect(report.figures).toMatchObject({ bounced: 4, bouncedHard: 1, bouncedSoft: 3 })
  const dead = await db.read((ctx) => reports.people(ctx, { id, of: 'bounced', reason: 'unknown_user', limit: 10 }))
  expect(dead.items.map(({ personId }) => personId)).toEqual([leads[0]?.id])
})

test('KPI-16 a mail that was put off until its time was up has come back, softly and by our own reason', async () => {
  const { id, leads } = await sentInto(['rcpt451'])
  for (let tries = 0; tries < 15; tries++) {
    db.clock.advance(13 * HOUR)
    await settle()
  }
  await turnUntilQuiet(db.house)
  const { items } = await db.read((ctx) => bounces(ctx, { newsletter: id, limit: 50 }))
  expect(items).toMatchObject([{ personId: leads[0]?.id, reason: 'busy', hard: false, via: 'smtp', stopped: false }])
  const report = await db.read((ctx) => reports.report(ctx, { id }))
  expect(report.bouncedBy).toEqual([{ reason: 'busy', count: 1 }])
})
