import { z } from 'zod'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { movePage, STALLED_AFTER } from './moves.ts'
import { listStalled } from './queries.ts'

/** Moves people from one version to another. Safe to repeat; a paused scenario asks for it again when it goes on. */
export const movePeople = defineJob({
  name: 'orchestrate.move-people',
  schema: z.object({ id: z.guid() }),
  run: async (house, { id }) => {
    while (await withTx(house, { kind: 'system', name: 'scenarios' }, (ctx) => movePage(ctx, id)));
  },
})

/** Takes up again what nobody works at any more: a job that had used up its tries would leave people between two versions for ever. */
export const goOnMoving = defineJob({
  name: 'orchestrate.go-on-moving',
  schema: z.looseObject({}),
  cron: '*/5 * * * *',
  run: (house) =>
    withTx(house, { kind: 'system', name: 'scenarios' }, async (ctx) => {
      const stalled = await listStalled(ctx.db, new Date(ctx.now.getTime() - STALLED_AFTER))
      for (const id of stalled) await ctx.house.jobs.enqueue(ctx, movePeople, { id })
    }),
})

export const jobs: readonly JobKind[] = [movePeople, goOnMoving]
