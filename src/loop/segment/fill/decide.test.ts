import { expect, test } from 'vitest'
import { costOf, type PlanNode, pagesOf } from './decide.ts'

test('QUA-13 a computed version is cut into pages of whole buckets', () => {
  const counts = [
    { bucket: 0, n: 3 },
    { bucket: 2, n: 2 },
    { bucket: 3, n: 9 },
    { bucket: 9, n: 1 },
  ]
  expect(pagesOf(counts, 5)).toEqual([
    { from: 0, to: 2 },
    { from: 3, to: 3 },
    { from: 9, to: 9 },
  ])
  expect(pagesOf([], 5)).toEqual([])
})

test('QUA-13 a lookup per person is as dear as there are people, whatever the planner thinks a join leaves', () => {
  const scan = (relation: string, rows: number): PlanNode => ({ 'Relation Name': relation, 'Total Cost': 10, 'Plan Rows': rows })
  const once: PlanNode = { ...scan('score_model', 1), 'Parent Relationship': 'InitPlan' }
  const joined: PlanNode = { 'Total Cost': 100, 'Plan Rows': 50, Plans: [once, scan('person', 50_000), scan('score', 12_500)] }
  expect(costOf({ 'Total Cost': 4_000, 'Plan Rows': 1, Plans: [joined, scan('journal', 1)] }, 1)).toBe(25_000)
  expect(costOf({ 'Total Cost': 4_000, 'Plan Rows': 1, Plans: [scan('person', 30), scan('journal', 1)] }, 2)).toBe(4_000)
  expect(costOf({ 'Total Cost': 4_000, 'Plan Rows': 1 }, 0)).toBe(4_000)
})
