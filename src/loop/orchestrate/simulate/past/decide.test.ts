import { describe, expect, test } from 'vitest'
import { type Past, reachAt, streamsOf, valueAt } from './decide.ts'

const blank: Past = {
  id: 'p',
  bucket: 0,
  companyId: null,
  identifiedAt: 10,
  values: new Map(),
  streams: new Map(),
  stays: new Map(),
  reach: { identified: true, status: 'active', mail: 'a@example.co.jp', mailStop: 1, mailBasis: 4, proof: true, paused: false },
  words: [],
  sends: [],
  reactions: [],
  seen: [],
  createdAt: 0,
  reads: [],
}
const word = (at: number, given: boolean, basis: string, purpose = 'marketing', until: number | null = null) => ({
  at,
  given,
  basis,
  purpose,
  until,
})

describe('what was known at an instant', () => {
  test('M2 a value whose change says what it was before is known as of then; one whose change does not is only known as it is today', () => {
    const score = {
      today: 30,
      changes: [
        { at: 100, before: 10 },
        { at: 200, before: 20 },
      ],
      isTold: true,
    }
    expect([50, 100, 150, 200].map((at) => valueAt(score, at))).toEqual([10, 20, 20, 30].map((value) => ({ value, isTodays: false })))
    const field = { today: 'x', changes: [{ at: 100 }], isTold: true }
    expect(valueAt(field, 50)).toEqual({ value: 'x', isTodays: true })
    expect(valueAt(field, 100)).toEqual({ value: 'x', isTodays: false })
    expect(valueAt({ ...field, isTold: false }, 100).isTodays).toBe(true)
  })

  test('M2 whoever unsubscribed could be reached before, and whoever agreed only later could not', () => {
    const left = { ...blank, words: [word(20, true, 'consent'), word(50, false, 'unsubscribe')] }
    expect([5, 30, 60].map((at) => reachAt(left, at)?.mailStop)).toEqual([0, 0, 1])
    expect([5, 30].map((at) => reachAt(left, at)?.proof)).toEqual([false, true])
    expect([5, 10].map((at) => reachAt(left, at)?.identified)).toEqual([false, true])
    const paused = { ...blank, words: [word(20, false, 'consent', 'pause', 40)] }
    expect([10, 30, 40].map((at) => reachAt(paused, at)?.paused)).toEqual([false, true, false])
  })

  test('M2 of “A, then B” only those B count that have an A before them within the time', () => {
    const hour = 3_600_000
    const event = (name: string, at: number) => ({ name, props: {}, pageGroup: null, occurred: at, received: at })
    const match = (name: string) => ({ event: name, filters: [] })
    const stream = {
      key: 'k',
      match: match('b'),
      after: { match: match('a'), within: { n: 2, unit: 'hours' as const } },
      most: 5,
      back: null,
    }
    const reads = { streams: [stream], firsts: [], facts: [], segments: [], isVacuous: false }
    const found = streamsOf(reads, [event('b', 0), event('a', hour), event('b', 2 * hour), event('b', 3 * hour)])
    expect(found.get('k')?.map((one) => one.occurred)).toEqual([2 * hour])
  })
})
