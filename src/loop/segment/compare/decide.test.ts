import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../../../test/world.ts'
import { both, ordered, placeOf, ruleOf, type Sorting, sortsOf } from './decide.ts'

const sorting: Sorting = { fact: 'industry', type: 'choice', values: ['b', 'a'] }

test('QUA-14 the classes of a fact are its values, the others, and none; each has a rule', () => {
  expect(sortsOf(sorting).map((sort) => [placeOf(sort, sorting), ruleOf(sorting, sort)])).toEqual([
    [0, { kind: 'fact', fact: 'industry', is: { op: 'in', values: ['b'] } }],
    [1, { kind: 'fact', fact: 'industry', is: { op: 'in', values: ['a'] } }],
    [
      -1,
      {
        kind: 'and',
        rules: [
          { kind: 'fact', fact: 'industry', is: { op: 'notEmpty' } },
          { kind: 'fact', fact: 'industry', is: { op: 'notIn', values: ['b', 'a'] } },
        ],
      },
    ],
    [-2, { kind: 'fact', fact: 'industry', is: { op: 'empty' } }],
  ])
  expect(ruleOf({ ...sorting, type: 'boolean' }, { kind: 'value', value: 'false' })).toMatchObject({ is: { op: 'eq', value: false } })
})

test('QUA-14 values stand in the order of the options, unknown ones after them as they came', async () => {
  expect(ordered(['x', 'b', 'y', 'a'], [{ value: 'a' }, { value: 'b' }])).toEqual(['a', 'b', 'x', 'y'])
  await check(
    fc.property(fc.uniqueArray(fc.string()), (values) => {
      expect(ordered(values, undefined)).toEqual(values)
    }),
  )
})

test('QUA-14 rules joined stay flat, and one alone stays itself', () => {
  const leaf = ruleOf(sorting, { kind: 'none' })
  expect(both(leaf)).toEqual(leaf)
  expect(both({ kind: 'and', rules: [leaf, leaf] }, leaf)).toEqual({ kind: 'and', rules: [leaf, leaf, leaf] })
  expect(both({ kind: 'and', rules: [] })).toEqual({ kind: 'and', rules: [] })
})
