import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { runSlice } from './work.ts'

/** One slice of an import; it enqueues the next one. A killed slice is taken for dead after three minutes and goes on at its mark. */
export const importJob = defineJob({
  name: 'imports.slice',
  schema: z.object({ id: z.guid() }),
  retries: 20,
  expireSeconds: 180,
  run: async (house, { id }) => {
    if (await runSlice(house, id))
      await withTx(house, { kind: 'system', name: 'import' }, (ctx) => house.jobs.enqueue(ctx, importJob, { id }))
  },
})

export const jobs = [importJob]
