// The waits for the best hour of a scenario against their control shares.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { type Graph, type Step, stepsOf, storedGraph } from '#loop/orchestrate/graph/contract.ts'
import { findScenario, listVersions } from '#loop/orchestrate/queries.ts'
import { shareOf } from '../../proof/statistics.ts'
import type { scenarioReportsContract } from '../contract.ts'
import { pageOf } from '../people/service.ts'
import { type ArmFigures, OUTCOMES, type Outcome, type TimedWait, type TimingArm } from './contract.ts'
import { comparedOf } from './decide.ts'
import { type ArmRow, type Ask, countArms, listArm } from './queries.ts'

type In<K extends keyof typeof scenarioReportsContract> = InputOf<(typeof scenarioReportsContract)[K]>
type Out<K extends keyof typeof scenarioReportsContract> = OutputOf<(typeof scenarioReportsContract)[K]>

interface Wait {
  readonly step: string
  readonly name: string
  readonly control: number
  /** In which the step is a wait of that very share: another share draws others, and is not measured together with it. */
  readonly versions: readonly number[]
}

/** Every wait for the best hour with a control share, as the newest version has it. @throws Refusal missing */
export async function timing(ctx: Ctx, { id, days }: In<'timing'>): Promise<Out<'timing'>> {
  const { waits, live } = await waitsOf(ctx, id)
  const measured: TimedWait[] = []
  for (const { step, name, control, versions } of waits) {
    const rows = await countArms(ctx.db, { id, step, versions, days, now: ctx.now })
    const arms = { best: armOf(rows.find((row) => !row.control)), control: armOf(rows.find((row) => row.control)) }
    const since = rows.map((row) => row.since.toISOString()).sort()[0] ?? null
    const young = rows.reduce((sum, row) => sum + row.young, 0)
    const share = (arm: TimingArm, of: Outcome) => ({ hits: arms[arm][of], n: arms[arm].people })
    const compared = perOutcome((of) => comparedOf(share('best', of), share('control', of)))
    measured.push({ step, name, control, since, young, arms, compared, hasGoal: live.goal !== null })
  }
  return { days, waits: measured }
}

/** The people behind a number of one arm. @throws Refusal missing */
export async function timingPeople(ctx: Ctx, input: In<'timingPeople'>): Promise<Out<'timingPeople'>> {
  const { id, step, days, arm, of } = input
  const { waits } = await waitsOf(ctx, id)
  const wait = waits.find((one) => one.step === step)
  if (!wait) return refuse('missing', 'scenario.noWait', { message: 'This step never waited for the best hour with a control share.' })
  const ask: Ask = { id, step, versions: wait.versions, days, now: ctx.now }
  return pageOf(input, (page) => listArm(ctx.db, ask, arm, of, page))
}

async function waitsOf(ctx: Ctx, id: string): Promise<{ waits: Wait[]; live: Graph }> {
  const row = await findScenario(ctx.db, id)
  if (!row) return refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })
  const versions = (await listVersions(ctx.db, id)).map(({ version, graph }) => ({ version, graph: storedGraph(graph) }))
  const live = versions.find(({ version }) => version === row.live_version)?.graph ?? storedGraph(row.draft)
  const found = new Map<string, Wait>()
  for (const { version, graph } of [...versions].sort((a, b) => b.version - a.version))
    for (const step of stepsOf(graph.steps)) {
      const control = controlOf(step)
      const known = found.get(step.id)
      if (!control || (known && known.control !== control)) continue
      found.set(step.id, { step: step.id, name: known?.name ?? step.name, control, versions: [...(known?.versions ?? []), version] })
    }
  return { waits: [...found.values()], live }
}

const controlOf = (step: Step): number => (step.kind === 'wait' && step.until.kind === 'bestHour' ? step.until.control : 0)

const perOutcome = <T>(of: (outcome: Outcome) => T): Record<Outcome, T> =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, of(outcome)])) as Record<Outcome, T>

const NOBODY = { people: 0, sent: 0, opened: 0, clicked: 0, reached: 0 }

function armOf(row: ArmRow | undefined): ArmFigures {
  const { people, sent, opened, clicked, reached } = row ?? NOBODY
  const counts = { people, sent, opened, clicked, reached }
  return { ...counts, rates: perOutcome((of) => shareOf(counts[of], people)) }
}
