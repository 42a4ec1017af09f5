// Two versions as if the same people had entered both. Pure.
import { shareOf } from '../proof/statistics.ts'
import type { CompareMetric, Comparison, Estimate } from './contract.ts'
import { METRICS } from './contract.ts'

/** Entries of one version in one stratum. */
export interface Stratum {
  readonly version: number
  /** What the people were when they entered. */
  readonly key: string
  readonly n: number
  readonly sums: Readonly<Record<CompareMetric, { readonly sum: number; readonly square: number }>>
}

const Z = 1.959963984540054 // 97.5 % of the normal distribution: intervals are 95 %
/** Fewer entries than this on either side say nothing. */
export const NEEDED = 20
/** A stratum counts when at least so many of both versions are in it. */
const NEEDED_IN_STRATUM = 3
/** Less of either version than this in strata of both: they are not comparable. */
const NEEDED_COVER = 0.5

/** The rates of one version as they were: the mean over its entries with a normal interval, a share with Wilson’s. */
export function rawRates(strata: readonly Stratum[]): Record<CompareMetric, Estimate> {
  const n = strata.reduce((sum, one) => sum + one.n, 0)
  return perMetric((metric) => {
    const sum = strata.reduce((all, one) => all + one.sums[metric].sum, 0)
    const square = strata.reduce((all, one) => all + one.sums[metric].square, 0)
    const mean = n ? sum / n : 0
    if (metric === 'goal') return shareOf(sum, n)
    const variance = n > 1 ? Math.max(0, square - n * mean * mean) / (n - 1) / n : 0
    return around(metric, mean, variance)
  })
}

const perMetric = <T>(of: (metric: CompareMetric) => T): Record<CompareMetric, T> =>
  Object.fromEntries(METRICS.map((metric) => [metric, of(metric)])) as Record<CompareMetric, T>

/** A share and a sum of money cannot lie below nothing, a share not above all. */
function around(metric: CompareMetric, value: number, variance: number): Estimate {
  const half = Z * Math.sqrt(variance)
  return { value, low: Math.max(0, value - half), high: metric === 'goal' ? Math.min(1, value + half) : value + half }
}

/**
 * Direct standardisation (Fleiss 1981, ch. 14): rate = Σ w·rate of the stratum, with the weights of both versions together over the strata in
 * which both have people; variance = Σ w²·s²/n, with s² pooled over the strata of a version, because a stratum of a few people does not know
 * its own spread. What cannot be compared is left out, and how much that is, is told.
 */
export function adjusted(a: readonly Stratum[], b: readonly Stratum[]): Comparison['adjusted'] {
  const [na, nb] = [countOf(a), countOf(b)]
  const pairs = a.flatMap((one) => {
    const other = b.find(({ key }) => key === one.key)
    return other && Math.min(one.n, other.n) >= NEEDED_IN_STRATUM ? [{ a: one, b: other }] : []
  })
  const covered = { a: share(countOf(pairs.map((pair) => pair.a)), na), b: share(countOf(pairs.map((pair) => pair.b)), nb) }
  const nothing = { strata: pairs.length, covered, a: null, b: null, difference: null }
  if (na < NEEDED || nb < NEEDED) return { verdict: 'few', ...nothing }
  if (Math.min(covered.a, covered.b) < NEEDED_COVER) return { verdict: 'notComparable', ...nothing }
  const total = pairs.reduce((sum, pair) => sum + pair.a.n + pair.b.n, 0)
  const weights = pairs.map((pair) => (pair.a.n + pair.b.n) / total)
  const sides = perMetric((metric) => ({
    a: standardised(
      pairs.map((pair) => pair.a),
      weights,
      metric,
    ),
    b: standardised(
      pairs.map((pair) => pair.b),
      weights,
      metric,
    ),
  }))
  return {
    verdict: 'ok',
    strata: pairs.length,
    covered,
    a: perMetric((metric) => around(metric, sides[metric].a.rate, sides[metric].a.variance)),
    b: perMetric((metric) => around(metric, sides[metric].b.rate, sides[metric].b.variance)),
    difference: perMetric((metric) => {
      const value = sides[metric].b.rate - sides[metric].a.rate
      const half = Z * Math.sqrt(sides[metric].a.variance + sides[metric].b.variance)
      return { value, low: value - half, high: value + half }
    }),
  }
}

const countOf = (strata: readonly Stratum[]): number => strata.reduce((sum, one) => sum + one.n, 0)
const share = (part: number, whole: number): number => (whole ? part / whole : 0)

function standardised(strata: readonly Stratum[], weights: readonly number[], metric: CompareMetric): { rate: number; variance: number } {
  const within = strata.reduce((sum, one) => sum + Math.max(0, one.sums[metric].square - one.sums[metric].sum ** 2 / one.n), 0)
  const spread = within / Math.max(1, countOf(strata) - strata.length)
  return {
    rate: strata.reduce((sum, one, i) => sum + (weights[i] ?? 0) * (one.sums[metric].sum / one.n), 0),
    variance: strata.reduce((sum, one, i) => sum + ((weights[i] ?? 0) ** 2 * spread) / one.n, 0),
  }
}
