import { describe, expect, test } from 'vitest'
import { seeded } from '../../../../test/world.ts'
import { bandsOf, type Case, NEEDED, powerOf, rulesOf } from './decide.ts'
import { aucOf, logistic, ratioOf, shareOf, topTenth } from './statistics.ts'

const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'
const RULES = [
  { id: A, points: 10 },
  { id: B, points: 10 },
]

/** Deals whose log odds of winning are −1, +`a` where A held and +`b` where B held; B is held more often with A. */
function planted(n: number, a: number, b: number, draw: () => number): Case[] {
  return Array.from({ length: n }, (_, i) => {
    const hasA = draw() < 0.4
    const hasB = draw() < (hasA ? 0.6 : 0.3)
    const odds = -1 + (hasA ? a : 0) + (hasB ? b : 0)
    const held = new Map([
      [A, hasA],
      [B, hasB],
    ])
    return { deal: String(i), at: new Date(i), won: draw() < 1 / (1 + Math.exp(-odds)), held, score: (hasA ? 10 : 0) + (hasB ? 10 : 0) }
  })
}

/** The share that wins with and without A when everything is known: what an interval has to hold. */
function trueLift(a: number, b: number): number {
  const p = (odds: number) => 1 / (1 + Math.exp(-odds))
  const having = 0.6 * p(-1 + a + b) + 0.4 * p(-1 + a)
  const lacking = 0.3 * p(-1 + b) + 0.7 * p(-1)
  return having / lacking
}

describe('QUA-12 M3 a score with proof', () => {
  test('M3 planted effects lie within the intervals in at least 95 of 100 runs, less what chance takes', () => {
    const draw = seeded(20260422)
    const lift = trueLift(1, 0.5)
    const runs = 400
    let held = 0
    for (let run = 0; run < runs; run++) {
      const found = rulesOf(planted(400, 1, 0.5, draw), RULES)[0]?.lift
      if (found && found.low <= lift && lift <= found.high) held++
    }
    // A binomial of 400 at 0.95 falls below 0.925 once in a hundred times.
    expect(held / runs).toBeGreaterThanOrEqual(0.925)
  })

  test('M3 proposed points follow the planted odds, each rule beside the other, and a rule without effect gets none', () => {
    const draw = seeded(7)
    const [a, b] = rulesOf(planted(20_000, Math.LN2 * 2, 0, draw), RULES)
    expect(a?.suggested).toBeGreaterThanOrEqual(18)
    expect(a?.suggested).toBeLessThanOrEqual(22)
    expect(Math.abs(b?.suggested ?? 99)).toBeLessThanOrEqual(1)
    expect(a?.proven).toBe('helps')
    // B comes along with A, so that alone it looks as if it helped: that is why the points are fitted together.
    expect(b?.lift?.value).toBeGreaterThan(1.1)
  })

  test('M3 with too few deals nothing is proven and nothing proposed', () => {
    const few = planted(NEEDED, 3, 0, seeded(1))
    expect(rulesOf(few, RULES).map(({ proven, suggested }) => [proven, suggested])).toEqual([
      ['few', null],
      ['few', null],
    ])
    expect(powerOf(few)).toBeNull()
  })

  test('M3 a value that nobody can know any more is left out of the rule and said', () => {
    const cases = planted(300, 1, 0, seeded(3)).map((one, i) => (i < 40 ? { ...one, held: new Map(one.held).set(A, null) } : one))
    const [a] = rulesOf(cases, RULES)
    expect(a).toMatchObject({ unknown: 40 })
    expect((a?.with.n ?? 0) + (a?.without.n ?? 0)).toBe(260)
  })

  test('QUA-12 the win rate by bands of the score: every deal is in one band, the best band first, and a better score wins more', () => {
    const cases = planted(2_000, 1.5, 1, seeded(5))
    const bands = bandsOf(cases)
    expect(bands.reduce((sum, band) => sum + band.n, 0)).toBe(2_000)
    expect(bands.map((band) => band.from)).toEqual([...bands.map((band) => band.from)].sort((x, y) => y - x))
    expect(bands[0]?.rate.low).toBeGreaterThan(bands.at(-1)?.rate.high ?? 1)
  })

  test('QUA-11 a score that tells wins apart has an area well above one half, one that does not lies around it', () => {
    const cases = planted(4_000, 2, 1, seeded(9))
    expect(powerOf(cases)?.auc?.low).toBeGreaterThan(0.6)
    const blind = cases.map((one, i) => ({ ...one, score: i % 7 }))
    expect(powerOf(blind)?.auc?.value).toBeGreaterThan(0.47)
    expect(powerOf(blind)?.auc?.value).toBeLessThan(0.53)
  })
})

describe('the figures as textbooks have them', () => {
  test('M3 Wilson’s interval of 8 in 10 (Newcombe 1998 gives 0.4902 to 0.9433)', () => {
    const { low, high } = shareOf(8, 10)
    expect(low).toBeCloseTo(0.4902, 3)
    expect(high).toBeCloseTo(0.9433, 3)
  })

  test('M3 Katz’s ratio of 30/100 to 15/100 is 2, from 1.15 to 3.48', () => {
    const lift = ratioOf(30, 100, 15, 100)
    expect(lift?.value).toBeCloseTo(2, 9)
    expect(lift?.low).toBeCloseTo(1.148, 2)
    expect(lift?.high).toBeCloseTo(3.484, 2)
    expect(ratioOf(0, 10, 5, 10)?.value).toBeLessThan(1)
    expect(ratioOf(1, 1, 0, 0)).toBeNull()
  })

  test('M3 the area counts pairs, ties half; the top tenth shares what ties at its edge', () => {
    const cases = [1, 2, 2, 3].map((score, i) => ({ score, hit: i === 2 || i === 3 }))
    expect(aucOf(cases)?.value).toBeCloseTo(0.875, 9)
    expect(topTenth(Array.from({ length: 20 }, (_, i) => ({ score: i < 10 ? 1 : 0, hit: i < 5 })))).toBeCloseTo(0.2, 9)
  })

  test('M3 one sign alone: the fitted weight is the log odds ratio when the penalty vanishes', () => {
    const rows = [...Array(40).fill([1]), ...Array(60).fill([0])] as number[][]
    const hits = rows.map((_, i) => (i < 40 ? i < 20 : i < 52))
    expect(logistic(rows, hits, 1e-9)[0]).toBeCloseTo(Math.log(20 / 20 / (12 / 48)), 6)
  })
})
