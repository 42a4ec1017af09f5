import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { sweep, sweepStrays } from './keeping.ts'
import { forgotten, readSlice } from './work.ts'

const WORKER = { kind: 'system', name: 'cards' } as const

/** Reads what waits, for about a minute; then the next one is enqueued. A killed run is taken for dead after three minutes. */
export const readJob = defineJob({
  name: 'cards.read',
  schema: z.object({ batch: z.guid() }),
  retries: 20,
  expireSeconds: 180,
  run: async (house, { batch }) => {
    const { pool } = await import('./read/pool.ts')
    if (await readSlice(house, pool, batch)) await withTx(house, WORKER, (ctx) => house.jobs.enqueue(ctx, readJob, { batch }))
  },
})

/** Every minute: cards whose reader died with its process are read by the next one. */
export const readAgain = defineJob({
  name: 'cards.readAgain',
  schema: z.object({}),
  cron: '* * * * *',
  run: async (house) => {
    for (const batch of await forgotten(house)) await withTx(house, WORKER, (ctx) => house.jobs.enqueue(ctx, readJob, { batch }, batch))
  },
})

/** Every five minutes: pictures of erased people and of cards put away long ago. */
export const cardSweep = defineJob({
  name: 'cards.sweep',
  schema: z.object({}),
  cron: '*/5 * * * *',
  run: async (house) => void (await sweep(house)),
})

/** Every night: files nobody refers to. */
export const cardStrays = defineJob({
  name: 'cards.strays',
  schema: z.object({}),
  cron: '20 18 * * *',
  run: async (house) => void (await sweepStrays(house)),
})

export const jobs = [readJob, readAgain, cardSweep, cardStrays]
