// The work of a simulation: it is played in one read-only transaction, and only what it came to is written. A door.
import { hashedId } from '#kernel/chance.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import type { Json } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import type { Asked, PartKey, SimulationResult } from './contract.ts'
import { planOf } from './plan.ts'
import { peopleOf, type Shown } from './play/tally.ts'
import * as rows from './queries.ts'
import { type Played, type Progress, playPlan } from './run.ts'
import { resultOf, type Source } from './sum.ts'

const WORKER: Actor = { kind: 'system', name: 'simulation' }

/** Somebody stopped it. */
const STOPPED = Symbol('stopped')

/** Plays drafts and says what came of it; nothing is kept. For the command line, and for whoever compares. */
export async function simulate(
  house: House,
  asked: Asked,
  report: (progress: Progress) => Promise<void>,
): Promise<{ played: Played; result: SimulationResult }> {
  return withRead(house, WORKER, async (ctx) => {
    const played = await playPlan(ctx, await planOf(ctx, asked), report)
    const sources = await sourcesOf(ctx, played)
    const parts = played.stages.map((stage) => resultOf(played.plan, stage, sources))
    return { played, result: { parts, both: bothOf(played), events: played.events } }
  })
}

async function sourcesOf(ctx: Ctx, { stages }: Played): Promise<Map<string, Source>> {
  const ids = stages.flatMap(({ tally }) =>
    [...tally.places.keys()].flatMap((place) => (place.startsWith('with ') ? [place.slice(5)] : [])),
  )
  return new Map((await rows.loadSources(ctx.db, ids)).map(({ id, name, kind }) => [id, { name, kind }]))
}

function bothOf({ stages }: Played): SimulationResult['both'] {
  const [a, b] = stages
  if (!a || !b) return null
  const both = [...a.actors.keys()].filter((id) => b.actors.has(id)).length
  return { a: a.actors.size - both, b: b.actors.size - both, both }
}

/** Works one off. Run again after its worker died it begins anew, and comes to the same. */
export async function workOff(house: House, id: string): Promise<void> {
  const begun = await withTx(house, WORKER, async (ctx) => {
    const found = await rows.begin(ctx.db, id, ctx.now)
    if (found) await tell(ctx, id, found.scenario_id)
    return found
  })
  if (!begun) return
  try {
    const { played, result } = await simulate(house, begun.asked as unknown as Asked, reporter(house, id, begun.scenario_id))
    await withTx(house, WORKER, (ctx) => keep(ctx, id, begun.scenario_id, played, result))
  } catch (error) {
    if (error === STOPPED) return
    house.log.error({ err: error, simulation: id }, 'a simulation failed')
    await withTx(house, WORKER, async (ctx) => {
      await rows.end(
        ctx.db,
        id,
        { state: 'failed', failure: error instanceof Error ? error.message.slice(0, 500) : String(error) },
        ctx.now,
      )
      await tell(ctx, id, begun.scenario_id)
    })
  }
}

const tell = (ctx: Ctx, id: string, scenario: string): Promise<void> => announce(ctx, 'simulation', { id, scenario })

const PAGES = 5

/** Writes the progress every some pages, and hears whether somebody stopped it. */
function reporter(house: House, id: string, scenario: string): (progress: Progress) => Promise<void> {
  let pages = 0
  return async ({ events, share }) => {
    if (pages++ % PAGES !== 0) return
    const goesOn = await withTx(house, WORKER, async (ctx) => {
      await tell(ctx, id, scenario)
      return rows.noteProgress(ctx.db, id, Math.min(99, Math.floor(share * 100)), events)
    })
    if (!goesOn) throw STOPPED
  }
}

const PAGE = 5_000

async function keep(ctx: Ctx, id: string, scenario: string, played: Played, result: SimulationResult): Promise<void> {
  const isDone = await rows.end(ctx.db, id, { state: 'done', result: result as unknown as Json, events: played.events }, ctx.now)
  if (!isDone) return
  const days = played.stages.flatMap(({ part, tally }) =>
    [...tally.days].map(([key, n]) => {
      const [day = '0', step = '', way = ''] = key.split(' ')
      return { part: part.key, day: Number(day), step, way, n }
    }),
  )
  for (let i = 0; i < days.length; i += PAGE) await rows.insertDays(ctx.db, id, days.slice(i, i + PAGE))
  const people = [
    ...played.stages.flatMap(({ part, tally }) =>
      [...tally.places.keys()].flatMap((place) => linesOf(id, part.key, place, peopleOf(tally, place))),
    ),
    ...onlyOne(id, played),
  ]
  for (let i = 0; i < people.length; i += PAGE) await rows.insertPeople(ctx.db, id, people.slice(i, i + PAGE))
  await tell(ctx, id, scenario)
}

function linesOf(id: string, part: PartKey, place: string, people: readonly Shown[]): rows.PersonLine[] {
  return people.map(({ personId, at, note }, i) => ({
    personId,
    part,
    place,
    at: new Date(at),
    id: hashedId('simulated', id, part, place, personId, String(at), String(i)),
    note,
  }))
}

const MOST = 1_000

/** Who entered only one of two drafts. */
function onlyOne(id: string, { stages }: Played): rows.PersonLine[] {
  const [a, b] = stages
  if (!a || !b) return []
  const only = (of: typeof a, other: typeof a): rows.PersonLine[] => {
    const mine = [...of.actors.values()].filter(({ past }) => !other.actors.has(past.id)).slice(0, MOST)
    return linesOf(
      id,
      of.part.key,
      'only',
      mine.map(({ past, last }) => ({ personId: past.id, at: last ?? 0, note: {} })),
    )
  }
  return [...only(a, b), ...only(b, a)]
}
