// Durable timers: claims what is due and lets it go on. A door: each batch is a transaction of its own.
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { atInstant, readClock, withTx } from '#kernel/db/tx.ts'
import { asRefusal, codeOf } from '#kernel/errors.ts'
import { lockPulses, park } from '#kernel/journal.ts'
import type { Tally } from '../run/queries.ts'
import type { RunRow } from '../run/row.ts'
import { playRuns } from '../run/service.ts'
import { tellOver } from '../run/told.ts'
import { advanceAlike, learn, type Place, type Sweeping } from './alike.ts'
import { sweepDates } from './dates.ts'
import { type DueRow, findDueScenarios, loadDue } from './queries.ts'

const TIMERS: Actor = { kind: 'system', name: 'scenarios' }

/** Runs advanced in one transaction. Larger brings nothing and holds people's pulses longer. */
export const BATCH = 500

/**
 * Advances runs that are due, batch after batch, until none is due any more that this worker could take.
 * @returns how many steps were taken
 */
export async function sweep(house: House, most = BATCH): Promise<number> {
  let done = 0
  for (;;) {
    const { until, scenarios } = await withTx(house, TIMERS, whoIsDue, { claim: true })
    let round = 0
    for (const scenarioId of scenarios) round += await advanceSome(house, { scenarioId, most, until, alone: scenarios.length === 1 })
    if (!round) return done
    done += round
  }
}

/** What becomes due while these are worked off waits for the next look: until then nobody else is due in any scenario. */
const whoIsDue = async (ctx: Ctx) => ({ until: ctx.now, scenarios: await findDueScenarios(ctx.db, ctx.now) })

/** Batches taken from one scenario before the others have their turn. */
const TURN = 20

/** Full batches follow each other; whoever has less left waits for the next look at all scenarios. */
async function advanceSome(house: House, of: Sweeping): Promise<number> {
  const places = new Map<string, Place>()
  let done = 0
  for (let n = 0; n < TURN; n++) {
    const some = await advance(house, of, places)
    done += some
    if (some < of.most) break
  }
  return done
}

/**
 * One batch of one scenario. A failing batch is halved until the culprit stands alone and is parked; the rest goes on.
 * @param places where people came due before them; from there all go on at once who do so alike
 */
async function advance(house: House, of: Sweeping, places: Map<string, Place>): Promise<number> {
  let claimed: readonly RunRow[] = []
  const claim = async (ctx: Ctx): Promise<number> => {
    const { moved, tallies, over, rest } = await advanceAlike(ctx, of, places.values())
    claimed = rest
    await tellOver(ctx, over)
    return moved + (moved || rest.length ? await goOn(ctx, await inOrder(ctx, rest), tallies) : 0)
  }
  try {
    return await withTx(house, TIMERS, claim, { claim: true })
  } catch (error) {
    if (isNobodysFault(error) || (!claimed.length && !places.size)) throw error
    if (places.size) {
      places.clear()
      return advance(house, of, places)
    }
    house.log.warn({ err: error, people: claimed.length }, 'a batch of timers failed: looking for the person it fails for')
    return apart(house, distinctSubjects(claimed.map(({ person_id }) => subjectOf(person_id))), error)
  } finally {
    learn(places, claimed)
  }
}

/** The database being away is nobody's fault; a statement that took too long may be somebody's. */
const isNobodysFault = (error: unknown): boolean => codeOf(error) !== '57014' && asRefusal(error)?.kind === 'unavailable'

/** Whoever was due in another scenario before goes on there first: what they are due in besides, which their locked pulses hold still. */
async function inOrder(ctx: Ctx, runs: readonly DueRow[]): Promise<readonly RunRow[]> {
  const early = runs.filter((run) => run.early)
  if (!early.length) return runs
  const known = new Set(runs.map(({ id }) => id))
  const people = distinctSubjects(early.map(({ person_id }) => subjectOf(person_id)))
  return [...runs, ...(await loadDue(ctx.db, people, ctx.now)).filter(({ id }) => !known.has(id))]
}

/** Time is read after the locks: it must not lie before events that committed while they were waited for. */
async function goOn(locked: Ctx, runs: readonly RunRow[], also: readonly Tally[] = []): Promise<number> {
  const ctx = runs.length ? atInstant(locked, await readClock(locked)) : locked
  return runs.length || also.length ? playRuns(ctx, runs, { kind: 'due' }, also) : 0
}

async function apart(house: House, people: readonly Subject[], error: unknown): Promise<number> {
  const [only] = people
  if (people.length === 1 && only) {
    house.log.error({ err: error, person: only.id }, 'a person was parked: a scenario fails for them')
    await withTx(house, TIMERS, (ctx) => park(ctx, only, error instanceof Error ? `${error.name}: ${error.message}` : String(error)))
    return 1
  }
  const middle = Math.ceil(people.length / 2)
  let done = 0
  for (const half of [people.slice(0, middle), people.slice(middle)]) {
    const retry = async (ctx: Ctx): Promise<number> => {
      await lockPulses(ctx, half)
      return goOn(ctx, await loadDue(ctx.db, half, ctx.now))
    }
    try {
      done += await withTx(house, TIMERS, retry, { claim: true })
    } catch (failed) {
      if (isNobodysFault(failed)) throw failed
      done += await apart(house, half, failed)
    }
  }
  return done
}

/** Everything of this room that waits for an instant, once: due runs, then date triggers. @returns how much was done */
export async function turnTimers(house: House): Promise<number> {
  return (await sweep(house)) + (await sweepDates(house))
}
