// Whether a line is ready to begin, row by row. Pure: every number is one of the company, and none is made up.
import type { DomainSeen } from '../../sender/domain/contract.ts'
import { rampOf } from '../../sender/pace.ts'
import type { Readiness, ReadyLine } from './contract.ts'

export interface ReadyFacts {
  readonly people: number
  readonly reachable: number
  /** Of those who can be reached. */
  readonly named: number
  readonly withCompany: number
  readonly domain: { readonly from: string } & Pick<DomainSeen, 'exempt' | 'links' | 'report'>
  readonly legalMissing: readonly string[]
  readonly template: { readonly there: boolean; readonly warnings: number }
  /** Issues ahead, and those of them that have both a theme and a piece to build on. */
  readonly ahead: number
  readonly filled: number
  readonly owner: string | null
  readonly hoursNeeded: number | null
  readonly hoursFree: number | null
  readonly plannedDays: number
  readonly rehearsal: { readonly at: string; readonly sent: number; readonly current: boolean } | null
  readonly capacity: Capacity
}

export interface Capacity {
  /** Mails a minute to one receiving domain at most; null: no limit is set. */
  readonly perMinute: number | null
  /** The most people of one receiving domain. */
  readonly largest: number
  /** The day of the warm-up and its first day's number; null when there is none. */
  readonly ramp: { readonly first: number; readonly day: number } | null
  /** Minutes a day in which commercial mail may leave. */
  readonly windowMinutes: number
  /** Mails a minute of the largest newsletter of late; null when there was none. */
  readonly measured: number | null
}

/** Fewer than so many issues ahead, and a line usually ends after the third. */
const WANTED_ISSUES = 3
/** Below this share a greeting by name fails too many readers. */
const WANTED_SHARE = 0.8
const DAYS_PER_MONTH = 30.4

export function readyRows(facts: ReadyFacts): Readiness {
  const rows = [
    reach(facts),
    fields(facts),
    domain(facts),
    legal(facts),
    template(facts),
    content(facts),
    people(facts),
    test(facts),
    capacity(facts),
  ]
  return { rows, ready: rows.filter(({ state }) => state === 'ok').length, of: rows.length }
}

const row = (
  key: ReadyLine['key'],
  state: ReadyLine['state'],
  why: string,
  n: Readonly<Record<string, number>> = {},
  said: readonly string[] = [],
): ReadyLine => ({ key, state, why, n: { ...n }, said: [...said] })

function reach({ people, reachable }: ReadyFacts): ReadyLine {
  const n = { people, reachable }
  if (people === 0) return row('reach', 'todo', 'nobody', n)
  if (reachable === 0) return row('reach', 'todo', 'unreachable', n)
  return reachable * 2 < people ? row('reach', 'warn', 'half', n) : row('reach', 'ok', 'good', n)
}

function fields({ reachable, named, withCompany }: ReadyFacts): ReadyLine {
  if (reachable === 0) return row('fields', 'todo', 'nobody')
  const n = { reachable, named, company: withCompany }
  return Math.min(named, withCompany) / reachable < WANTED_SHARE ? row('fields', 'warn', 'few', n) : row('fields', 'ok', 'good', n)
}

function domain({ domain: { from, exempt, links, report } }: ReadyFacts): ReadyLine {
  if (!from) return row('domain', 'todo', 'noSender')
  if (exempt) return row('domain', 'warn', 'exempt', {}, [from])
  if (links === 'private') return row('domain', 'todo', 'private', {}, [from])
  if (!report) return row('domain', 'todo', 'unchecked', {}, [from])
  const lights = report.checks.filter(({ what }) => what === 'spf' || what === 'dkim' || what === 'dmarc')
  const said = [from, ...lights.map(({ what, light }) => `${what}:${light}`)]
  if (report.aligned !== 'yes') return row('domain', 'todo', report.aligned === 'no' ? 'unaligned' : 'unchecked', {}, said)
  if (links === 'plain') return row('domain', 'warn', 'plain', {}, said)
  return lights.every(({ light }) => light === 'good') ? row('domain', 'ok', 'good', {}, said) : row('domain', 'warn', 'partly', {}, said)
}

const legal = ({ legalMissing }: ReadyFacts): ReadyLine =>
  legalMissing.length
    ? row('legal', 'todo', 'missing', { missing: legalMissing.length }, legalMissing)
    : row('legal', 'ok', 'good', { missing: 0 })

function template({ template: { there, warnings } }: ReadyFacts): ReadyLine {
  if (!there) return row('template', 'todo', 'none')
  return warnings ? row('template', 'warn', 'warnings', { warnings }) : row('template', 'ok', 'good', { warnings })
}

function content({ ahead, filled }: ReadyFacts): ReadyLine {
  const n = { ahead, filled, wanted: WANTED_ISSUES }
  if (filled >= WANTED_ISSUES) return row('content', 'ok', 'good', n)
  return row('content', filled ? 'warn' : 'todo', 'few', n)
}

function people({ owner, hoursNeeded, hoursFree, plannedDays }: ReadyFacts): ReadyLine {
  const said = owner ? [owner] : []
  if (!owner) return row('people', 'todo', 'noOwner')
  if (hoursNeeded === null || hoursFree === null) return row('people', 'todo', 'noHours', {}, said)
  const monthly = Math.round(((hoursNeeded * DAYS_PER_MONTH) / plannedDays) * 10) / 10
  const n = { needed: hoursNeeded, free: hoursFree, monthly }
  return hoursFree < hoursNeeded ? row('people', 'warn', 'short', n, said) : row('people', 'ok', 'good', n, said)
}

function test({ rehearsal }: ReadyFacts): ReadyLine {
  if (!rehearsal) return row('test', 'todo', 'none')
  const n = { sent: rehearsal.sent }
  return rehearsal.current ? row('test', 'ok', 'good', n, [rehearsal.at]) : row('test', 'warn', 'older', n, [rehearsal.at])
}

function capacity({ reachable, capacity: { perMinute, largest, ramp, windowMinutes, measured } }: ReadyFacts): ReadyLine {
  const days = ramp ? daysUnderRamp(reachable, ramp) : 1
  const n = {
    reachable,
    largest,
    window: windowMinutes,
    days,
    ...(perMinute === null ? {} : { perMinute }),
    ...(measured === null ? {} : { measured }),
  }
  if (reachable === 0) return row('capacity', 'todo', 'nobody', n)
  if (days > 1) return row('capacity', 'warn', 'ramp', n)
  if (perMinute === null && measured === null) return row('capacity', 'ok', 'unlimited', n)
  // The limit holds for each receiving domain; what was measured, for all of them together.
  const minutes = Math.ceil(Math.max(perMinute ? largest / perMinute : 0, measured ? reachable / measured : 0))
  return minutes > windowMinutes ? row('capacity', 'warn', 'long', { ...n, minutes }) : row('capacity', 'ok', 'good', { ...n, minutes })
}

/** Days until so many have got it while the sender is young: each day takes twice as many. */
export function daysUnderRamp(people: number, { first, day }: { readonly first: number; readonly day: number }): number {
  let left = people
  let days = 0
  for (; left > 0 && days < 60; days++) left -= rampOf(first, day + days)
  return Math.max(1, days)
}
