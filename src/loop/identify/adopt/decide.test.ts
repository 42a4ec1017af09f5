import { expect, test } from 'vitest'
import type { PersonTable } from '../personTables.ts'
import { meetRows, pairRows, partRows } from './decide.ts'

const table = (meet: PersonTable['meet'], more: Partial<PersonTable> = {}): PersonTable => ({
  table: 't',
  meet,
  erase: 'delete',
  export: true,
  origin: false,
  ...more,
})
const mine = { bucket: 1, person_id: 'v', key: 'k', since: '2026-01-01T00:00:00Z', n: 2 }
const theirs = { bucket: 2, person_id: 'l', key: 'k', since: '2026-02-01T00:00:00Z', n: 5 }

test('GEN-09 rows that meet: sums add and come apart again, the older or the earlier wins, else the lead keeps its own', () => {
  const pair = { mine, theirs }
  const sum = table('sum', { amounts: ['n'] })
  expect(meetRows(sum, pair)).toEqual({ ...theirs, n: 7 })
  expect(partRows(sum, pair, { ...theirs, n: 9 })).toEqual({ ...theirs, n: 7 })
  expect(meetRows(table('keepOlder', { age: 'since' }), pair)).toEqual({ ...mine, bucket: 2, person_id: 'l' })
  expect(meetRows(table('keepEarliest', { age: 'since' }), pair)).toEqual({ ...theirs, since: mine.since })
  expect(meetRows(table('keepOlder', { age: 'since' }), { mine: theirs, theirs: mine })).toBe(mine)
  expect(meetRows(table('move'), pair)).toBe(theirs)
  expect(partRows(table('keepOlder', { age: 'since' }), pair, mine)).toBe(theirs)
})

test('rows are paired by the rest of their key', () => {
  expect(pairRows([mine, { ...mine, key: 'other' }], [theirs], ['key'])).toEqual({
    met: [{ mine, theirs }],
    alone: [{ ...mine, key: 'other' }],
  })
})
