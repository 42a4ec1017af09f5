import { z } from 'zod'
import { addDays, dayIn } from '#kernel/calendar.ts'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetCompanyDays } from './queries.ts'
import { hoursOf } from './service.ts'

/** Every night: counts of companies of days long past. */
const capsKeeping = defineJob({
  name: 'mail.caps-keeping',
  schema: z.object({}),
  cron: '50 18 * * *',
  run: (house) =>
    withTx(house, { kind: 'system', name: 'mail caps' }, async (ctx) => {
      const { week } = await hoursOf(ctx)
      await forgetCompanyDays(ctx.db, addDays(dayIn(week.timeZone, ctx.now), -7))
    }),
})

export const jobs: readonly JobKind[] = [capsKeeping]
