import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { deleteStale } from './queries.ts'

/** Sessions and sign-in challenges whose time is over go away once a night. */
export const sweepSessions = defineJob({
  name: 'access.sweep_sessions',
  schema: z.object({}),
  cron: '17 18 * * *',
  run: (house) => withTx(house, { kind: 'system', name: 'worker' }, (ctx) => deleteStale(ctx.db, ctx.now)),
})
