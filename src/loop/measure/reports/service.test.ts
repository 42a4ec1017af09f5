import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '#kernel/ctx.ts'
import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import type { News } from '#kernel/journal.ts'
import type { Pass } from '#kernel/pass.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { recheckTotals, settleTotals } from '../rollup/jobs.ts'
import type { Metric } from '../rollup/metrics.ts'
import { fold } from '../rollup/service.ts'
import { dashboard, people, trend } from './service.ts'

let base: TestDatabase
beforeAll(async () => {
  base = await testDatabase({ jobs: [settleTotals, recheckTotals] as never })
})
afterAll(() => base.close())

const person = (n: number): Subject => subjectOf(`0198aaaa-0000-7000-8000-${n.toString(16).padStart(12, '0')}`)
let counter = 0
function news(subject: Subject, name: string, at: string, props: News['props'] = {}): News {
  const occurredAt = new Date(at)
  counter++
  return {
    bucket: subject.bucket,
    personId: subject.id,
    seq: counter,
    eventId: `0198bbbb-0000-7000-8000-${counter.toString(16).padStart(12, '0')}`,
    name,
    occurredAt,
    receivedAt: occurredAt,
    historic: false,
    hop: 0,
    pageGroup: null,
    props,
  }
}

/** Folds news as one pass of the reactor would. */
const folded = (events: readonly News[]) =>
  base.tx(async (ctx: Ctx) => {
    const subjects = [...new Map(events.map((e) => [e.personId, { bucket: e.bucket, id: e.personId }])).values()]
    const pass: Pass = { at: ctx.now, people: subjects, news: Map.groupBy(events, (e) => e.personId), wake: () => {}, changed: new Map() }
    await fold(ctx, pass)
  })

async function everybody(metric: Metric, from: string, to: string): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await base.read((ctx) => people(ctx, { metric, from, to, limit: 3, cursor }))
    ids.push(...page.items.map((p) => p.id))
    if (page.next === null) return ids
    cursor = page.next
  }
}

test('KPI-01..05 every number of the dashboard equals the length of the list behind it, for this period and the one before', async () => {
  const events = Array.from({ length: 40 }, (_, i) => {
    const who = person(i % 17)
    const day = `2026-0${i % 3 === 0 ? 3 : 4}-0${1 + (i % 8)}T0${i % 10}:30:00+09:00`
    const name =
      ['page.viewed', 'lead.created', 'handoff.made', 'deal.created', 'deal.won', 'file.downloaded', 'form.submitted'][i % 7] ??
      'page.viewed'
    return news(who, name, day, { amount: 1000 })
  })
  await folded(events)
  const shown = await base.read((ctx) => dashboard(ctx, { days: 10 }))
  expect(shown.period).toEqual({ from: '2026-03-30', to: '2026-04-08' })
  expect(shown.empty).toBe(false)
  for (const [metric, figure] of Object.entries(shown.figures) as [Metric, (typeof shown.figures)[Metric]][]) {
    const now = await everybody(metric, shown.period.from, shown.period.to)
    const before = await everybody(metric, shown.before.from, shown.before.to)
    expect([metric, figure.people, figure.before.people]).toEqual([metric, now.length, before.length])
    expect(new Set(now).size).toBe(now.length)
  }
  expect(shown.figures.visit.people).toBeGreaterThan(0)
})

test('KPI-05 CRM-08 a deal of two people is one deal, its money counts once, and reopening takes it back', async () => {
  const deal = '0198dddd-0000-7000-8000-000000000001'
  const at = '2026-04-08T07:00:00+09:00'
  const both = [person(301), person(302)]
  const shown = async () => (await base.read((ctx) => dashboard(ctx, { days: 1 }))).figures
  const first = await shown()
  await folded(
    both.flatMap((who) => [
      news(who, 'deal.created', at, { deal, stage: 'meeting' }),
      news(who, 'deal.won', at, { deal, amount: 800_000 }),
    ]),
  )
  const won = await shown()
  expect([won.deal.n - first.deal.n, won.meeting.n, won.won.n, won.won_yen.n]).toEqual([1, 1, 1, 800_000])
  expect(won.won.people).toBe(2)
  expect(await everybody('won', '2026-04-08', '2026-04-08')).toHaveLength(2)
  await folded(both.map((who) => news(who, 'deal.reopened', at, { deal })))
  const open = await shown()
  expect([open.deal.n - first.deal.n, open.won.n, open.won_yen.n, open.won.people]).toEqual([1, 0, 0, 0])
  expect(await everybody('won', '2026-04-08', '2026-04-08')).toEqual([])
})

test('KPI-01 a day of the trend is exact before its total is settled, and the same after', async () => {
  const ask = () => base.read((ctx) => trend(ctx, { metric: 'visit', days: 30 }))
  await folded([news(person(90), 'page.viewed', '2026-04-08T08:00:00+09:00'), news(person(91), 'page.viewed', '2026-04-08T09:00:00+09:00')])
  const before = await ask()
  await settleTotals.run(base.house, {})
  const settled = await ask()
  await recheckTotals.run(base.house, {})
  expect(settled).toEqual(before)
  expect(await ask()).toEqual(before)
  expect(before.people.at(-1)).toBe((await everybody('visit', '2026-04-08', '2026-04-08')).length)
})

test('KPI-01 the day after a mail was taken back it is not delivered any more, and its list is empty', async () => {
  const who = person(200)
  const delivery = '0198cccc-0000-7000-8000-000000000001'
  await base.tx(async (ctx) => {
    await ctx.db
      .insertInto('delivery')
      .values({
        bucket: who.bucket,
        person_id: who.id,
        id: delivery,
        what: 'test',
        source: delivery,
        version_id: delivery,
        purpose: 'marketing',
        status: 'sent',
        not_before: ctx.now,
        created_at: ctx.now,
        sent_at: new Date('2026-04-06T10:00:00+09:00'),
      } as never)
      .execute()
  })
  await folded([news(who, 'mail.sent', '2026-04-06T10:00:00+09:00', { delivery })])
  expect(await everybody('mail_delivered', '2026-04-06', '2026-04-06')).toEqual([who.id])
  await folded([news(who, 'mail.bounced', '2026-04-07T10:00:00+09:00', { delivery, hard: true })])
  expect(await everybody('mail_delivered', '2026-04-01', '2026-04-08')).toEqual([])
  expect(await everybody('mail_bounced', '2026-04-06', '2026-04-06')).toEqual([who.id])
})

test('KPI-01 a period that runs backwards is refused with its field', async () => {
  await expect(
    base.read((ctx) => people(ctx, { metric: 'visit', from: '2026-04-02', to: '2026-04-01', limit: 10, cursor: undefined })),
  ).rejects.toMatchObject({
    kind: 'invalid',
    errors: [{ field: 'from' }],
  })
})
