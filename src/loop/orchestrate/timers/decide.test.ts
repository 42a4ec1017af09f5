import { expect, test } from 'vitest'
import { type DateTrigger, isScheduled, type ScheduleTrigger, ticksOf, wantedDays } from './decide.ts'

const trigger = (more: Partial<DateTrigger>): DateTrigger => ({
  kind: 'date',
  id: 't',
  field: 'attrs.renewal',
  days: -7,
  time: '09:00',
  yearly: false,
  ...more,
})
const at = (iso: string): Date => new Date(iso)

test('NUR-11 seven days before a date is looked for on that morning, once', () => {
  const ticks = ticksOf(trigger({}), at('2026-04-08T00:30:00Z'), at('2026-04-09T00:00:00Z'), 'Asia/Tokyo')
  expect(ticks).toEqual([{ at: at('2026-04-09T00:00:00Z'), day: '2026-04-16' }])
  expect(ticksOf(trigger({}), at('2026-04-09T00:00:00Z'), at('2026-04-09T08:00:00Z'), 'Asia/Tokyo')).toEqual([])
})

test('days missed while the system was down are made up for in order, a week of them at most', () => {
  const ticks = ticksOf(trigger({ days: 3 }), at('2026-03-01T00:00:00Z'), at('2026-04-09T01:00:00Z'), 'Asia/Tokyo')
  expect(ticks).toHaveLength(8)
  expect(ticks.map((tick) => tick.day)).toEqual([...ticks.map((tick) => tick.day)].sort())
  expect(ticks.at(-1)?.day).toBe('2026-04-06')
})

test('an anniversary on 29 February falls on the 28th in other years', () => {
  expect(wantedDays(trigger({ yearly: true }), '2027-02-28')).toEqual(['02-28', '02-29'])
  expect(wantedDays(trigger({ yearly: true }), '2028-02-28')).toEqual(['02-28'])
  expect(wantedDays(trigger({}), '2027-02-28')).toEqual(['2027-02-28'])
})

test('NUR-11 a schedule has its turn on its weekdays, or on its day of the month; the 31st of a shorter month is its last day', () => {
  const on = (days: ScheduleTrigger['days']) => {
    const schedule: ScheduleTrigger = { kind: 'schedule', id: 's', segment: '', days, time: '09:00' }
    const february = Array.from({ length: 31 }, (_, i) => new Date(Date.UTC(2027, 1, 1 + i)).toISOString().slice(0, 10))
    return february.filter((day) => isScheduled(schedule, day))
  }
  expect(on({ kind: 'weekdays', weekdays: [2] })).toEqual(['2027-02-02', '2027-02-09', '2027-02-16', '2027-02-23', '2027-03-02'])
  expect(on({ kind: 'monthDay', day: 31 })).toEqual(['2027-02-28'])
  expect(on({ kind: 'monthDay', day: 28 })).toEqual(['2027-02-28'])
  expect(on({ kind: 'monthDay', day: 1 })).toEqual(['2027-02-01', '2027-03-01'])
})

test('a schedule that was missed means everybody once: only its last turn is made up for', () => {
  const daily: ScheduleTrigger = {
    kind: 'schedule',
    id: 's',
    segment: '',
    days: { kind: 'weekdays', weekdays: [0, 1, 2, 3, 4, 5, 6] },
    time: '09:00',
  }
  expect(ticksOf(daily, at('2026-04-06T00:00:00Z'), at('2026-04-09T01:00:00Z'), 'Asia/Tokyo')).toEqual([
    { at: at('2026-04-09T00:00:00Z'), day: '2026-04-09' },
  ])
})
