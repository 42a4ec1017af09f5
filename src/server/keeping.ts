import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetAnswers } from './queries.ts'

const KEPT_DAYS = 7

/** Every night: answers kept for repeated requests go after seven days. */
export const houseKeeping = defineJob({
  name: 'server.keeping',
  schema: z.object({}),
  cron: '40 17 * * *',
  run: (house) =>
    withTx(house, { kind: 'system', name: 'worker' }, (ctx) => forgetAnswers(ctx, new Date(ctx.now.getTime() - KEPT_DAYS * DAY))),
})
