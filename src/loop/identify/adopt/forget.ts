// What others keep of somebody who is erased, because they were taken for one person once.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { blot } from '#kernel/journal.ts'
import * as queries from './queries.ts'
import { forgetRuns } from './runs.queries.ts'

/** Forgets pairs and merges that named these people: the record of a merge that was undone, and the values told on the other's timeline. */
export async function forgetMerges(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  const ids = subjects.map((one) => one.id)
  await queries.deletePairsWith(ctx.db, ids)
  await forgetRuns(ctx.db, ids)
  const told = (await queries.deleteAdoptionsOf(ctx.db, ids)).map(({ subject, oldId }) => ({ subject, where: { from: oldId } }))
  await blot(ctx, told, { names: ['lead.adopted'], prop: 'both' })
}
