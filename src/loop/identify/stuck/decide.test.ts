import { expect, test } from 'vitest'
import { presentReason } from './decide.ts'

test('X2 a reason is told by its kind and what there is to it; whatever is no known sentence is a fault', () => {
  expect(presentReason('These rules feed each other: a “b” ⇄ c. Stopped after 20 rounds.')).toEqual({ kind: 'circle', what: 'a “b” ⇄ c' })
  expect(presentReason('“segment” asked to be woken at 2026-01-05T00:00:00.000Z, which had passed')).toEqual({
    kind: 'restless',
    what: 'segment',
  })
  expect(presentReason('TypeError: broken')).toEqual({ kind: 'fault', what: 'TypeError: broken' })
})
