// Prepared files may name somebody who is erased. Which ones do is written nowhere, so every file that lies there goes.
import type { Ctx } from '#kernel/ctx.ts'
import { announce } from '#kernel/live.ts'
import { exportKeeping } from './jobs.ts'
import { withdrawExports } from './queries.ts'

/** Takes back every file that was prepared, or is just being written, before the people of this transaction are gone. */
export async function withdrawFiles(ctx: Ctx): Promise<void> {
  if (!(await withdrawExports(ctx.db, ctx.now))) return
  await ctx.house.jobs.enqueue(ctx, exportKeeping, {})
  await announce(ctx, 'exports', {})
}
