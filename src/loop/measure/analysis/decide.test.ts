import { expect, test } from 'vitest'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { BANDS, bandsOf, timesOf } from './decide.ts'

test('KPI-19 every score lies in exactly one band', () => {
  const holds = (rule: Rule, score: number): boolean => {
    if (rule.kind === 'and') return rule.rules.every((part) => holds(part, score))
    if (rule.kind !== 'fact' || !('value' in rule.is)) return false
    return rule.is.op === 'gte' ? score >= Number(rule.is.value) : score < Number(rule.is.value)
  }
  const bands = bandsOf('score.main.total')
  expect(bands).toHaveLength(BANDS.length + 1)
  for (let score = -50; score <= 250; score++) {
    const inside = bands.filter((band) => holds(band.rule, score))
    expect(inside).toHaveLength(1)
    expect(inside[0]?.from ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(score)
    expect(inside[0]?.to ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(score)
  }
})

test('QUA-18 how often something was done falls into one column, never two', () => {
  const lines = timesOf({ kind: 'event', match: { event: 'file.downloaded', filters: [] }, days: 30 })
  const holds = (rule: Rule, n: number): boolean => {
    if (rule.kind === 'and') return rule.rules.every((part) => holds(part, n))
    if (rule.kind !== 'event') return false
    return rule.count.op === 'atLeast' ? n >= rule.count.n : rule.count.op === 'atMost' ? n <= rule.count.n : n === rule.count.n
  }
  for (let n = 0; n < 12; n++) expect(lines.filter((line) => holds(line.rule, n))).toHaveLength(1)
  expect(lines.map((line) => line.k)).toEqual([0, 1, 2, 3])
})
