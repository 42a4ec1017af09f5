import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../../test/world.ts'
import { instantReader } from './instants.ts'

const OTHERWISE = Symbol('otherwise')
const read = instantReader(() => OTHERWISE)
const pad = (n: number, to: number): string => String(n).padStart(to, '0')

test('an instant is read to the millisecond, whatever its fraction and zone', async () => {
  const seconds = fc.date({ min: new Date('1000-01-01T00:00:00Z'), max: new Date('9998-12-31T00:00:00Z'), noInvalidDate: true })
  const micros = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 999_999 }))
  const zone = fc.record({
    sign: fc.constantFrom(1, -1),
    hours: fc.integer({ min: 0, max: 15 }),
    rest: fc.constantFrom([], [30], [45], [18, 59]),
  })
  await check(
    fc.property(seconds, micros, zone, (at, fraction, { sign, hours, rest: [minutes, more] }) => {
      const local = Math.floor(at.getTime() / 1000) * 1000
      const day = new Date(local).toISOString().slice(0, 19).replace('T', ' ')
      const tail = fraction ? `.${pad(fraction, 6).replace(/0+$/, '')}` : ''
      const offset = [hours, minutes, more].flatMap((n) => (n === undefined ? [] : [pad(n, 2)])).join(':')
      const ahead = sign * (hours * 3600 + (minutes ?? 0) * 60 + (more ?? 0)) * 1000
      expect(read(`${day}${tail}${sign > 0 ? '+' : '-'}${offset}`)).toEqual(new Date(local + Math.floor(fraction / 1000) - ahead))
    }),
  )
})

test('what is no plain instant is left to the other reader', () => {
  const others = ['infinity', '-infinity', '12026-01-01 00:00:00+00', '0044-03-15 12:00:00+00 BC', '0099-01-01 00:00:00+00', '']
  for (const text of others) expect(read(text)).toBe(OTHERWISE)
})
