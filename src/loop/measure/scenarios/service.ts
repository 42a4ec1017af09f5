// Two versions of a scenario side by side.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { findScenario, listVersions, type VersionRow } from '#loop/orchestrate/queries.ts'
import type { CompareSide, Comparison, scenarioReportsContract } from './contract.ts'
import { adjusted, rawRates, type Units } from './decide.ts'
import { pageOf } from './people/service.ts'
import { countBuyers, countEntries, countSteps, type EntryCount, listCompared, type StepCount, sumUnits } from './queries.ts'

type In<K extends keyof typeof scenarioReportsContract> = InputOf<(typeof scenarioReportsContract)[K]>
type Out<K extends keyof typeof scenarioReportsContract> = OutputOf<(typeof scenarioReportsContract)[K]>

/** Entries, step rates, conversion and revenue of two versions, raw and adjusted for who entered. @throws Refusal missing */
export async function compare(ctx: Ctx, { id, a, b, days }: In<'compare'>): Promise<Comparison> {
  const [one, other] = await versionsOf(ctx, id, a, b)
  const ask = { id, versions: [a, b], days, now: ctx.now }
  const units = await sumUnits(ctx.db, ask)
  const counts = await countEntries(ctx.db, ask)
  const buyers = await countBuyers(ctx.db, ask)
  const steps = await countSteps(ctx.db, ask)
  const sideOf = (row: VersionRow) => ({ ...figuresOf(row, units, counts, steps), buyers: buyers.get(row.version) ?? 0 })
  return { days, a: sideOf(one), b: sideOf(other), adjusted: adjusted(units, a, b) }
}

/** @throws Refusal missing */
async function versionsOf(ctx: Ctx, id: string, a: number, b: number): Promise<[VersionRow, VersionRow]> {
  if (!(await findScenario(ctx.db, id))) refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })
  const rows = await listVersions(ctx.db, id)
  const [one, other] = [a, b].map((version) => rows.find((row) => row.version === version))
  if (!one || !other) return refuse('missing', 'scenario.noVersion', { message: 'There is no such version.' })
  return [one, other]
}

/** The people behind a number of the comparison. @throws Refusal missing */
export async function comparePeople(ctx: Ctx, input: In<'comparePeople'>): Promise<Out<'comparePeople'>> {
  const { id, a, b, side, days, of, step } = input
  await versionsOf(ctx, id, a, b)
  const ask = { id, versions: [a, b], version: side === 'a' ? a : b, days, now: ctx.now, of, step: step ?? null }
  return pageOf(input, (page) => listCompared(ctx.db, ask, page))
}

type Figures = Omit<CompareSide, 'buyers'>

function figuresOf(row: VersionRow, all: readonly Units[], counts: readonly EntryCount[], came: readonly StepCount[]): Figures {
  const { entries, young, moved } = counts.find(({ version }) => version === row.version) ?? { entries: 0, young: 0, moved: 0 }
  const mine = new Map(came.filter(({ version }) => version === row.version).map((one) => [one.step, one.came]))
  const cells = all.flatMap(({ units, cells }) => cells.filter(({ version }) => version === row.version).map((cell) => ({ units, cell })))
  const total = (pick: (one: Units['cells'][number]) => number): number =>
    cells.reduce((sum, { units, cell }) => sum + units * pick(cell), 0)
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
    rates: rawRates(all, row.version),
    steps: stepsOf(row.graph.steps).map(({ id, name, kind }) => ({ step: id, name, kind, came: mine.get(id) ?? 0, of: mine.get('') ?? 0 })),
  }
}
