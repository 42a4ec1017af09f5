import { expect, test } from 'vitest'
import { MOST_HOPS, type News } from '#kernel/journal.ts'
import { presentReason } from '../identify/stuck/decide.ts'
import { afterPass, errorReason, feedingReason, splitByHop } from './decide.ts'

const NOW = new Date('2026-04-08T01:00:00Z')
const subject = { bucket: 1, id: '01' }
const news = (hop: number): News => ({
  bucket: 1,
  seq: hop,
  personId: '01',
  eventId: String(hop),
  name: 'score.changed',
  occurredAt: NOW,
  receivedAt: NOW,
  historic: false,
  hop,
  pageGroup: null,
  props: {},
})

test('after a pass a person rests, or is due later; whoever would be due at once for ever is parked with the stage that did it', () => {
  const later = new Date(NOW.getTime() + 1)
  expect(afterPass(subject, undefined, NOW, null)).toEqual({ subject, dueAt: null, parkedBecause: null })
  expect(afterPass(subject, { at: later, by: 'segment' }, NOW, null)).toEqual({ subject, dueAt: later, parkedBecause: null })
  expect(afterPass(subject, { at: NOW, by: 'segment' }, NOW, null)).toMatchObject({
    dueAt: null,
    parkedBecause: expect.stringContaining('segment'),
  })
})

test('news that went round too often are left out of the pass, the others are not', () => {
  const { fine, runaway } = splitByHop(new Map([['01', [news(0), news(MOST_HOPS - 1), news(MOST_HOPS)]]]))
  expect(fine.get('01')?.map((one) => one.hop)).toEqual([0, MOST_HOPS - 1])
  expect(runaway.get('01')?.map((one) => one.hop)).toEqual([MOST_HOPS])
})

test('the sentence names each rule once', () => {
  const [a, b] = [
    { name: 'segment.entered', what: 'ホット' },
    { name: 'points.added', what: null },
  ]
  expect(feedingReason([a, b, a, b])).toContain('segment.entered “ホット” ⇄ points.added.')
})

test('X2 every sentence that somebody is parked under is told by its kind and what there is to it', () => {
  expect(presentReason(errorReason(new TypeError('x is not a function')))).toEqual({
    kind: 'fault',
    what: 'TypeError: x is not a function',
  })
  const chain = [
    { name: 'segment.entered', what: '価格を見た人' },
    { name: 'score.changed', what: null },
  ]
  expect(presentReason(feedingReason(chain))).toEqual({ kind: 'circle', what: 'segment.entered “価格を見た人” ⇄ score.changed' })
  const at = new Date('2026-01-05T00:00:00Z')
  const { parkedBecause } = afterPass({ bucket: 1, id: 'a' }, { at, by: 'segment' }, at, null)
  expect(presentReason(parkedBecause ?? '')).toEqual({ kind: 'restless', what: 'segment' })
})
