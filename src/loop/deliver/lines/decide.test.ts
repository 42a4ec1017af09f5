import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, isBusinessDay, JAPANESE_WEEK, japaneseCalendar, weekdayOf } from '#kernel/calendar.ts'
import { check } from '../../../../test/world.ts'
import { linesContract, type Rhythm } from './contract.ts'
import { alertsOf, dueOf, growsOver, type IssueFacts, isLate, nextOf, openSlots, paceOf, slotFor, stateOf } from './decide.ts'
import { daysBetween, plannedDays, slotAfter, slotsBetween } from './rhythm.ts'

const working = { calendar: japaneseCalendar(), week: JAPANESE_WEEK }
const every2Weeks: Rhythm = { kind: 'weeks', every: 2, weekday: 3 }
const line = { rhythm: every2Weeks, startsOn: '2026-04-08', aheadDays: 14 }
const issue = (day: string, more: Partial<IssueFacts> = {}): IssueFacts => ({
  id: day,
  slot: day,
  day,
  dueOn: dueOf(day, 5, working),
  theme: '',
  state: 'planned',
  sentOn: null,
  ...more,
})
const sent = (slot: string, sentOn = slot) => issue(slot, { state: 'sent', sentOn })
const kinds = (issues: readonly IssueFacts[], today: string) =>
  alertsOf(line, issues, today, working).map(({ kind, day }) => `${kind} ${day}`)

describe('the rhythm', () => {
  const days = (rhythm: Rhythm, from: string, to: string, startsOn = '2026-04-08') =>
    slotsBetween(rhythm, startsOn, from, to, working).map(({ slot }) => slot)

  test('NUR-35 every so many weeks, from the first such weekday on', () => {
    expect(days(every2Weeks, '2026-04-01', '2026-05-20')).toEqual(['2026-04-08', '2026-04-22', '2026-05-06', '2026-05-20'])
    expect(days({ kind: 'weeks', every: 1, weekday: 1 }, '2026-04-01', '2026-04-28')).toEqual(['2026-04-13', '2026-04-20', '2026-04-27'])
  })

  test('NUR-35 X6 at the end of all days the rhythm ends; days so far off are not asked for', () => {
    expect(days({ kind: 'weeks', every: 1, weekday: 5 }, '9999-12-20', '9999-12-31')).toEqual(['9999-12-24', '9999-12-31'])
    const asked = (from: string) => linesContract.calendar['~orpc'].inputSchema?.safeParse({ from, to: from }).success
    expect([asked('2026-04-08'), asked('2199-12-31'), asked('9999-12-31'), asked('0026-04-08')]).toEqual([true, true, false, false])
  })

  test('NUR-35 by months: a day, the last day of shorter months, the second Tuesday, the last Friday', () => {
    expect(days({ kind: 'monthDay', every: 1, day: 31 }, '2026-04-01', '2026-07-31')).toEqual([
      '2026-04-30',
      '2026-05-31',
      '2026-06-30',
      '2026-07-31',
    ])
    expect(days({ kind: 'monthDay', every: 3, day: 5 }, '2026-04-01', '2026-12-31')).toEqual(['2026-05-05', '2026-08-05', '2026-11-05'])
    expect(days({ kind: 'monthWeekday', every: 1, nth: 2, weekday: 2 }, '2026-04-01', '2026-06-30')).toEqual([
      '2026-04-14',
      '2026-05-12',
      '2026-06-09',
    ])
    expect(days({ kind: 'monthWeekday', every: 2, nth: 5, weekday: 5 }, '2026-04-01', '2026-08-31')).toEqual([
      '2026-04-24',
      '2026-06-26',
      '2026-08-28',
    ])
  })

  test('NUR-35 an issue that falls on a holiday or a closing day goes to the next business day, and keeps its place', () => {
    const closed = { ...working, week: { ...JAPANESE_WEEK, closedDays: ['2026-05-07'] } }
    expect(slotsBetween(every2Weeks, '2026-04-08', '2026-05-01', '2026-05-10', closed)).toEqual([{ slot: '2026-05-06', day: '2026-05-08' }])
  })

  const rhythm: fc.Arbitrary<Rhythm> = fc.oneof(
    fc.record({ kind: fc.constant('weeks' as const), every: fc.integer({ min: 1, max: 26 }), weekday: fc.integer({ min: 0, max: 6 }) }),
    fc.record({ kind: fc.constant('monthDay' as const), every: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 31 }) }),
    fc.record({
      kind: fc.constant('monthWeekday' as const),
      every: fc.integer({ min: 1, max: 12 }),
      nth: fc.integer({ min: 1, max: 5 }),
      weekday: fc.integer({ min: 0, max: 6 }),
    }),
  )
  const day = fc.integer({ min: 0, max: 2_000 }).map((n) => addDays('2024-01-01', n))

  test('NUR-35 whatever span is asked for, the days of a rhythm are the same, and none is missed between two', async () => {
    await check(
      fc.property(rhythm, day, fc.integer({ min: 0, max: 900 }), (one, startsOn, skip) => {
        const to = addDays(startsOn, 1_200)
        const all = slotsBetween(one, startsOn, startsOn, to, working)
        const from = addDays(startsOn, skip)
        expect(slotsBetween(one, startsOn, from, to, working)).toEqual(all.filter(({ slot }) => slot >= from))
        expect(all.length).toBeGreaterThan(0)
        expect(slotAfter(one, startsOn, null, working)).toEqual(all[0])
        if (all[1]) expect(slotAfter(one, startsOn, all[0]?.slot ?? '', working)).toEqual(all[1])
        for (const { slot, day: on } of all) {
          expect(isBusinessDay(working.calendar, working.week, on)).toBe(true)
          expect(on >= slot).toBe(true)
          if (one.kind !== 'monthDay') expect(weekdayOf(slot)).toBe(one.weekday)
        }
        if (all.length > 3) {
          const mean = daysBetween(all[0]?.slot ?? '', all.at(-1)?.slot ?? '') / (all.length - 1)
          expect(Math.abs(mean - plannedDays(one))).toBeLessThan(4)
        }
      }),
    )
  })
})

