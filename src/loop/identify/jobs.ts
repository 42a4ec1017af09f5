import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { mergePages } from './adopt/jobs.ts'
import { expireVisitors } from './change/service.ts'
import { duplicateScan } from './duplicates/jobs.ts'
import { deleteAgain } from './erase/again.ts'
import { retention } from './retention/jobs.ts'

const PAGE = 200
/** Nobody waits for this one, and there is next to nothing to delete. */
const SWEPT_PAGE = 1_000

/** Every night: visitors not seen for so many days as the setting says go, with everything about them, page by page. */
export const visitorExpiry = defineJob({
  name: 'identify.expiry',
  schema: z.object({}),
  cron: '20 18 * * *',
  expireSeconds: 3_600,
  run: async (house) => {
    for (let gone = PAGE; gone === PAGE; ) {
      gone = await withTx(house, { kind: 'system', name: 'worker' }, (ctx) => expireVisitors(ctx, PAGE, DAY))
    }
  },
})

/** Every ten minutes: what was written of people while they were deleted goes after them. */
export const erasureSweep = defineJob({
  name: 'identify.erased',
  schema: z.object({}),
  cron: '*/10 * * * *',
  expireSeconds: 3_600,
  run: async (house) => {
    for (let seen = SWEPT_PAGE; seen === SWEPT_PAGE; ) {
      seen = await withTx(house, { kind: 'system', name: 'worker' }, (ctx) => deleteAgain(ctx, SWEPT_PAGE))
    }
  },
})

export const jobs = [visitorExpiry, erasureSweep, duplicateScan, mergePages, retention]
