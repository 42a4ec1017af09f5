import { expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { crossingOf, givenEntries, heatOf, limitedBy, nextChangeOf, rankOf, type ScoredEvent, type Sums, totalOf } from './decide.ts'
import { FIRST_SETTINGS, type ScoreSettings, scoreSettings } from './rules/contract.ts'

const NOW = new Date('2026-04-08T01:00:00Z')
const at = (days: number): Date => new Date(NOW.getTime() + days * DAY)
const event = (days: number, props = {}): ScoredEvent => ({
  eventId: `e${days}`,
  name: 'points.added',
  occurredAt: at(days),
  pageGroup: null,
  props,
})
const sums = (more: Partial<Sums> = {}): Sums => ({
  attributePlus: 20,
  attributeMinus: -5,
  behaviourPlus: 50,
  behaviourMinus: -1,
  recent: 30,
  decayed: 0,
  oldestRecent: null,
  nextExpiry: null,
  ...more,
})

test('QUA-04 the total is the sum of the four columns', () => {
  expect(totalOf(sums())).toBe(64)
})

test('QUA-09 heat follows the column that the settings name', () => {
  expect(heatOf(FIRST_SETTINGS, sums())).toBe('hot')
  expect(heatOf({ ...FIRST_SETTINGS, heatBy: 'recent' }, sums())).toBe('warm')
  expect(heatOf({ ...FIRST_SETTINGS, heatBy: 'recent' }, sums({ recent: 29 }))).toBe('cold')
})

test('QUA-06 the next change is the first of: leaving the recent window, an expiry, an attribute that turns', () => {
  expect(nextChangeOf(FIRST_SETTINGS, sums(), null, NOW)).toBeNull()
  expect(nextChangeOf(FIRST_SETTINGS, sums({ oldestRecent: at(-29), nextExpiry: at(2) }), at(3), NOW)).toEqual(at(1))
  expect(nextChangeOf(FIRST_SETTINGS, sums({ oldestRecent: at(-10), nextExpiry: at(4) }), at(3), NOW)).toEqual(at(3))
})

test('QUA-01 a rule that counts the first few: later events count for nothing, late ones are looked at anew', () => {
  expect(limitedBy(3, { n: 1, latest: at(-5) }, [event(-1), event(-2)])).toMatchObject({ add: [{ eventId: 'e-1' }, { eventId: 'e-2' }] })
  expect(limitedBy(3, { n: 3, latest: at(-5) }, [event(-1)])).toBe('nothing')
  expect(limitedBy(3, { n: 3, latest: at(-5) }, [event(-9)])).toBe('remake')
  expect(limitedBy(3, { n: 2, latest: at(-5) }, [event(-1), event(-2)])).toBe('remake')
})

test('points given go to the score they name, within bounds; anything else is no gift', () => {
  const given = givenEntries('main', [
    event(0, { model: 'main', points: 99_999 }),
    event(1, { model: 'other', points: 5 }),
    event(2, { model: 'main', points: '5' }),
  ])
  expect(given.map((entry) => entry.delta)).toEqual([10_000])
})

const HALVING: ScoreSettings = {
  ...FIRST_SETTINGS,
  halfLifeDays: 10,
  heatBy: 'decayed',
  hotAt: 80,
  warmAt: 20,
  ranks: [
    { name: 'A', label: '提案', at: 60 },
    { name: 'B', label: '比較', at: 40 },
  ],
}

test('QUA-08 a rank is the best band that the value reaches, and bands are in order', () => {
  const only = (decayed: number) => sums({ attributePlus: 0, attributeMinus: 0, decayed })
  expect([80, 60, 59, 40, 39].map((n) => rankOf(HALVING, only(n)))).toEqual(['A', 'A', 'B', 'B', null])
  expect(scoreSettings.safeParse({ ...HALVING, ranks: [...HALVING.ranks].reverse() }).success).toBe(false)
  expect(scoreSettings.safeParse({ ...HALVING, halfLifeDays: null }).success).toBe(false)
})

test('QUA-06 a halving score crosses its thresholds at instants solved in closed form, one after the other, and then never again', () => {
  const valueAt = (ms: number) => 80 * 0.5 ** (ms / (10 * DAY))
  const crossings: number[] = []
  for (let now = 0, left = 80; ; ) {
    const next = crossingOf(HALVING, sums({ attributePlus: 0, attributeMinus: 0, decayed: left }), now)
    if (next === null) break
    crossings.push(next)
    now = next
    left = valueAt(now)
  }
  const thresholds = [80, 60, 40, 20]
  expect(crossings).toHaveLength(thresholds.length)
  for (const [i, threshold] of thresholds.entries()) {
    expect(valueAt(crossings[i] as number)).toBeLessThan(threshold)
    expect(valueAt((crossings[i] as number) - 2)).toBeGreaterThanOrEqual(threshold)
  }
})
