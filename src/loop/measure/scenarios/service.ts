// Two versions of a scenario side by side.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { findScenario, listVersions, type VersionRow } from '#loop/orchestrate/queries.ts'
import type { CompareSide, Comparison, scenarioReportsContract } from './contract.ts'
import { adjusted, rawRates, type Stratum } from './decide.ts'
import { countEntries, countSteps, type EntryCount, type StepCount, sumStrata } from './queries.ts'

/** Entries, step rates, conversion and revenue of two versions, raw and adjusted for who entered. @throws Refusal missing */
export async function compare(ctx: Ctx, { id, a, b, days }: InputOf<typeof scenarioReportsContract.compare>): Promise<Comparison> {
  if (!(await findScenario(ctx.db, id))) refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })
  const rows = await listVersions(ctx.db, id)
  const [one, other] = [a, b].map((version) => rows.find((row) => row.version === version))
  if (!one || !other) return refuse('missing', 'scenario.noVersion', { message: 'There is no such version.' })
  const ask = { id, versions: [a, b], days, now: ctx.now }
  const strata = await sumStrata(ctx.db, ask)
  const counts = await countEntries(ctx.db, ask)
  const steps = await countSteps(ctx.db, ask)
  const of = (version: number) => strata.filter((stratum) => stratum.version === version)
  return {
    days,
    a: sideOf(one, of(a), counts, steps),
    b: sideOf(other, of(b), counts, steps),
    adjusted: adjusted(of(a), of(b)),
  }
}

function sideOf(row: VersionRow, strata: readonly Stratum[], counts: readonly EntryCount[], came: readonly StepCount[]): CompareSide {
  const { entries, young, moved } = counts.find(({ version }) => version === row.version) ?? { entries: 0, young: 0, moved: 0 }
  const mine = new Map(came.filter(({ version }) => version === row.version).map((one) => [one.step, one.came]))
  const total = (pick: (one: Stratum) => number): number => strata.reduce((sum, one) => sum + pick(one), 0)
  return {
    version: row.version,
    publishedAt: row.published_at.toISOString(),
    publishedBy: row.published_by,
    note: row.note,
    entries,
    young,
    moved,
    n: total((one) => one.n),
    reached: total((one) => one.sums.goal.sum),
    deals: total((one) => one.sums.deals.sum),
    yen: total((one) => one.sums.yen.sum),
    rates: rawRates(strata),
    steps: stepsOf(row.graph.steps).map(({ id, name, kind }) => ({ step: id, name, kind, came: mine.get(id) ?? 0, of: mine.get('') ?? 0 })),
  }
}
