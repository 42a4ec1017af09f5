import { expect, test } from 'vitest'
import type { Rule } from '../rules/contract.ts'
import { asks } from './decide.ts'

const fact = (name: string): Rule => ({ kind: 'fact', fact: name, is: { op: 'notEmpty' } })
const segment = (id: string): Rule => ({ kind: 'segment', segment: id, isIn: true })

test('NUR-21 a rule asks for personas by itself or through the segments that it reads, rings included', () => {
  const rules = new Map<string, Rule>([
    ['one', segment('two')],
    ['two', { kind: 'and', rules: [segment('one'), { kind: 'not', rule: fact('persona') }] }],
    ['three', segment('three')],
  ])
  expect(asks(fact('persona'), 'persona', rules)).toBe(true)
  expect(asks(segment('one'), 'persona', rules)).toBe(true)
  expect(asks({ kind: 'or', rules: [segment('three'), segment('gone'), fact('industry')] }, 'persona', rules)).toBe(false)
})
