import { expect, test } from 'vitest'
import type { Fact } from '#loop/identify/facts.ts'
import { valueTypeOf } from './compile/decide.ts'
import { faultsOf, nameOf, readsItself } from './decide.ts'
import type { Rule } from './rules/contract.ts'

const fact = (name: string, type: Fact['type']): [string, Fact] => [name, { name, type } as Fact]
const facts = new Map([fact('prefecture', 'choice'), fact('attrs.budget', 'money')])
const asked = { facts, now: Date.parse('2026-04-08T01:00:00Z'), zone: 'Asia/Tokyo' }
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
  expect(faultsOf(rule, asked, new Set(['a'])).map((fault) => fault.field)).toEqual(['rule.1.0', 'rule.2', 'rule.3', 'rule.4'])
})

test('QUA-15 a past day is asked only of what keeps its past, and only when it is over where the company is', () => {
  const keeps = new Map([['stage', { name: 'stage', type: 'choice', asOf: () => ({}) } as unknown as Fact]])
  const faults = (name: string, on: string, at: string) =>
    faultsOf(
      { kind: 'fact', fact: name, on, is: { op: 'empty' } },
      { facts: new Map([...facts, ...keeps]), now: Date.parse(at), zone: 'Asia/Tokyo' },
      new Set(),
    )
  expect(faults('stage', '2026-04-07', '2026-04-07T15:00:00Z')).toEqual([])
  expect(faults('stage', '2026-04-07', '2026-04-07T14:59:59Z')).toHaveLength(1)
  expect(faults('prefecture', '2026-04-07', '2026-04-08T00:00:00Z')).toHaveLength(1)
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
