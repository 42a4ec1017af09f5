import { expect, test } from 'vitest'
import { DEFAULT_BACKUP } from './contract.ts'
import { fileName, isDead, isDue, lastTurn, nextTurn, tooMany } from './decide.ts'
import { standing } from './stops/decide.ts'

const at = (text: string): Date => new Date(text)
const settings = { ...DEFAULT_BACKUP, hour: 3 }
const ZONE = 'Asia/Tokyo'

test('GEN-15 the daily backup is due once a day at its local hour, made up for after a night without power, tried again after an hour', () => {
  const now = at('2026-04-08T20:00:00Z') // 05:00 in Tokyo on the 9th
  expect(lastTurn(settings, ZONE, now)).toEqual(at('2026-04-08T18:00:00Z'))
  expect(nextTurn(settings, ZONE, now)).toEqual(at('2026-04-09T18:00:00Z'))
  expect(isDue(settings, ZONE, now, { done: null, tried: null })).toBe(true)
  expect(isDue(settings, ZONE, now, { done: at('2026-04-08T18:00:05Z'), tried: at('2026-04-08T18:00:05Z') })).toBe(false)
  expect(isDue(settings, ZONE, now, { done: at('2026-04-06T18:00:00Z'), tried: at('2026-04-06T18:00:00Z') })).toBe(true)
  expect(isDue(settings, ZONE, now, { done: null, tried: at('2026-04-08T19:30:00Z') })).toBe(false)
  expect(isDue(settings, ZONE, now, { done: null, tried: at('2026-04-08T18:30:00Z') })).toBe(true)
  expect(isDue({ ...settings, on: false }, ZONE, now, { done: null, tried: null })).toBe(false)
})

test('GEN-15 the newest are kept, a run whose process was killed is known by its silence, names sort by time', () => {
  expect(tooMany(['d', 'c', 'b', 'a'], 3)).toEqual(['a'])
  expect(isDead({ status: 'running', seen_at: at('2026-04-08T00:00:00Z') }, at('2026-04-08T00:06:00Z'))).toBe(true)
  expect(isDead({ status: 'running', seen_at: at('2026-04-08T00:00:00Z') }, at('2026-04-08T00:01:00Z'))).toBe(false)
  expect(fileName(at('2026-04-08T18:00:05Z'), '01900000-0000-7000-8000-00001a2b3c4d')).toBe('hagukumi-20260408-1800-1a2b3c4d.tar')
})

test('GEN-15 what stands at the end of the log: the stricter stop, no stop the person lifted again, each erasure once', () => {
  const stop = (hash: string, level: number, reason = 'unsubscribe') =>
    ({ kind: 'stop', at: '2026-04-08T00:00:00Z', hash, level, reason, since: '2026-04-08T00:00:00Z', source: '' }) as const
  const a = 'a'.repeat(64)
  const b = 'b'.repeat(64)
  const person = '01900000-0000-7000-8000-000000000001'
  const said = standing([
    stop(a, 1),
    stop(a, 3, 'complaint'),
    stop(a, 1),
    stop(b, 1),
    { kind: 'lift', at: '2026-04-08T00:00:00Z', hash: b },
    { kind: 'erased', at: '2026-04-08T00:00:00Z', person },
    { kind: 'erased', at: '2026-04-08T00:00:00Z', person },
  ])
  expect(said.stops.map(({ hash, level, reason }) => [hash, level, reason])).toEqual([[a, 3, 'complaint']])
  expect(said.erased).toEqual([person])
})
