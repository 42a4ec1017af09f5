// Two arms that chance made, compared by the share of their people. Pure.
import { sensible, Z_POWER } from '../../lift/decide.ts'
import { type Estimate, shareOf } from '../../proof/statistics.ts'
import type { Compared } from './contract.ts'

const Z = 1.959963984540054 // 97.5 % of the normal distribution: intervals are 95 %

export interface Share {
  readonly hits: number
  readonly n: number
}

/** With fewer people who did it (or who did not) than this to be expected in the smaller arm, chance is not near any known distribution. */
export const NEEDED = 5

/**
 * The share of the treated less that of the control. Interval: Newcombe's, from Wilson's of both (Newcombe 1998, method 10), right near 0 and 1
 * and for arms of very different size. Arms are drawn for each person by itself, so that colleagues who are alike fall into both: people
 * may stand for themselves here, what they have in common falls out of the difference.
 */
export function comparedOf(treated: Share, control: Share): Compared {
  if (!treated.n || !control.n) return { difference: null, verdict: 'noControl', more: null }
  const difference = differenceOf(treated, control)
  const all = treated.n + control.n
  const hits = treated.hits + control.hits
  const expected = (Math.min(hits, all - hits) * Math.min(treated.n, control.n)) / all
  if (expected < NEEDED) return { difference, verdict: 'few', more: expected > 0 ? sensible(all * (NEEDED / expected - 1)) : null }
  if (difference.low > 0) return { difference, verdict: 'helps', more: null }
  if (difference.high < 0) return { difference, verdict: 'hurts', more: null }
  return { difference, verdict: 'open', more: moreFor(treated, control, difference.value) }
}

function differenceOf(one: Share, other: Share): Estimate {
  const [p, q] = [shareOf(one.hits, one.n), shareOf(other.hits, other.n)]
  const value = p.value - q.value
  return {
    value,
    low: value - Math.hypot(p.value - p.low, q.high - q.value),
    high: value + Math.hypot(p.high - p.value, q.value - q.low),
  }
}

/** People wanted besides, until a difference as large as the one seen would be proven four times out of five: its variance falls as they come. */
function moreFor(one: Share, other: Share, value: number): number | null {
  if (value === 0) return null
  const spread = ({ hits, n }: Share): number => ((hits / n) * (1 - hits / n)) / n
  const variance = spread(one) + spread(other)
  return sensible((one.n + other.n) * (((Z + Z_POWER) ** 2 * variance) / value ** 2 - 1))
}
