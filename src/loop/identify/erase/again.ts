// What was written of people at the very moment they were deleted: it goes as well, some minutes later.
import { MINUTE } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, subjectOf } from '#kernel/db/buckets.ts'
import { forgetKeys } from './keys.ts'
import { takeDeleted } from './queries.ts'
import { deleteAllRows } from './rows.ts'

/** No transaction that could still have seen them takes as long. */
const SURE_MS = 10 * MINUTE

/**
 * Deletes rows of people who were deleted a while ago. Whoever takes in events locks nobody, so that nothing waits: one who had found a person
 * just before they went writes of them just after. What is written of an id that is gone belongs to nobody, so it is deleted without a lock.
 * @returns how many people were looked at; fewer than `most`: there are no more
 */
export async function deleteAgain(ctx: Ctx, most: number): Promise<number> {
  const gone = await takeDeleted(ctx.db, new Date(ctx.now.getTime() - SURE_MS), most)
  await deleteAllRows(ctx, gone.map(({ id }) => subjectOf(id)).sort(bySubject))
  await forgetKeys(
    ctx,
    gone.flatMap(({ keys }) => keys ?? []),
  )
  return gone.length
}
