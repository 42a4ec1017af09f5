import { describe, expect, test } from 'vitest'
import { armFor } from '#loop/identify/arm/decide.ts'
import { seeded } from '../../../../test/world.ts'
import { type ArmSums, liftOf, NEEDED_WINNERS } from './decide.ts'
import { normalQuantile, studentQuantile } from './statistics.ts'

interface World {
  readonly units: number
  /** People in a unit, at most. */
  readonly most: number
  readonly share: number
  /** The chance that a unit is one that buys, and that one of its people brings a deal then. */
  readonly base: number
  /** Added to the chance of a unit that is treated. */
  readonly effect: number
}

/** The four draws of a unit after its size. */
const skip = (draw: () => number): [number, number, number, number] => [draw(), draw(), draw(), draw()]

/** Companies of several sizes whose people buy together or not at all, with skewed sums of yen: arms by the very hash. */
function world(seed: number, { units, most, share, base, effect }: World): ArmSums[] {
  const draw = seeded(seed)
  const arms = [false, true].map((held) => ({ held, n: 0, people: 0, people2: 0, winners: 0, d: [0, 0, 0], y: [0, 0, 0] }))
  for (let i = 0; i < units; i++) {
    const people = 1 + Math.floor(draw() ** 2 * most)
    const held = armFor(`salt${seed}`, `company:${i}`, share) === 'held'
    const arm = arms[held ? 1 : 0]
    if (!arm) continue
    const [chance, first, second, size] = skip(draw)
    const buys = chance < base * (0.5 + people / most) + (held ? 0 : effect)
    const deals = buys ? 1 + Math.floor(first * second * people) : 0
    const yen = deals * Math.exp(13 + 2 * size)
    arm.n++
    arm.people += people
    arm.people2 += people * people
    arm.winners += deals > 0 ? 1 : 0
    for (const [sums, value] of [
      [arm.d, deals],
      [arm.y, yen],
    ] as const) {
      sums[0] = (sums[0] ?? 0) + value
      sums[1] = (sums[1] ?? 0) + value * value
      sums[2] = (sums[2] ?? 0) + value * people
    }
  }
  const moments = ([sum = 0, square = 0, withPeople = 0]: number[]) => ({ sum, square, withPeople })
  return arms.map(({ held, n, people, people2, winners, d, y }) => ({
    share,
    held,
    units: n,
    people,
    people2,
    winners,
    deals: moments(d),
    yen: moments(y),
  }))
}

const runs = Number(process.env.TEST_RUNS ?? 400)
/** How far a share of so many draws may be off by chance: 3.3 standard deviations, once in a thousand. */
const off = (p: number) => 3.3 * Math.sqrt((p * (1 - p)) / runs)
const isEffect = (verdict: string) => (verdict === 'helps' || verdict === 'hurts' ? 1 : 0)

describe('M7 an A/A test', () => {
  for (const share of [10, 50])
    test(`M7 with ${share} % held back and no effect at all, one is told as often as the level says, in deals and in yen`, () => {
      const told = { deals95: 0, deals90: 0, yen95: 0, yen90: 0 }
      for (let seed = 1; seed <= runs; seed++) {
        const sums = world(seed, { units: 600, most: 12, share, base: 0.3, effect: 0 })
        const [at95, at90] = [liftOf(sums, 0.95), liftOf(sums, 0.9)]
        told.deals95 += isEffect(at95.verdict) / runs
        told.yen95 += isEffect(at95.yenVerdict) / runs
        told.deals90 += isEffect(at90.verdict) / runs
        told.yen90 += isEffect(at90.yenVerdict) / runs
      }
      expect(Math.abs(told.deals95 - 0.05)).toBeLessThan(off(0.05))
      expect(Math.abs(told.yen95 - 0.05)).toBeLessThan(off(0.05))
      expect(Math.abs(told.deals90 - 0.1)).toBeLessThan(off(0.1))
      expect(Math.abs(told.yen90 - 0.1)).toBeLessThan(off(0.1))
    })

  test('M7 colleagues buy together: taking them for independent would call an effect far more often', () => {
    let [clustered, naive] = [0, 0]
    for (let seed = 1; seed <= runs; seed++) {
      const sums = world(seed, { units: 300, most: 30, share: 50, base: 0.4, effect: 0 })
      clustered += isEffect(liftOf(sums, 0.95).verdict) / runs
      naive += isEffect(liftOf(sums.map(asIfAlone), 0.95).verdict) / runs
    }
    expect(clustered).toBeLessThan(0.05 + off(0.05))
    expect(naive).toBeGreaterThan(0.1)
  })
})

/** The same people as if each were a unit of their own: what an analysis by person would take. */
function asIfAlone(arm: ArmSums): ArmSums {
  const { people, deals } = arm
  const alone = { sum: deals.sum, square: deals.sum, withPeople: deals.sum }
  return { ...arm, units: people, people2: people, deals: alone, winners: deals.sum }
}

