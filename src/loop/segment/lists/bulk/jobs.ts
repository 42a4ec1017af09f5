import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetOld, forgetTyped } from './queries.ts'
import { failAct, workOn } from './work.ts'

const WORKER = { kind: 'system', name: 'bulk' } as const

/** Works through an act, or takes it back, page by page; killed, it goes on at its mark. */
export const bulkJob = defineJob({
  name: 'lists.bulk',
  schema: z.object({ id: z.guid() }),
  retries: 20,
  expireSeconds: 3_600,
  run: async (house, { id }) => {
    try {
      for (let more = true; more; ) more = await withTx(house, WORKER, (ctx) => workOn(ctx, id))
    } catch (error) {
      if (!(await withTx(house, WORKER, (ctx) => failAct(ctx, id, error)))) throw error
    }
  },
})

const PAGE = 20_000

/** Every night: what acts of a month ago had kept goes, and what was typed for them. */
export const bulkKeeping = defineJob({
  name: 'lists.keeping',
  schema: z.object({}),
  cron: '50 18 * * *',
  run: async (house) => {
    await withTx(house, WORKER, (ctx) => forgetTyped(ctx.db, ctx.now))
    for (let n = PAGE; n === PAGE; ) n = await withTx(house, WORKER, (ctx) => forgetOld(ctx.db, ctx.now, PAGE))
  },
})

export const jobs = [bulkJob, bulkKeeping]
