// What the log of stops outside of the database says is true again in a restored one. Only ever stricter.
import type { Ctx } from '#kernel/ctx.ts'
import { bySubject } from '#kernel/db/buckets.ts'
import { raiseStop } from '../consent/queries.ts'
import { addressHash } from '../consent/service.ts'
import { lockPeople } from '../queries.ts'
import type { LoggedStop } from './queries.ts'
import * as queries from './queries.ts'

const PAGE = 5_000

/**
 * Applies stops: the list, and the rows of the people who hold the addresses. A stop that is known already, or less strict, changes nothing.
 * @returns how many stops were new
 */
export async function reapplyStops(ctx: Ctx, stops: readonly LoggedStop[]): Promise<number> {
  let changed = 0
  for (let at = 0; at < stops.length; at += PAGE) changed += (await queries.upsertStops(ctx.db, stops.slice(at, at + PAGE))).length
  if (stops.length) await mirror(ctx, new Map(stops.map(({ hash, level }) => [hash, level])))
  return changed
}

/** A hash tells no address, so every address is hashed and looked up: two microseconds each. */
async function mirror(ctx: Ctx, levels: ReadonlyMap<string, number>): Promise<void> {
  for (let after = ''; ; ) {
    const page = await queries.listAddresses(ctx.db, after, PAGE)
    const last = page.at(-1)
    if (!last) return
    after = last.value
    const byLevel = Map.groupBy(
      page.flatMap(({ value, bucket, person_id: id }) => {
        const level = levels.get(addressHash(ctx.house, value))
        return level === undefined ? [] : [{ bucket, id, level }]
      }),
      ({ level }) => level,
    )
    for (const [level, people] of byLevel) {
      const subjects = people.map(({ bucket, id }) => ({ bucket, id })).sort(bySubject)
      await lockPeople(ctx.db, subjects)
      await raiseStop(ctx.db, subjects, level)
    }
  }
}

/** Every stop there is, page by page: for the export. */
export async function* allStops(ctx: Ctx): AsyncGenerator<LoggedStop> {
  for (let after = ''; ; ) {
    const page = await queries.listStops(ctx.db, after, PAGE)
    const last = page.at(-1)
    if (!last) return
    after = last.hash
    yield* page
  }
}

export type { LoggedStop } from './queries.ts'