describe('what is missing, late or overdue', () => {
  test('NUR-35 the next day for which nothing is planned is told so many days ahead, and only the next', () => {
    expect(kinds([], '2026-03-24')).toEqual([])
    expect(kinds([], '2026-03-25')).toEqual(['missing 2026-04-08'])
    expect(kinds([issue('2026-04-08', { state: 'drafted' })], '2026-04-07')).toEqual([])
    expect(kinds([issue('2026-04-08', { state: 'drafted' })], '2026-04-08')).toEqual(['missing 2026-04-22'])
  })

  test('NUR-35 a draft is late once the day it was due is over and there is none; what is written is not late', () => {
    const planned = issue('2026-04-22')
    expect(planned.dueOn).toBe('2026-04-15')
    expect(isLate(planned, '2026-04-15')).toBe(false)
    expect(isLate(planned, '2026-04-16')).toBe(true)
    expect(isLate({ ...planned, state: 'drafted' }, '2026-04-16')).toBe(false)
    expect(isLate({ ...planned, state: 'cancelled' }, '2026-04-16')).toBe(true)
    expect(isLate({ ...planned, state: 'skipped' }, '2026-04-16')).toBe(false)
  })

  test('KPI-22 a day that went by without an issue is overdue until one goes out; one left out on purpose is not', () => {
    const first = sent('2026-04-08')
    expect(kinds([first, issue('2026-05-06', { state: 'drafted' })], '2026-04-23')).toEqual(['overdue 2026-04-22'])
    expect(kinds([first, issue('2026-04-22', { state: 'skipped' }), issue('2026-05-06', { state: 'drafted' })], '2026-04-23')).toEqual([])
    expect(kinds([first, issue('2026-04-22', { state: 'drafted' }), issue('2026-05-06', { state: 'drafted' })], '2026-04-23')).toEqual([
      'overdue 2026-04-22',
    ])
    expect(kinds([first, sent('2026-05-06', '2026-05-07'), issue('2026-05-20', { state: 'drafted' })], '2026-05-08')).toEqual([])
  })

  test('NUR-35 an issue left out far ahead hides no gap before it', () => {
    expect(kinds([issue('2026-05-06', { state: 'skipped' })], '2026-04-08')).toEqual(['missing 2026-04-08'])
  })

  test('NUR-35 the next issue is the planned one or the first free day of the rhythm, whichever comes first', () => {
    expect(nextOf(line, [issue('2026-04-22')], '2026-04-09', working)).toMatchObject({ day: '2026-04-22', issue: { id: '2026-04-22' } })
    expect(nextOf(line, [issue('2026-05-06')], '2026-04-09', working)).toMatchObject({ day: '2026-04-22', issue: null })
    expect(openSlots(line, [issue('2026-05-20')], '2026-05-07', 2, working).map(({ slot }) => slot)).toEqual(['2026-06-03', '2026-06-17'])
  })

  test('NUR-35 an issue stands for the nearest free day of the rhythm, or for none', () => {
    expect(slotFor(line, [], '2026-04-24', working)).toBe('2026-04-22')
    expect(slotFor(line, [issue('2026-04-22')], '2026-04-24', working)).toBeNull()
  })

  test('NUR-35 the state of an issue is read from its newsletter', () => {
    const behind = { skipped: false, status: null, approved: false, begun: false } as const
    expect(stateOf(behind)).toBe('planned')
    expect(stateOf({ ...behind, status: 'draft' })).toBe('drafted')
    expect(stateOf({ ...behind, status: 'draft', approved: true })).toBe('approved')
    expect(stateOf({ ...behind, status: 'scheduled' })).toBe('scheduled')
    expect(stateOf({ ...behind, status: 'finished', begun: true })).toBe('sent')
    expect(stateOf({ ...behind, status: 'cancelled' })).toBe('cancelled')
    expect(stateOf({ ...behind, status: 'cancelled', begun: true })).toBe('sent')
  })
})

