import { z } from 'zod'
import type { Actor } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { step } from './paged.ts'
import { listOpen } from './runs.queries.ts'

const WORKER: Actor = { kind: 'system', name: 'worker' }

/** Carries on with merges of people with very many rows. Looked after every minute: one that a kill interrupted goes on by itself. */
export const mergePages = defineJob({
  name: 'identify.merges',
  schema: z.object({}),
  cron: '* * * * *',
  expireSeconds: 3_600,
  run: async (house) => {
    for (const { id } of await withRead(house, WORKER, (ctx) => listOpen(ctx.db))) {
      for (let more = true; more; ) more = await withTx(house, WORKER, (ctx) => step(ctx, id))
    }
  },
})
