import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetTold } from '#loop/identify/companies/told/service.ts'
import { removeFile } from './file.ts'
import { UNDO_DAYS } from './limits.ts'
import { dropForgotten, dropTouches, listMoving } from './queries.ts'
import { undoSlice } from './undo.ts'
import { runSlice, WORKER } from './work.ts'

/** One slice of an import; it enqueues the next one. A killed slice is taken for dead after its time and goes on at its mark. */
export const importJob = defineJob({
  name: 'imports.slice',
  schema: z.object({ id: z.guid() }),
  retries: 20,
  expireSeconds: 180,
  run: async (house, { id }) => {
    if (await runSlice(house, id)) await withTx(house, WORKER, (ctx) => house.jobs.enqueue(ctx, importJob, { id }))
  },
})

/** One page of taking an import back; it enqueues the next one. */
export const undoJob = defineJob({
  name: 'imports.undo',
  schema: z.object({ id: z.guid() }),
  retries: 20,
  expireSeconds: 180,
  run: async (house, { id }) => {
    if (await undoSlice(house, id)) await withTx(house, WORKER, (ctx) => house.jobs.enqueue(ctx, undoJob, { id }))
  },
})

/** When a worker starts: imports that another one was at when it died go on now, not when their job is taken for dead. */
export async function resumeImports(house: House): Promise<void> {
  await withTx(house, WORKER, async (ctx) => {
    for (const { id, status } of await listMoving(ctx.db)) await house.jobs.enqueue(ctx, status === 'undoing' ? undoJob : importJob, { id })
  })
}

const FORGOTTEN_DAYS = 7

/** Every night: files that were uploaded a week ago and never imported go, and so does what undoing needs when its time is over. */
export const importKeeping = defineJob({
  name: 'imports.keeping',
  schema: z.object({}),
  cron: '10 18 * * *',
  run: async (house) => {
    const left = await withTx(house, WORKER, async (ctx) => {
      const over = new Date(ctx.now.getTime() - UNDO_DAYS * DAY)
      await dropTouches(ctx.db, over)
      await forgetTold(ctx, over)
      return dropForgotten(ctx.db, ctx.now, new Date(ctx.now.getTime() - FORGOTTEN_DAYS * DAY))
    })
    for (const id of left) await removeFile(house, id)
  },
})

export const jobs = [importJob, undoJob, importKeeping]