describe('plan against what really happened', () => {
  test('KPI-22 intervals are those between issues really sent, and the next is overdue from the day after the plan', () => {
    const issues = [sent('2026-04-08'), sent('2026-04-22', '2026-04-24'), sent('2026-05-06', '2026-05-13')]
    const pace = paceOf(line, issues, '2026-05-25', working)
    expect(pace.intervals.map(({ days }) => days)).toEqual([16, 19])
    expect(pace).toMatchObject({ planned: 14, lastOn: '2026-05-13', sinceLast: 12, overdueDays: 5, recent: 17.5, grows: false })
  })

  test('KPI-22 the interval that is still running counts once it is longer than planned', () => {
    const issues = [sent('2026-04-08'), sent('2026-04-22'), sent('2026-05-06', '2026-05-08')]
    expect(paceOf(line, issues, '2026-05-22', working).grows).toBe(false)
    expect(paceOf(line, issues, '2026-05-28', working)).toMatchObject({ grows: true, sinceLast: 20 })
  })

  test('KPI-22 intervals that grow are flagged: three at least, well over the plan, and pointing up', () => {
    expect(growsOver([14, 16], 14)).toBe(false)
    expect(growsOver([14, 18, 21], 14)).toBe(true)
    expect(growsOver([14, 14, 15, 14, 15, 14], 14)).toBe(false)
    expect(growsOver([28, 24, 21, 18], 14)).toBe(false)
    expect(growsOver([14, 21, 14, 14], 14)).toBe(false)
  })
})
