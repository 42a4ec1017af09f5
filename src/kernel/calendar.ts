// Japanese national holidays, closing days and business hours. Pure: instants and rules in, instants out.
import holidayJp from '@holiday-jp/holiday_jp'
import { DAY, MINUTE } from './clock.ts'

/** National holidays by day `YYYY-MM-DD`, from a library that works offline. */
export interface Calendar {
  /** The holiday's Japanese name, or null on an ordinary day. */
  holidayName(day: string): string | null
  /** The last day the data speaks of; later days count as ordinary, and the product warns a year ahead. */
  readonly coversUntil: string
}

/** A company's working time. Days are 0 Sunday … 6 Saturday, times `HH:MM` in `timeZone`. */
export interface WorkWeek {
  readonly timeZone: string
  readonly weekdays: readonly number[]
  readonly from: string
  readonly to: string
  /** Days `YYYY-MM-DD` on which the company is closed besides national holidays. */
  readonly closedDays: readonly string[]
  /** Whether national holidays are days off (true in Japan). */
  readonly holidaysOff: boolean
}

export const JAPANESE_WEEK: WorkWeek = {
  timeZone: 'Asia/Tokyo',
  weekdays: [1, 2, 3, 4, 5],
  from: '09:00',
  to: '18:00',
  closedDays: [],
  holidaysOff: true,
}

/** The national holidays of Japan (Cabinet Office data, via @holiday-jp/holiday_jp). */
export function japaneseCalendar(): Calendar {
  const days: Record<string, { name: string }> = holidayJp.holidays
  return { holidayName: (day) => days[day]?.name ?? null, coversUntil: Object.keys(days).sort().at(-1) ?? '1970-01-01' }
}

/** A warning for the operator when the holiday data ends within a year of `now`, else null. */
export function calendarWarning(calendar: Calendar, now: Date): string | null {
  const limit = new Date(now.getTime() + 365 * DAY).toISOString().slice(0, 10)
  return calendar.coversUntil < limit
    ? `The holiday data ends on ${calendar.coversUntil}: update Hagukumi, or later holidays will count as business days.`
    : null
}

/** Whether a time zone is one the runtime knows (IANA name). */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(zone: string): Intl.DateTimeFormat {
  const found = formats.get(zone)
  if (found) return found
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, made)
  return made
}

/** Local day and time of an instant: `{ day: '2026-11-22', time: '09:30' }`. */
export function localTime(zone: string, at: Date): { day: string; time: string } {
  const quarter = Math.floor(at.getTime() / QUARTER)
  const begun = quarterOf(zone, quarter)
  if (!begun) return read(zone, at)
  const minutes = begun.minutes + Math.floor((at.getTime() - quarter * QUARTER) / MINUTE)
  return { day: begun.day, time: `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}` }
}

const QUARTER = 15 * MINUTE
const two = (n: number): string => String(n).padStart(2, '0')
const quarters = new Map<string, Map<number, { readonly day: string; readonly minutes: number } | null>>()
const MOST_QUARTERS = 50_000

