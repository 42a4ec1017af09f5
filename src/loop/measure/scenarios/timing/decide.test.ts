import { expect, test } from 'vitest'
import { seeded } from '../../../../../test/world.ts'
import { comparedOf, NEEDED } from './decide.ts'

const runs = Number(process.env.TEST_RUNS ?? 2_000)
const off = 3.3 * Math.sqrt((0.05 * 0.95) / runs)

/** Arms drawn person by person: one tenth goes on at once. Colleagues are alike, and fall into both. */
function trial(seed: number, chance: number, bonus: number) {
  const draw = seeded(seed)
  const [treated, control] = [
    { hits: 0, n: 0 },
    { hits: 0, n: 0 },
  ]
  for (let company = 0; company < 150; company++) {
    const keen = draw() < 0.5 ? chance * 1.6 : chance * 0.4
    for (let person = 0; person < 6; person++) {
      const arm = draw() < 0.1 ? control : treated
      arm.n++
      if (draw() < keen + (arm === treated ? bonus : 0)) arm.hits++
    }
  }
  return comparedOf(treated, control)
}

test('NUR-34 where waiting brings nothing it is claimed as often as the level says, colleagues or not', () => {
  let [says, told] = [0, 0]
  for (let seed = 1; seed <= runs; seed++) {
    const { verdict } = trial(seed, 0.3, 0)
    told++
    if (verdict === 'helps' || verdict === 'hurts') says++
  }
  expect(says / told).toBeLessThan(0.05 + off + 0.01)
  expect(says / told).toBeGreaterThan(0.005)
})

test('NUR-34 a planted effect lies within the interval as often as the level says, and a large one is found', () => {
  let [within, found] = [0, 0]
  for (let seed = 1; seed <= runs; seed++) {
    const { difference, verdict } = trial(seed, 0.25, 0.2)
    if (difference && difference.low <= 0.2 && 0.2 <= difference.high) within += 1 / runs
    if (verdict === 'helps') found += 1 / runs
  }
  expect(Math.abs(within - 0.95)).toBeLessThan(off + 0.015)
  expect(found).toBeGreaterThan(0.9)
})

test('NUR-34 with too few of one kind nothing is said, nor with an empty side; how many more are wanted is', () => {
  expect(comparedOf({ hits: 5, n: 10 }, { hits: 0, n: 0 })).toEqual({ difference: null, verdict: 'noControl', more: null })
  expect(comparedOf({ hits: 40, n: 100 }, { hits: 1, n: 8 })).toMatchObject({ verdict: 'few' })
  expect(comparedOf({ hits: 0, n: 500 }, { hits: 0, n: 60 })).toMatchObject({ verdict: 'few', more: null })
  const open = comparedOf({ hits: 130, n: 400 }, { hits: 11, n: 45 })
  expect(open.verdict).toBe('open')
  expect(open.more).toBeGreaterThan(0)
  expect(NEEDED).toBe(5)
})

test('NUR-34 the textbook case: Newcombe’s method 10 for 56 of 70 against 48 of 80', () => {
  const { difference } = comparedOf({ hits: 56, n: 70 }, { hits: 48, n: 80 })
  expect(difference?.value).toBeCloseTo(0.2, 4)
  expect(difference?.low).toBeCloseTo(0.0524, 4)
  expect(difference?.high).toBeCloseTo(0.3339, 4)
})
