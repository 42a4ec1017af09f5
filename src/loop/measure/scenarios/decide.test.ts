import { describe, expect, test } from 'vitest'
import { seeded } from '../../../../test/world.ts'
import { adjusted, type Cell, NEEDED, rawRates, type Units } from './decide.ts'

/** What becomes of whoever enters: by where they came from, and a bonus of the newer version. */
const CHANCE: Readonly<Record<string, number>> = { exhibition: 0.1, web: 0.4, referral: 0.6 }

interface Plan {
  readonly seed: number
  /** Entries of the older and the newer version by source. */
  readonly entries: readonly [Readonly<Record<string, number>>, Readonly<Record<string, number>>]
  readonly bonus: number
  /** The most colleagues of one company; they do the same with this chance, and what each would do alone otherwise. */
  readonly colleagues?: { readonly most: number; readonly alike: number }
}

const cellOf = (version: number, key: string, won: readonly number[]): Cell => {
  const sum = (of: (n: number) => number): number => won.reduce((total, n) => total + of(n), 0)
  const counted = { sum: sum((n) => (n ? 1 : 0)), square: sum((n) => (n ? 1 : 0)) }
  return { version, key, n: won.length, sums: { goal: counted, deals: counted, yen: { sum: sum((n) => n), square: sum((n) => n * n) } } }
}

/** Entries of two versions; colleagues enter by the same version and mostly from the same source. */
function entered({ seed, entries, bonus, colleagues = { most: 1, alike: 0 } }: Plan): Units[] {
  const draw = seeded(seed)
  const all: Units[] = []
  for (const version of [1, 2])
    for (const [key, n] of Object.entries(entries[version - 1] ?? {}))
      for (let left = n; left > 0; ) {
        const size = Math.min(left, 1 + Math.floor(draw() * colleagues.most))
        left -= size
        const chance = (CHANCE[key] ?? 0) + (version === 2 ? bonus : 0)
        const together = draw() < chance
        const hit = (): boolean => (draw() < colleagues.alike ? together : draw() < chance)
        all.push({
          units: 1,
          cells: [
            cellOf(
              version,
              key,
              Array.from({ length: size }, () => (hit() ? 100_000 * (1 + 9 * draw()) : 0)),
            ),
          ],
        })
      }
  return all
}

/** The same entries as if nobody had colleagues: how the intervals would be by person. */
const alone = (all: readonly Units[]): Units[] =>
  all.flatMap(({ cells }) =>
    cells.flatMap(({ version, key, n, sums }) =>
      Array.from({ length: n }, (_, i) => {
        const hit = i < sums.goal.sum
        return { units: 1, cells: [cellOf(version, key, [hit ? sums.yen.sum / sums.goal.sum : 0])] }
      }),
    ),
  )

const runs = Number(process.env.TEST_RUNS ?? 300)
const off = 3.3 * Math.sqrt((0.05 * 0.95) / runs)
/** Looks at as many draws of one plan as the chances of the tests are meant for. */
const draws = (plan: Omit<Plan, 'seed'>, look: (all: readonly Units[], seed: number) => void): void => {
  for (let seed = 1; seed <= runs; seed++) look(entered({ seed, ...plan }), seed)
}
const misses = ({ low, high }: { low: number; high: number }): boolean => low > 0 || high < 0

