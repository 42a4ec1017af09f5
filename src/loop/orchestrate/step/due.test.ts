import { expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import { MINUTE } from '#kernel/clock.ts'
import { type Clocked, dueOf } from './due.ts'

const calendar = japaneseCalendar()
const daily = (time: string): Clocked => ({ kind: 'timeOfDay', time, businessDays: false, weekdays: [] })
const due = (timeZone: string, now: string, time: string) =>
  dueOf(daily(time), { now: new Date(now), calendar, week: { ...JAPANESE_WEEK, timeZone } }).toISOString()

/** Zone, the evening before, an hour that is skipped, and the instant that stands in for it. */
const SKIPPED = [
  ['America/New_York', '2027-03-14T02:00:00Z', '02:30', '2027-03-14T07:00:00.000Z'],
  ['Europe/London', '2027-03-27T20:00:00Z', '01:30', '2027-03-28T01:00:00.000Z'],
  ['Australia/Lord_Howe', '2026-10-03T10:00:00Z', '02:15', '2026-10-03T15:30:00.000Z'],
  ['Asia/Tokyo', '2027-03-13T12:00:00Z', '02:30', '2027-03-13T17:30:00.000Z'],
] as const

test.each(SKIPPED)('N3 in %s a wait for an hour that is skipped ends at the next instant there is', (zone, evening, time, instant) => {
  expect(due(zone, evening, time)).toBe(instant)
})

/** Zone, the evening before, an hour that comes twice, its first instant, and that hour on the day after. */
const TWICE = [
  ['America/New_York', '2026-11-01T02:00:00Z', '01:30', '2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z'],
  ['Europe/London', '2026-10-24T20:00:00Z', '01:30', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
  ['Australia/Lord_Howe', '2027-04-03T10:00:00Z', '01:45', '2027-04-03T14:45:00.000Z', '2027-04-04T15:15:00.000Z'],
  ['Asia/Tokyo', '2026-10-31T12:00:00Z', '01:30', '2026-10-31T16:30:00.000Z', '2026-11-01T16:30:00.000Z'],
] as const

test.each(TWICE)(
  'N3 in %s a wait for an hour that comes twice ends the first time, and not again on that day',
  (zone, evening, time, first, next) => {
    expect(due(zone, evening, time)).toBe(first)
    const after = new Date(new Date(first).getTime() + MINUTE).toISOString()
    expect(due(zone, after, time)).toBe(next)
  },
)
