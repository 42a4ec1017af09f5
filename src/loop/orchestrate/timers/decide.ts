// Which days a date trigger has to be worked off for. Pure.
import { addDays, dayIn, instantAt } from '#kernel/calendar.ts'
import type { Trigger } from '../graph/contract.ts'

export type DateTrigger = Extract<Trigger, { kind: 'date' }>

/** One turn of a date trigger: the instant it is pulled, and the day that must stand in the person's field. */
export interface Tick {
  readonly at: Date
  readonly day: string
}

/** After a longer stop of the system only so many days are made up for: older ones are past their use. */
const MOST_DAYS = 7

/** The turns of a trigger after `since` and up to `now`, in order. */
export function ticksOf(trigger: DateTrigger, since: Date, now: Date, zone: string): Tick[] {
  const ticks: Tick[] = []
  const today = dayIn(zone, now)
  for (let back = MOST_DAYS; back >= 0; back--) {
    const local = addDays(today, -back)
    const at = instantAt(zone, local, trigger.time)
    if (at > since && at <= now) ticks.push({ at, day: addDays(local, -trigger.days) })
  }
  return ticks
}

/** What must stand in the field: the day itself, or for anniversaries its month and day (a 29 February falls on the 28th in other years). */
export function wantedDays(trigger: DateTrigger, day: string): string[] {
  if (!trigger.yearly) return [day]
  const monthDay = day.slice(5)
  const isLeap = addDays(`${day.slice(0, 4)}-02-28`, 1).slice(5) === '02-29'
  return monthDay === '02-28' && !isLeap ? ['02-28', '02-29'] : [monthDay]
}