describe('M6 adjusted for who entered', () => {
  test('M6 other people entered the newer version: as it was it looks far better, adjusted there is no difference as often as the level says', () => {
    let [rawSays, adjustedSays, yenSays] = [0, 0, 0]
    const entries = [
      { exhibition: 300, web: 60, referral: 15 },
      { exhibition: 60, web: 300, referral: 60 },
    ] as const
    draws({ entries, bonus: 0 }, (all) => {
      if (rawRates(all, 2).goal.low > rawRates(all, 1).goal.high) rawSays += 1 / runs
      const { difference } = adjusted(all, 1, 2)
      if (!difference?.goal || !difference.yen) throw new Error('not adjusted')
      if (misses(difference.goal)) adjustedSays += 1 / runs
      if (misses(difference.yen)) yenSays += 1 / runs
    })
    expect(rawSays).toBeGreaterThan(0.99)
    expect(Math.abs(adjustedSays - 0.05)).toBeLessThan(off + 0.015)
    expect(Math.abs(yenSays - 0.05)).toBeLessThan(off + 0.02)
  })

  test('M6 M7 colleagues who are alike prove nothing: false differences stay near the level, which by person would be passed several times over', () => {
    const colleagues = { most: 9, alike: 0.5 }
    let [goal, yen, byPerson, raw] = [0, 0, 0, 0]
    const entries = [
      { exhibition: 260, web: 140 },
      { exhibition: 120, web: 280 },
    ] as const
    draws({ entries, bonus: 0, colleagues }, (all) => {
      const { difference } = adjusted(all, 1, 2)
      const { difference: naive } = adjusted(alone(all), 1, 2)
      if (!difference?.goal || !difference.yen || !naive?.goal) throw new Error('not adjusted')
      if (misses(difference.goal)) goal += 1 / runs
      if (misses(difference.yen)) yen += 1 / runs
      if (misses(naive.goal)) byPerson += 1 / runs
      const { low, high } = rawRates(all, 1).goal
      const truth = (260 * 0.1 + 140 * 0.4) / 400
      if (low > truth || high < truth) raw += 1 / runs
    })
    expect(byPerson).toBeGreaterThan(0.12)
    for (const one of [goal, yen, raw]) {
      expect(one).toBeLessThan(0.05 + off + 0.02)
      expect(one).toBeGreaterThan(0.01)
    }
  })

  test('M6 a planted difference lies within the interval as often as the level says, though the mixture hides it, with colleagues and without', () => {
    const entries = [
      { exhibition: 60, web: 300 },
      { exhibition: 300, web: 80 },
    ] as const
    for (const colleagues of [
      { most: 1, alike: 0 },
      { most: 6, alike: 0.4 },
    ]) {
      let within = 0
      draws({ entries, bonus: 0.1, colleagues }, (all, seed) => {
        const { difference } = adjusted(all, 1, 2)
        if (difference?.goal && difference.goal.low <= 0.1 && 0.1 <= difference.goal.high) within += 1 / runs
        if (seed === 1) expect(rawRates(all, 2).goal.value).toBeLessThan(rawRates(all, 1).goal.value)
      })
      expect(Math.abs(within - 0.95)).toBeLessThan(off + 0.02)
    }
  })

  test('M6 when nobody like the one version’s people entered the other it is said, and nothing is computed', () => {
    const all = entered({ seed: 1, entries: [{ exhibition: 300, web: 2 }, { web: 300 }], bonus: 0 })
    expect(adjusted(all, 1, 2)).toMatchObject({ verdict: 'notComparable', strata: 0, covered: { a: 0, b: 0 }, difference: null })
    const half = entered({ seed: 1, entries: [{ exhibition: 300, web: 200 }, { web: 300 }], bonus: 0 })
    expect(adjusted(half, 1, 2)).toMatchObject({ verdict: 'notComparable', covered: { a: 0.4, b: 1 } })
  })

  test('M6 with too few entries, or many of a few companies, nothing is said', () => {
    const few = entered({ seed: 1, entries: [{ web: NEEDED - 1 }, { web: 300 }], bonus: 0 })
    expect(adjusted(few, 1, 2)).toMatchObject({ verdict: 'few', difference: null })
    const firms = Array.from({ length: 9 }, () => ({ units: 1, cells: [cellOf(1, 'web', [1, 1, 1, 0, 0])] }))
    expect(adjusted([...firms, ...entered({ seed: 1, entries: [{}, { web: 300 }], bonus: 0 })], 1, 2)).toMatchObject({ verdict: 'few' })
    expect(rawRates([], 1)).toMatchObject({ goal: { value: 0, low: 0, high: 1 }, yen: { value: 0 } })
  })

  test('M6 the textbook case: two strata, weights of both together', () => {
    const units = (version: number, key: string, n: number, hits: number): Units[] => [
      { units: hits, cells: [cellOf(version, key, [1])] },
      { units: n - hits, cells: [cellOf(version, key, [0])] },
    ]
    const all = [...units(1, 'x', 80, 8), ...units(1, 'y', 20, 10), ...units(2, 'x', 20, 4), ...units(2, 'y', 80, 48)]
    const found = adjusted(all, 1, 2)
    // Weights one half each: (10 % + 50 %) / 2 and (20 % + 60 %) / 2.
    expect(found.a?.goal?.value).toBeCloseTo(0.3, 12)
    expect(found.b?.goal?.value).toBeCloseTo(0.4, 12)
    expect(found.difference?.goal?.value).toBeCloseTo(0.1, 12)
    expect(found.units).toBe(200)
  })

  test('M6 a company counted as one: doubling every colleague makes no interval narrower', () => {
    const one = entered({ seed: 5, entries: [{ web: 120 }, { web: 150 }], bonus: 0.1 })
    const twins = one.map(({ units, cells }) => ({
      units,
      cells: cells.map(({ version, key, sums }) => cellOf(version, key, [sums.yen.sum, sums.yen.sum])),
    }))
    const [a, b] = [adjusted(one, 1, 2), adjusted(twins, 1, 2)].map(({ difference }) => difference?.goal)
    const wide = (of: typeof a): number => (of?.high ?? 0) - (of?.low ?? 0)
    expect(b?.value).toBeCloseTo(a?.value ?? 0, 12)
    expect(wide(b) / wide(a)).toBeGreaterThan(0.99)
    expect(rawRates(twins, 1).goal.high - rawRates(one, 1).goal.high).toBeGreaterThan(-0.01)
  })
})
