import { expect, test } from 'vitest'
import { blank, changesOf, flawOf, withTold } from './decide.ts'

const now = new Date('2026-04-08T01:00:00Z')

test('CRM-14 an activity has what its kind has, and nothing else', () => {
  const call = withTold(blank('call', now), { result: 'absent', minutes: 3, body: '  不在 ', direction: null, pinned: true })
  expect(call).toMatchObject({ direction: 'out', result: 'absent', minutes: 3, body: '不在', pinned: false, occurred_at: now })
  const note = withTold(blank('note', now), { body: '来期の予算', pinned: true, result: 'absent', minutes: 3, direction: 'in' })
  expect(note).toMatchObject({ direction: null, result: null, minutes: null, pinned: true })
})

test('CRM-14 an empty note, an unknown result and a time that lies ahead are refused', () => {
  expect(flawOf(withTold(blank('note', now), { body: ' ' }), now)).toBe('note.empty')
  expect(flawOf(withTold(blank('call', now), { result: 'card' }), now)).toBe('activity.result')
  expect(flawOf(withTold(blank('visit', now), { at: '2026-04-09T01:00:00Z' }), now)).toBe('activity.future')
  expect(flawOf(withTold(blank('call', now), { result: 'connected', at: '2026-04-07T10:00:00+09:00' }), now)).toBeNull()
})

test('CRM-14 a correction names the fields that differ', () => {
  const before = withTold(blank('call', now), { result: 'absent' })
  const after = withTold(before, { result: 'connected', minutes: 5, at: '2026-04-08T00:00:00Z', colleagues: ['u'] })
  expect(changesOf(before, after)).toEqual(['result', 'minutes', 'at', 'colleagues'])
  expect(changesOf(before, withTold(before, {}))).toEqual([])
})
