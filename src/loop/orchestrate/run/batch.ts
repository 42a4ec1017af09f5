// Plays moves of many runs at once: step, perform, answer what conditions ask, until every run waits or has ended; then writes it all.
import { workWeek } from '#access/company/service.ts'
import type { WorkWeek } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf } from '#kernel/db/buckets.ts'
import { announce } from '#kernel/live.ts'
import { cancel } from '#loop/deliver/outbox/service.ts'
import { perform } from '../perform/service.ts'
import type { Program } from '../program/contract.ts'
import { step } from '../step/decide.ts'
import { mailKey } from '../step/events.ts'
import type { Advance, Happened } from '../step/state.ts'
import { answerAll } from './answers.ts'
import { rowOf, runOf } from './decide.ts'
import { versionKey } from './programs.ts'
import { addTallies, appendPassed, insertPassed, insertRuns, type PassedRow, type Standing, type Tally, updateRuns } from './queries.ts'
import type { RunRow } from './row.ts'
import { END, START, type Turned, tellRuns } from './told.ts'

/** One thing that happens to one run. `causeId` and `hop` are those of the event behind it; the run's own where time is behind it. */
export interface Move {
  readonly run: RunRow
  readonly happened: Happened
  readonly causeId: string
  readonly hop: number
}

/** The work of one transaction: what runs look like by now, and what is to be written at its end. */
export interface Batch {
  readonly ctx: Ctx
  readonly week: WorkWeek
  readonly programs: ReadonlyMap<string, Program>
  readonly scenarios: ReadonlyMap<string, Standing>
  /** Runs as they are now, by id. */
  readonly runs: Map<string, RunRow>
  readonly fresh: Set<string>
  readonly moved: Set<string>
  readonly passed: PassedRow[]
  readonly hops: Map<string, { causeId: string; hop: number }>
  /** What others of the same transaction add to the numbers on the canvas. */
  readonly also: readonly Tally[]
}

/** Opens a batch over programs and scenario states that are known. */
export async function openBatch(
  ctx: Ctx,
  programs: Batch['programs'],
  scenarios: Batch['scenarios'],
  also: readonly Tally[] = [],
): Promise<Batch> {
  const week = await workWeek(ctx)
  return { ctx, week, programs, scenarios, runs: new Map(), fresh: new Set(), moved: new Set(), passed: [], hops: new Map(), also }
}

/** Plays moves, at most one per run. */
export async function play(batch: Batch, moves: readonly Move[]): Promise<void> {
  for (let turn = moves; turn.length; ) {
    const advances = turn.map((move) => ({ move, ...advanceOf(batch, move) }))
    await performAll(batch, advances)
    turn = await answered(batch, advances)
  }
}

/** Those that ask are told, and go on from there. */
async function answered({ ctx, week }: Batch, advances: readonly Played[]): Promise<Move[]> {
  const asking = advances.flatMap((one) => (one.advance.asks ? [{ ...one, ask: one.advance.asks }] : []))
  if (!asking.length) return []
  const said = await answerAll(ctx, week, asking)
  return asking.flatMap(({ run, move, advance }, i) => {
    const told = said[i]
    return told ? [{ ...move, run, happened: { kind: 'answer', said: told, late: advance.late } as const }] : []
  })
}

/** A move and what it led to. */
export interface Played {
  readonly move: Move
  readonly run: RunRow
  readonly program: Program
  readonly advance: Advance
}

function advanceOf(batch: Batch, move: Move): Omit<Played, 'move'> {
  const { ctx, week } = batch
  const before = batch.runs.get(move.run.id) ?? move.run
  const program = batch.programs.get(versionKey(before))
  if (!program) throw new Error(`version ${versionKey(before)} is not there`)
  const world = {
    now: ctx.now,
    calendar: ctx.house.calendar,
    week,
    draw: ctx.draw,
    held: batch.scenarios.get(before.scenario_id)?.state === 'paused',
  }
  const was = runOf(before)
  const advance = step(program, was, move.happened, world)
  const run = advance.run === was ? before : rowOf(before, advance.run, ctx.now)
  batch.runs.set(run.id, run)
  if (run !== before || move.happened.kind === 'entered') {
    batch.moved.add(run.id)
    batch.hops.set(run.id, { causeId: move.causeId, hop: move.hop })
  }
  return { run, program, advance }
}

