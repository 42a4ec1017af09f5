import { z } from 'zod'
import { withRead } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { checkNow, read } from './service.ts'

/** Every morning: records change, and whoever changed them rarely tells. */
export const checkDomainJob = defineJob({
  name: 'mail.domain',
  schema: z.object({}),
  cron: '40 21 * * *',
  retries: 0,
  run: async (house) => {
    const { exempt, domain } = await withRead(house, { kind: 'system', name: 'mail domain' }, read)
    if (!exempt && domain) await checkNow(house)
  },
})
