import { z } from 'zod'
import type { JobKind } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { lockPulses } from '#kernel/journal.ts'
import { forgetCalls, sendWebhook } from './perform/jobs.ts'
import { listActivePeople } from './queries.ts'
import { loadActiveRuns, loadStandings } from './run/queries.ts'
import { playRuns } from './run/service.ts'
import { simulationJobs } from './simulate/jobs.ts'

const PAGE = 500

/** Ends the runs of a stopped scenario, page by page under the pulse locks. Safe to repeat; stops when the scenario was made live again. */
export const endRuns = defineJob({
  name: 'orchestrate.end-runs',
  schema: z.object({ id: z.guid() }),
  run: async (house, { id }) => {
    const page = () =>
      withTx(house, { kind: 'system', name: 'scenarios' }, async (ctx) => {
        if ((await loadStandings(ctx.db, [id])).get(id)?.state !== 'stopped') return 0
        const people = await listActivePeople(ctx.db, id, PAGE)
        if (!people.length) return 0
        await lockPulses(ctx, people)
        const runs = (await loadActiveRuns(ctx.db, people)).filter((run) => run.scenario_id === id)
        return playRuns(ctx, runs, { kind: 'stop' })
      })
    while ((await page()) > 0);
  },
})

export const jobs: readonly JobKind[] = [endRuns, sendWebhook, forgetCalls, ...simulationJobs]
