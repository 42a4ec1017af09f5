import { describe, expect, test } from 'vitest'
import { seeded } from '../../../../test/world.ts'
import { adjusted, NEEDED, rawRates, type Stratum } from './decide.ts'

/** What becomes of whoever enters: by where they came from, and a bonus of the newer version. */
const CHANCE: Readonly<Record<string, number>> = { exhibition: 0.1, web: 0.4, referral: 0.6 }

interface Plan {
  readonly seed: number
  /** Entries of the older and the newer version by source. */
  readonly entries: readonly [Readonly<Record<string, number>>, Readonly<Record<string, number>>]
  readonly bonus: number
}

function entered({ seed, entries, bonus }: Plan): [Stratum[], Stratum[]] {
  const draw = seeded(seed)
  const side = (version: number): Stratum[] =>
    Object.entries(entries[version - 1] ?? {}).map(([key, n]) => {
      let [hits, yen, yen2] = [0, 0, 0]
      for (let i = 0; i < n; i++)
        if (draw() < (CHANCE[key] ?? 0) + (version === 2 ? bonus : 0)) {
          const sum = 100_000 * (1 + 9 * draw())
          hits++
          yen += sum
          yen2 += sum * sum
        }
      const counted = { sum: hits, square: hits }
      return { version, key, n, sums: { goal: counted, deals: counted, yen: { sum: yen, square: yen2 } } }
    })
  return [side(1), side(2)]
}

const runs = Number(process.env.TEST_RUNS ?? 400)
const off = 3.3 * Math.sqrt((0.05 * 0.95) / runs)

describe('M6 adjusted for who entered', () => {
  test('M6 other people entered the newer version: as it was it looks far better, adjusted there is no difference as often as the level says', () => {
    let [rawSays, adjustedSays, yenSays] = [0, 0, 0]
    for (let seed = 1; seed <= runs; seed++) {
      const [a, b] = entered({
        seed,
        entries: [
          { exhibition: 300, web: 60, referral: 15 },
          { exhibition: 60, web: 300, referral: 60 },
        ],
        bonus: 0,
      })
      const [was, is] = [rawRates(a).goal, rawRates(b).goal]
      if (is.low > was.high) rawSays += 1 / runs
      const { difference } = adjusted(a, b)
      if (!difference?.goal || !difference.yen) throw new Error('not adjusted')
      if (difference.goal.low > 0 || difference.goal.high < 0) adjustedSays += 1 / runs
      if (difference.yen.low > 0 || difference.yen.high < 0) yenSays += 1 / runs
    }
    expect(rawSays).toBeGreaterThan(0.99)
    expect(Math.abs(adjustedSays - 0.05)).toBeLessThan(off + 0.015)
    expect(Math.abs(yenSays - 0.05)).toBeLessThan(off + 0.02)
  })

  test('M6 a planted difference lies within the interval as often as the level says, though the mixture hides it', () => {
    let within = 0
    for (let seed = 1; seed <= runs; seed++) {
      const [a, b] = entered({
        seed,
        entries: [
          { exhibition: 60, web: 300 },
          { exhibition: 300, web: 80 },
        ],
        bonus: 0.1,
      })
      const { difference } = adjusted(a, b)
      if (difference?.goal && difference.goal.low <= 0.1 && 0.1 <= difference.goal.high) within += 1 / runs
      if (seed === 1) expect(rawRates(b).goal.value).toBeLessThan(rawRates(a).goal.value)
    }
    expect(Math.abs(within - 0.95)).toBeLessThan(off + 0.015)
  })

  test('M6 when nobody like the one version’s people entered the other it is said, and nothing is computed', () => {
    const [a, b] = entered({ seed: 1, entries: [{ exhibition: 300, web: 2 }, { web: 300 }], bonus: 0 })
    expect(adjusted(a, b)).toMatchObject({ verdict: 'notComparable', strata: 0, covered: { a: 0, b: 0 }, difference: null })
    const [c, d] = entered({ seed: 1, entries: [{ exhibition: 300, web: 200 }, { web: 300 }], bonus: 0 })
    expect(adjusted(c, d)).toMatchObject({ verdict: 'notComparable', covered: { a: 0.4, b: 1 } })
  })

  test('M6 with too few entries nothing is said', () => {
    const [a, b] = entered({ seed: 1, entries: [{ web: NEEDED - 1 }, { web: 300 }], bonus: 0 })
    expect(adjusted(a, b)).toMatchObject({ verdict: 'few', difference: null })
    expect(rawRates([])).toMatchObject({ goal: { value: 0 }, yen: { value: 0 } })
  })

  test('M6 the textbook case: two strata, weights of both together', () => {
    const one = (version: number, key: string, n: number, hits: number): Stratum => {
      const counted = { sum: hits, square: hits }
      return { version, key, n, sums: { goal: counted, deals: counted, yen: counted } }
    }
    const found = adjusted([one(1, 'x', 80, 8), one(1, 'y', 20, 10)], [one(2, 'x', 20, 4), one(2, 'y', 80, 48)])
    // Weights one half each: (10 % + 50 %) / 2 and (20 % + 60 %) / 2.
    expect(found.a?.goal?.value).toBeCloseTo(0.3, 12)
    expect(found.b?.goal?.value).toBeCloseTo(0.4, 12)
    expect(found.difference?.goal?.value).toBeCloseTo(0.1, 12)
  })
})
