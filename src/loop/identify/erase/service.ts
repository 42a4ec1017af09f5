// Erasing people for good: many at once, one by one the same way.
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf, bySubject, distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { lockPulses } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { forgetMerges } from '../adopt/forget.ts'
import { aliasesOfAll } from '../adopt/queries.ts'
import { runningOf } from '../adopt/runs.queries.ts'
import { companiesOf, insertErasures } from '../change/queries.ts'
import { markCompanies } from '../companies/making/service.ts'
import { withdrawFiles } from '../export/withdraw.ts'
import { lockPeople } from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import { keepConsents } from './keep.ts'
import { forgetKeys } from './keys.ts'
import { keysOf } from './queries.ts'
import { deletePeople } from './rows.ts'

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Takes the names of people out of what other rooms call by them; their rows still stand. */
    readonly forgetNames?: (ctx: Ctx, subjects: readonly Subject[]) => Promise<void>
  }
}

/**
 * Erases people: every declared table, at their old keys too, and prepared files that may name them. The stop of an address stays as a keyed
 * hash; their ids answer "gone". A number of statements that does not grow with them. Whoever is being merged just now is passed over.
 * @param only who is to go, looked at under the lock
 * @returns those who are gone
 */
export async function erasePeople(
  ctx: Ctx,
  subjects: readonly Subject[],
  only: (row: PersonRow) => boolean = () => true,
): Promise<Subject[]> {
  const asked = distinctSubjects(subjects)
  const placesOf = (people: readonly Subject[], known: readonly { oldId: string }[]): Subject[] =>
    [...people, ...known.map(({ oldId }) => ({ bucket: bucketOf(oldId), id: oldId }))].sort(bySubject)
  await lockPulses(ctx, placesOf(asked, await aliasesOfAll(ctx.db, asked)))
  const rows = await lockPeople(ctx.db, asked)
  // Read again: a merge that was waited for may have been taken back, and whoever is somebody of their own again is not asked for; or one more came.
  const olds = await aliasesOfAll(ctx.db, asked)
  await lockPulses(ctx, placesOf([], olds))
  const running = await runningOf(
    ctx.db,
    asked.map((one) => one.id),
  )
  const goes = (id: string): boolean => {
    const row = rows.get(id)
    return row !== undefined && only(row) && !running.has(id)
  }
  const gone = asked.filter((one) => goes(one.id))
  if (!gone.length) return []
  const all = placesOf(
    gone,
    olds.filter((one) => goes(one.id)),
  )
  await keepConsents(ctx, gone)
  await markCompanies(ctx, await companiesOf(ctx.db, all), ['people'])
  await insertErasures(
    ctx.db,
    all.map((one) => one.id),
    ctx.now,
    'name' in ctx.actor ? ctx.actor.name : 'public',
  )
  await forgetMerges(ctx, all)
  await ctx.house.ports.forgetNames?.(ctx, gone)
  const known = await keysOf(ctx.db, all)
  await deletePeople(ctx, all, known)
  await forgetKeys(ctx, [...known.values()].flat())
  await withdrawFiles(ctx)
  await announce(ctx, 'leads', { ids: gone.slice(0, 50).map((one) => one.id) })
  return gone
}
