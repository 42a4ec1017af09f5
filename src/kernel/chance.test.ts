import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hmacOf, idAt } from './chance.ts'

test('the prepared HMAC is the one of RFC 2104, for keys of every length up to a block', () => {
  for (const length of [1, 20, 32, 64]) {
    const key = randomBytes(length)
    for (const text of ['', 'a@example.jp', '日本語'.repeat(50), '日本語'.repeat(500), 'b@example.jp'])
      expect(hmacOf(key, text)).toBe(createHmac('sha256', key).update(text).digest('hex'))
  }
})

test('ids carry their time, sort by it, and none comes twice', () => {
  const at = new Date('2026-04-08T01:00:00Z')
  const ids = Array.from({ length: 5_000 }, () => idAt(at))
  expect(new Set(ids).size).toBe(5_000)
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
  expect(idAt(new Date(at.getTime() + 1)) > (ids[0] ?? '')).toBe(true)
})
