// Whether a commercial mail may leave now, by how many the person has had and by the hours. Pure: the sender and the time machine ask the same.
import { addDays, type Calendar, dayIn, instantAt, localTime, type WorkWeek } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import { DEFAULT_CAPS, type MailCaps, type Postponed } from './contract.ts'

/** What of the house the hours depend on. */
export interface Hours {
  readonly calendar: Calendar
  readonly week: WorkWeek
}

/** One commercial mail that would like to leave, and what its person has had. */
export interface Wish {
  /** When it was queued: postponing does not go on for ever. */
  readonly since: Date
  readonly isNewsletter: boolean
  /** When commercial mails to this person began to leave, of the last seven days at least. */
  readonly sends: readonly Date[]
  /** Mails to the person that go before this one now: see `outranks`. */
  readonly ahead: number
  /** Commercial mails to people of the person's company today, with those ahead; null when it has none. */
  readonly company: number | null
}

export type Reach =
  | { readonly kind: 'go' }
  | { readonly kind: 'postpone'; readonly until: Date; readonly reason: Postponed }
  | { readonly kind: 'giveUp'; readonly reason: 'capped' }

const GO: Reach = { kind: 'go' }
const LOOK_AHEAD = 400

/**
 * Whether a mail may leave now. Days are those of the house's time zone; a week is any seven days in a row. What is over a cap waits until
 * the first moment of the first day that has room, and is given up when that lies more than `mostDays` after it was queued.
 */
export function mayReachNow(wish: Wish, caps: MailCaps, now: Date, hours: Hours): Reach {
  const held = caps.hours.isOn && (caps.newsletters || !wish.isNewsletter)
  const zone = hours.week.timeZone
  const today = dayIn(zone, now)
  const room = roomFrom(wish, caps, today, zone)
  const wanted = room === today ? now : instantAt(zone, room, '00:00')
  const until = held ? nextOpening(caps, wanted, hours) : wanted
  if (room !== today && until.getTime() > wish.since.getTime() + caps.mostDays * DAY) return { kind: 'giveUp', reason: 'capped' }
  if (until <= now) return GO
  return { kind: 'postpone', until, reason: room === today ? 'quiet' : 'capped' }
}

/** Whether the caps limit numbers at all: if not, nobody's mails need to be counted. */
export const hasLimits = (caps: MailCaps): boolean => caps.perDay !== null || caps.perWeek !== null || caps.perCompanyDay !== null

/** The first day from `today` on that has room for one more mail. */
function roomFrom({ sends, ahead, company }: Wish, caps: MailCaps, today: string, zone: string): string {
  if (!hasLimits(caps)) return today
  // So few that they fit whatever day they were on: nearly always so, and days in a time zone are dear.
  const all = sends.length + ahead
  const isUnder = (cap: number | null, n: number): boolean => cap === null || n < cap
  if (isUnder(caps.perDay, all) && isUnder(caps.perWeek, all) && isUnder(caps.perCompanyDay, company ?? -1)) return today
  const days = sends.map((at) => dayIn(zone, at))
  for (let i = 0; i < ahead; i++) days.push(today)
  const fits = (day: string): boolean => {
    const from = addDays(day, -6)
    const thatDay = days.filter((one) => one === day).length
    const thatWeek = days.filter((one) => one >= from && one <= day).length
    const companyDay = day === today ? (company ?? 0) : 0
    return (
      (caps.perDay === null || thatDay < caps.perDay) &&
      (caps.perWeek === null || thatWeek < caps.perWeek) &&
      (caps.perCompanyDay === null || company === null || companyDay < caps.perCompanyDay)
    )
  }
  let day = today
  for (let i = 0; i < LOOK_AHEAD && !fits(day); i++) day = addDays(day, 1)
  return day
}

/** `from` itself when commercial mail may leave then, else the next opening. A set-up that never opens (the form refuses it) holds nothing. */
export function nextOpening({ hours }: Pick<MailCaps, 'hours'>, from: Date, { calendar, week }: Hours): Date {
  const zone = week.timeZone
  const { day, time } = localTime(zone, from)
  const opens = (one: string): boolean =>
    hours.weekdays.includes(new Date(`${one}T00:00:00Z`).getUTCDay()) &&
    (hours.closedDays || !week.closedDays.includes(one)) &&
    (hours.holidays || calendar.holidayName(one) === null)
  if (opens(day)) {
    if (time >= hours.from && time < hours.to) return from
    if (time < hours.from) return instantAt(zone, day, hours.from)
  }
  let next = addDays(day, 1)
  for (let i = 0; i < LOOK_AHEAD && !opens(next); i++) next = addDays(next, 1)
  return opens(next) ? instantAt(zone, next, hours.from) : from
}

/** The earliest instant whose mails count for a cap at `now`: the first moment of the day six days ago. */
export const countsFrom = (zone: string, now: Date): Date => instantAt(zone, addDays(dayIn(zone, now), -6), '00:00')

/** A mail that waits, as far as its turn is concerned. */
export interface Rival {
  readonly id: string
  readonly priority: number
  readonly since: Date
}

/** Who goes first when two mails want the same place: the higher priority, then whoever has waited longer. */
export function outranks(a: Rival, b: Rival): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority
  const waited = a.since.getTime() - b.since.getTime()
  return waited === 0 ? a.id < b.id : waited < 0
}

/** A week without limits and without hours. */
export const OPEN_CAPS: MailCaps = { ...DEFAULT_CAPS, hours: { ...DEFAULT_CAPS.hours, isOn: false } }
