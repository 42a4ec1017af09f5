import { expect, test } from 'vitest'
import { stateOf } from './decide.ts'

test('CRM-01 a mail is shown with the furthest it came', () => {
  const at = new Date('2026-04-08T01:00:00Z')
  expect(stateOf({ status: 'deferred', opened_at: null, clicked_at: null })).toBe('waiting')
  expect(stateOf({ status: 'sent', opened_at: null, clicked_at: null })).toBe('sent')
  expect(stateOf({ status: 'sent', opened_at: at, clicked_at: null })).toBe('opened')
  expect(stateOf({ status: 'sent', opened_at: null, clicked_at: at })).toBe('clicked')
  expect(stateOf({ status: 'suppressed', opened_at: null, clicked_at: null })).toBe('suppressed')
})
