import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import { check } from '../../../../../test/world.ts'
import { DEFAULT_CAPS, type MailCaps } from './contract.ts'
import { countsFrom, mayReachNow, nextOpening, OPEN_CAPS, outranks, type Wish } from './decide.ts'

const hours = { calendar: japaneseCalendar(), week: { ...JAPANESE_WEEK, closedDays: ['2026-12-29'] } }
const at = (text: string) => new Date(`${text}+09:00`)
const wish = (more: Partial<Wish> = {}): Wish => ({
  since: at('2026-11-20T09:00:00'),
  isNewsletter: false,
  sends: [],
  ahead: 0,
  company: null,
  ...more,
})
const told = (ask: Wish, caps: MailCaps, now: string) => {
  const answer = mayReachNow(ask, caps, at(now), hours)
  return answer.kind === 'postpone' ? `${answer.reason} until ${answer.until.toISOString()}` : answer.kind
}

describe('the hours of commercial mail', () => {
  test('GEN-08 by default nothing leaves at night, at the weekend, on the holiday of 2026-11-23 and on closing days', () => {
    expect(told(wish(), DEFAULT_CAPS, '2026-11-20T10:00:00')).toBe('go')
    expect(told(wish(), DEFAULT_CAPS, '2026-11-20T07:59:59')).toBe('quiet until 2026-11-19T23:00:00.000Z')
    // Friday evening: over the weekend and the national holiday to Tuesday morning.
    expect(told(wish(), DEFAULT_CAPS, '2026-11-20T20:00:00')).toBe('quiet until 2026-11-23T23:00:00.000Z')
    expect(told(wish(), DEFAULT_CAPS, '2026-11-23T12:00:00')).toBe('quiet until 2026-11-23T23:00:00.000Z')
    expect(told(wish(), DEFAULT_CAPS, '2026-12-29T12:00:00')).toBe('quiet until 2026-12-29T23:00:00.000Z')
  })
  test('GEN-08 newsletters keep to the minute somebody chose where the house says so', () => {
    const free = { ...DEFAULT_CAPS, newsletters: false }
    expect(told(wish({ isNewsletter: true }), free, '2026-11-23T03:00:00')).toBe('go')
    expect(told(wish(), free, '2026-11-23T03:00:00')).toMatch(/^quiet/)
  })
  test('hours that never open hold nothing back for ever', () => {
    const never = { hours: { ...DEFAULT_CAPS.hours, weekdays: [] } }
    expect(nextOpening(never, at('2026-11-20T10:00:00'), hours)).toEqual(at('2026-11-20T10:00:00'))
  })
})

describe('how often', () => {
  const caps = { ...OPEN_CAPS, perDay: 1, perWeek: 2 }
  test('GEN-07 the second mail of a day waits until the next day, the third of seven days until one of them is a week ago', () => {
    const now = '2026-11-20T10:00:00'
    expect(told(wish({ sends: [at('2026-11-20T00:10:00')] }), caps, now)).toBe('capped until 2026-11-20T15:00:00.000Z')
    const two = wish({ sends: [at('2026-11-18T10:00:00'), at('2026-11-20T09:00:00')] })
    expect(told(two, caps, now)).toBe('capped until 2026-11-24T15:00:00.000Z')
    expect(told(wish({ sends: [at('2026-11-13T23:59:00'), at('2026-11-19T10:00:00')] }), caps, now)).toBe('go')
  })
  test('GEN-07 GEN-08 what is over the cap waits for a day with room on which mail leaves at all', () => {
    const both = { ...DEFAULT_CAPS, perDay: 1 }
    expect(told(wish({ sends: [at('2026-11-20T09:00:00')] }), both, '2026-11-20T10:00:00')).toBe('capped until 2026-11-23T23:00:00.000Z')
  })
  test('GEN-07 a mail of higher priority takes the place, an older one before a younger', () => {
    const a = { id: 'a', priority: 5, since: at('2026-11-20T09:00:00') }
    const b = { id: 'b', priority: 3, since: at('2026-11-19T09:00:00') }
    const c = { id: 'c', priority: 3, since: at('2026-11-20T09:00:00') }
    expect([outranks(a, b), outranks(b, a), outranks(b, c), outranks(c, b)]).toEqual([true, false, true, false])
    expect(told(wish({ ahead: 1 }), caps, '2026-11-20T10:00:00')).toMatch(/^capped/)
  })
  test('GEN-07 a company has a cap of its own, and people without one are outside of it', () => {
    const company = { ...OPEN_CAPS, perCompanyDay: 3 }
    expect(told(wish({ company: 2 }), company, '2026-11-20T10:00:00')).toBe('go')
    expect(told(wish({ company: 3 }), company, '2026-11-20T10:00:00')).toBe('capped until 2026-11-20T15:00:00.000Z')
    expect(told(wish({ company: null }), company, '2026-11-20T10:00:00')).toBe('go')
  })
  test('GEN-07 what has waited too long by the caps is given up; the hours alone give nothing up', () => {
    const short = { ...DEFAULT_CAPS, perWeek: 1, mostDays: 3 }
    const full = { sends: [at('2026-11-20T09:00:00')] }
    expect(told(wish({ ...full, since: at('2026-11-20T09:30:00') }), short, '2026-11-20T10:00:00')).toBe('giveUp')
    expect(told(wish({ since: at('2026-10-01T09:30:00') }), short, '2026-11-21T10:00:00')).toMatch(/^quiet/)
  })
  test('GEN-07 what somebody has had need not be told while all of it, with what goes before, stays below both caps', async () => {
    const day = fc.integer({ min: 0, max: 9 }).map((back) => new Date(at('2026-11-20T10:00:00').getTime() - back * DAY))
    const cap = fc.option(fc.integer({ min: 1, max: 6 }))
    const asked = fc.record({
      sends: fc.array(day, { maxLength: 7 }),
      ahead: fc.integer({ min: 0, max: 3 }),
      company: fc.option(fc.integer({ min: 0, max: 3 })),
    })
    await check(
      fc.property(asked, fc.record({ perDay: cap, perWeek: cap, perCompanyDay: cap }), (had, limits) => {
        fc.pre(had.sends.length + had.ahead < Math.min(limits.perDay ?? 99, limits.perWeek ?? 99))
        const caps = { ...OPEN_CAPS, ...limits }
        const now = '2026-11-20T10:00:00'
        expect(told(wish({ ...had, sends: [] }), caps, now)).toBe(told(wish(had), caps, now))
      }),
    )
  })
  test('the window of counting begins with the first moment of the day six days ago', () => {
    expect(countsFrom('Asia/Tokyo', at('2026-11-20T23:00:00'))).toEqual(at('2026-11-14T00:00:00'))
  })
})
