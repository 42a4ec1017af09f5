// Two versions as if the same people had entered both. Pure.
import { studentQuantile } from '../lift/statistics.ts'
import { shareOf } from '../proof/statistics.ts'
import type { CompareMetric, Comparison, Estimate } from './contract.ts'
import { METRICS } from './contract.ts'

export interface Moments {
  readonly sum: number
  readonly square: number
}

/** Entries of one version in one stratum. */
export interface Cell {
  readonly version: number
  /** The stratum: what the people were when they entered. */
  readonly key: string
  readonly n: number
  readonly sums: Readonly<Record<CompareMetric, Moments>>
}

/**
 * So many units that are alike in every figure. A unit is a company, or a person without one: what colleagues do is not independent of each
 * other. It has at most one cell of each version and stratum.
 */
export interface Units {
  readonly units: number
  readonly cells: readonly Cell[]
}

const LEVEL = 0.975 // intervals are 95 %
/** Fewer entries than this on either side say nothing, nor do entries of fewer units. */
export const NEEDED = 20
export const NEEDED_UNITS = 10
/** A stratum counts when at least so many units of both versions are in it. */
const NEEDED_IN_STRATUM = 3
/** Less of either version than this in strata of both: they are not comparable. */
const NEEDED_COVER = 0.5

/** A cell of all units together. */
interface Stratum extends Cell {
  readonly units: number
}

/**
 * The rates of one version as they were: the mean over its entries. Its interval is wider by the design effect of the units (Kish 1965,
 * §5.4): the variance of the sum of the units' deviations over that of the entries', never less than 1. A share has Wilson's interval with
 * the entries divided by that effect; the others Student's with the units less one as degrees.
 */
export function rawRates(all: readonly Units[], version: number): Record<CompareMetric, Estimate> {
  const mine = all.map(({ units, cells }) => ({ units, cells: cells.filter((cell) => cell.version === version) }))
  const present = mine.filter(({ cells }) => cells.length)
  const m = present.reduce((sum, one) => sum + one.units, 0)
  const n = present.reduce((sum, one) => sum + one.units * countOf(one.cells), 0)
  return perMetric((metric) => {
    const sum = present.reduce((total, one) => total + one.units * totalOf(one.cells, metric, 'sum'), 0)
    const square = present.reduce((total, one) => total + one.units * totalOf(one.cells, metric, 'square'), 0)
    const mean = n ? sum / n : 0
    const spread = Math.max(0, square - n * mean * mean)
    const between = present.reduce(
      (total, one) => total + one.units * (totalOf(one.cells, metric, 'sum') - countOf(one.cells) * mean) ** 2,
      0,
    )
    const effect = effectOf(between * unbiased(m), spread * unbiased(n), n, m)
    if (metric === 'goal') return shareOf(sum / effect, n / effect)
    const variance = n > 1 ? (spread / (n - 1) / n) * effect : 0
    return around(metric, mean, studentQuantile(LEVEL, m - 1) * Math.sqrt(variance))
  })
}

const perMetric = <T>(of: (metric: CompareMetric) => T): Record<CompareMetric, T> =>
  Object.fromEntries(METRICS.map((metric) => [metric, of(metric)])) as Record<CompareMetric, T>

const countOf = (cells: readonly Cell[]): number => cells.reduce((sum, one) => sum + one.n, 0)
const totalOf = (cells: readonly Cell[], metric: CompareMetric, of: keyof Moments): number =>
  cells.reduce((sum, one) => sum + one.sums[metric][of], 0)
const share = (part: number, whole: number): number => (whole ? part / whole : 0)
/** Deviations from a mean that was taken from the same few are too small. */
const unbiased = (n: number): number => n / Math.max(1, n - 1)

/** The design effect; where nothing differs at all, as if colleagues were one. */
function effectOf(between: number, within: number, n: number, m: number): number {
  if (within <= 0) return m ? Math.max(1, n / m) : 1
  return Math.max(1, between / within)
}

/** A share and a sum of money cannot lie below nothing, a share not above all. */
function around(metric: CompareMetric, value: number, half: number): Estimate {
  return { value, low: Math.max(0, value - half), high: metric === 'goal' ? Math.min(1, value + half) : value + half }
}

/**
 * Direct standardisation (Fleiss 1981, ch. 14): rate = Σ w·rate of the stratum, with the weights of both versions together over the strata in
 * which both have people; variance = Σ w²·s²/n, with s² pooled over the strata of a version, because a stratum of a few people does not know
 * its own spread. What cannot be compared is left out, and how much that is, is told.
 *
 * That variance takes colleagues for strangers. It is multiplied by the design effect Σ U² / Σ u²: u = ±(w/n)·(y − rate of the stratum) of an
 * entry is what it adds to the difference (linearised, as in Binder 1983), U the sum of u over all entries of a unit, in whichever version
 * and stratum they are; each with its few-cases factor m/(m−1) and n/(n−1). Never less than 1. Interval: Student's, with the units less the
 * cells as degrees.
 */
