import { z } from 'zod'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { movePage } from './moves.ts'

/** Moves people from one version to another. Safe to repeat; a paused scenario asks for it again when it goes on. */
export const movePeople = defineJob({
  name: 'orchestrate.move-people',
  schema: z.object({ id: z.guid() }),
  run: async (house, { id }) => {
    while (await withTx(house, { kind: 'system', name: 'scenarios' }, (ctx) => movePage(ctx, id)));
  },
})

export const jobs: readonly JobKind[] = [movePeople]
