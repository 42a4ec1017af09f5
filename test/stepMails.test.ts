// The mails of a scenario's step have the report a newsletter has, and each of its numbers opens its people.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { followed, stopped } from '#loop/deliver/feedback/service.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { settleHits } from '#loop/deliver/truth/tick.ts'
import { MAIL_NUMBERS } from '#loop/measure/mails/contract.ts'
import * as reports from '#loop/measure/mails/service.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { testHouse } from './house.ts'
import { days, type Journeys, on, openJourneys } from './journey.ts'
import { aTemplate, db, HOUR, HUMAN, openMailing, someLeads } from './mailing.ts'

let j: Journeys
beforeAll(async () => {
  const house = await testHouse()
  await openMailing(house)
  j = await openJourneys(house)
}, 60_000)
afterAll(() => db.close())

const MACHINE = { ...HUMAN, userAgent: 'curl/8.5.0' }

test('NUR-14 KPI-01 KPI-02 KPI-16 the mails of a step are reported as those of a newsletter: outcomes, reasons, domains and hours, and what opens behind a number is as long as it', async () => {
  const template = await aTemplate()
  const mail = (id: string): Step => ({ kind: 'mail', id, name: '', template: template.id, purpose: 'marketing' })
  const id = await j.scenario([on('custom.mail')], [mail('m'), days('w', 1), mail('n')])
  const leads = await someLeads(4)
  const [mute] = await someLeads(1, 'example.co.jp', null)
  for (const who of [...leads, mute as Subject]) await j.happens(who, 'custom.mail')
  await sendDue(db.house)
  db.clock.advance(HOUR)
  const rows = await db.house.pool.query<{ id: string; person_id: string }>(
    `SELECT id, person_id FROM delivery WHERE status = 'sent' AND what LIKE 'run:%:m' ORDER BY id`,
  )
  const tokens = rows.rows.map((row) => mailToken(tokenKeys(db.house), { personId: row.person_id, deliveryId: row.id }))
  expect(tokens).toHaveLength(4)
  await db.tx((ctx) => followed(ctx, tokens[0] as string, 1, HUMAN))
  await db.tx((ctx) => followed(ctx, tokens[1] as string, 1, MACHINE))
  await db.tx((ctx) => stopped(ctx, tokens[2] as string, 'page', 'often'))
  db.clock.advance(HOUR)
  await settleHits(db.house)

  const report = await db.read((ctx) => reports.stepReport(ctx, { id, step: 'm' }))
  expect(report.figures).toMatchObject({ sent: 4, delivered: 4, opened: 1, clicked: 1, clickedMachine: 1, stopped: 1 })
  expect(report.stoppedBy).toEqual([{ reason: 'often', count: 1 }])
  expect(report.domains).toMatchObject([{ domain: 'example.co.jp', sent: 4, clicked: 1 }])
  expect(report.hours[1]).toEqual({ opened: 1, clicked: 1 })
  expect(report.versions).toMatchObject([{ id: template.versionId, figures: { sent: 4 } }])
  const behind = async (more: Partial<Parameters<typeof reports.stepPeople>[1]>) => {
    const page = await db.read((ctx) => reports.stepPeople(ctx, { id, step: 'm', limit: 2, of: 'all', ...more }))
    const rest = page.next
      ? await db.read((ctx) => reports.stepPeople(ctx, { id, step: 'm', limit: 50, of: 'all', ...more, cursor: page.next ?? '' }))
      : null
    return [...page.items, ...(rest?.items ?? [])]
  }
  for (const of of MAIL_NUMBERS) {
    const people = await behind({ of })
    expect(people.length, of).toBe(report.figures[of])
    expect(new Set(people.map((one) => one.id)).size).toBe(people.length)
  }
  expect((await behind({ of: 'clicked', as: 'raw' })).length).toBe(2)
  expect((await behind({ of: 'stopped', reason: 'often' })).map((one) => one.personId)).toEqual([rows.rows[2]?.person_id])
  // Another step, another scenario: mails of their own.
  expect((await db.read((ctx) => reports.stepReport(ctx, { id, step: 'n' }))).figures.all).toBe(0)
  const other = await j.scenario([on('custom.other')], [mail('m')])
  expect((await db.read((ctx) => reports.stepReport(ctx, { id: other, step: 'm' }))).figures.all).toBe(0)
  await expect(db.read((ctx) => reports.stepReport(ctx, { id: template.id, step: 'm' }))).rejects.toMatchObject({
    code: 'scenario.missing',
  })
})

test('NUR-14 whoever comes through three times has three mails, each counted and each in the list, also where a page ends between them', async () => {
  const template = await aTemplate()
  const steps: Step[] = [{ kind: 'mail', id: 'm', name: '', template: template.id, purpose: 'marketing' }]
  const id = await j.scenario([on('custom.thrice')], steps, { entry: { kind: 'each' } })
  const [who] = await someLeads(1)
  for (let i = 0; i < 3; i++) {
    await j.happens(who as Subject, 'custom.thrice')
    db.clock.advance(HOUR)
  }
  await sendDue(db.house)
  const { figures } = await db.read((ctx) => reports.stepReport(ctx, { id, step: 'm' }))
  const seen: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await db.read((ctx) => reports.stepPeople(ctx, { id, step: 'm', of: 'all', limit: 1, ...(cursor ? { cursor } : {}) }))
    seen.push(...page.items.map((one) => one.id))
    if (!page.next) break
    cursor = page.next
  }
  expect([figures.all, seen.length, new Set(seen).size]).toEqual([3, 3, 3])
})
