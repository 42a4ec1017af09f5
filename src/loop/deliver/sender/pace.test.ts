import { expect, test } from 'vitest'
import { admit, FREE, groupOf, hasRoom, mustHold, newPace, type PaceLimits, rampOf, rateOf, slowed, took } from './pace.ts'

const SECOND = 1_000

/** Offers ten mails a second for `seconds` and answers how many may go. */
function offer(pace: ReturnType<typeof newPace>, limits: PaceLimits, from: number, seconds: number, each?: (at: number) => void): number {
  let gone = 0
  for (let at = from; at < from + seconds * SECOND; at += 100) {
    if (!admit(pace, limits, at).go) continue
    gone++
    each?.(at)
  }
  return gone
}

test('S10 a group without limits and complaints is never held up', () => {
  expect(offer(newPace(0), FREE, 0, 60, () => undefined)).toBe(600)
})

test('S10 a server that answers 421 to three in ten gets at most half within a minute, and comes back slowly', () => {
  const pace = newPace(0)
  const said = '421 4.7.0 try again later'
  offer(pace, FREE, 0, 30, (at) => took(pace, at))
  let n = 0
  const during = offer(pace, FREE, 30 * SECOND, 60, (at) => (n++ % 10 < 3 ? slowed(pace, at, said) : took(pace, at)))
  const last = offer(pace, FREE, 90 * SECOND, 10, (at) => (n++ % 10 < 3 ? slowed(pace, at, said) : took(pace, at)))
  expect(during).toBeLessThanOrEqual(320)
  expect(last).toBeLessThanOrEqual(50)
  const low = rateOf(pace, FREE)
  offer(pace, FREE, 100 * SECOND, 600, (at) => took(pace, at))
  expect(rateOf(pace, FREE)).toBeGreaterThan(low * 1.5)
  expect(rateOf(pace, FREE)).toBeLessThan(low * 4)
})

test('NUR-01 workers share the limits of a group; a person’s own limit goes before what was learnt and before the one for all', () => {
  const pace = newPace(0, 2)
  const limits = { perMinute: 120, connections: 4 }
  expect(rateOf(pace, limits)).toBe(60)
  pace.onWire = 1
  expect(hasRoom(pace, limits)).toBe(true)
  pace.onWire = 2
  expect(hasRoom(pace, limits)).toBe(false)
  pace.share = 1
  offer(pace, FREE, 0, 30, (at) => took(pace, at))
  slowed(pace, 30 * SECOND, '421 4.7.0 slow down')
  expect(rateOf(pace, limits)).toBe(120)
  slowed(pace, 95 * SECOND, '421 4.7.0 slow down')
  expect(rateOf(pace, limits)).toBeLessThan(120)
  pace.fixed = { perMinute: 900, connections: 9 }
  expect(rateOf(pace, limits)).toBe(900)
  pace.onWire = 8
  expect(hasRoom(pace, limits)).toBe(true)
})

test('NUR-01 a limit per minute holds, and those that wait are spread by it', () => {
  const limits = { perMinute: 60, connections: 2 }
  const pace = newPace(0)
  expect(offer(pace, limits, 0, 60)).toBeLessThanOrEqual(62)
  const waits = [1, 2, 3].map(() => admit(pace, limits, 59_000)).flatMap((answer) => (answer.go ? [] : [answer.until]))
  expect((waits[1] ?? 0) - (waits[0] ?? 0)).toBe(1_000)
  expect((waits[2] ?? 0) - (waits[1] ?? 0)).toBe(1_000)
  pace.onWire = 2
  expect(hasRoom(pace, limits)).toBe(false)
})

test('NUR-01 domains are grouped by who receives for them', () => {
  expect(groupOf('mihon.co.jp', 'ASPMX.L.GOOGLE.COM.')).toBe('google')
  expect(groupOf('sample.jp', 'sample-jp.mail.protection.outlook.com')).toBe('microsoft')
  expect(groupOf('example.co.jp', 'mx1.mail.provider.ne.jp')).toBe('provider.ne.jp')
  expect(groupOf('example.co.jp', 'mx.example.net')).toBe('example.net')
  expect(groupOf('example.co.jp', null)).toBe('example.co.jp')
})

test('NUR-01 a young sender doubles each day; a bad list is held', () => {
  expect([0, 1, 5].map((day) => rampOf(200, day))).toEqual([200, 400, 6_400])
  expect(mustHold({ sent: 95, dead: 5, complained: 0 })).toBeNull()
  expect(mustHold({ sent: 94, dead: 6, complained: 0 })).toBe('bounces')
  expect(mustHold({ sent: 474, dead: 26, complained: 0 })).toBe('bounces')
  expect(mustHold({ sent: 475, dead: 25, complained: 0 })).toBeNull()
  expect(mustHold({ sent: 900, dead: 0, complained: 3 })).toBe('complaints')
  expect(mustHold({ sent: 1_000, dead: 0, complained: 3 })).toBeNull()
})
