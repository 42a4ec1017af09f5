import { z } from 'zod'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { check, read } from './service.ts'

const SYSTEM = { kind: 'system', name: 'mail domain' } as const

/** Every morning: records change, and whoever changed them rarely tells. */
export const checkDomainJob = defineJob({
  name: 'mail.domain',
  schema: z.object({}),
  cron: '40 21 * * *',
  retries: 0,
  run: async (house) => {
    const { exempt, domain } = await withRead(house, SYSTEM, read)
    if (exempt || !domain) return
    await check({ house, read: (run) => withRead(house, SYSTEM, run), tx: (run) => withTx(house, SYSTEM, run) })
  },
})
