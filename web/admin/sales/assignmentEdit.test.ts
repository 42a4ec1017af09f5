import { expect, test } from 'vitest'
import type { AssignmentRule } from '#loop/sales/assignment/contract.ts'
import { putBackRule } from './assignmentEdit.ts'

const rule = (id: string, name = id): AssignmentRule => ({ id, name, isOn: true, conditions: [], target: { kind: 'none' } })
const [a, b, c] = [rule('a'), rule('b'), rule('c')] as const
const ids = (rules: readonly AssignmentRule[]) => rules.map((one) => one.name).join('')

test('CRM-13 a removed rule comes back where it stood, and what was changed since stays', () => {
  const before = [a, b, c]
  expect(ids(putBackRule([a, c], b, before))).toBe('abc')
  expect(ids(putBackRule([b, c], a, before))).toBe('abc')
  expect(ids(putBackRule([rule('a', 'A'), c, rule('d')], b, before))).toBe('Abcd')
  expect(ids(putBackRule([c, a], b, before))).toBe('cab')
  expect(ids(putBackRule([], b, before))).toBe('b')
  expect(ids(putBackRule([a, rule('b', 'B'), c], b, before))).toBe('aBc')
})
