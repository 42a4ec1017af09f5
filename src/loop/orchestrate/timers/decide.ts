// At which instants a trigger that time pulls has to be worked off, and for which days. Pure.
import { addDays, dayIn, instantAt, weekdayOf } from '#kernel/calendar.ts'
import type { Trigger } from '../graph/contract.ts'

export type DateTrigger = Extract<Trigger, { kind: 'date' }>
export type ScheduleTrigger = Extract<Trigger, { kind: 'schedule' }>
/** Triggers that time alone pulls. */
export type ClockTrigger = DateTrigger | ScheduleTrigger

export const isClocked = (trigger: Trigger): trigger is ClockTrigger => trigger.kind === 'date' || trigger.kind === 'schedule'

/** One turn of a trigger: the instant it is pulled, and the day that must stand in the person's field; of a schedule, its own day. */
export interface Tick {
  readonly at: Date
  readonly day: string
}

/** After a longer stop of the system only so many days are made up for: older ones are past their use. */
const MOST_DAYS = 7

/**
 * The turns of a trigger after `since` and up to `now`, in order. Each date is somebody's, so all that were missed are made up for;
 * a schedule means everybody each time, so only the last one is.
 */
export function ticksOf(trigger: ClockTrigger, since: Date, now: Date, zone: string): Tick[] {
  const ticks: Tick[] = []
  const today = dayIn(zone, now)
  for (let back = MOST_DAYS; back >= 0; back--) {
    const local = addDays(today, -back)
    const at = instantAt(zone, local, trigger.time)
    if (at <= since || at > now) continue
    if (trigger.kind === 'date') ticks.push({ at, day: addDays(local, -trigger.days) })
    else if (isScheduled(trigger, local)) ticks.push({ at, day: local })
  }
  return trigger.kind === 'date' ? ticks : ticks.slice(-1)
}

/** Whether a schedule has its turn on a day; the 31st of a shorter month is its last day. */
export function isScheduled({ days }: ScheduleTrigger, day: string): boolean {
  if (days.kind === 'weekdays') return days.weekdays.includes(weekdayOf(day))
  const number = Number(day.slice(8))
  return number === days.day || (number < days.day && addDays(day, 1).slice(8) === '01')
}

/** What must stand in the field: the day itself, or for anniversaries its month and day (a 29 February falls on the 28th in other years). */
export function wantedDays(trigger: DateTrigger, day: string): string[] {
  if (!trigger.yearly) return [day]
  const monthDay = day.slice(5)
  const isLeap = addDays(`${day.slice(0, 4)}-02-28`, 1).slice(5) === '02-29'
  return monthDay === '02-28' && !isLeap ? ['02-28', '02-29'] : [monthDay]
}