/** Performs the effects of a turn and writes into the histories what came of them. */
async function performAll(batch: Batch, played: readonly Played[]): Promise<void> {
  const effects = played.flatMap(({ advance, run, move }) => advance.effects.map((effect) => ({ effect, run, hop: move.hop })))
  const outcomes = effects.length ? await perform(batch.ctx, effects) : new Map<string, string>()
  for (const { advance, run } of played)
    for (const passed of advance.passed) {
      const effect = advance.effects.find((one) => one.step.id === passed.step)
      const outcome = effect && outcomes.get(effect.id)
      batch.passed.push({ run, passed: outcome ? { ...passed, because: { kind: 'done', outcome } } : passed })
    }
}

/** Writes what a batch came to: runs, histories, journal, and the numbers on the canvas. */
export async function save(batch: Batch): Promise<void> {
  const { ctx } = batch
  const rows = [...batch.moved].flatMap((id) => batch.runs.get(id) ?? []).sort(byKey)
  if (!rows.length && !batch.also.length) return
  const fresh = rows.filter((row) => batch.fresh.has(row.id))
  const known = rows.filter((row) => !batch.fresh.has(row.id))
  if (fresh.length) await insertRuns(ctx.db, fresh)
  if (known.length) await updateRuns(ctx.db, known)
  if (batch.passed.length) {
    const lines = [...batch.passed].sort((a, b) => byKey(a.run, b.run) || a.passed.ordinal - b.passed.ordinal)
    await (fresh.length ? insertPassed(ctx.db, lines) : appendPassed(ctx.db, lines))
  }
  await cancelMails(batch, rows)
  await tellRuns(ctx, {
    entered: fresh.map((row) => turnedOf(batch, row)),
    ended: rows.filter((row) => row.how && row.how !== 'held').map((row) => turnedOf(batch, row)),
  })
  const tallies = talliesOf(batch, fresh, rows)
  await tell(ctx, [...rows.map((row) => row.scenario_id), ...tallies.map((one) => one.scenarioId)], tallies)
}

/** Tells open screens of these scenarios and adds to the numbers on the canvas. Last in a transaction; the slot is drawn to keep workers apart. */
export async function tell(ctx: Ctx, scenarios: Iterable<string>, tallies: readonly Tally[]): Promise<void> {
  for (const id of new Set(scenarios)) await announce(ctx, 'scenario', { id })
  if (tallies.length) await addTallies(ctx.db, tallies, bucketOf(ctx.id()) % SLOTS)
}

export const SLOTS = 16
const byKey = (a: RunRow, b: RunRow): number => a.bucket - b.bucket || order(a.person_id, b.person_id) || order(a.id, b.id)
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Why mails do not leave whose run is over. */
export const MAILS_ENDED = 'scenario_ended'

/** A run that reached its goal or was stopped sends nothing more: what still waits in the queue is taken back. */
async function cancelMails(batch: Batch, rows: readonly RunRow[]): Promise<void> {
  const mails = rows
    .filter((row) => row.how === 'goal' || row.how === 'exited' || row.how === 'stopped')
    .flatMap((row) => {
      const nodes = [...(batch.programs.get(versionKey(row))?.nodes.values() ?? [])]
      const subject = { bucket: row.bucket, id: row.person_id }
      return nodes.filter((node) => node.step.kind === 'mail').map((node) => ({ subject, what: mailKey(row.id, node.step.id) }))
    })
  await cancel(batch.ctx, mails, MAILS_ENDED)
}

function turnedOf(batch: Batch, run: RunRow): Turned {
  const { causeId, hop } = batch.hops.get(run.id) ?? { causeId: run.cause_id, hop: 0 }
  return { run, name: batch.scenarios.get(run.scenario_id)?.name ?? '', causeId, hop }
}

function talliesOf(batch: Batch, fresh: readonly RunRow[], rows: readonly RunRow[]): Tally[] {
  const sums = new Map<string, Tally>()
  const add = (scenarioId: string, at: string, way: string, n = 1): void => {
    const key = `${scenarioId} ${at} ${way}`
    sums.set(key, { scenarioId, step: at, way, n: (sums.get(key)?.n ?? 0) + n })
  }
  for (const { scenarioId, step: at, way, n } of batch.also) add(scenarioId, at, way, n)
  for (const row of fresh) add(row.scenario_id, START, row.how === 'held' ? 'held' : 'next')
  for (const { run, passed } of batch.passed) add(run.scenario_id, passed.step, passed.way)
  for (const row of rows) if (row.how && row.how !== 'held') add(row.scenario_id, END, row.how)
  return [...sums.values()]
}
