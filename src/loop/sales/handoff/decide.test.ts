import { expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import type { News } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { crossingIn, DEFAULT_SETTINGS, dueAt } from './decide.ts'

const at = new Date('2026-04-08T01:00:00Z')
const news = (name: string, props: JsonObject, historic = false): News => ({
  bucket: 0,
  seq: 1,
  personId: 'p',
  eventId: 'e',
  name,
  occurredAt: at,
  receivedAt: at,
  historic,
  hop: 0,
  pageGroup: null,
  props,
})

test('QUA-10 only the crossing itself hands over: not staying hot, not a recompute, not history', () => {
  expect(crossingIn(news('heat.changed', { from: 'warm', to: 'hot', total: 80 }), DEFAULT_SETTINGS)).toEqual({
    reason: 'hot',
    detail: { total: 80 },
  })
  expect(crossingIn(news('heat.changed', { from: 'hot', to: 'hot' }), DEFAULT_SETTINGS)).toBeNull()
  expect(crossingIn(news('heat.changed', { from: 'hot', to: 'cold' }), DEFAULT_SETTINGS)).toBeNull()
  expect(crossingIn(news('heat.changed', { from: 'warm', to: 'hot', byEdit: true }), DEFAULT_SETTINGS)).toBeNull()
  expect(crossingIn(news('heat.changed', { from: 'warm', to: 'hot' }, true), DEFAULT_SETTINGS)).toBeNull()
  expect(crossingIn(news('heat.changed', { from: 'warm', to: 'hot' }), { ...DEFAULT_SETTINGS, onHot: false })).toBeNull()
})

test('QUA-10 a score hands over in the step that reaches the threshold, upwards only and for its own model', () => {
  const settings = { ...DEFAULT_SETTINGS, score: { model: 'main', total: 50 } }
  const step = (from: number, to: number, name = 'main') => crossingIn(news('score.changed', { name, from, to }), settings)?.reason ?? null
  expect(step(49, 50)).toBe('score')
  expect(step(10, 90)).toBe('score')
  expect(step(50, 60)).toBeNull()
  expect(step(60, 40)).toBeNull()
  expect(step(10, 90, 'other')).toBeNull()
  expect(crossingIn(news('score.changed', { name: 'main', from: 0, to: 90 }), DEFAULT_SETTINGS)).toBeNull()
})

test('QUA-22 sales has its hours of answer, and they end within business hours', () => {
  const friday = new Date('2026-04-10T16:00:00+09:00')
  expect(dueAt(japaneseCalendar(), JAPANESE_WEEK, friday, 24)).toEqual(new Date('2026-04-13T09:00:00+09:00'))
  expect(dueAt(japaneseCalendar(), JAPANESE_WEEK, friday, 1)).toEqual(new Date('2026-04-10T17:00:00+09:00'))
})
