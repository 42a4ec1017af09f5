import { z } from 'zod'
import { defineJob } from '#kernel/jobs.ts'
import { makeBackup, makeDaily } from './service.ts'

/** A backup somebody asked for. A failed one is shown and not repeated: whoever asked asks again. */
export const makeJob = defineJob({
  name: 'backup.make',
  schema: z.object({ id: z.guid() }),
  retries: 0,
  expireSeconds: 12 * 3_600,
  run: async (house, { id }) => {
    await makeBackup(house, id)
  },
})

/** Looks every ten minutes whether the daily backup is due. */
const dailyJob = defineJob({
  name: 'backup.daily',
  schema: z.object({}),
  cron: '*/10 * * * *',
  retries: 0,
  expireSeconds: 12 * 3_600,
  run: async (house) => {
    await makeDaily(house)
  },
})

export const jobs = [makeJob, dailyJob]