/** Local day and minute at which a quarter of an hour begins; null for one whose clock jumps within. Asking the runtime costs some µs each time. */
function quarterOf(zone: string, quarter: number): { readonly day: string; readonly minutes: number } | null {
  const known = quarters.get(zone) ?? new Map<number, { readonly day: string; readonly minutes: number } | null>()
  quarters.set(zone, known)
  const found = known.get(quarter)
  if (found !== undefined) return found
  const [first, last] = [read(zone, new Date(quarter * QUARTER)), read(zone, new Date((quarter + 1) * QUARTER - 1))]
  const isEven = first.day === last.day && minutesOf(last.time) - minutesOf(first.time) === 14
  const made = isEven ? { day: first.day, minutes: minutesOf(first.time) } : null
  if (known.size >= MOST_QUARTERS) known.clear()
  known.set(quarter, made)
  return made
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

function read(zone: string, at: Date): { day: string; time: string } {
  const part: Record<string, string> = {}
  for (const { type, value } of formatOf(zone).formatToParts(at)) part[type] = value
  return { day: `${part.year?.padStart(4, '0')}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` }
}

/** The local day of an instant. */
export function dayIn(zone: string, at: Date): string {
  return quarterOf(zone, Math.floor(at.getTime() / QUARTER))?.day ?? read(zone, at).day
}

/**
 * The instant of a local day and time. A time that does not exist (clocks go forward) gives the next valid instant,
 * one that exists twice gives the first.
 */
export function instantAt(zone: string, day: string, time: string): Date {
  const wall = Date.parse(`${day}T${time}:00Z`)
  const offsets = [offsetAt(zone, wall - DAY), offsetAt(zone, wall + DAY)]
  const candidates = offsets.map((offset) => wall - offset).filter((at) => wall - at === offsetAt(zone, at))
  if (candidates.length) return new Date(Math.min(...candidates))
  return firstAfterGap(zone, wall - Math.max(...offsets), wall - Math.min(...offsets))
}

/** Minutes are exact enough: all zone changes in use since 1970 fall on a minute. */
function firstAfterGap(zone: string, low: number, high: number): Date {
  const after = offsetAt(zone, high)
  let [a, b] = [Math.floor(low / MINUTE), Math.ceil(high / MINUTE)]
  while (b - a > 1) {
    const middle = Math.floor((a + b) / 2)
    if (offsetAt(zone, middle * MINUTE) === after) b = middle
    else a = middle
  }
  return new Date(b * MINUTE)
}

/** The last instant there is for us: beyond it a year has five digits, which neither the runtime nor the API reads as a day. */
export const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z')
/** Clocks are asked between these: before them an era is named instead of a year. "No end" is often written 9999-12-31. */
const [EARLIEST, LATEST] = [Date.parse('0001-01-03T00:00:00Z'), Date.parse('9999-12-29T00:00:00Z')]

function offsetAt(zone: string, instant: number): number {
  const at = Math.min(Math.max(instant, EARLIEST), LATEST)
  const minute = Math.floor(at / MINUTE) * MINUTE
  const { day, time } = localTime(zone, new Date(minute))
  return Date.parse(`${day}T${time}:00Z`) - minute
}

/** The day `count` days later (or earlier). */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY).toISOString().slice(0, 10)
}

/** The number of a day's weekday, 0 Sunday … 6 Saturday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay()

/** Whether the company works on that day. */
export function isBusinessDay(calendar: Calendar, week: WorkWeek, day: string): boolean {
  return (
    week.weekdays.includes(weekdayOf(day)) && !week.closedDays.includes(day) && !(week.holidaysOff && calendar.holidayName(day) !== null)
  )
}

const LONGEST_CLOSURE = 400

/** The first business day on or after `day`; `day` itself when a company is closed for more than a year (a set-up fault the form refuses). */
export function businessDayFrom(calendar: Calendar, week: WorkWeek, day: string): string {
  for (let i = 0, d = day; i < LONGEST_CLOSURE; i++, d = addDays(d, 1)) if (isBusinessDay(calendar, week, d)) return d
  return day
}

/** The day `count` business days after `day` (翌営業日 is 1). */
export function addBusinessDays(calendar: Calendar, week: WorkWeek, day: string, count: number): string {
  let at = day
  for (let i = 0; i < count; i++) at = businessDayFrom(calendar, week, addDays(at, 1))
  return at
}

/** `from` itself when it lies within business hours, else the next opening. */
export function nextBusinessTime(calendar: Calendar, week: WorkWeek, from: Date): Date {
  const { day, time } = localTime(week.timeZone, from)
  if (isBusinessDay(calendar, week, day)) {
    if (time < week.from) return instantAt(week.timeZone, day, week.from)
    if (time < week.to) return from
  }
  return instantAt(week.timeZone, businessDayFrom(calendar, week, addDays(day, 1)), week.from)
}

/** The next business day after `from` at `time`: 「翌営業日 9:30」. */
export function nextBusinessDayAt(calendar: Calendar, week: WorkWeek, from: Date, time: string): Date {
  return instantAt(week.timeZone, addBusinessDays(calendar, week, dayIn(week.timeZone, from), 1), time)
}

/** The next instant at or after `from` that is `time` o'clock on a business day. */
export function businessTimeAt(calendar: Calendar, week: WorkWeek, from: Date, time: string): Date {
  const day = businessDayFrom(calendar, week, dayIn(week.timeZone, from))
  const at = instantAt(week.timeZone, day, time)
  return at >= from ? at : instantAt(week.timeZone, businessDayFrom(calendar, week, addDays(day, 1)), time)
}
