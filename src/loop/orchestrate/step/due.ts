// When a wait is over. Pure: working time and holidays come in by the world.
import {
  addBusinessDays,
  addDays,
  businessTimeAt,
  type Calendar,
  dayIn,
  instantAt,
  isBusinessDay,
  LAST_INSTANT,
  localTime,
  nextBusinessTime,
  type WorkWeek,
  weekdayOf,
} from '#kernel/calendar.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import type { Until } from '../graph/contract.ts'

interface Working {
  readonly now: Date
  readonly calendar: Calendar
  readonly week: WorkWeek
}

const UNIT = { minutes: MINUTE, hours: HOUR, days: DAY } as const

/** The length of an amount of time in ms. A day is 24 hours. */
export function lengthOf({ amount, unit }: { readonly amount: number; readonly unit: keyof typeof UNIT }): number {
  return amount * UNIT[unit]
}

/** Waits whose end follows from the clock alone. */
export type Clocked = Exclude<Until, { kind: 'field' | 'bestHour' }>

/** The instant a wait that begins now is over; now itself when there is nothing to wait for. */
export function dueOf(until: Clocked, { now, calendar, week }: Working): Date {
  switch (until.kind) {
    case 'for': {
      const due = new Date(now.getTime() + until.amount * UNIT[until.unit])
      return until.businessHours ? nextBusinessTime(calendar, week, due) : due
    }
    case 'businessHours':
      return nextBusinessTime(calendar, week, now)
    case 'businessDay':
      return instantAt(week.timeZone, addBusinessDays(calendar, week, dayIn(week.timeZone, now), until.days), until.time)
    case 'timeOfDay':
      return nextTimeOfDay(until, { now, calendar, week })
  }
}

type TimeOfDay = Extract<Until, { kind: 'timeOfDay' }>

/** A year holds every weekday that is no holiday many times; weekdays on which a company never works would be waited for in vain. */
const LONGEST = 400

function nextTimeOfDay(until: TimeOfDay, working: Working): Date {
  const { now, week } = working
  const today = dayIn(week.timeZone, now)
  for (let i = 0; i < LONGEST; i++) {
    const day = addDays(today, i)
    if (!isDayOf(until, day, working)) continue
    const at = instantAt(week.timeZone, day, until.time)
    if (at >= now) return at
  }
  return now
}

function isDayOf({ businessDays, weekdays }: TimeOfDay, day: string, { calendar, week }: Working): boolean {
  return (!weekdays.length || weekdays.includes(weekdayOf(day))) && (!businessDays || isBusinessDay(calendar, week, day))
}

/** The instant that a wait for the day in a field is over; null when there is no day. */
export function fieldDue(until: Extract<Until, { kind: 'field' }>, day: string | null, week: WorkWeek): Date | null {
  return day === null ? null : new Date(Math.min(instantAt(week.timeZone, addDays(day, until.days), until.time).getTime(), LAST_INSTANT))
}

/** The number of an hour in the week of the company: Sunday 0:00 is 0. */
export function hourOfWeek(zone: string, at: Date): number {
  const { day, time } = localTime(zone, at)
  return weekdayOf(day) * 24 + Number(time.slice(0, 2))
}

/**
 * The start of the hour in which most is read, of those that begin within so many hours; now, when it is the one that runs or when
 * nothing is read in any of them. Of equal hours the first is taken.
 * @param hours how much is read in each hour of the week
 */
export function bestHour(hours: readonly number[], now: Date, within: number, zone: string): Date {
  const minutes = Number(localTime(zone, now).time.slice(3))
  const start = Math.floor(now.getTime() / MINUTE) * MINUTE - minutes * MINUTE
  let best = { at: now, read: hours[hourOfWeek(zone, now)] ?? 0 }
  for (let i = 1; start + i * HOUR <= now.getTime() + within * HOUR; i++) {
    const at = new Date(start + i * HOUR)
    const read = hours[hourOfWeek(zone, at)] ?? 0
    if (read > best.read) best = { at, read }
  }
  return best.at
}

/**
 * The late rule: a wait that promised working time does not fire outside of it, however late it is (after a stop of the
 * system, or when a closing day was added meanwhile).
 * @returns when to try again, null when the run may go on now
 */
export function stillClosed(until: Until, { now, calendar, week }: Working): Date | null {
  if (until.kind === 'businessHours' || (until.kind === 'for' && until.businessHours)) {
    const open = nextBusinessTime(calendar, week, now)
    return open > now ? open : null
  }
  const today = dayIn(week.timeZone, now)
  if (until.kind === 'timeOfDay')
    return isDayOf(until, today, { now, calendar, week }) ? null : nextTimeOfDay(until, { now, calendar, week })
  if (until.kind !== 'businessDay' || isBusinessDay(calendar, week, today)) return null
  return businessTimeAt(calendar, week, now, until.time)
}
