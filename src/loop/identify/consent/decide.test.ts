import { expect, test } from 'vitest'
import { isFresh, isStricter, mayAsk, meetStates, NO_TOPIC, OPTIN_LIMITS } from './decide.ts'

const state = (purpose: string, given: boolean, until: string | null = null) => ({
  purpose,
  topic_id: NO_TOPIC,
  given,
  until: until ? new Date(until) : null,
})

test('M10 D4 when two people meet a refusal wins over leave, the longer pause over the shorter; what only one said stands', () => {
  expect(isStricter(state('phone', false), state('phone', true))).toBe(true)
  expect(isStricter(state('phone', true), state('phone', false))).toBe(false)
  expect(isStricter(state('pause', false, '2026-06-01'), state('pause', false, '2026-05-01'))).toBe(true)
  expect(meetStates([state('phone', false), state('third_party', true)], [state('phone', true)])).toEqual({
    stricter: [state('phone', false)],
    alone: [state('third_party', true)],
  })
  expect(meetStates([state('phone', true)], [state('phone', false)])).toEqual({ stricter: [], alone: [] })
})

test('X9 one confirmation mail an address and day, so many a domain and hour, and the link lapses', () => {
  expect(mayAsk({ address: 0, domain: 0 })).toBeNull()
  expect(mayAsk({ address: 1, domain: 1 })).toBe('address')
  expect(mayAsk({ address: 0, domain: OPTIN_LIMITS.perDomain })).toBe('domain')
  const at = new Date('2026-04-08T00:00:00Z')
  expect(isFresh(at, new Date('2026-04-21T23:59:59Z'))).toBe(true)
  expect(isFresh(at, new Date('2026-04-22T00:00:00Z'))).toBe(false)
})
