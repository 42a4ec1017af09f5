import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { deleteOld } from './queries.ts'
import { workOff } from './work.ts'

/** For so many days a simulation is kept. */
export const KEPT_DAYS = 30

export const simulationJob = defineJob({
  name: 'scenarios.simulate',
  schema: z.object({ id: z.guid() }),
  expireSeconds: 3_600,
  run: (house, { id }) => workOff(house, id),
})

const FEW = 20

/** Every night: simulations of a month ago go. */
export const simulationKeeping = defineJob({
  name: 'scenarios.simulations-keeping',
  schema: z.object({}),
  cron: '35 18 * * *',
  run: async (house) => {
    const some = () =>
      withTx(house, { kind: 'system', name: 'simulation' }, (ctx) => deleteOld(ctx.db, new Date(ctx.now.getTime() - KEPT_DAYS * DAY), FEW))
    while ((await some()) === FEW);
  },
})

export const simulationJobs: readonly JobKind[] = [simulationJob, simulationKeeping]
