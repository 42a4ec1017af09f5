import { expect, test } from 'vitest'
import type { Fact } from '#loop/identify/facts.ts'
import { valueTypeOf } from './compile/decide.ts'
import { faultsOf, nameOf, readsItself } from './decide.ts'
import type { Rule } from './rules/contract.ts'

const fact = (name: string, type: Fact['type']): [string, Fact] => [name, { name, type } as Fact]
const facts = new Map([fact('prefecture', 'choice'), fact('attrs.budget', 'money')])
const inSegment = (segment: string): Rule => ({ kind: 'segment', segment, isIn: true })

test('QUA-15 what cannot be asked is named with its place', () => {
  const rule: Rule = {
    kind: 'and',
    rules: [
      { kind: 'fact', fact: 'prefecture', is: { op: 'eq', value: '東京都' } },
      { kind: 'not', rule: { kind: 'fact', fact: 'prefecture', is: { op: 'gt', value: 1 } } },
      { kind: 'fact', fact: 'attrs.budget', is: { op: 'eq', value: 'much' } },
      { kind: 'fact', fact: 'attrs.gone', is: { op: 'empty' } },
      inSegment('b'),
    ],
  }
  expect(faultsOf(rule, facts, new Set(['a'])).map((fault) => fault.field)).toEqual(['rule.1.0', 'rule.2', 'rule.3', 'rule.4'])
})

test('segments may read each other, never in a ring', () => {
  const rules = new Map([
    ['a', inSegment('b')],
    ['b', inSegment('c')],
    ['c', { kind: 'and', rules: [] } as Rule],
  ])
  expect(readsItself('c', inSegment('a'), rules)).toBe(true)
  expect(readsItself('d', inSegment('a'), rules)).toBe(false)
})

test('a person is called by name, else by address, else by the end of the id', () => {
  const none = { family_name: null, given_name: null, mail: null, id: '0123456789ab' }
  expect(nameOf({ ...none, family_name: '見本', given_name: '花子' })).toBe('見本 花子')
  expect(nameOf({ ...none, mail: 'a@example.co.jp' })).toBe('a@example.co.jp')
  expect(nameOf(none)).toBe('6789ab')
})

test('money is asked like a number, several choices like a list', () => {
  expect([valueTypeOf('money'), valueTypeOf('multi'), valueTypeOf('datetime')]).toEqual(['number', 'choices', 'time'])
})
