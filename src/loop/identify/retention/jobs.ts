import { z } from 'zod'
import type { Actor } from '#kernel/ctx.ts'
import { BUCKETS } from '#kernel/db/buckets.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { counting, recount, removePage, removing } from './service.ts'

const WORKER: Actor = { kind: 'system', name: 'worker' }
const PAGE = 2_000

/** Every night: what is older than its rule says goes, bucket by bucket and page by page; then what would go next is counted. */
export const retention = defineJob({
  name: 'identify.retention',
  schema: z.object({}),
  cron: '10 19 * * *',
  expireSeconds: 3_600,
  run: async (house) => {
    const { remove, count } = await withRead(house, WORKER, async (ctx) => ({ remove: removing(ctx), count: counting(ctx) }))
    for (const key of remove)
      for (let bucket = 0; bucket < BUCKETS; bucket++)
        for (let gone = PAGE; gone === PAGE; ) gone = await withTx(house, WORKER, (ctx) => removePage(ctx, key, bucket, PAGE))
    for (const key of count) await withTx(house, WORKER, (ctx) => recount(ctx, key))
  },
})
