// The days of a rhythm. Pure: days are texts `YYYY-MM-DD`, and every line is a list without an end from its first day on.
import { addDays, businessDayFrom, type Calendar, type WorkWeek, weekdayOf } from '#kernel/calendar.ts'
import type { Rhythm } from './contract.ts'

/** A day of the rhythm, and the business day on which its issue appears. */
export interface Slot {
  readonly slot: string
  readonly day: string
}

export interface Working {
  readonly calendar: Calendar
  readonly week: WorkWeek
}

const MOST = 2_000
const DAY_MS = 86_400_000

/** Days between two days. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

/** The days of the rhythm from `from` to `to`, both included; none lies before the line begins. */
export function slotsBetween(rhythm: Rhythm, startsOn: string, from: string, to: string, working: Working): Slot[] {
  const begin = from > startsOn ? from : startsOn
  const found: Slot[] = []
  const first = firstStep(rhythm, startsOn, begin)
  for (let n = first; n < first + MOST; n++) {
    const slot = nthDay(rhythm, startsOn, n)
    if (slot > to) break
    if (slot >= begin) found.push({ slot, day: appearsOn(slot, working) })
  }
  return found
}

/** A day off is passed over. */
const appearsOn = (slot: string, { calendar, week }: Working): string => businessDayFrom(calendar, week, slot)

/** The first day of the rhythm after `after`, or the very first. */
export function slotAfter(rhythm: Rhythm, startsOn: string, after: string | null, working: Working): Slot {
  const from = after === null || after < startsOn ? startsOn : addDays(after, 1)
  // Two turns of the longest rhythm always hold one.
  return slotsBetween(rhythm, startsOn, from, addDays(from, 2 * 366), working)[0] ?? { slot: from, day: from }
}

/** Days between two issues, on average. */
export const plannedDays = (rhythm: Rhythm): number =>
  rhythm.kind === 'weeks' ? rhythm.every * 7 : Math.round((rhythm.every * 365.25 * 10) / 12) / 10

/** How many steps of the rhythm lie before `from`, at most. */
function firstStep(rhythm: Rhythm, startsOn: string, from: string): number {
  const gone = Math.max(0, daysBetween(startsOn, from))
  return rhythm.kind === 'weeks'
    ? Math.max(0, Math.floor(gone / (rhythm.every * 7)) - 1)
    : Math.max(0, monthsBetween(startsOn, from, rhythm.every) - 1)
}

const monthsBetween = (from: string, to: string, every: number): number => Math.floor((monthOf(to) - monthOf(from)) / every)
const monthOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1

function nthDay(rhythm: Rhythm, startsOn: string, n: number): string {
  if (rhythm.kind === 'weeks') {
    const first = addDays(startsOn, (rhythm.weekday - weekdayOf(startsOn) + 7) % 7)
    return addDays(first, n * rhythm.every * 7)
  }
  // The month the line begins in counts only where its day is still to come.
  const late = dayOfMonth(rhythm, monthOf(startsOn)) < startsOn ? 1 : 0
  return dayOfMonth(rhythm, monthOf(startsOn) + late + n * rhythm.every)
}

function dayOfMonth(rhythm: Exclude<Rhythm, { kind: 'weeks' }>, month: number): string {
  const first = `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`
  const length = daysBetween(first, nextMonth(month))
  if (rhythm.kind === 'monthDay') return addDays(first, Math.min(rhythm.day, length) - 1)
  const at = (rhythm.weekday - weekdayOf(first) + 7) % 7
  const nth = rhythm.nth < 5 ? rhythm.nth - 1 : Math.floor((length - 1 - at) / 7)
  return addDays(first, at + nth * 7)
}

const nextMonth = (month: number): string =>
  `${String(Math.floor((month + 1) / 12)).padStart(4, '0')}-${String(((month + 1) % 12) + 1).padStart(2, '0')}-01`
