import { expect, test } from 'vitest'
import { armFor, unitOf } from './decide.ts'

const companies = Array.from({ length: 20_000 }, (_, i) => `company:${i}`)
const heldOf = (salt: string, share: number) => companies.filter((unit) => armFor(salt, unit, share) === 'held')

test('M7 colleagues share an arm, whoever has no company stands alone', () => {
  expect(unitOf('p1', 'c1')).toBe(unitOf('p2', 'c1'))
  expect(unitOf('p1', null)).not.toBe(unitOf('p2', null))
  expect(unitOf('same', null)).not.toBe(unitOf('x', 'same'))
})

test('M7 the share that is held is the one asked for, and the same every time', () => {
  for (const share of [0, 5, 10, 50]) {
    const held = heldOf('all', share).length / companies.length
    // Four standard deviations of a share of 20,000 draws.
    expect(Math.abs(held - share / 100)).toBeLessThanOrEqual(4 * Math.sqrt(((share / 100) * (1 - share / 100)) / companies.length))
  }
  expect(heldOf('all', 10)).toEqual(heldOf('all', 10))
})

test('M7 a larger share only adds units, and two experiments know nothing of each other', () => {
  const [small, large] = [heldOf('all', 10), new Set(heldOf('all', 20))]
  expect(small.every((unit) => large.has(unit))).toBe(true)
  const both = heldOf('other', 10).filter((unit) => small.includes(unit)).length
  expect(Math.abs(both / companies.length - 0.01)).toBeLessThan(0.003)
})
