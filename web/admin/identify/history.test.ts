import { expect, test } from 'vitest'
import { byVisit, delayed, type HistoryEntry, isVisit, sectionOf } from './history.ts'

const entry = (id: string, at: string, name = 'page.viewed', visit = 'v'): HistoryEntry => ({
  id,
  name,
  at,
  historic: false,
  props: visit ? { visit } : {},
  points: null,
  engaged: null,
  activity: null,
})

test('TRK-14 page views of one visit are one entry, what happened between stands alone', () => {
  const shown = byVisit([
    entry('5', '2026-04-08T05:00:00Z', 'page.viewed', 'w'),
    entry('4', '2026-04-08T04:00:00Z'),
    entry('3', '2026-04-08T03:59:00Z'),
    entry('2', '2026-04-08T03:58:00Z', 'mail.clicked', ''),
    entry('1', '2026-04-08T03:57:00Z'),
  ])
  expect(shown.map((one) => (isVisit(one) ? one.pages.map((page) => page.id) : one.id))).toEqual(['5', ['4', '3'], '2', '1'])
})

test('TRK-14 without a visit half an hour without a page ends one', () => {
  const shown = byVisit([
    entry('3', '2026-04-08T04:00:00Z', 'page.viewed', ''),
    entry('2', '2026-04-08T03:50:00Z', 'page.viewed', ''),
    entry('1', '2026-04-08T03:00:00Z', 'page.viewed', ''),
  ])
  expect(shown.map((one) => (isVisit(one) ? one.pages.length : 1))).toEqual([2, 1])
})

test('CRM-14 open tasks stand under overdue, today, upcoming and undated', () => {
  const now = new Date(2026, 3, 8, 10)
  const at = (...parts: [number, number, number, number]) => ({ dueAt: new Date(...parts).toISOString() })
  expect(sectionOf(at(2026, 3, 8, 9), now)).toBe('overdue')
  expect(sectionOf(at(2026, 3, 8, 18), now)).toBe('today')
  expect(sectionOf(at(2026, 3, 9, 9), now)).toBe('upcoming')
  expect(sectionOf({ dueAt: null }, now)).toBe('undated')
  expect(delayed('week', now)).toEqual(new Date(2026, 3, 13, 9))
  expect(delayed('week', new Date(2026, 3, 13, 8))).toEqual(new Date(2026, 3, 20, 9))
  expect(delayed('tomorrow', now)).toEqual(new Date(2026, 3, 9, 9))
})
