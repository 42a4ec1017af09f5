// Who stands where in a scenario, who took which way, and what a person's runs were.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { hashedId } from '#kernel/chance.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { lockPulses } from '#kernel/journal.ts'
import { resolveSubject, resolveSubjects } from '#loop/identify/service.ts'
import type { RunDetail, ScenarioCounts, ScenarioPerson, scenariosContract } from '../contract.ts'
import { stepsOf } from '../graph/contract.ts'
import { countMails, countWaiting, countWays, findScenario } from '../queries.ts'
import { BY_HAND } from '../run/decide.ts'
import { programsOf, versionKey } from '../run/programs.ts'
import { loadActiveRuns } from '../run/queries.ts'
import { enterPeople, playRuns } from '../run/service.ts'
import { END, START } from '../run/told.ts'
import { type Hold, mailWayOf } from './contract.ts'
import { holdOf } from './decide.ts'
import * as rows from './queries.ts'

type Ask<K extends keyof typeof scenariosContract> = InputOf<(typeof scenariosContract)[K]>
const MOST_RUNS = 50

/** The numbers on the canvas, over all versions: steps keep their id from version to version. */
export async function counts(ctx: Ctx, { id }: Ask<'counts'>): Promise<ScenarioCounts> {
  const row = await findScenario(ctx.db, id)
  if (!row) return refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })
  const mailSteps = stepsOf(row.draft.steps).flatMap((step) => (step.kind === 'mail' ? [step.id] : []))
  return {
    ways: await countWays(ctx.db, id),
    waiting: await countWaiting(ctx.db, id),
    mails: mailSteps.length ? await countMails(ctx.db, id, mailSteps) : [],
  }
}

/** People who stand at a step, or who took one of its ways; `start` lists who entered, `end` whose run ended that way. */
export async function people(ctx: Ctx, input: Ask<'people'>): Promise<{ items: ScenarioPerson[]; next: string | null }> {
  const found = await listPeople(ctx, input)
  const items = found.slice(0, input.limit)
  const last = items.at(-1)
  const holds = items.length ? await holdsOf(ctx, input, items) : new Map<string, Hold | null>()
  return {
    items: items.map((row) => personOf(row, holds.get(row.run_id) ?? null)),
    next: found.length > input.limit && last ? encodeCursor(last.at, last.run_id) : null,
  }
}

function listPeople(ctx: Ctx, { id, step, way, cursor, limit }: Ask<'people'>): Promise<rows.PersonAtRow[]> {
  const ask = { id, step, after: decodeCursor(cursor), limit: limit + 1 }
  if (step === START) return rows.listRuns(ctx.db, { ...ask, how: way === 'held' ? way : null })
  if (step === END) return rows.listRuns(ctx.db, { ...ask, how: way ?? 'completed' })
  const mailWay = mailWayOf(way)
  if (mailWay) return rows.listMailed(ctx.db, { ...ask, way: mailWay })
  return way === undefined ? rows.listStanding(ctx.db, ask) : rows.listPassed(ctx.db, { ...ask, way })
}

/** Why each is where they are: of those who stand at a step whatever holds them, of those who left one what came of it. */
async function holdsOf(ctx: Ctx, { id, step, way }: Ask<'people'>, people: readonly rows.PersonAtRow[]): Promise<Map<string, Hold | null>> {
  if (step === START || step === END) return new Map()
  const scenario = await findScenario(ctx.db, id)
  const isHere = way === undefined
  const held = await rows.loadHeld(
    ctx.db,
    people.map((row) => ({ personId: row.person_id, runId: row.run_id })),
    isHere ? null : step,
  )
  const programs = await programsOf(
    ctx,
    people.map((row) => ({ scenario_id: id, version: row.version })),
  )
  return new Map(
    people.map((row) => {
      const node = programs.get(versionKey({ scenario_id: id, version: row.version }))?.nodes.get(step)
      const standing = { state: scenario?.state ?? 'stopped', kind: isHere ? (node?.step.kind ?? null) : null, step, dueAt: row.due_at }
      return [row.run_id, holdOf({ ...standing, because: row.because }, held.get(row.run_id))]
    }),
  )
}

function personOf(row: rows.PersonAtRow, hold: Hold | null): ScenarioPerson {
  return {
    personId: row.person_id,
    runId: row.run_id,
    name: row.name,
    company: row.company_name,
    isLead: row.is_lead,
    version: row.version,
    step: row.step,
    at: row.at.toISOString(),
    dueAt: row.due_at?.toISOString() ?? null,
    because: row.because as ScenarioPerson['because'],
    hold,
  }
}

