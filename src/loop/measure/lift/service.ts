// What a scenario, and all marketing together, has brought against those who were held back.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { changeHoldout, readHoldout } from '#loop/identify/arm/service.ts'
import { type Graph, stepsOf, storedGraph } from '#loop/orchestrate/graph/contract.ts'
import { findScenario, listVersions } from '#loop/orchestrate/queries.ts'
import type { liftContract } from './contract.ts'
import { liftOf } from './decide.ts'
import { companyEntrants, type Entrants, scenarioEntrants, stepEntrants, sumArms } from './queries.ts'

type In<K extends keyof typeof liftContract> = InputOf<(typeof liftContract)[K]>
type Out<K extends keyof typeof liftContract> = OutputOf<(typeof liftContract)[K]>
type Measure = Out<'ofScenario'>['measures'][number]

/** The lift of a scenario as a whole and of its holdout steps, over all versions that held somebody back. */
export async function ofScenario(ctx: Ctx, { id, days, level }: In<'ofScenario'>): Promise<Out<'ofScenario'>> {
  const row = await findScenario(ctx.db, id)
  if (!row) return refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })
  const versions = (await listVersions(ctx.db, id)).map(({ version, graph }) => ({ version, graph: storedGraph(graph) }))
  const live = versions.find(({ version }) => version === row.live_version)?.graph ?? storedGraph(row.draft)
  const measure = async (step: string | null, name: string, entrants: Entrants): Promise<Measure> => {
    const { sums, since } = await sumArms(ctx.db, entrants, days)
    return { step, name, since: since?.toISOString() ?? null, lift: liftOf(sums, Number(level) / 100) }
  }
  const whole = versions.filter(({ graph }) => graph.holdout > 0).map(({ version, graph }) => ({ version, share: graph.holdout }))
  const measures = whole.length ? [await measure(null, row.name, scenarioEntrants(id, whole))] : []
  for (const { step, name, shares } of holdoutsOf(versions)) measures.push(await measure(step, name, stepEntrants(id, step, shares)))
  return { days, share: live.holdout, measures }
}

interface HoldoutSteps {
  readonly step: string
  readonly name: string
  readonly shares: { readonly version: number; readonly share: number }[]
}

/** The holdout steps of all versions, named as in the newest that has them. */
function holdoutsOf(versions: readonly { readonly version: number; readonly graph: Graph }[]): HoldoutSteps[] {
  const found = new Map<string, HoldoutSteps>()
  for (const { version, graph } of versions)
    for (const step of stepsOf(graph.steps)) {
      if (step.kind !== 'holdout') continue
      const known = found.get(step.id) ?? { step: step.id, name: step.name, shares: [] }
      known.shares.push({ version, share: step.share })
      found.set(step.id, known)
    }
  return [...found.values()]
}

/** The control group of the company, and the lift of everybody else since its share was set. */
export async function company(ctx: Ctx, { level }: In<'company'>): Promise<Out<'company'>> {
  const { share, since, salt, past } = await readHoldout(ctx)
  const shown = { share, since, past }
  if (share === 0 || since === null) return { ...shown, lift: null }
  const { sums } = await sumArms(ctx.db, companyEntrants(share, salt, new Date(since)), null)
  return { ...shown, lift: liftOf(sums, Number(level) / 100) }
}

/** Sets the share of the company's control group. */
export async function setHoldout(ctx: Ctx, input: In<'setHoldout'>): Promise<Out<'setHoldout'>> {
  const { share, since } = await changeHoldout(ctx, input.share)
  await announce(ctx, 'holdout', {})
  return { share, since }
}
