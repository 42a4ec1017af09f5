import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { markDrifted } from './sums/service.ts'

/** Every quarter of an hour: companies whose people were erased or moved by other hands are summed anew. */
export const companyDrift = defineJob({
  name: 'companies.drift',
  schema: z.object({}),
  cron: '*/15 * * * *',
  run: (house) => withTx(house, { kind: 'system', name: 'worker' }, markDrifted),
})

export const jobs = [companyDrift]
