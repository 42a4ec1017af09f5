// Pure: what won and lost deals say about the rules of a score.
import type { Power, ProofBand, RuleProof } from './contract.ts'
import { aucOf, logistic, ratioOf, shareOf, topTenth } from './statistics.ts'

/** A decided deal: which rules held before its outcome (null: cannot be known any more), and what the score was. */
export interface Case {
  readonly deal: string
  readonly at: Date
  readonly won: boolean
  readonly held: ReadonlyMap<string, boolean | null>
  readonly score: number
}

/** Fewer deals than this of either kind prove nothing: then it is said so, and nothing is proposed. */
export const NEEDED = 20
const NEEDED_PER_SIDE = 5
const RIDGE = 1
/** Odds doubled are worth ten points. */
const POINTS_PER_DOUBLING = 10
const BANDS = 5

/** A number of the proof: a band of the score, or the deals where a rule held (null: where nobody knows). */
export interface Behind {
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly rule?: string | undefined
  readonly held: boolean | null
}

/** The deals behind a number, the newest first. */
export function behind(cases: readonly Case[], { from, to, rule, held }: Behind): Case[] {
  return cases
    .filter((one) => (from === undefined || one.score >= from) && (to === undefined || one.score <= to))
    .filter((one) => rule === undefined || one.held.get(rule) === held)
    .sort((a, b) => b.at.getTime() - a.at.getTime() || (a.deal < b.deal ? 1 : -1))
}

export const isEnough = (cases: readonly Case[]): boolean =>
  cases.filter((one) => one.won).length >= NEEDED && cases.filter((one) => !one.won).length >= NEEDED

/** Win rate by bands of the score, about as many deals in each; equal scores stay together. */
export function bandsOf(cases: readonly Case[]): ProofBand[] {
  const sorted = [...cases].sort((a, b) => a.score - b.score)
  const bands: ProofBand[] = []
  for (let from = 0; from < sorted.length; ) {
    const left = BANDS - bands.length
    let to = left <= 1 ? sorted.length : from + Math.max(1, Math.round((sorted.length - from) / left))
    while (to < sorted.length && sorted[to]?.score === sorted[to - 1]?.score) to++
    const part = sorted.slice(from, to)
    const won = part.filter((one) => one.won).length
    bands.push({ from: part[0]?.score ?? 0, to: part.at(-1)?.score ?? 0, n: part.length, won, rate: shareOf(won, part.length) })
    from = to
  }
  return bands.reverse()
}

/** Each rule: win rate with and without it, the lift with its interval, and proposed points. */
export function rulesOf(cases: readonly Case[], rules: readonly { readonly id: string; readonly points: number }[]): RuleProof[] {
  const weights = isEnough(cases) ? weightsOf(cases, rules) : new Map<string, number>()
  return rules.map(({ id, points }) => {
    const known = cases.filter((one) => typeof one.held.get(id) === 'boolean')
    const sides = [true, false].map((side) => {
      const those = known.filter((one) => one.held.get(id) === side)
      const won = those.filter((one) => one.won).length
      return { n: those.length, won, rate: shareOf(won, those.length) }
    })
    const [having, lacking] = sides as [RuleProof['with'], RuleProof['without']]
    const lift = ratioOf(having.won, having.n, lacking.won, lacking.n)
    const few = having.n < NEEDED_PER_SIDE || lacking.n < NEEDED_PER_SIDE || !isEnough(cases)
    const proven = few || !lift ? 'few' : lift.low > 1 ? 'helps' : lift.high < 1 ? 'hurts' : 'open'
    const weight = weights.get(id)
    const suggested = few || weight === undefined ? null : Math.round((weight / Math.LN2) * POINTS_PER_DOUBLING)
    return { ruleId: id, points, with: having, without: lacking, lift, unknown: cases.length - known.length, proven, suggested }
  })
}

/** What each rule adds beside the others. A value nobody can know any more counts as its share among the known. */
function weightsOf(cases: readonly Case[], rules: readonly { readonly id: string }[]): Map<string, number> {
  const shares = rules.map(({ id }) => {
    const known = cases.map((one) => one.held.get(id)).filter((held) => typeof held === 'boolean')
    return known.length ? known.filter(Boolean).length / known.length : 0
  })
  const rows = cases.map((one) =>
    rules.map(({ id }, j) => {
      const held = one.held.get(id)
      return typeof held === 'boolean' ? Number(held) : (shares[j] ?? 0)
    }),
  )
  const weights = logistic(
    rows,
    cases.map((one) => one.won),
    RIDGE,
  )
  return new Map(rules.map(({ id }, j) => [id, weights[j] ?? 0]))
}

/** How well the scores tell wins from losses; null without enough deals. */
export function powerOf(cases: readonly Case[]): Power | null {
  if (!isEnough(cases)) return null
  const scored = cases.map(({ score, won }) => ({ score, hit: won }))
  return { auc: aucOf(scored), topTenth: topTenth(scored) }
}
