import { z } from 'zod'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { watchLines } from './notice.ts'

/** Every hour: what is missing, late or overdue by the clock of the house. Telling it twice is impossible, so a second run is harmless. */
export const watchJob = defineJob({
  name: 'newsletter.lines',
  schema: z.object({}),
  cron: '7 * * * *',
  run: async (house) => {
    await withTx(house, { kind: 'system', name: 'newsletter' }, watchLines)
  },
})

export const jobs: readonly JobKind[] = [watchJob]
