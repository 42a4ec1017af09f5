import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { settle, touchSince } from './queries.ts'

const WORKER = { kind: 'system', name: 'measure' } as const
const RECHECKED_DAYS = 400

/** Counts the totals that are behind, every minute. Until then the reports count those days themselves, so no number waits for it. */
export const settleTotals = defineJob({
  name: 'measure.settle',
  schema: z.object({}),
  cron: '* * * * *',
  run: async (house) => {
    await withTx(house, WORKER, (ctx) => settle(ctx.db))
  },
})

/** Counts the last year's totals again each night: erased people leave them then. */
export const recheckTotals = defineJob({
  name: 'measure.recheck',
  schema: z.object({}),
  cron: '20 18 * * *',
  run: async (house) => {
    await withTx(house, WORKER, (ctx) => touchSince(ctx.db, new Date(ctx.now.getTime() - RECHECKED_DAYS * DAY).toISOString().slice(0, 10)))
    await withTx(house, WORKER, (ctx) => settle(ctx.db))
  },
})

export const jobs: readonly JobKind[] = [settleTotals, recheckTotals]