test('M7 a planted lift lies within the interval as often as the level says, and is found', () => {
  let [within, found] = [0, 0]
  const plan: World = { units: 900, most: 8, share: 20, base: 0.25, effect: 0.12 }
  const rate = (people: number) => {
    let sum = 0
    for (let u = 0.5; u < 40; u++) for (let v = 0.5; v < 40; v++) sum += 1 + Math.floor((u / 40) * (v / 40) * people)
    return sum / 1600
  }
  const rates = Array.from({ length: plan.most + 1 }, (_, people) => rate(people))
  for (let seed = 1; seed <= runs; seed++) {
    const truth = plan.effect * treatedSizes(seed, plan).reduce((sum, people) => sum + (rates[people] ?? 0), 0)
    const { deals, verdict } = liftOf(world(seed, plan), 0.95)
    if (deals && deals.low <= truth && truth <= deals.high) within += 1 / runs
    if (verdict === 'helps') found += 1 / runs
  }
  expect(Math.abs(within - 0.95)).toBeLessThan(off(0.95) + 0.015)
  expect(found).toBeGreaterThan(0.6)
})

/** The sizes of the units of a world that are treated: its draws once more. */
function treatedSizes(seed: number, { units, most, share }: World): number[] {
  const draw = seeded(seed)
  const sizes: number[] = []
  for (let i = 0; i < units; i++) {
    const people = 1 + Math.floor(draw() ** 2 * most)
    const held = armFor(`salt${seed}`, `company:${i}`, share) === 'held'
    if (!held) sizes.push(people)
    skip(draw)
  }
  return sizes
}

describe('M7 what cannot be told is not told', () => {
  const moments = (n: number) => ({ sum: n, square: n, withPeople: n })
  const arm = (held: boolean, units: number, won: number, share = 10): ArmSums => ({
    share,
    held,
    units,
    people: units,
    people2: units,
    deals: moments(won),
    yen: { sum: won * 1e6, square: won * 1e12, withPeople: won * 1e6 },
    winners: won,
  })
  test('M7 nobody held back: no control, and no figure', () => {
    expect(liftOf([arm(false, 500, 20)], 0.95)).toMatchObject({ verdict: 'noControl', deals: null, more: null, treated: { people: 500 } })
    expect(liftOf([], 0.95)).toMatchObject({ verdict: 'noControl' })
  })
  test('M7 too few deals: it says so, and how many more people are wanted before anything can be said', () => {
    const few = liftOf([arm(false, 900, 18), arm(true, 100, 2)], 0.95)
    expect(few).toMatchObject({ verdict: 'few', more: 1_500 })
    expect((20 * (1_000 + (few.more ?? 0)) * 0.1) / 1_000).toBeGreaterThanOrEqual(NEEDED_WINNERS)
    expect(liftOf([arm(false, 900, 0), arm(true, 100, 0)], 0.95)).toMatchObject({ verdict: 'few', more: null })
  })
  test('M7 not proven yet: with the people it asks for besides, the same difference is proven', () => {
    const open = liftOf([arm(false, 900, 108), arm(true, 100, 9)], 0.95)
    expect(open).toMatchObject({ verdict: 'open', deals: { value: 27 } })
    const times = 1 + (open.more ?? 0) / 1_000
    expect(liftOf([arm(false, 900 * times, 108 * times), arm(true, 100 * times, 9 * times)], 0.95)).toMatchObject({
      verdict: 'helps',
      more: null,
    })
    expect(liftOf([arm(false, 900, 90), arm(true, 100, 10)], 0.95)).toMatchObject({ verdict: 'open', deals: { value: 0 }, more: null })
  })
  test('M7 a treatment that does harm is said to; a higher level asks for more', () => {
    expect(liftOf([arm(false, 900, 60), arm(true, 100, 20)], 0.95).verdict).toBe('hurts')
    const [at90, at95] = [0.9, 0.95].map((level) => liftOf([arm(false, 900, 150), arm(true, 100, 9)], level))
    expect((at95?.deals?.high ?? 0) - (at95?.deals?.low ?? 0)).toBeGreaterThan((at90?.deals?.high ?? 0) - (at90?.deals?.low ?? 0))
  })
  test('M7 arms of different shares are not thrown together: what changed with time is not taken for an effect', () => {
    // First half: 10 % held, one in five buys. Second half: 50 % held, nobody buys much. Within each half both arms are alike.
    const sums = [arm(false, 900, 180, 10), arm(true, 100, 20, 10), arm(false, 500, 10, 50), arm(true, 500, 10, 50)]
    expect(liftOf(sums, 0.95)).toMatchObject({ verdict: 'open', deals: { value: 0 } })
    const thrown = [arm(false, 1_400, 190), arm(true, 600, 30)]
    expect(liftOf(thrown, 0.95).verdict).toBe('helps')
  })
})

describe('the distributions as tables have them', () => {
  test('M7 quantiles of Student and of the normal distribution', () => {
    const known: [number, number, number][] = [
      [0.975, 1, 12.7062],
      [0.975, 2, 4.3027],
      [0.975, 3, 3.1824],
      [0.975, 5, 2.5706],
      [0.95, 10, 1.8125],
      [0.975, 30, 2.0423],
      [0.95, 120, 1.6577],
    ]
    for (const [p, freedom, value] of known) expect(studentQuantile(p, freedom)).toBeCloseTo(value, 3)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6)
    expect(studentQuantile(0.975, 1e7)).toBeCloseTo(1.959964, 5)
  })
})