export function adjusted(all: readonly Units[], a: number, b: number): Comparison['adjusted'] {
  const sides = { a: strataOf(all, a), b: strataOf(all, b) }
  const counted = (of: readonly Stratum[]) => of.reduce((sum, one) => sum + one.units, 0)
  const [na, nb] = [countOf(sides.a), countOf(sides.b)]
  const pairs = sides.a.flatMap((one) => {
    const other = sides.b.find(({ key }) => key === one.key)
    return other && Math.min(one.units, other.units) >= NEEDED_IN_STRATUM ? [{ a: one, b: other }] : []
  })
  const covered = { a: share(countOf(pairs.map((pair) => pair.a)), na), b: share(countOf(pairs.map((pair) => pair.b)), nb) }
  const units = all.reduce((sum, one) => sum + one.units, 0)
  const nothing = { strata: pairs.length, covered, units, a: null, b: null, difference: null }
  if (Math.min(na, nb) < NEEDED || Math.min(counted(sides.a), counted(sides.b)) < NEEDED_UNITS) return { verdict: 'few', ...nothing }
  if (Math.min(covered.a, covered.b) < NEEDED_COVER) return { verdict: 'notComparable', ...nothing }
  const found = perMetric((metric) => compared(all, pairs, metric))
  return {
    verdict: 'ok',
    strata: pairs.length,
    covered,
    units,
    a: perMetric((metric) => around(metric, found[metric].a.rate, found[metric].a.half)),
    b: perMetric((metric) => around(metric, found[metric].b.rate, found[metric].b.half)),
    difference: perMetric((metric) => found[metric].difference),
  }
}

/** The strata of one version, over all units. */
function strataOf(all: readonly Units[], version: number): Stratum[] {
  const found = new Map<string, Stratum>()
  for (const { units, cells } of all)
    for (const cell of cells) {
      if (cell.version !== version) continue
      const was = found.get(cell.key)
      const sums = perMetric((metric) => ({
        sum: (was?.sums[metric].sum ?? 0) + units * cell.sums[metric].sum,
        square: (was?.sums[metric].square ?? 0) + units * cell.sums[metric].square,
      }))
      found.set(cell.key, { version, key: cell.key, n: (was?.n ?? 0) + units * cell.n, units: (was?.units ?? 0) + units, sums })
    }
  return [...found.values()]
}

interface Pair {
  readonly a: Stratum
  readonly b: Stratum
}

/** What each entry of a stratum adds to a side: its weight over its number, and the rate it is measured from. */
interface Score {
  readonly weight: number
  readonly rate: number
  readonly units: number
}

function compared(all: readonly Units[], pairs: readonly Pair[], metric: CompareMetric) {
  const total = pairs.reduce((sum, pair) => sum + pair.a.n + pair.b.n, 0)
  const weights = pairs.map((pair) => (pair.a.n + pair.b.n) / total)
  const [one, other] = (['a', 'b'] as const).map((side) =>
    standardised(
      pairs.map((pair) => pair[side]),
      weights,
      metric,
    ),
  ) as [Standardised, Standardised]
  const half = (sides: readonly Standardised[]) => {
    const scores = new Map(sides.flatMap(({ scores }, i) => scores.map(([key, score]) => [key, { ...score, sign: i ? 1 : -1 }] as const)))
    const { between, m, n } = betweenUnits(all, scores, metric)
    const within = sides.reduce((sum, side) => sum + side.within, 0)
    const freedom = m - sides.length * pairs.length
    const variance = sides.reduce((sum, side) => sum + side.variance, 0) * effectOf(between, within, n, m)
    return studentQuantile(LEVEL, freedom) * Math.sqrt(variance)
  }
  const value = other.rate - one.rate
  const wide = half([one, other])
  return {
    a: { rate: one.rate, half: half([one]) },
    b: { rate: other.rate, half: half([other]) },
    difference: { value, low: value - wide, high: value + wide },
  }
}

const cellKey = ({ version, key }: Cell): string => `${version} ${key}`

/** Σ U² over all units, and how many units and entries it goes over. */
function betweenUnits(all: readonly Units[], scores: ReadonlyMap<string, Score & { readonly sign: number }>, metric: CompareMetric) {
  let [between, m, n] = [0, 0, 0]
  for (const { units, cells } of all) {
    const counted = cells.flatMap((cell) => {
      const score = scores.get(cellKey(cell))
      return score ? [{ cell, score }] : []
    })
    if (!counted.length) continue
    const sum = counted.reduce((total, { cell, score }) => {
      const off = cell.sums[metric].sum - cell.n * score.rate
      return total + score.sign * score.weight * off * Math.sqrt(unbiased(score.units))
    }, 0)
    between += units * sum * sum
    m += units
    n += units * countOf(cells)
  }
  return { between, m, n }
}

interface Standardised {
  readonly rate: number
  /** As if everybody stood alone. */
  readonly variance: number
  /** Σ u² of its entries. */
  readonly within: number
  readonly scores: readonly (readonly [key: string, score: Score])[]
}

function standardised(strata: readonly Stratum[], weights: readonly number[], metric: CompareMetric): Standardised {
  const told = strata.map((one, i) => {
    const { sum, square } = one.sums[metric]
    return { one, weight: (weights[i] ?? 0) / one.n, rate: sum / one.n, spread: Math.max(0, square - sum ** 2 / one.n) }
  })
  const spread = told.reduce((sum, { spread }) => sum + spread, 0) / Math.max(1, countOf(strata) - strata.length)
  return {
    rate: told.reduce((sum, { one, weight, rate }) => sum + weight * one.n * rate, 0),
    variance: told.reduce((sum, { one, weight }) => sum + weight ** 2 * one.n * spread, 0),
    within: told.reduce((sum, { one, weight, spread }) => sum + weight ** 2 * spread * unbiased(one.n), 0),
    scores: told.map(({ one, weight, rate }) => [cellKey(one), { weight, rate, units: one.units }] as const),
  }
}
