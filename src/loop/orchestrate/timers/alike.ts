// Thousands who wait at one step and go on alike: the engine decides once, and one statement takes all of them on.
import { workWeek } from '#access/company/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { programsOf, versionKey } from '../run/programs.ts'
import { loadStandings, type Standing, type Tally } from '../run/queries.ts'
import type { RunRow } from '../run/row.ts'
import { END, endsQuietly } from '../run/told.ts'
import { alikeAt } from '../step/alike.ts'
import { type AlikeRow, claimAlike, type DueRow } from './queries.ts'

/** A step of a version at which people were seen to come due. */
export type Place = Pick<RunRow, 'version'> & { readonly step: string }

/** Where people come due who are many is seen by those before them: a few places at a time, the last seen. */
const MOST = 16

/** Remembers where these runs were due. */
export function learn(places: Map<string, Place>, runs: readonly RunRow[]): void {
  for (const { version, step } of runs) if (step !== null) places.set(`${version} ${step}`, { version, step })
  for (const key of [...places.keys()].slice(0, Math.max(0, places.size - MOST))) places.delete(key)
}

/** Of which scenario how many are taken at once who were due by `until`; `alone`: by then nobody was in another. */
export interface Sweeping {
  readonly scenarioId: string
  readonly most: number
  readonly until: Date
  readonly alone: boolean
}

/** Whoever came due: how many went on alike and what that adds to the numbers on the canvas, and the rest, locked, to be asked about by themselves. */
interface Claimed {
  readonly moved: number
  readonly tallies: readonly Tally[]
  /** Whose runs were completed by it. */
  readonly over: readonly Subject[]
  readonly rest: readonly DueRow[]
}

/** Claims runs that are due, as `claimDue` does, and takes those on that go on alike from one of these places. */
export async function advanceAlike(ctx: Ctx, of: Sweeping, places: Iterable<Place>): Promise<Claimed> {
  const standing = (await loadStandings(ctx.db, [of.scenarioId])).get(of.scenarioId)
  const alike = standing ? await alikeOf(ctx, standing, [...places]) : []
  // The database's clock may have been put back since the round began: nobody goes before their time by it.
  const until = of.until < ctx.now ? of.until : ctx.now
  const { counts, over, rest } = await claimAlike(ctx.db, { ...of, until, now: ctx.now, name: standing?.name ?? '', alike })
  const tallies = counts.flatMap(({ version, step, n }) => {
    const found = alike.find((one) => one.version === version && one.from === step)
    const end = found?.to === null ? [{ step: END, way: 'completed' }] : []
    return [...(found?.ways ?? []), ...end].map((way) => ({ scenarioId: of.scenarioId, step: way.step, way: way.way, n }))
  })
  return { moved: counts.reduce((sum, { n }) => sum + n, 0), tallies: summed(tallies), over, rest }
}

/** Two versions may have the same step: each number once, or one statement would write it twice. */
function summed(tallies: readonly Tally[]): Tally[] {
  const byWay = new Map<string, Tally>()
  for (const one of tallies) {
    const key = `${one.step} ${one.way}`
    byWay.set(key, { ...one, n: one.n + (byWay.get(key)?.n ?? 0) })
  }
  return [...byWay.values()]
}

/** What the engine says of each of these places now; nothing of a scenario that is paused. Where somebody hears of its end, each is told by itself. */
async function alikeOf(ctx: Ctx, { id: scenarioId, name, state }: Standing, places: readonly Place[]): Promise<AlikeRow[]> {
  if (!places.length || state === 'paused') return []
  const programs = await programsOf(
    ctx,
    places.map(({ version }) => ({ scenario_id: scenarioId, version })),
  )
  const world = { now: ctx.now, calendar: ctx.house.calendar, week: await workWeek(ctx), draw: ctx.draw, held: false }
  const found: AlikeRow[] = []
  for (const { version, step } of places) {
    const program = programs.get(versionKey({ scenario_id: scenarioId, version }))
    const one = program && alikeAt(program, step, world)
    if (one && (one.to !== null || (await endsQuietly(ctx, { scenario_id: scenarioId, version, name })))) found.push({ ...one, version })
  }
  return found
}