/** The runs of one person with every step and its reason, the newest first. */
export async function runs(ctx: Ctx, { person }: Ask<'runs'>): Promise<{ items: RunDetail[] }> {
  const subject = await resolveSubject(ctx, person)
  if (!subject) return refuse('missing', 'person.missing', { message: 'This person does not exist.' })
  const found = await rows.listRunsOf(ctx.db, subject, MOST_RUNS)
  const passed = await rows.listPassedOf(
    ctx.db,
    subject,
    found.map((run) => run.id),
  )
  return {
    items: found.map((run) =>
      runOf(
        run,
        passed.filter((line) => line.run_id === run.id),
      ),
    ),
  }
}

function runOf(run: rows.PersonRunRow, passed: readonly rows.PassedStepRow[]): RunDetail {
  const steps = new Map(stepsOf(run.graph.steps).map((step) => [step.id, step]))
  const here = run.step === null ? undefined : steps.get(run.step)
  return {
    id: run.id,
    scenarioId: run.scenario_id,
    scenario: run.scenario,
    version: run.version,
    step: run.step,
    stepName: here?.name ?? '',
    stepKind: here?.kind ?? null,
    dueAt: run.due_at?.toISOString() ?? null,
    enteredAt: run.entered_at.toISOString(),
    endedAt: run.ended_at?.toISOString() ?? null,
    how: run.how,
    steps: passed.map(({ step, way, arrived_at, left_at, because }) => ({
      step,
      name: steps.get(step)?.name ?? '',
      kind: steps.get(step)?.kind ?? 'end',
      way,
      arrivedAt: arrived_at.toISOString(),
      leftAt: left_at.toISOString(),
      because: because as RunDetail['steps'][number]['because'],
    })),
  }
}

/** Lets people enter by hand; who is on the way already, or may not enter again yet, does not. @throws Refusal conflict when it is not live */
export async function enter(ctx: Ctx, { id, people: ids }: Ask<'enter'>): Promise<{ entered: number }> {
  const row = await findScenario(ctx.db, id)
  if (row?.state !== 'live' || row.live_version === null) {
    return refuse('conflict', 'scenario.notLive', { message: 'Only a live scenario lets people enter.' })
  }
  const subjects = distinctSubjects((await resolveSubjects(ctx, ids)).values())
  await lockPulses(ctx, subjects)
  const version = row.live_version
  const starts = subjects.map((subject) => ({
    personId: subject.id,
    scenarioId: id,
    version,
    triggerId: BY_HAND,
    causeId: hashedId('hand', id, subject.id, ctx.id()),
    hop: 0,
  }))
  return { entered: await enterPeople(ctx, starts) }
}

/** The same for one page of a bulk act. @returns who entered and is on the way */
export async function enterMany(ctx: Ctx, id: string, subjects: readonly Subject[]): Promise<ReadonlySet<string>> {
  const sorted = distinctSubjects(subjects)
  await lockPulses(ctx, sorted)
  const before = new Set((await loadActiveRuns(ctx.db, sorted)).map((run) => run.id))
  await enter(ctx, { id, people: sorted.map((one) => one.id) })
  const now = (await loadActiveRuns(ctx.db, sorted)).filter((run) => run.scenario_id === id && !before.has(run.id))
  return new Set(now.map((run) => run.person_id))
}

/** Takes many people out again. @returns who was still on the way */
export async function leaveMany(ctx: Ctx, id: string, subjects: readonly Subject[]): Promise<ReadonlySet<string>> {
  const sorted = distinctSubjects(subjects)
  await lockPulses(ctx, sorted)
  const going = (await loadActiveRuns(ctx.db, sorted)).filter((run) => run.scenario_id === id)
  if (going.length) await playRuns(ctx, going, { kind: 'stop' })
  return new Set(going.map((run) => run.person_id))
}

/** Takes one person out of a scenario; what still waits in the mail queue for the run is taken back. */
export async function endRun(ctx: Ctx, { id, person }: Ask<'endRun'>): Promise<{ ok: true }> {
  const subject = await resolveSubject(ctx, person)
  if (!subject) return refuse('missing', 'person.missing', { message: 'This person does not exist.' })
  await lockPulses(ctx, [subject])
  const run = (await loadActiveRuns(ctx.db, [subject])).find((one) => one.id === id)
  if (run) await playRuns(ctx, [run], { kind: 'stop' })
  return { ok: true }
}
