import { expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import { lieSince, newestOf, touchesIn, touchOf } from './decide.ts'

const at = (text: string) => new Date(text)

test('CRM-12 a touch is what a person did or what was done for them; machines that open mails do not count', () => {
  expect(touchOf({ name: 'mail.opened', props: { agent: 'machine' } })).toBeNull()
  expect(touchOf({ name: 'mail.opened', props: { agent: 'human' } })).toBe('opened')
  expect([touchOf({ name: 'activity.call', props: {} }), touchOf({ name: 'score.changed', props: {} })]).toEqual(['activity', null])
  const news = (name: string, when: string) => ({ personId: 'p', name, props: {}, occurredAt: at(when) })
  const found = touchesIn([
    news('page.viewed', '2026-04-02T00:00:00Z'),
    news('page.viewed', '2026-04-01T00:00:00Z'),
    news('deal.created', '2026-03-01T00:00:00Z'),
  ]).get('p')
  expect(found).toEqual({ visited: at('2026-04-02T00:00:00Z'), deal: at('2026-03-01T00:00:00Z') })
  expect(newestOf(found ?? {}, ['visited', 'deal']).touched).toEqual(at('2026-04-02T00:00:00Z'))
  expect(newestOf(found ?? {}, ['deal'])).toEqual({ touched: at('2026-03-01T00:00:00Z'), worked: at('2026-03-01T00:00:00Z') })
})

test('CRM-13 N business days leave out weekends and holidays, N days do not', () => {
  const now = at('2026-05-07T03:00:00Z') // Thursday after the holidays of May
  const since = (days: number, businessDays: boolean) =>
    lieSince(japaneseCalendar(), JAPANESE_WEEK, now, { days, businessDays }).toISOString()
  expect(since(2, false)).toBe('2026-05-05T03:00:00.000Z')
  // 7 May is the first business day back, 1 May the second: 2 to 6 May are a weekend and holidays.
  expect(since(2, true)).toBe('2026-04-30T15:00:00.000Z')
  expect(since(3, true)).toBe('2026-04-29T15:00:00.000Z')
})
