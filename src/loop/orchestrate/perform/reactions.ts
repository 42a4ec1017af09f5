// A scenario that was asked for by another begins, or lets its people go.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import type { News } from '#kernel/journal.ts'
import type { Reaction } from '#kernel/pass.ts'
import { BY_SCENARIO } from '../run/decide.ts'
import { loadActiveRuns } from '../run/queries.ts'
import { enterPeople, playRuns } from '../run/service.ts'
import { CALLED } from './office.ts'
import { loadLiveVersions } from './queries.ts'

interface Call {
  readonly news: News
  readonly scenario: string
  readonly stops: boolean
}

function callOf(news: News): Call[] {
  const { scenario } = news.props
  return typeof scenario === 'string' && !news.historic ? [{ news, scenario, stops: news.props['do'] === 'stop' }] : []
}

/** Stands before the scenarios' own stage: the pulses of the pass are locked, and whoever begins here hears the rest of it. */
export const scenarioReactions: readonly Reaction[] = [
  {
    name: 'scenarios: called by another',
    on: [CALLED],
    run: async (ctx, _pass, news) => {
      const calls = news.flatMap(callOf)
      await stop(
        ctx,
        calls.filter((one) => one.stops),
      )
      await start(
        ctx,
        calls.filter((one) => !one.stops),
      )
    },
  },
]

async function stop(ctx: Ctx, calls: readonly Call[]): Promise<void> {
  if (!calls.length) return
  const wanted = new Set(calls.map(({ news, scenario }) => `${news.personId} ${scenario}`))
  const active = await loadActiveRuns(ctx.db, distinctSubjects(calls.map(({ news }) => subjectOf(news.personId))))
  const runs = active.filter((run) => wanted.has(`${run.person_id} ${run.scenario_id}`))
  if (runs.length) await playRuns(ctx, runs, { kind: 'stop' })
}

/** One that is not live lets nobody in. */
async function start(ctx: Ctx, calls: readonly Call[]): Promise<void> {
  if (!calls.length) return
  const versions = await loadLiveVersions(ctx.db, [...new Set(calls.map(({ scenario }) => scenario))])
  await enterPeople(
    ctx,
    calls.flatMap(({ news, scenario }) => {
      const version = versions.get(scenario)
      if (version === undefined) return []
      return [{ personId: news.personId, scenarioId: scenario, version, triggerId: BY_SCENARIO, causeId: news.eventId, hop: news.hop }]
    }),
  )
}
