import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, MINUTE, SECOND } from '#kernel/clock.ts'
import { check, property } from '../../../../../test/world.ts'
import { admit, FREE, newPace, type Pace, slowed, took } from '../pace.ts'
import { isOfConnections, type Learnt, lowered, NOTHING, raised, SLOWEST, stepOf, stillKnown } from './decide.ts'

const push = (now: number, took = 120, reply = '421 4.7.0 slow down', onWire = 4) => ({ now, took, reply, onWire })

test('NUR-01 S10 push-back halves what the group took, once a minute, and never below six a minute', () => {
  const once = lowered(NOTHING, push(0, 600))
  expect(once).toMatchObject({ perMinute: 300, bore: 600, why: 'rate', places: null, reply: '421 4.7.0 slow down' })
  expect(lowered(once, push(59 * SECOND))).toBe(once)
  const twice = lowered(once, push(MINUTE, 900))
  expect(twice.perMinute).toBe(150)
  let low = twice
  for (let i = 2; i < 20; i++) low = lowered(low, push(i * MINUTE, 900))
  expect(low.perMinute).toBe(SLOWEST)
})

test('NUR-01 a quiet minute that was made use of adds a tenth of what the group bore; one that asked nothing of the limit adds nothing', () => {
  const known = lowered(NOTHING, push(0, 600))
  expect(raised(known, 59 * SECOND, 300)).toBe(known)
  expect(raised(known, MINUTE, 100)).toBe(known)
  const up = raised(known, MINUTE, 290)
  expect(up.perMinute).toBe(360)
  expect(raised(up, MINUTE + 59 * SECOND, 350)).toBe(up)
  expect(raised(up, 2 * MINUTE, 350).perMinute).toBe(420)
  expect(stepOf({ bore: 20 })).toBe(SLOWEST)
})

test('NUR-01 a server that complains of connections gets fewer of them, and no fewer mails', () => {
  for (const reply of [
    '421 4.7.0 Too many concurrent SMTP connections',
    '421 4.3.2 too many sessions from your host',
    '450 4.7.1 Client host rejected: connection limit exceeded',
    '421 4.7.26 Maximum number of simultaneous connections reached',
  ])
    expect(isOfConnections(reply), reply).toBe(true)
  for (const reply of ['421 4.7.28 unusual rate of unsolicited mail', '451 4.7.500 Server busy', '421 4.7.0 too many messages, slow down'])
    expect(isOfConnections(reply), reply).toBe(false)
  const known = lowered(NOTHING, push(0, 600, '421 4.7.0 too many connections', 7))
  expect(known).toMatchObject({ perMinute: null, places: 3, why: 'connections' })
  expect(lowered(known, push(MINUTE, 600, '421 4.7.0 too many connections', 1)).places).toBe(1)
  expect(raised(known, MINUTE, 1).places).toBe(4)
})

test('NUR-01 thirty days without push-back, and what was learnt is forgotten', () => {
  const known = lowered(NOTHING, push(0))
  expect(stillKnown(known, 30 * DAY)).toBe(known)
  expect(stillKnown(known, 30 * DAY + 1)).toBe(NOTHING)
})

const answer = fc.record({
  after: fc.integer({ min: 0, max: 5 * MINUTE }),
  says: fc.constantFrom('ok' as const, 'slow' as const, 'connections' as const),
  took: fc.integer({ min: 0, max: 5_000 }),
  onWire: fc.integer({ min: 0, max: 50 }),
})

test('NUR-01 whatever the answers: push-back never raises, success never lowers, each moves at most once a minute and by its own step, and no limit dies', () => {
  return check(
    fc.property(fc.array(answer, { maxLength: 60 }), (answers) => {
      let known: Learnt = NOTHING
      let now = 0
      for (const one of answers) {
        now += one.after
        const before = known
        if (one.says === 'ok') {
          known = raised(before, now, one.took)
          expect(known.perMinute ?? Infinity).toBeGreaterThanOrEqual(before.perMinute ?? Infinity)
          expect(known.places ?? Infinity).toBeGreaterThanOrEqual(before.places ?? Infinity)
          if (before.perMinute !== null && known.perMinute !== null)
            expect(known.perMinute - before.perMinute).toBeLessThanOrEqual(stepOf(before) + 1e-9)
        } else {
          known = lowered(before, push(now, one.took, one.says === 'slow' ? '421 4.7.0 no' : '421 too many connections', one.onWire))
          expect(known.perMinute ?? Infinity).toBeLessThanOrEqual(Math.max(SLOWEST, before.perMinute ?? Infinity))
          expect(known.places ?? Infinity).toBeLessThanOrEqual(before.places ?? Infinity)
        }
        if (known !== before)
          expect(now - Math.max(before.slowedAt, one.says === 'ok' ? before.raisedAt : before.slowedAt)).toBeGreaterThanOrEqual(MINUTE)
        if (known.perMinute !== null) expect(known.perMinute).toBeGreaterThanOrEqual(SLOWEST)
        if (known.places !== null) expect(known.places).toBeGreaterThanOrEqual(1)
      }
    }),
  )
})

/** A server that takes `bears` mails in any minute and pushes the others back. */
function strict(bears: number): (now: number) => boolean {
  const taken: number[] = []
  return (now) => {
    while (taken.length && (taken[0] ?? 0) <= now - MINUTE) taken.shift()
    if (taken.length >= bears) return false
    taken.push(now)
    return true
  }
}

interface Played {
  /** Mails taken in each minute. */
  readonly taken: number[]
  /** Mails pushed back in each minute. */
  readonly pushed: number[]
}

/** Offers `perSecond` mails a second for so many minutes; those told to wait come again when they were told to, as the queue brings them. */
function play(pace: Pace, server: (now: number) => boolean, minutes: number, perSecond: number): Played {
  const played = { taken: Array<number>(minutes).fill(0), pushed: Array<number>(minutes).fill(0) }
  for (let minute = 0; minute < minutes; minute++)
    for (let at = minute * MINUTE; at < (minute + 1) * MINUTE; at += SECOND / perSecond) {
      pace.handed = 0
      if (!admit(pace, FREE, at).go) continue
      if (server(at)) {
        took(pace, at)
        played.taken[minute] = (played.taken[minute] ?? 0) + 1
      } else {
        slowed(pace, at, '421 4.7.0 too many messages, slow down')
        played.pushed[minute] = (played.pushed[minute] ?? 0) + 1
      }
    }
  return played
}
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length

test('NUR-01 S10 in an hour the pace of a domain that bears N a minute comes to lie under N, uses most of it, and is hardly ever pushed back', () => {
  return fc.assert(
    fc.property(fc.integer({ min: 12, max: 1_200 }), fc.constantFrom(2, 5, 20), (bears, perSecond) => {
      const { taken, pushed } = play(newPace(0), strict(bears), 120, perSecond)
      const can = Math.min(bears, perSecond * 60)
      const late = taken.slice(60)
      expect(Math.max(...late)).toBeLessThanOrEqual(bears)
      expect(mean(late)).toBeGreaterThanOrEqual(can * 0.55)
      const share = mean(pushed.slice(60)) / mean(late)
      expect(share).toBeLessThanOrEqual(0.05)
    }),
    { ...property, numRuns: 40 },
  )
})
