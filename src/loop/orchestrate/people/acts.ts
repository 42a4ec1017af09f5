// What a hand does about people on their way: at another step, on before its time, once more, out, and back again.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { lockPulses, wake } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { release } from '#kernel/parked.ts'
import { takeUp, tryAgain } from '#loop/deliver/outbox/service.ts'
import type { runActs } from '../acts.contract.ts'
import type { Step } from '../graph/contract.ts'
import { retryCalls } from '../perform/calls/service.ts'
import { perform } from '../perform/service.ts'
import type { Program } from '../program/contract.ts'
import { findScenario } from '../queries.ts'
import { MAILS_ENDED, SLOTS } from '../run/batch.ts'
import { programsOf, versionKey } from '../run/programs.ts'
import { addTallies } from '../run/queries.ts'
import type { RunRow } from '../run/row.ts'
import { playRuns } from '../run/service.ts'
import { END } from '../run/told.ts'
import { byOf } from '../service.ts'
import { effectId } from '../step/arrive.ts'
import { mailKey, runName } from '../step/events.ts'
import type { Effect } from '../step/state.ts'
import * as rows from './queries.ts'

type Ask<K extends keyof typeof runActs> = InputOf<(typeof runActs)[K]>
type Some = readonly { readonly person: string; readonly run: string }[]

/** The runs asked for, with their people's pulses locked. @throws Refusal missing, or conflict while the scenario is paused */
async function hold(ctx: Ctx, id: string, some: Some, also: 'paused' | null = null): Promise<RunRow[]> {
  const scenario = await findScenario(ctx.db, id)
  if (!scenario) return refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })
  if (scenario.state === 'paused' && also === null)
    return refuse('conflict', 'scenario.paused', { message: 'This scenario is paused. Let it go on first.' })
  await lockPulses(ctx, distinctSubjects(some.map(({ person }) => subjectOf(person))))
  return rows.loadRuns(
    ctx.db,
    id,
    some.map(({ person, run }) => ({ personId: person, runId: run })),
  )
}

const going = (runs: readonly RunRow[]): RunRow[] => runs.filter((run) => !run.how)

const placeOf = (run: RunRow): { person: string; run: string; to: string }[] =>
  run.step === null ? [] : [{ person: run.person_id, run: run.id, to: run.step }]

/** Puts people at another step, where they arrive anew; whose version has no such step, or who has ended, stays. */
export async function move(ctx: Ctx, { id, runs, to }: Ask<'movePeople'>) {
  const held = going(await hold(ctx, id, runs))
  const programs = await programsOf(ctx, held)
  const able = held.filter((run) => to === null || programs.get(versionKey(run))?.nodes.has(to))
  if (able.length) await playRuns(ctx, able, { kind: 'moved', to, by: byOf(ctx) })
  return { moved: able.length, back: to === null ? [] : able.flatMap(placeOf) }
}

/** Lets people go on from a wait before its time. */
export async function hurry(ctx: Ctx, { id, runs }: Ask<'hurryPeople'>): Promise<{ moved: number }> {
  const held = going(await hold(ctx, id, runs))
  return { moved: held.length ? await playRuns(ctx, held, { kind: 'hurried', by: byOf(ctx) }) : 0 }
}

/** Takes people out; `back` says where they stood. */
export async function remove(ctx: Ctx, { id, runs }: Ask<'removePeople'>) {
  const held = going(await hold(ctx, id, runs, 'paused'))
  if (held.length) await playRuns(ctx, held, { kind: 'stop' })
  return { removed: held.length, back: held.flatMap(placeOf) }
}

/** Lets people who were taken out go on at a step; who has entered anew since does not. */
export async function putBack(ctx: Ctx, { id, runs }: Ask<'putBackPeople'>): Promise<{ moved: number }> {
  const stopped = (await hold(ctx, id, runs)).filter((run) => run.how === 'stopped')
  const opened = await rows.reopenRuns(ctx.db, stopped)
  const places = new Map(runs.map(({ run, to }) => [run, to]))
  const open = stopped.filter((run) => opened.has(run.id)).map((run) => ({ ...run, how: null, ended_at: null }))
  if (!open.length) return { moved: 0 }
  const mails = open.map((run) => ({ subject: subjectOf(run.person_id), name: runName(run.id) }))
  await takeUp(ctx, mails, MAILS_ENDED)
  await addTallies(ctx.db, [{ scenarioId: id, step: END, way: 'stopped', n: -open.length }], (open[0]?.bucket ?? 0) % SLOTS)
  await playRuns(ctx, open, (run) => ({ kind: 'moved', to: places.get(run.id) ?? null, by: byOf(ctx) }))
  return { moved: open.length }
}

/**
 * Tries again: whoever is parked is let go on, and the step's mail, call or other work that did not come off is done once more.
 * Everything has its stable id, so what did come off is never done twice.
 */
export async function retry(ctx: Ctx, { id, runs, step }: Ask<'retryPeople'>): Promise<{ tried: number }> {
  const held = await hold(ctx, id, runs, 'paused')
  const people = distinctSubjects(held.map((run) => subjectOf(run.person_id)))
  await wake(ctx, people, ctx.now)
  await release(ctx, people)
  const programs = await programsOf(ctx, held)
  const steps = step === undefined ? distinctSteps(programs, held) : [step]
  for (const one of steps) await redo(ctx, programs, held, one)
  await announce(ctx, 'scenario', { id })
  return { tried: held.length }
}

/** Steps whose work can be tried again, of all versions these runs are on. */
function distinctSteps(programs: ReadonlyMap<string, Program>, runs: readonly RunRow[]): string[] {
  return [
    ...new Set(
      runs.flatMap((run) => [...(programs.get(versionKey(run))?.nodes.values() ?? [])].flatMap(({ step }) => workOf(step)?.id ?? [])),
    ),
  ]
}

/** A step that has an effect; waits and branches have none. */
function workOf(step: Step): Effect['step'] | null {
  switch (step.kind) {
    case 'wait':
    case 'end':
    case 'condition':
    case 'await':
    case 'split':
    case 'switch':
    case 'holdout':
      return null
    default:
      return step
  }
}

async function redo(ctx: Ctx, programs: ReadonlyMap<string, Program>, runs: readonly RunRow[], step: string): Promise<void> {
  const mails = runs.map((run) => ({ subject: subjectOf(run.person_id), what: mailKey(run.id, step) }))
  const again = await tryAgain(ctx, mails)
  await retryCalls(
    ctx,
    runs.map((run) => run.id),
    step,
  )
  const undone = await rows.listUndone(ctx.db, runs, step)
  const doings = runs.flatMap((run) => {
    const program = programs.get(versionKey(run))
    const node = program?.nodes.get(step)
    const work = node && workOf(node.step)
    if (!program || !work || !undone.has(run.id)) return []
    const isQueued = again.has(mailKey(run.id, step))
    return [{ run, isQueued, effect: { id: effectId(run.id, step), step: work, priority: program.graph.priority }, hop: 0 }]
  })
  if (!doings.length) return
  const outcomes = await perform(
    ctx,
    doings.filter(({ isQueued }) => !isQueued),
  )
  const becauses = doings.map(({ effect }) => JSON.stringify(becauseOf(outcomes.get(effect.id))))
  await rows.setOutcomes(
    ctx.db,
    doings.map(({ run }) => run),
    step,
    becauses,
  )
}

const becauseOf = (outcome: string | undefined) => (outcome ? { kind: 'done', outcome } : { kind: 'done' })
