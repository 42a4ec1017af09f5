// What a treatment has brought, measured against those who were held back. Pure.
import type { Lift, LiftArm, Verdict } from './contract.ts'
import { studentQuantile } from './statistics.ts'

/**
 * One arm of one stratum, summed over its units. A unit is a company (or a person without one): colleagues are not independent of each
 * other, so the spread is taken between units, never between people.
 */
export interface ArmSums {
  /** People held back in percent when they came in: only arms of the same share are compared with each other. */
  readonly share: number
  readonly held: boolean
  readonly units: number
  readonly people: number
  /** Sum of squares of the people of each unit. */
  readonly people2: number
  readonly deals: Moments
  readonly yen: Moments
  /** Units with at least one won deal. */
  readonly winners: number
}

/** Over the units of an arm: the sum of y, of y², and of y times people. */
export interface Moments {
  readonly sum: number
  readonly square: number
  readonly withPeople: number
}

/** With fewer units with a won deal than this to be expected in the smaller arm, chance is not near any known distribution. */
export const NEEDED_WINNERS = 5
/** A number of further people beyond this is no advice. */
const MOST_MORE = 1_000_000
/** 80 % of the normal distribution lie below: the power that is asked for. */
export const Z_POWER = 0.8416212335729143

interface Difference {
  /** Treated people times the difference of the rates: what would not be there without the treatment. */
  readonly value: number
  readonly variance: number
  readonly freedom: number
}

/**
 * Lift of the treated over the held. For each share: rate = outcomes / people in each arm (a ratio of sums over units), the difference times
 * the treated people; shares add up. The variance of a rate is the linearised one between units (Cochran 1977, §6.4), which is robust
 * against colleagues being alike. The spread of a unit is taken from both arms together: the held are few, and few units with rare deals
 * know too little of their own spread (own spreads say "effect" 8 times in 100 at 95 % where there is none). Interval: Student's, with the
 * units of both arms less two as degrees. Where the treatment widens the spread, the interval is wider than it must be.
 * @param level confidence, such as 0.95
 */
export function liftOf(sums: readonly ArmSums[], level: number): Lift {
  const arms = [armOf(sums, false), armOf(sums, true)] as const
  const [treated, held] = arms
  const pairs = pairsOf(sums)
  const deals = differenceOf(pairs, (one) => one.deals)
  const yen = differenceOf(pairs, (one) => one.yen)
  const told = { treated, held, level }
  if (!deals || !yen) return { ...told, deals: null, yen: null, verdict: 'noControl', yenVerdict: 'noControl', more: null }
  const few = expectedWinners(treated, held) < NEEDED_WINNERS
  const shown = { ...told, deals: rounded(intervalOf(deals, level), 2), yen: rounded(intervalOf(yen, level), 0) }
  if (few) return { ...shown, verdict: 'few', yenVerdict: 'few', more: moreForWinners(treated, held) }
  const verdict = verdictOf(intervalOf(deals, level))
  return {
    ...shown,
    verdict,
    yenVerdict: verdictOf(intervalOf(yen, level)),
    more: verdict === 'open' ? moreFor(deals, treated, held, level) : null,
  }
}

function armOf(sums: readonly ArmSums[], held: boolean): LiftArm {
  const mine = sums.filter((one) => one.held === held)
  const total = (pick: (one: ArmSums) => number): number => mine.reduce((sum, one) => sum + pick(one), 0)
  return {
    people: total((one) => one.people),
    units: total((one) => one.units),
    deals: total((one) => one.deals.sum),
    yen: total((one) => one.yen.sum),
    winners: total((one) => one.winners),
  }
}

type Pair = readonly [treated: ArmSums, held: ArmSums]

/** Shares of which both arms are there with at least two units each. */
function pairsOf(sums: readonly ArmSums[]): Pair[] {
  return [...new Set(sums.map(({ share }) => share))].flatMap((share): Pair[] => {
    const [treated, held] = [false, true].map((arm) => sums.find((one) => one.share === share && one.held === arm && one.units > 1))
    return treated && held ? [[treated, held]] : []
  })
}

function differenceOf(pairs: readonly Pair[], pick: (one: ArmSums) => Moments): Difference | null {
  if (!pairs.length) return null
  let [value, variance, freedom] = [0, 0, 0]
  for (const [treated, held] of pairs) {
    const [t, h] = [rateOf(treated, pick(treated)), rateOf(held, pick(held))]
    const spread = (t.spread + h.spread) / (treated.units + held.units - 2)
    value += treated.people * (t.rate - h.rate)
    variance += treated.people ** 2 * spread * (treated.units / treated.people ** 2 + held.units / held.people ** 2)
    freedom += treated.units + held.units - 2
  }
  return { value, variance, freedom }
}

/** The rate of an arm, and the sum of squares of what its units are off it. */
function rateOf({ people, people2 }: ArmSums, y: Moments): { rate: number; spread: number } {
  const rate = y.sum / people
  return { rate, spread: Math.max(0, y.square - 2 * rate * y.withPeople + rate * rate * people2) }
}

function intervalOf({ value, variance, freedom }: Difference, level: number): { value: number; low: number; high: number } {
  const half = studentQuantile((1 + level) / 2, freedom) * Math.sqrt(variance)
  return { value, low: value - half, high: value + half }
}

const verdictOf = ({ low, high }: { low: number; high: number }): Verdict => (low > 0 ? 'helps' : high < 0 ? 'hurts' : 'open')

function rounded(one: { value: number; low: number; high: number }, digits: number) {
  const by = 10 ** digits
  return { value: Math.round(one.value * by) / by, low: Math.round(one.low * by) / by, high: Math.round(one.high * by) / by }
}

/**
 * How many more people are wanted until a difference as large as the one seen would be proven four times out of five:
 * the variance of a rate falls as people come in. Null: more than anybody has.
 */
function moreFor({ value, variance, freedom }: Difference, treated: LiftArm, held: LiftArm, level: number): number | null {
  const people = treated.people + held.people
  const wanted = studentQuantile((1 + level) / 2, freedom) + Z_POWER
  if (value === 0) return null
  return sensible(people * ((wanted ** 2 * variance) / value ** 2 - 1))
}

/** Units with a deal to be expected in the smaller arm at the rate both have together: it does not lean to either side. */
function expectedWinners(treated: LiftArm, held: LiftArm): number {
  return ((treated.winners + held.winners) * Math.min(treated.units, held.units)) / (treated.units + held.units)
}

/** Until the smaller arm can be expected to have enough units with a deal. */
function moreForWinners(treated: LiftArm, held: LiftArm): number | null {
  const expected = expectedWinners(treated, held)
  return expected > 0 ? sensible((treated.people + held.people) * (NEEDED_WINNERS / expected - 1)) : null
}

/** A number of people as advice, in two digits; null: more than anybody has. */
export function sensible(more: number): number | null {
  if (!(more < MOST_MORE)) return null
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, more))) - 1)
  return Math.max(1, Math.ceil(more / digits) * digits)
}
