import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { removeFile } from './file.ts'
import { dropForgotten } from './queries.ts'
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

const FORGOTTEN_DAYS = 7

/** Every night: files that were uploaded a week ago and never imported go. */
export const importKeeping = defineJob({
  name: 'imports.keeping',
  schema: z.object({}),
  cron: '10 18 * * *',
  run: async (house) => {
    const left = await withTx(house, { kind: 'system', name: 'import' }, (ctx) =>
      dropForgotten(ctx.db, ctx.now, new Date(ctx.now.getTime() - FORGOTTEN_DAYS * DAY)),
    )
    for (const id of left) await removeFile(house, id)
  },
})

export const jobs = [importJob, importKeeping]
