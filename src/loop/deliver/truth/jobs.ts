import { z } from 'zod'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { learnDomains } from './domains.ts'

/** Each night: one pass over the mails of the last month. It replaces what was learned before, so a second run is harmless. */
export const learnDomainsJob = defineJob({
  name: 'mail.truth.domains',
  schema: z.object({}),
  cron: '41 3 * * *',
  run: async (house) => {
    await withTx(house, { kind: 'system', name: 'mail truth' }, learnDomains)
  },
})

export const jobs: readonly JobKind[] = [learnDomainsJob]
