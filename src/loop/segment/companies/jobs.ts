import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { computeTimed } from './service.ts'

/** Every ten minutes: segments of companies whose windows lapse. */
export const companyWindows = defineJob({
  name: 'segment.companies',
  schema: z.object({}),
  cron: '*/10 * * * *',
  run: (house) => withTx(house, { kind: 'system', name: 'worker' }, computeTimed),
})

export const jobs = [companyWindows]
