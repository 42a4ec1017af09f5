// Moving people on their way from one version to another: page by page under the pulse locks, so that nobody moves twice at once.
import { MINUTE } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { atInstant, readClock } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { lockPulses } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { cancel } from '#loop/deliver/outbox/service.ts'
import type { Graph, Step } from '../graph/contract.ts'
import { insertPassed, loadGraphs } from '../run/queries.ts'
import type { RunRow } from '../run/row.ts'
import { playRuns } from '../run/service.ts'
import { MOVED } from '../step/decide.ts'
import { mailKey } from '../step/events.ts'
import { effectOf, type MoveAsk } from './contract.ts'
import { byId, fullMap, mapProblems } from './decide.ts'
import * as rows from './queries.ts'

/** People moved in one transaction. */
const PAGE = 500

/** A move that did no page for so long is not worked at: its job has used up its tries, or died with its worker. */
export const STALLED_AFTER = 3 * MINUTE

/** The graph of a version. @throws Refusal missing */
export async function graphOf(ctx: Ctx, scenarioId: string, version: number): Promise<Graph> {
  const [found] = await loadGraphs(ctx.db, [{ scenario_id: scenarioId, version }])
  return found?.graph ?? refuse('missing', 'scenario.noVersion', { message: 'There is no such version.' })
}

/**
 * Begins to move people to a version; the caller asks for the job. What was still being moved elsewhere is broken off.
 * @throws Refusal invalid when a map names steps that are not there
 */
export async function startMoves(ctx: Ctx, scenarioId: string, to: number, asks: readonly MoveAsk[]): Promise<void> {
  const after = await graphOf(ctx, scenarioId, to)
  await rows.replaceMoves(ctx.db, scenarioId, ctx.now)
  for (const ask of [...new Map(asks.map((one) => [one.from, one])).values()].filter(({ from }) => from !== to)) {
    const before = await graphOf(ctx, scenarioId, ask.from)
    const problems = mapProblems(before, after, ask.map)
    if (problems.length) {
      const errors = problems.map(({ step, code }) => ({ field: step, reason: code }))
      refuse('invalid', 'scenario.badMap', { message: 'Some places of the map are not there.', errors })
    }
    const by = 'name' in ctx.actor ? ctx.actor.name : ''
    const map = fullMap(before, after, ask.map)
    const made = { id: ctx.id(), scenario_id: scenarioId, from_version: ask.from, to_version: to, map, waits: ask.waits, made_by: by }
    await rows.insertMove(ctx.db, made, ctx.now)
  }
}

/**
 * Works off one page of the oldest move of a scenario. Safe to repeat, and to break off anywhere: the mark moves in the transaction of the
 * people. Rests while the scenario is paused.
 * @returns false when there is nothing to move
 */
export async function movePage(locking: Ctx, scenarioId: string, most = PAGE): Promise<boolean> {
  const move = await rows.lockMove(locking.db, scenarioId)
  if (!move) return false
  const people = await rows.listToMove(locking.db, move, most)
  await lockPulses(locking, people)
  // Time is read after the locks: it must not lie before events that committed while they were waited for.
  const ctx = atInstant(locking, await readClock(locking))
  const runs = people.length ? await rows.loadToMove(ctx.db, move, people) : []
  const ended = runs.length ? await moveRuns(ctx, move, runs) : 0
  const last = people.length === most ? people.at(-1) : undefined
  const count = { moved: move.moved + runs.length, ended: move.ended + ended }
  const over = !last && move.round > 1
  await rows.updateMove(ctx.db, move.id, {
    ...count,
    round: last ? move.round : 2,
    mark_bucket: last?.bucket ?? -1,
    mark_id: last?.id ?? '00000000-0000-0000-0000-000000000000',
    state: over ? 'done' : 'running',
    done_at: over ? ctx.now : null,
    worked_at: ctx.now,
  })
  await announce(ctx, 'scenario', { id: scenarioId })
  return true
}

/** Moves runs whose people's pulses are locked. @returns how many ended by it */
async function moveRuns(ctx: Ctx, move: rows.MoveRow, runs: readonly RunRow[]): Promise<number> {
  const [before, after] = [await graphOf(ctx, move.scenario_id, move.from_version), await graphOf(ctx, move.scenario_id, move.to_version)]
  const [was, is] = [byId(before), byId(after)]
  await cancelLost(ctx, runs, was, is)
  const placed = runs.map((run) => {
    const to = run.step === null ? null : (move.map[run.step] ?? null)
    return { run, to, effect: effectOf(was.get(run.step ?? ''), to === null ? undefined : is.get(to), move.waits) }
  })
  const keeps = placed.filter(({ effect }) => effect === 'keeps')
  const left = keeps.filter(({ run, to }) => run.step !== to)
  const carried = [
    ...keeps.map(({ run, to }) => ({ run, step: to, steps: run.steps + (run.step === to ? 0 : 1) })),
    ...placed.filter(({ effect }) => effect !== 'keeps').map(({ run }) => ({ run, step: run.step, steps: run.steps })),
  ]
  await rows.carryRuns(ctx.db, carried, move.to_version)
  const by = `v${move.to_version}`
  if (left.length)
    await insertPassed(
      ctx.db,
      left.map(({ run, to }) => {
        const line = { ordinal: run.steps, step: run.step ?? '', way: MOVED, arrivedAt: run.arrived_at, leftAt: ctx.now }
        return { run, passed: { ...line, because: { kind: 'moved' as const, to, by } } }
      }),
    )
  const goes = new Map(placed.filter(({ effect }) => effect !== 'keeps').map(({ run, to }) => [run.id, to]))
  const going = placed.filter(({ run }) => goes.has(run.id)).map(({ run }) => ({ ...run, version: move.to_version }))
  if (going.length) await playRuns(ctx, going, (run) => ({ kind: 'moved', to: goes.get(run.id) ?? null, by }))
  return placed.filter(({ effect }) => effect === 'ends').length
}

/** Mails that still wait in the queue and whose step is no more are not sent: the newer version does not know them. */
async function cancelLost(ctx: Ctx, runs: readonly RunRow[], was: Map<string, Step>, is: Map<string, Step>): Promise<void> {
  const lost = [...was.values()].filter((step) => step.kind === 'mail' && is.get(step.id)?.kind !== 'mail')
  const mails = runs.flatMap((run) =>
    lost.map((step) => ({ subject: { bucket: run.bucket, id: run.person_id }, what: mailKey(run.id, step.id) })),
  )
  await cancel(ctx, mails, 'step_removed')
}
