import { z } from 'zod'
import type { Actor } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { beginScan, scanPage } from './find.ts'

const WORKER: Actor = { kind: 'system', name: 'worker' }

/** Looks through all leads, page by page; goes on where it was after a kill. Every night too: sets that came in at once may have missed each other. */
export const duplicateScan = defineJob({
  name: 'identify.duplicates',
  schema: z.object({ begin: z.boolean().default(true) }),
  cron: '40 18 * * *',
  expireSeconds: 3_600,
  run: async (house, { begin }) => {
    await withTx(house, WORKER, async (ctx) => {
      if (begin) await beginScan(ctx)
    })
    for (let more = true; more; ) more = await withTx(house, WORKER, scanPage)
  },
})
