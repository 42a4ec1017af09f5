import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayIn } from '#kernel/calendar.ts'
import type { News } from '#kernel/journal.ts'
import { check } from '../../../../test/world.ts'
import { countsOf, type DayCount, fromNews, type Known, summed } from './decide.ts'

const person = { bucket: 7, personId: '01980000-0000-7000-8000-000000000007' }
const dayOf = (zone: string) => (at: Date) => dayIn(zone, at)
const day = dayOf('Asia/Tokyo')
const news = (name: string, props: News['props'] = {}, at = '2026-04-08T10:00:00+09:00'): News => ({
  ...person,
  seq: 1,
  eventId: `e-${name}`,
  name,
  occurredAt: new Date(at),
  receivedAt: new Date(at),
  historic: false,
  hop: 0,
  pageGroup: null,
  props,
})
const known = (sent?: string | null): Known => ({
  day,
  sentAt: new Map(sent === undefined ? [] : [['d', sent === null ? null : new Date(sent)]]),
  clickBefore: new Map(),
  meetings: new Set(['meeting', 'proposal']),
})
const counts = (one: News, sent?: string | null) => countsOf(one, known(sent)).map((c) => ({ day: c.day, metric: c.metric, n: c.n }))

test('KPI-01 an event counts on the day of the company’s time zone', () => {
  expect(counts(news('page.viewed', {}, '2026-04-07T15:30:00Z'))).toEqual([{ day: '2026-04-08', metric: 'visit', n: 1 }])
  expect(dayOf('America/New_York')(new Date('2026-04-08T03:59:00Z'))).toBe('2026-04-07')
})

test('KPI-01 KPI-02 opens and clicks count on the day the mail was sent, those of machines not at all', () => {
  const sent = '2026-04-01T09:00:00+09:00'
  expect(counts(news('mail.opened', { delivery: 'd' }), sent)).toEqual([{ day: '2026-04-01', metric: 'mail_opened', n: 1 }])
  expect(counts(news('mail.opened', { delivery: 'd', agent: 'machine' }), sent)).toEqual([])
  expect(counts(news('mail.clicked', { delivery: 'd' }), sent)).toEqual([{ day: '2026-04-01', metric: 'mail_clicked', n: 1 }])
  expect(counts(news('mail.clicked', { delivery: 'd', agent: 'machine' }), sent)).toEqual([])
})

test('KPI-01 a mail that comes back later was not delivered; one refused at the door never counted as such', () => {
  expect(counts(news('mail.bounced', { delivery: 'd' }), '2026-04-01T09:00:00+09:00')).toEqual([
    { day: '2026-04-01', metric: 'mail_bounced', n: 1 },
    { day: '2026-04-01', metric: 'mail_delivered', n: -1 },
  ])
  expect(counts(news('mail.bounced', { delivery: 'd' }), null)).toEqual([{ day: '2026-04-08', metric: 'mail_bounced', n: 1 }])
})

test('KPI-03 a goal after a click counts for the mail that was clicked, on the day it was sent', () => {
  const goal = news('form.submitted')
  const made = countsOf(goal, { ...known('2026-04-02T09:00:00+09:00'), clickBefore: new Map([[goal.eventId, 'd']]) })
  expect(made.map((c) => [c.metric, c.day])).toEqual([
    ['form', '2026-04-08'],
    ['mail_converted', '2026-04-02'],
  ])
})

test('KPI-05 a won deal counts once and with its amount', () => {
  expect(counts(news('deal.won', { amount: 1_200_000 }))).toEqual([
    { day: '2026-04-08', metric: 'won', n: 1 },
    { day: '2026-04-08', metric: 'won_yen', n: 1_200_000 },
  ])
})

test('KPI-05 a deal is a meeting when it first reaches a stage that is one', () => {
  const metrics = (name: string, props: News['props']) => counts(news(name, { deal: 'x', ...props })).map((c) => c.metric)
  expect(metrics('deal.created', { stage: 'contact' })).toEqual(['deal'])
  expect(metrics('deal.created', { stage: 'meeting' })).toEqual(['deal', 'meeting'])
  expect(metrics('deal.stage_changed', { from: 'contact', to: 'meeting' })).toEqual(['meeting'])
  expect(metrics('deal.stage_changed', { from: 'meeting', to: 'proposal' })).toEqual([])
})

test('KPI-05 CRM-09 a deal that is won, reopened and lost counts as lost alone', () => {
  const list = [news('deal.won', { deal: 'x', amount: 5 }), news('deal.reopened', { deal: 'x' }), news('deal.lost', { deal: 'x' })]
  const made = fromNews(list, known())
  expect(made.counts.map((c) => c.metric)).toEqual(['lost'])
  expect(made.takenBack.map((t) => [t.metric, t.key])).toEqual([
    ['won', 'x'],
    ['won_yen', 'x'],
    ['lost', 'x'],
  ])
})

test('KPI-01 summing keeps the whole, leaves each key once and in key order', () => {
  const count: fc.Arbitrary<DayCount> = fc.record({
    bucket: fc.integer({ min: 0, max: 255 }),
    personId: fc.constantFrom('a', 'b', 'c'),
    day: fc.constantFrom('2026-04-01', '2026-04-02'),
    metric: fc.constantFrom('visit' as const, 'form' as const),
    key: fc.constant(''),
    n: fc.integer({ min: -3, max: 5 }),
  })
  return check(
    fc.property(fc.array(count), (given) => {
      const rows = summed(given)
      const total = (list: readonly DayCount[]) => list.reduce((sum, c) => sum + c.n, 0)
      const keys = rows.map((c) => `${c.bucket}|${c.personId}|${c.day}|${c.metric}`)
      expect(total(rows)).toBe(total(given))
      expect(new Set(keys).size).toBe(keys.length)
      expect(rows.map((c) => c.bucket)).toEqual(rows.map((c) => c.bucket).toSorted((a, b) => a - b))
    }),
  )
})
