import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetOld } from './queries.ts'

/** Every night: counted attempts and receipts of more than two days ago go (a pass lives one day). */
export const formKeeping = defineJob({
  name: 'forms.keeping',
  schema: z.object({}),
  cron: '50 17 * * *',
  run: (house) => withTx(house, { kind: 'system', name: 'worker' }, (ctx) => forgetOld(ctx.db, new Date(ctx.now.getTime() - 2 * DAY))),
})

export const jobs = [formKeeping]
