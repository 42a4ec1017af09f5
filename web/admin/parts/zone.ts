// The company's time zone: all times on the screens are told and asked in it, wherever whoever looks may be.
import { useSyncExternalStore } from 'react'

/** The zone of the browser; what is shown until the company is known. */
export const ownZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone

let zone = ownZone
const watchers = new Set<() => void>()

/** The zone of the company. */
export const companyZone = (): string => zone

/** Called with what the session says. A zone that the server knows and an old browser does not would break every page: it keeps its own. */
export function setCompanyZone(to: string | null | undefined): void {
  if (!to || to === zone || !isKnown(to)) return
  zone = to
  for (const fn of watchers) fn()
}

function watch(fn: () => void): () => void {
  watchers.add(fn)
  return () => watchers.delete(fn)
}
/** The zone of the company, in components. */
export const useZone = (): string => useSyncExternalStore(watch, companyZone)

const clocks = new Map<string, Intl.DateTimeFormat>()
function clockOf(name: string): Intl.DateTimeFormat {
  const known = clocks.get(name)
  if (known) return known
  const two = '2-digit' as const
  const parts = { year: 'numeric' as const, month: two, day: two, hour: two, minute: two, hourCycle: 'h23' as const }
  const made = new Intl.DateTimeFormat('sv-SE', { ...parts, timeZone: name })
  clocks.set(name, made)
  return made
}

function isKnown(name: string): boolean {
  try {
    return Boolean(clockOf(name))
  } catch {
    return false
  }
}

type When = string | number | Date

/** An instant as the clock of a zone shows it, as an input of the kind `datetime-local` has it: 2026-11-22T09:30; '' for none. */
export function localOf(at: When | null, name: string = zone): string {
  if (at === null) return ''
  // Years below 1000 come while one is typed, and without their noughts.
  return clockOf(name)
    .format(new Date(at))
    .replace(' ', 'T')
    .replace(/^\d+/, (year) => year.padStart(4, '0'))
}

/** The day of an instant in a zone: 2026-11-22. */
export const dayOf = (at: When, name: string = zone): string => localOf(at, name).slice(0, 10)

/** Later ones are slips of the hand; they end where years need five figures. */
const LATEST = Date.UTC(9999, 0, 1)

/** The instant at which the clock of a zone shows that (2026-11-22T09:30, or a day: its midnight); null when it is none. */
export function instantOf(local: string, name: string = zone): string | null {
  const wall = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`)
  if (!(wall < LATEST)) return null
  const ahead = (at: number): number => Date.parse(`${localOf(at, name)}Z`) - Math.floor(at / 60_000) * 60_000
  // Where the clock is set between the guess and the instant, the second look is right.
  const first = wall - ahead(wall)
  return new Date(wall - ahead(first)).toISOString()
}

/** A day so many days later; what is no day stays as it is. */
export function addDays(day: string, n: number): string {
  const at = Date.parse(`${day}T00:00Z`)
  return at < LATEST ? new Date(at + n * 86_400_000).toISOString().slice(0, 10) : day
}

/** Whether the clock of whoever looks shows another time then: then the zone is named. */
export const isElsewhere = (at: When, name: string = zone): boolean => name !== ownZone && localOf(at, name) !== localOf(at, ownZone)
