import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { CompanyFact } from '#loop/identify/companies/facts.ts'
import { companyFaults, movesByTime } from './decide.ts'

const facts = new Map<string, CompanyFact>([
  ['score', { name: 'score', type: 'number', words: { ja: '', en: '' }, sql: () => sql`1` }],
  ['lastSeen', { name: 'lastSeen', type: 'datetime', words: { ja: '', en: '' }, sql: () => sql`1` }],
])

test('QUA-14 a rule over companies asks company facts only, each in its own type', () => {
  expect(companyFaults({ kind: 'fact', fact: 'score', is: { op: 'gte', value: 50 } }, facts)).toEqual([])
  expect(companyFaults({ kind: 'fact', fact: 'score', is: { op: 'contains', value: 'x' } }, facts)).toHaveLength(1)
  expect(companyFaults({ kind: 'fact', fact: 'mail', is: { op: 'notEmpty' } }, facts)).toHaveLength(1)
  expect(
    companyFaults({ kind: 'and', rules: [{ kind: 'segment', segment: '00000000-0000-4000-8000-000000000000', isIn: true }] }, facts),
  ).toEqual([{ field: 'rule.0', reason: 'Only what is known of companies can be asked here.' }])
})

test('QUA-14 rules that time alone moves are known as such', () => {
  expect(movesByTime({ kind: 'fact', fact: 'score', is: { op: 'gte', value: 50 } })).toBe(false)
  expect(movesByTime({ kind: 'not', rule: { kind: 'fact', fact: 'lastSeen', is: { op: 'withinLast', n: 7, unit: 'days' } } })).toBe(true)
})
