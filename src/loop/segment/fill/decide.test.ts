import { expect, test } from 'vitest'
import { pagesOf } from './decide.ts'

test('QUA-13 a computed version is cut into pages of whole buckets', () => {
  const counts = [
    { bucket: 0, n: 3 },
    { bucket: 2, n: 2 },
    { bucket: 3, n: 9 },
    { bucket: 9, n: 1 },
  ]
  expect(pagesOf(counts, 5)).toEqual([
    { from: 0, to: 2 },
    { from: 3, to: 3 },
    { from: 9, to: 9 },
  ])
  expect(pagesOf([], 5)).toEqual([])
})
