// When a wait is over. Pure: working time and holidays come in by the world.
import {
  addBusinessDays,
  addDays,
  businessTimeAt,
  type Calendar,
  dayIn,
  instantAt,
  isBusinessDay,
  nextBusinessTime,
  type WorkWeek,
} from '#kernel/calendar.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import type { Until } from '../graph/contract.ts'

interface Working {
  readonly now: Date
  readonly calendar: Calendar
  readonly week: WorkWeek
}

const UNIT = { minutes: MINUTE, hours: HOUR, days: DAY } as const

/** The instant a wait that begins now is over; now itself when there is nothing to wait for. */
export function dueOf(until: Until, { now, calendar, week }: Working): Date {
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
      return until.businessDays ? businessTimeAt(calendar, week, now, until.time) : nextTimeOfDay(week.timeZone, now, until.time)
  }
}

function nextTimeOfDay(zone: string, now: Date, time: string): Date {
  const today = dayIn(zone, now)
  const at = instantAt(zone, today, time)
  return at >= now ? at : instantAt(zone, addDays(today, 1), time)
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
  const onBusinessDays = until.kind === 'businessDay' || (until.kind === 'timeOfDay' && until.businessDays)
  if (!onBusinessDays || isBusinessDay(calendar, week, dayIn(week.timeZone, now))) return null
  return businessTimeAt(calendar, week, now, until.time)
}
