// Pure: whether a condition holds of a value now, and the exact instant at which time alone will change that.
import { dayIn, instantAt, LAST_INSTANT } from '#kernel/calendar.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { Condition, EventFilter, EventMatch, Op } from './contract.ts'

/** A value as facts give it: days are `YYYY-MM-DD` texts, instants are Dates. */
export type Value = string | number | boolean | Date | readonly string[] | null

/** Whether something holds, and the first instant (ms) at which it will not be so any more by time alone; null: never. */
export interface Truth {
  readonly isIn: boolean
  readonly nextChangeAt: number | null
}

const still = (isIn: boolean): Truth => ({ isIn, nextChangeAt: null })

/** The condition that has this question. */
type Asked<O, C = Condition> = C extends { op: infer P } ? (O extends P ? C : never) : never

type Tests = { readonly [O in Op]: (value: Value, asked: Asked<O>, now: number, zone: string) => Truth }

const not = (truth: Truth): Truth => ({ isIn: !truth.isIn, nextChangeAt: truth.nextChangeAt })
const equal = (value: Value, to: string | number | boolean): boolean => (Array.isArray(value) ? value.includes(to) : value === to)
const among = (value: Value, list: readonly string[]): boolean =>
  Array.isArray(value) ? value.some((one) => list.includes(one)) : typeof value === 'string' && list.includes(value)
const number = (value: Value, test: (n: number) => boolean): Truth => still(typeof value === 'number' && test(value))
const text = (value: Value, test: (t: string) => boolean): Truth => still(typeof value === 'string' && test(lower(value)))

const tests: Tests = {
  eq: (value, { value: to }) => still(equal(value, to)),
  ne: (value, { value: to }) => still(!equal(value, to)),
  contains: (value, { value: part }) => text(value, (t) => t.includes(lower(part))),
  notContains: (value, { value: part }) => not(text(value, (t) => t.includes(lower(part)))),
  startsWith: (value, { value: part }) => text(value, (t) => t.startsWith(lower(part))),
  in: (value, { values }) => still(among(value, values)),
  notIn: (value, { values }) => still(!among(value, values)),
  empty: (value) => still(isEmpty(value)),
  notEmpty: (value) => still(!isEmpty(value)),
  gt: (value, { value: than }) => number(value, (n) => n > than),
  gte: (value, { value: than }) => number(value, (n) => n >= than),
  lt: (value, { value: than }) => number(value, (n) => n < than),
  lte: (value, { value: than }) => number(value, (n) => n <= than),
  between: (value, { from, to }) => number(value, (n) => n >= from && n <= to),
  before: (value, { day }, _now, zone) => still(isDay(value, zone, (d) => d < day)),
  onOrAfter: (value, { day }, _now, zone) => still(isDay(value, zone, (d) => d >= day)),
  withinLast: (value, asked, now, zone) => span(value, zone, now, (t) => [t, t + lengthOf(asked)]),
  withinNext: (value, asked, now, zone) => span(value, zone, now, (t) => [t - lengthOf(asked), t]),
  olderThan: (value, asked, now, zone) => span(value, zone, now, (t) => [t + lengthOf(asked), Number.POSITIVE_INFINITY]),
  furtherThan: (value, asked, now, zone) => span(value, zone, now, (t) => [Number.NEGATIVE_INFINITY, t - lengthOf(asked)]),
}

/**
 * Asks a condition of a value at an instant.
 * @param now ms since the epoch
 * @param zone the company's time zone: days begin at its midnight
 */
export function holds(asked: Condition, value: Value, now: number, zone: string): Truth {
  const test = tests[asked.op] as (value: Value, asked: Condition, now: number, zone: string) => Truth
  return test(value, asked, now, zone)
}

/** The length of a window in ms. A day is 24 hours. */
export function lengthOf(window: { readonly n: number; readonly unit: 'hours' | 'days' }): number {
  return window.n * (window.unit === 'hours' ? HOUR : DAY)
}

/** ASCII letters are compared without case, all others exactly: the one folding that JS and every PostgreSQL collation share. */
export function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function isEmpty(value: Value): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function isDay(value: Value, zone: string, test: (day: string) => boolean): boolean {
  if (value instanceof Date) return test(dayIn(zone, value))
  return typeof value === 'string' && value !== '' && test(value)
}

/** True on [from, to): before it changes at `from`, inside at `to`, after it never; what lies beyond the last instant never comes. */
function span(value: Value, zone: string, now: number, bounds: (at: number) => readonly [number, number]): Truth {
  const at = instantOf(value, zone)
  if (at === null) return still(false)
  const [from, to] = bounds(at)
  const comes = (change: number): number | null => (change <= LAST_INSTANT ? change : null)
  if (now < from) return { isIn: false, nextChangeAt: comes(from) }
  if (now < to) return { isIn: true, nextChangeAt: comes(to) }
  return still(false)
}

function instantOf(value: Value, zone: string): number | null {
  if (value instanceof Date) return value.getTime()
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return null
  const at = instantAt(zone, value, '00:00').getTime()
  return Number.isNaN(at) ? null : at
}

/** What of an event is looked at. */
export interface SeenEvent {
  readonly name: string
  readonly pageGroup: string | null
  readonly props: JsonObject
}

/** Whether an event is one of those meant. What a machine did (a scanner opening a mail) never counts. */
export function matches(match: EventMatch, event: SeenEvent): boolean {
  return (
    event.name === match.event &&
    event.props['agent'] !== 'machine' &&
    match.filters.every((filter) => passes(filter, propOf(event, filter.prop)))
  )
}

function propOf(event: SeenEvent, prop: string): unknown {
  if (prop === 'pageGroup') return event.pageGroup
  return Object.hasOwn(event.props, prop) ? event.props[prop] : null
}

function passes(filter: EventFilter, value: unknown): boolean {
  switch (filter.op) {
    case 'exists':
      return value !== null && value !== undefined
    case 'eq':
      return value === filter.value
    case 'ne':
      return value !== filter.value
    case 'in':
      return typeof value === 'string' && filter.values.includes(value)
    case 'gte':
      return typeof value === 'number' && value >= filter.value
    case 'lte':
      return typeof value === 'number' && value <= filter.value
    case 'contains':
      return typeof value === 'string' && lower(value).includes(lower(filter.value))
    case 'notContains':
      return !(typeof value === 'string' && lower(value).includes(lower(filter.value)))
    case 'startsWith':
      return typeof value === 'string' && lower(value).startsWith(lower(filter.value))
  }
}

const keys = new WeakMap<EventMatch, string>()

/** One text for equal matches: the name of the *stream* of events a rule reads. Matches never change, so it is made once for each. */
export function streamKey(match: EventMatch): string {
  const known = keys.get(match)
  if (known !== undefined) return known
  const key = JSON.stringify([match.event, ...match.filters.map((filter) => JSON.stringify(filter)).sort()])
  keys.set(match, key)
  return key
}
