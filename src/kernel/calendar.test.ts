import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addBusinessDays,
  addDays,
  businessTimeAt,
  calendarWarning,
  dayIn,
  instantAt,
  isBusinessDay,
  JAPANESE_WEEK,
  japaneseCalendar,
  localTime,
  nextBusinessDayAt,
  nextBusinessTime,
} from './calendar.ts'

const calendar = japaneseCalendar()
const tokyo = (text: string) => new Date(`${text}+09:00`)

test('GEN-08 Labour Thanksgiving Day and the weekend before it are no business days', () => {
  expect(calendar.holidayName('2026-11-23')).toBe('勤労感謝の日')
  expect(
    ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24'].map((day) => isBusinessDay(calendar, JAPANESE_WEEK, day)),
  ).toEqual([true, false, false, false, true])
})

test('GEN-08 moved holidays are known: the Sports Day of 2021 lay in July', () => {
  expect(calendar.holidayName('2021-07-23')).toBe('スポーツの日')
  expect(calendar.holidayName('2021-10-11')).toBeNull()
})

test('NUR-11 「翌営業日 9:30」 after a Friday before a long weekend is Tuesday 9:30', () => {
  expect(nextBusinessDayAt(calendar, JAPANESE_WEEK, tokyo('2026-11-20T16:00:00'), '09:30')).toEqual(tokyo('2026-11-24T09:30:00'))
})

test('GEN-08 closing days of the company count like holidays', () => {
  const week = { ...JAPANESE_WEEK, closedDays: ['2026-11-24'] }
  expect(nextBusinessTime(calendar, week, tokyo('2026-11-20T18:00:00'))).toEqual(tokyo('2026-11-25T09:00:00'))
  expect(nextBusinessTime(calendar, week, tokyo('2026-11-20T17:59:00'))).toEqual(tokyo('2026-11-20T17:59:00'))
  expect(nextBusinessTime(calendar, week, tokyo('2026-11-20T08:00:00'))).toEqual(tokyo('2026-11-20T09:00:00'))
})

test('NUR-11 a business day at a time that is past goes to the next business day', () => {
  expect(businessTimeAt(calendar, JAPANESE_WEEK, tokyo('2026-11-20T10:00:00'), '09:30')).toEqual(tokyo('2026-11-24T09:30:00'))
  expect(businessTimeAt(calendar, JAPANESE_WEEK, tokyo('2026-11-20T09:00:00'), '09:30')).toEqual(tokyo('2026-11-20T09:30:00'))
  expect(addBusinessDays(calendar, JAPANESE_WEEK, '2026-11-20', 3)).toBe('2026-11-26')
})

test('N3 a local time that does not exist is the next valid instant, one that exists twice is the first', () => {
  expect(instantAt('America/New_York', '2026-03-08', '02:30')).toEqual(new Date('2026-03-08T07:00:00Z'))
  expect(instantAt('America/New_York', '2026-11-01', '01:30')).toEqual(new Date('2026-11-01T05:30:00Z'))
  expect(instantAt('Europe/London', '2026-03-29', '01:30')).toEqual(new Date('2026-03-29T01:00:00Z'))
  expect(instantAt('Australia/Lord_Howe', '2026-10-04', '02:15')).toEqual(new Date('2026-10-03T15:30:00Z'))
  expect(instantAt('Asia/Tokyo', '2026-03-08', '02:30')).toEqual(new Date('2026-03-07T17:30:00Z'))
})

test('N3 every local minute that exists comes back from its instant', () => {
  const zones = ['Asia/Tokyo', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu']
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 60 * 24 * 365 * 60 }), (zone, minute) => {
      const at = new Date(minute * 60_000)
      const { day, time } = localTime(zone, at)
      const back = instantAt(zone, day, time)
      expect(localTime(zone, back)).toEqual({ day, time })
      expect(back.getTime()).toBeLessThanOrEqual(at.getTime())
    }),
    { numRuns: 300 },
  )
})

test('N3 the first and the last day there are have a midnight like every other: 9999-12-31 is how many write that something has no end', () => {
  expect(instantAt('Asia/Tokyo', '9999-12-31', '00:00')).toEqual(new Date('9999-12-30T15:00:00Z'))
  expect(instantAt('America/New_York', '9999-12-31', '23:59').getTime()).toBe(Date.parse('9999-12-31T23:59:00Z') + 5 * 3_600_000)
  expect(instantAt('UTC', '0001-01-01', '00:00')).toEqual(new Date('0001-01-01T00:00:00Z'))
  expect(instantAt('UTC', '0000-01-01', '00:00')).toEqual(new Date('0000-01-01T00:00:00Z'))
})

test('GEN-08 the operator is warned a year before the holiday data ends', () => {
  expect(calendarWarning(calendar, new Date('2026-11-22'))).toBeNull()
  expect(calendarWarning(calendar, new Date('2050-01-01'))).toContain(calendar.coversUntil)
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(dayIn('Asia/Tokyo', new Date('2026-11-22T15:00:00Z'))).toBe('2026-11-23')
})
