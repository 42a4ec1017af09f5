import { expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar, type WorkWeek } from '#kernel/calendar.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import { seeded } from '../../../../test/world.ts'
import { type Clocked, dueOf, fieldDue } from './due.ts'

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

/** Every minute around a change of the clocks as a wall clock shows it, asked of the runtime one by one. */
function wallClock(zone: string, from: number, to: number): { at: number; day: string; time: string }[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  return Array.from({ length: (to - from) / MINUTE }, (_, i) => {
    const at = from + i * MINUTE
    const [day = '', time = ''] = format.format(at).split(' ')
    return { at, day, time }
  })
}

/** Days of a year on which the clocks of a zone change, as instants of midnight UTC before. */
function changes(zone: string, year: number): number[] {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, timeStyle: 'short' })
  const noons = Array.from({ length: 366 }, (_, i) => Date.UTC(year, 0, 1 + i, 20))
  return noons.filter((at) => shown.format(at) !== shown.format(at + DAY)).map((at) => at - 20 * HOUR)
}

test('N3 every wait around every change of the clocks in New York, London and Lord Howe, and in Tokyo beside them, ends once, at the minute a wall clock says', () => {
  const runs = Number(process.env['TEST_RUNS'] ?? 1)
  const draw = seeded(Number(process.env['TEST_SEED'] ?? 20260401))
  const pick = (n: number): number => Math.floor(draw() * n)
  const clock = (hours: number): string => `${String(pick(hours)).padStart(2, '0')}:${String(pick(60)).padStart(2, '0')}`
  let seen = 0
  for (const zone of ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Tokyo'])
    for (let year = 2026; year < 2026 + runs; year++) {
      const found = changes(zone, year)
      expect(found).toHaveLength(zone === 'Asia/Tokyo' ? 0 : 2)
      for (const change of zone === 'Asia/Tokyo' ? changes('America/New_York', year) : found) {
        const minutes = wallClock(zone, change - 3 * DAY, change + 9 * DAY)
        const days = [...new Set(minutes.map(({ day }) => day))]
        const first = (day: string, time: string): number => minutes.find((one) => one.day === day && one.time >= time)?.at ?? Number.NaN
        for (let i = 0; i < 120; i++) {
          const closed = days.filter(() => draw() < 0.2)
          const week: WorkWeek = {
            ...JAPANESE_WEEK,
            timeZone: zone,
            weekdays: [0, 1, 2, 3, 4, 5, 6],
            closedDays: closed,
            holidaysOff: false,
          }
          const now = change - DAY + pick(3 * 24 * 60) * MINUTE
          const world = { now: new Date(now), calendar, week }
          const today = minutes.find((one) => one.at === now)?.day ?? ''
          const open = days.filter((day) => !closed.includes(day))
          // Mostly at night, where the clocks change.
          const [time, businessDays] = [clock(draw() < 0.7 ? 4 : 24), draw() < 0.5]
          const at = (until: Clocked): number => dueOf(until, world).getTime()
          const next = days
            .filter((day) => day >= today && (!businessDays || open.includes(day)))
            .map((day) => first(day, time))
            .find((due) => due >= now)
          const daily: Clocked = { kind: 'timeOfDay', time, businessDays, weekdays: [] }
          if (next !== undefined) {
            expect(at(daily)).toBe(next)
            const after = dueOf(daily, { ...world, now: new Date(next + MINUTE) })
            expect(after.getTime()).toBeGreaterThan(next + 20 * HOUR)
          }
          const [n, later] = [1 + pick(3), open.filter((day) => day > today)]
          if (later.length > n) expect(at({ kind: 'businessDay', days: n, time })).toBe(first(later[n - 1] ?? '', time))
          const amount = 1 + pick(48)
          expect(at({ kind: 'for', amount, unit: 'hours', businessHours: false })).toBe(now + amount * HOUR)
          const working = (from: number) =>
            minutes.find((one) => one.at >= from && open.includes(one.day) && one.time >= week.from && one.time < week.to)?.at
          const [opens, opensLater] = [working(now), working(now + amount * HOUR)]
          if (opens) expect(at({ kind: 'businessHours' })).toBe(opens)
          if (opensLater) expect(at({ kind: 'for', amount, unit: 'hours', businessHours: true })).toBe(opensLater)
          const day = days[2 + pick(6)] ?? ''
          expect(fieldDue({ kind: 'field', field: 'x', days: 1, time }, day, week)?.getTime()).toBe(
            first(days[days.indexOf(day) + 1] ?? '', time),
          )
          seen++
        }
      }
    }
  expect(seen).toBe(runs * 4 * 2 * 120)
}, 600_000)

test('N3 NUR-11 a wait for the day that is written for “no end” is a long one, and no fault', () => {
  const at = (day: string, days: number) => fieldDue({ kind: 'field', field: 'x', days, time: '09:00' }, day, JAPANESE_WEEK)?.toISOString()
  expect(at('9999-12-31', -30)).toBe('9999-12-01T00:00:00.000Z')
  expect(at('9999-12-31', 30)).toBe('9999-12-31T23:59:59.999Z')
})
