import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetTold } from '#loop/identify/companies/told/service.ts'
import { cancelForgotten, forgetRuns } from './keeping.queries.ts'
import { forgetRows, removeLeft } from './keeping.ts'
import { UNDO_DAYS } from './limits.ts'
import { listMoving } from './queries.ts'
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

/** Of files that were uploaded and never imported. */
const FORGOTTEN_DAYS = 7
const PAGE = 10_000

/** Every night: imports that nobody goes on with end, and what undoing needs, what rows said that were not taken and files go when their time is over. */
export const importKeeping = defineJob({
  name: 'imports.keeping',
  schema: z.object({}),
  cron: '10 18 * * *',
  expireSeconds: 3_600,
  run: async (house) => {
    const over = await withTx(house, WORKER, async (ctx) => {
      const before = daysBefore(ctx.now, UNDO_DAYS)
      await forgetRuns(ctx.db, before)
      await forgetTold(ctx, before)
      await cancelForgotten(ctx.db, ctx.now, { uploaded: daysBefore(ctx.now, FORGOTTEN_DAYS), paused: before })
      return before
    })
    for (let n = PAGE; n === PAGE; ) n = await withTx(house, WORKER, (ctx) => forgetRows(ctx, over, PAGE))
    await removeLeft(house)
  },
})

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY)

export const jobs = [importJob, undoJob, importKeeping]
