import { z } from 'zod'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetKeys } from '../bounces/queries.ts'
import { readMailboxNow } from './service.ts'

/** Every minute: what came back by mail. */
export const readMailboxJob = defineJob({
  name: 'incoming.read',
  schema: z.object({}),
  cron: '* * * * *',
  retries: 0,
  run: async (house) => {
    await readMailboxNow(house)
  },
})

const KEPT_MS = 30 * 86_400_000

/** Every night: keys of notices that are older than any relay repeats; signed ones of that age are refused before. */
export const forgetJob = defineJob({
  name: 'incoming.forget',
  schema: z.object({}),
  cron: '20 18 * * *',
  run: async (house) => {
    await withTx(house, { kind: 'system', name: 'incoming mail' }, (ctx) => forgetKeys(ctx.db, new Date(ctx.now.getTime() - KEPT_MS)))
  },
})

export const jobs: readonly JobKind[] = [readMailboxJob, forgetJob]
