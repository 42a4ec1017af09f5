import { expect, test } from 'vitest'
import { becauseOf, fateOf } from './decide.ts'

const now = new Date('2026-04-08T01:00:00Z')

test('NUR-16 a call is tried twelve times over about a day, with pauses that grow, and then given up', () => {
  const pauses: number[] = []
  for (let tries = 1; ; tries++) {
    const fate = fateOf({ kind: 'failed', reason: 'status 500' }, tries, now)
    if (fate.state !== 'waiting') {
      expect([tries, fate.state]).toEqual([12, 'failed'])
      break
    }
    pauses.push(fate.nextAt.getTime() - now.getTime())
  }
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
  const hours = pauses.reduce((sum, one) => sum + one, 0) / 3_600_000
  expect(hours).toBeGreaterThan(20)
  expect(hours).toBeLessThan(28)
})

test('a refusal is not repeated; the step says what came of its call', () => {
  const refused = fateOf({ kind: 'refused', reason: 'status 404' }, 1, now)
  expect(refused).toEqual({ state: 'refused', reason: 'status 404' })
  expect(becauseOf(refused)).toEqual({ kind: 'done', outcome: 'call_failed', detail: 'status 404' })
  expect(becauseOf(fateOf({ kind: 'taken', status: 200 }, 3, now))).toEqual({ kind: 'done' })
})
