import { z } from 'zod'
import { idAt } from '#kernel/chance.ts'
import { DAY, MINUTE } from '#kernel/clock.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { deleteOldMessages, foldCounts } from './queries.ts'

const KEEP_MESSAGES = 30 * DAY

/** Makes one row of the many counts of a day, and lets go of identify messages older than 30 days. */
export const tidyTracking = defineJob({
  name: 'track.tidy',
  schema: z.object({}),
  cron: '*/10 * * * *',
  run: (house) =>
    withTx(house, { kind: 'system', name: 'track.tidy' }, async (ctx) => {
      await foldCounts(ctx.db, idAt(new Date(ctx.now.getTime() - MINUTE)))
      await deleteOldMessages(ctx.db, new Date(ctx.now.getTime() - KEEP_MESSAGES))
    }),
})

export const jobs = [tidyTracking]
