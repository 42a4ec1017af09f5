import { expect, test } from 'vitest'
import { DAY, HOUR } from '#kernel/clock.ts'
import { streamKey } from '#loop/score/condition/decide.ts'
import { type Rule, rule as ruleSchema } from '../rules/contract.ts'
import { evaluate, type Known, NOTHING_KNOWN } from './decide.ts'

const NOW = Date.parse('2026-04-08T01:00:00Z')
const ZONE = 'Asia/Tokyo'
const event = (name: string, n: number, days: number, op: 'atLeast' | 'atMost' = 'atLeast'): Rule => ({
  kind: 'event',
  match: { event: name, filters: [] },
  count: { op, n },
  period: { kind: 'last', n: days, unit: 'days' },
})
const known = (streams: Record<string, number[]>): Known => ({
  ...NOTHING_KNOWN,
  streams: new Map(Object.entries(streams).map(([name, times]) => [streamKey({ event: name, filters: [] }), times])),
})

test('M1 a count lapses when its n-th newest event leaves the window, to the millisecond', () => {
  const facts = known({ a: [NOW - HOUR, NOW - 2 * DAY, NOW - 3 * DAY] })
  const lapse = NOW - 2 * DAY + 7 * DAY
  expect(evaluate(event('a', 2, 7), facts, NOW, ZONE)).toMatchObject({ isIn: true, nextChangeAt: lapse })
  expect(evaluate(event('a', 2, 7), facts, lapse - 1, ZONE).isIn).toBe(true)
  expect(evaluate(event('a', 2, 7), facts, lapse, ZONE).isIn).toBe(false)
  expect(evaluate(event('a', 4, 7), facts, NOW, ZONE)).toMatchObject({ isIn: false, nextChangeAt: null })
})

test('M1 an AND that is false waits for the latest of its false parts, one that is true for the earliest of its parts; OR the other way round', () => {
  const facts = known({ a: [NOW - DAY], b: [NOW - 5 * DAY] })
  const [silentA, silentB] = [event('a', 0, 7, 'atMost'), event('b', 0, 7, 'atMost')]
  expect(evaluate({ kind: 'and', rules: [silentA, silentB] }, facts, NOW, ZONE)).toMatchObject({ isIn: false, nextChangeAt: NOW + 6 * DAY })
  expect(evaluate({ kind: 'or', rules: [silentA, silentB] }, facts, NOW, ZONE)).toMatchObject({ isIn: false, nextChangeAt: NOW + 2 * DAY })
  const [didA, didB] = [event('a', 1, 7), event('b', 1, 7)]
  expect(evaluate({ kind: 'and', rules: [didA, didB] }, facts, NOW, ZONE)).toMatchObject({ isIn: true, nextChangeAt: NOW + 2 * DAY })
  expect(evaluate({ kind: 'or', rules: [didA, didB] }, facts, NOW, ZONE)).toMatchObject({ isIn: true, nextChangeAt: NOW + 6 * DAY })
  expect(evaluate({ kind: 'and', rules: [didA, event('c', 1, 7)] }, facts, NOW, ZONE).nextChangeAt).toBeNull()
})

test('M1 an event dated ahead counts at once', () => {
  expect(evaluate(event('a', 1, 1), known({ a: [NOW + DAY] }), NOW, ZONE)).toMatchObject({ isIn: true, nextChangeAt: NOW + 2 * DAY })
})

test('M1 a day begins at midnight of the company’s time zone', () => {
  const due: Rule = { kind: 'fact', fact: 'attrs.due', is: { op: 'withinNext', n: 7, unit: 'days' } }
  const facts: Known = { ...NOTHING_KNOWN, values: new Map([['attrs.due', '2026-04-20']]) }
  expect(evaluate(due, facts, NOW, ZONE)).toMatchObject({ isIn: false, nextChangeAt: Date.parse('2026-04-13T00:00:00+09:00') })
})

test('M1 a day that is written for “no end” is a day like others, and what would change beyond the last instant never does', () => {
  const facts: Known = { ...NOTHING_KNOWN, values: new Map([['attrs.until', '9999-12-31']]) }
  const asked = (op: 'withinNext' | 'olderThan' | 'furtherThan' | 'withinLast'): Rule => ({
    kind: 'fact',
    fact: 'attrs.until',
    is: { op, n: 60, unit: 'days' },
  })
  const midnight = Date.parse('9999-12-31T00:00:00+09:00')
  expect(evaluate(asked('withinNext'), facts, NOW, ZONE)).toMatchObject({ isIn: false, nextChangeAt: midnight - 60 * DAY })
  expect(evaluate(asked('furtherThan'), facts, NOW, ZONE)).toMatchObject({ isIn: true, nextChangeAt: midnight - 60 * DAY })
  expect(evaluate(asked('withinLast'), facts, NOW, ZONE)).toMatchObject({ isIn: false, nextChangeAt: midnight })
  expect(evaluate(asked('olderThan'), facts, NOW, ZONE)).toMatchObject({ isIn: false, nextChangeAt: null })
})

test('the reasons are the leaves that decided, through NOT as well', () => {
  const rule: Rule = {
    kind: 'and',
    rules: [event('a', 1, 7), { kind: 'not', rule: event('b', 1, 7) }, { kind: 'or', rules: [event('c', 1, 7), event('a', 1, 30)] }],
  }
  const { because } = evaluate(rule, known({ a: [NOW - DAY] }), NOW, ZONE)
  expect(because.map((reason) => [reason.path, reason.isIn])).toEqual([
    ['0', true],
    ['1.0', false],
    ['2.1', true],
  ])
})

test('X2 a bomb of 10,000 levels, or of 1,000 conditions, is refused before anything recurses', () => {
  let deep: unknown = event('a', 1, 7)
  for (let i = 0; i < 10_000; i++) deep = { kind: 'not', rule: deep }
  expect(ruleSchema.safeParse(deep).success).toBe(false)
  expect(ruleSchema.safeParse({ kind: 'and', rules: Array.from({ length: 1_000 }, () => event('a', 1, 7)) }).success).toBe(false)
  expect(ruleSchema.safeParse({ kind: 'and', rules: [{ kind: 'fact', fact: 'mail', is: { op: 'eq', value: '__proto__' } }] }).success).toBe(
    true,
  )
  expect(ruleSchema.safeParse({ kind: 'toString', rules: [] }).success).toBe(false)
})
