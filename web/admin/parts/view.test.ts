import { expect, test } from 'vitest'
import { maybeDay, maybeMonth } from './view.ts'

test('RUN-10 a day or a month that nobody has is none: addresses are written by hand, too', () => {
  expect([maybeDay('2026-11-22'), maybeMonth('2026-11'), maybeMonth('2026-01')]).toEqual(['2026-11-22', '2026-11', '2026-01'])
  expect(['2026-13-01', '2026-99-99', '2026-11', 20261122, undefined].map(maybeDay)).toEqual(Array(5).fill(undefined))
  expect(['2026-13', '2026-00', '2026-1', '2026-11-01', '', 202611, undefined].map(maybeMonth)).toEqual(Array(7).fill(undefined))
})
