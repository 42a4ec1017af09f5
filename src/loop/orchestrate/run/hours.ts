// At which hours of the week people read: what they opened and clicked themselves, or, of whom too little is known, what all readers did.
import { DAY, HOUR } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Said } from '../step/state.ts'
import { loadHours, sumHours } from './hours.queries.ts'

type Hours = Extract<Said, { kind: 'hours' }>

/** From so many opens and clicks on, somebody's own habit counts. */
export const LEAST_READS = 5
/** Older habits are forgotten. */
export const HABIT = 180 * DAY
const HOURS = 168

const kept = new WeakMap<House, { readonly at: number; readonly zone: string; readonly hours: readonly number[] | null }>()

/** The reading hours of each person. */
export async function hoursOf(ctx: Ctx, subjects: readonly Subject[], zone: string): Promise<Map<string, Hours>> {
  const since = new Date(ctx.now.getTime() - HABIT)
  const own = new Map<string, number[]>()
  for (const { person_id, hour, n } of await loadHours(ctx.db, subjects, since, zone)) {
    const hours = own.get(person_id) ?? blank()
    hours[hour] = n
    own.set(person_id, hours)
  }
  const known = (hours: readonly number[] | undefined): hours is number[] => hours !== undefined && sum(hours) >= LEAST_READS
  const all = subjects.every(({ id }) => known(own.get(id))) ? null : await houseHours(ctx, since, zone)
  return new Map(
    subjects.map(({ id }) => {
      const hours = own.get(id)
      return [id, known(hours) ? { kind: 'hours', hours, of: 'person' } : { kind: 'hours', hours: all, of: 'company' }]
    }),
  )
}

/** No reading in any hour of the week. */
export const blank = (): number[] => new Array<number>(HOURS).fill(0)
const sum = (hours: readonly number[]): number => hours.reduce((total, n) => total + n, 0)

/** How much all readers read in each hour of the week since then; null when nobody read anything. */
export async function allHours(db: Db, since: Date, zone: string): Promise<readonly number[] | null> {
  const hours = blank()
  for (const { hour, n } of await sumHours(db, since, zone)) hours[hour] = n
  return sum(hours) ? hours : null
}

/** All readers' hours change slowly: they are counted once an hour. */
async function houseHours(ctx: Ctx, since: Date, zone: string): Promise<readonly number[] | null> {
  const found = kept.get(ctx.house)
  const age = ctx.now.getTime() - (found?.at ?? 0)
  if (found && found.zone === zone && age >= 0 && age < HOUR) return found.hours
  const counted = { at: ctx.now.getTime(), zone, hours: await allHours(ctx.db, since, zone) }
  kept.set(ctx.house, counted)
  return counted.hours
}
