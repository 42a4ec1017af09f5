import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { BUCKETS } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { recountBucket } from './queries.ts'
import { planSql, readSettings, returnPage } from './service.ts'

const RULE = { kind: 'system', name: '放置リードのルール' } as const
const PAGE = 500

/** Looks at every lead anew, bucket by bucket: after a change of settings, and every night. */
export const recountJob = defineJob({
  name: 'sales.neglect_recount',
  schema: z.object({}),
  cron: '10 17 * * *',
  expireSeconds: 3_600,
  run: async (house) => {
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      await withTx(house, RULE, async (ctx) => {
        const settings = await readSettings(ctx)
        await recountBucket(ctx.db, bucket, settings.kinds, planSql(ctx, settings))
      })
  },
})

/** Every morning of Japan: leads that sales lets lie go back, page by page. */
export const returnJob = defineJob({
  name: 'sales.neglect_return',
  schema: z.object({}),
  cron: '30 22 * * *',
  expireSeconds: 3_600,
  run: async (house) => {
    for (let changed = PAGE; changed === PAGE; )
      changed = await withTx(house, RULE, async (ctx) => ((await readSettings(ctx)).isOn ? (await returnPage(ctx, PAGE)).changed : 0))
  },
})

/** Asks for a recount in the background; many askings are one. */
export async function recount(ctx: Ctx): Promise<{ ok: true }> {
  await ctx.house.jobs.enqueue(ctx, recountJob, {}, 'neglect')
  return { ok: true }
}

export const jobs = [recountJob, returnJob]
