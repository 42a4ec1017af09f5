// When the daily backup is due, which files go, what they are called. Pure.
import { addDays, instantAt, localTime } from '#kernel/calendar.ts'
import { HOUR, MINUTE } from '#kernel/clock.ts'
import type { BackupSettings } from './contract.ts'

const clockOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`

/** The last instant at which the daily backup should have been made. */
export function lastTurn(settings: BackupSettings, timeZone: string, now: Date): Date {
  const { day } = localTime(timeZone, now)
  const today = instantAt(timeZone, day, clockOf(settings.hour))
  return today <= now ? today : instantAt(timeZone, addDays(day, -1), clockOf(settings.hour))
}

/** The next one. */
export function nextTurn(settings: BackupSettings, timeZone: string, now: Date): Date {
  const { day } = localTime(timeZone, lastTurn(settings, timeZone, now))
  return instantAt(timeZone, addDays(day, 1), clockOf(settings.hour))
}

export interface LastRuns {
  /** Start of the last daily backup that was made whole. */
  readonly done: Date | null
  /** Start of the last try. */
  readonly tried: Date | null
}

const AGAIN = HOUR

/** Due when the last turn has no backup yet; one missed while the machine was off is made up for, a failed one tried again after an hour. */
export function isDue(settings: BackupSettings, timeZone: string, now: Date, last: LastRuns): boolean {
  if (!settings.on) return false
  const turn = lastTurn(settings, timeZone, now)
  if (last.done && last.done >= turn) return false
  return !last.tried || last.tried < turn || now.getTime() - last.tried.getTime() >= AGAIN
}

/** A run whose heart has not beaten for this long was killed. */
const SILENT = 5 * MINUTE
export const isDead = (run: { status: string; seen_at: Date }, now: Date): boolean =>
  run.status === 'running' && now.getTime() - run.seen_at.getTime() > SILENT

/** Of the daily backups that are there, newest first, those that are too many. */
export function tooMany<T>(newestFirst: readonly T[], keep: number): T[] {
  return newestFirst.slice(keep)
}

/** `hagukumi-20261122-0300-1a2b3c4d.tar`: sorts by time, and no two are alike. */
export function fileName(at: Date, id: string): string {
  const stamp = at.toISOString().replace(/[-:]/g, '').slice(0, 13).replace('T', '-')
  return `hagukumi-${stamp}-${id.slice(-8)}.tar`
}
