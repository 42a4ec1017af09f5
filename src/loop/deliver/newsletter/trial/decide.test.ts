import { expect, test } from 'vitest'
import { seeded } from '../../../../../test/world.ts'
import { ENOUGH, evidenceOf, halfOf, nextLike, verdictOf } from './decide.ts'

/** Clicks come one after the other; looked at after every single one of them, as badly as anybody could. */
function decidedEver(draw: () => number, people: number, rates: { a: number; b: number }): 'a' | 'b' | null {
  const clickers = [
    ...Array.from({ length: people }, () => ({ b: false, does: draw() < rates.a, at: draw() })),
    ...Array.from({ length: people }, () => ({ b: true, does: draw() < rates.b, at: draw() })),
  ]
    .filter((one) => one.does)
    .sort((x, y) => x.at - y.at)
    .map((one) => one.b)
  for (let n = 1; n <= clickers.length; n++) {
    const seen = clickers.slice(0, n)
    if (evidenceOf(seen, { a: people, b: people }) < ENOUGH) continue
    return seen.filter(Boolean).length * 2 > n ? 'b' : 'a'
  }
  return null
}

test('NUR-13 without a difference, looking after every single click, at most one test in twenty ever finds one', () => {
  const draw = seeded(20261122)
  const runs = 1_500
  const wrong = Array.from({ length: runs }, () => decidedEver(draw, 250, { a: 0.12, b: 0.12 })).filter(Boolean).length
  expect(wrong / runs).toBeLessThanOrEqual(0.05)
  // Looking as often with an ordinary test at 5 % would find one several times as often: the rule is not merely blind.
  expect(wrong).toBeGreaterThan(0)
})

test('NUR-13 a difference of 4 % against 9 % in 2,000 people each is found nearly always, and never the wrong way', () => {
  const draw = seeded(7)
  const found = Array.from({ length: 100 }, () => decidedEver(draw, 2_000, { a: 0.04, b: 0.09 }))
  expect(found.filter((one) => one === 'b').length).toBeGreaterThan(95)
  expect(found.filter((one) => one === 'a').length).toBe(0)
})

test('NUR-13 nothing is decided below the minimum or before the time is over; then A goes out, and it is said why', () => {
  const lopsided = Array.from({ length: 40 }, () => true)
  const facts = { a: { people: 150, reached: 0 }, b: { people: 150, reached: 40 }, order: lopsided, over: false }
  expect(verdictOf({ ...facts, minimum: 200 })).toBeNull()
  expect(verdictOf({ ...facts, minimum: 200, over: true })).toMatchObject({ verdict: 'few', goes: 'a' })
  expect(verdictOf({ ...facts, minimum: 100 })).toMatchObject({ verdict: 'b', goes: 'b' })
  const even = Array.from({ length: 40 }, (_, i) => i % 2 === 0)
  expect(verdictOf({ ...facts, a: { people: 150, reached: 20 }, b: { people: 150, reached: 20 }, order: even, minimum: 100 })).toBeNull()
  expect(
    verdictOf({ ...facts, a: { people: 150, reached: 20 }, b: { people: 150, reached: 20 }, order: even, minimum: 100, over: true }),
  ).toMatchObject({ verdict: 'none', goes: 'a' })
})

test('NUR-13 halves are equal, the others wait; a winner among hours sends at its next hour, among weekdays at its next weekday', () => {
  const halves = Array.from({ length: 1_000 }, (_, i) => halfOf(i / 1_000, 20))
  expect(halves.filter((one) => one === 'a')).toHaveLength(100)
  expect(halves.filter((one) => one === 'b')).toHaveLength(100)
  const nine = new Date('2026-04-06T00:00:00Z')
  const five = new Date('2026-04-06T08:00:00Z')
  const now = new Date('2026-04-07T09:00:00Z')
  expect(nextLike(nine, five, now).toISOString()).toBe('2026-04-08T00:00:00.000Z')
  expect(nextLike(new Date('2026-04-08T00:00:00Z'), nine, new Date('2026-04-09T00:00:00Z')).toISOString()).toBe('2026-04-15T00:00:00.000Z')
})
