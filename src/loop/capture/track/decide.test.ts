import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import { check } from '../../../../test/world.ts'
import { arrivalOf, channelOf, deviceClassOf, isOwnOrigin, pageGroupOf, patternOf } from './address.ts'
import { dropOf, momentOf, robotIn, type Sender, type SiteRules, visitFor } from './decide.ts'
import type { Incoming } from './incoming.ts'
import { faultIn, parseBody } from './json.ts'
import { parseSegment } from './parse-segment.ts'
import { parseBeacon } from './parse-tag.ts'
import { toldBy } from './traits.ts'

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const site: SiteRules = { id: 's', domains: ['example.co.jp'], consentMode: 'notice', countRobots: true }
const browser: Sender = { userAgent: CHROME, origin: 'https://www.example.co.jp', gpc: false }
const seen = (over: Partial<Incoming> = {}): Incoming => ({
  kind: 'event',
  name: 'page.viewed',
  messageId: 'm',
  device: 'd',
  userId: null,
  previousId: null,
  groupId: null,
  traits: {},
  props: {},
  url: 'https://www.example.co.jp/',
  visit: null,
  seen: true,
  consent: 'implied',
  at: null,
  sentAt: null,
  userAgent: null,
  ...over,
})

test('TRK-01 a page view of a browser on the site passes every step', () => {
  expect(dropOf(seen(), site, browser)).toBeNull()
})

test('TRK-01 an opt-in site takes nothing from a browser without a yes, and a yes outweighs Global Privacy Control', () => {
  const optIn: SiteRules = { ...site, consentMode: 'opt-in' }
  expect(dropOf(seen(), optIn, browser)).toMatchObject({ reason: 'consent' })
  expect(dropOf(seen({ consent: 'unsaid' }), optIn, browser)).toMatchObject({ reason: 'consent' })
  expect(dropOf(seen({ consent: 'unsaid', seen: false }), optIn, { userAgent: 'analytics-node', origin: null, gpc: false })).toBeNull()
  expect(dropOf(seen({ consent: 'granted' }), optIn, { ...browser, gpc: true })).toBeNull()
  expect(dropOf(seen(), site, { ...browser, gpc: true })).toMatchObject({ reason: 'gpc' })
  expect(dropOf(seen({ consent: 'refused' }), site, browser)).toMatchObject({ reason: 'consent' })
})

test('GEN-06 robots are told apart by their user agent, and a tag without one is none of a browser', () => {
  const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
  expect(dropOf(seen(), site, { ...browser, userAgent: googlebot })).toMatchObject({ reason: 'robot' })
  expect(dropOf(seen(), site, { ...browser, userAgent: null })).toMatchObject({ reason: 'robot', detail: 'no user agent' })
  expect(robotIn(CHROME)).toBeNull()
  const headless = CHROME.replace('Chrome/', 'HeadlessChrome/')
  expect(dropOf(seen(), site, { ...browser, userAgent: headless })).toMatchObject({ reason: 'robot' })
  const local: SiteRules = { ...site, domains: [] }
  expect(dropOf(seen(), local, { ...browser, userAgent: headless, origin: 'http://127.0.0.1:8080' })).toBeNull()
  expect(dropOf(seen(), local, { ...browser, userAgent: 'Googlebot/2.1', origin: 'http://localhost' })).toMatchObject({ reason: 'robot' })
})

test('TRK-01 pages of a foreign site do not count for ours', () => {
  expect(dropOf(seen(), site, { ...browser, origin: 'https://evil.example' })).toMatchObject({ reason: 'domain' })
  expect(isOwnOrigin('https://notexample.co.jp', site.domains)).toBe(false)
  expect(isOwnOrigin('https://example.co.jp:8443', site.domains)).toBe(true)
  expect(isOwnOrigin('https://anything.example', [])).toBe(true)
})

const now = new Date('2026-04-08T01:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)

test('I3 a clock ten years off tells the right instant through its sending time; an impossible one gets the time of receipt', () => {
  const decade = 3_652 * DAY
  expect(momentOf(ago(decade + 5_000), ago(decade), now)).toEqual({ at: ago(5_000), historic: false, crooked: false })
  expect(momentOf(new Date(now.getTime() + decade - 5_000), new Date(now.getTime() + decade), now).at).toEqual(ago(5_000))
  for (const at of [new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T00:00:00Z')])
    expect(momentOf(at, null, now)).toEqual({ at: now, historic: false, crooked: true })
  expect(momentOf(null, null, now)).toEqual({ at: now, historic: false, crooked: false })
  const leap = parseSegment('track', { event: 'x', userId: 'u', timestamp: '2016-12-31T23:59:60Z' }, { length: 10, isClean: false })
  expect('messages' in leap && leap.messages[0]?.message.at).toBeNull()
})

test('TRK-01 an event older than an hour at receipt is history', () => {
  expect(momentOf(ago(HOUR + 1), null, now).historic).toBe(true)
  expect(momentOf(ago(HOUR), null, now).historic).toBe(false)
})

test('I3 whatever a clock says, the instant is never in the future and never older than three years', async () => {
  const date = fc.option(fc.date({ noInvalidDate: true }), { nil: null })
  await check(
    fc.property(date, date, (at, sentAt) => {
      const moment = momentOf(at, sentAt, now)
      expect(moment.at.getTime()).toBeLessThanOrEqual(now.getTime())
      expect(moment.at.getTime()).toBeGreaterThan(now.getTime() - 1_100 * DAY)
    }),
  )
})

test('TRK-07 a visit ends after 30 minutes without an event, and an event between two visits joins the nearer', () => {
  const visit = (id: string, from: number, to: number) => ({ id, startedAt: ago(from * MINUTE), lastAt: ago(to * MINUTE) })
  expect(visitFor(now, [visit('a', 60, 29)])?.id).toBe('a')
  expect(visitFor(now, [visit('a', 60, 30)])).toBeNull()
  expect(visitFor(ago(50 * MINUTE), [visit('a', 90, 70), visit('b', 40, 10)])?.id).toBe('b')
  expect(visitFor(ago(80 * MINUTE), [visit('a', 90, 70)])?.id).toBe('a')
})

test('TRK-12 the keyword comes from utm_term, or from the search engine that still tells it', () => {
  expect(
    arrivalOf('https://example.co.jp/?utm_source=google&utm_medium=cpc&utm_term=%E7%B5%8C%E8%B2%BB%E7%B2%BE%E7%AE%97&gclid=abc', null),
  ).toEqual({
    utm: { source: 'google', medium: 'cpc', term: '経費精算' },
    clickId: { kind: 'gclid', value: 'abc' },
    keyword: '経費精算',
  })
  expect(arrivalOf('https://example.co.jp/', 'https://search.yahoo.co.jp/search?p=MA%E3%83%84%E3%83%BC%E3%83%AB').keyword).toBe('MAツール')
})

test('TRK-12 the channel is decided by campaign parameters, then click ids, then the referrer', () => {
  const channel = (query: string, referrer: string | null = null) =>
    channelOf(arrivalOf(`https://example.co.jp/${query}`, referrer), referrer, 'https://example.co.jp/')
  expect(channel('?utm_source=google&utm_medium=cpc')).toBe('paid-search')
  expect(channel('?utm_source=facebook&utm_medium=cpc')).toBe('paid-social')
  expect(channel('?utm_medium=email')).toBe('mail')
  expect(channel('?yclid=1')).toBe('paid-search')
  expect(channel('?fbclid=1', 'https://l.facebook.com/')).toBe('social')
  expect(channel('', 'https://www.google.co.jp/')).toBe('search')
  expect(channel('', 'https://t.co/abc')).toBe('social')
  expect(channel('', 'https://partner.example/')).toBe('referral')
  expect(channel('', 'https://example.co.jp/before')).toBe('direct')
  expect(channel('')).toBe('direct')
})

test('TRK-01 page groups match path, host and query patterns, the first group winning', () => {
  const groups = [
    { id: 'pricing', patterns: [patternOf('/pricing*'), patternOf('/料金')] },
    { id: 'shop', patterns: [patternOf('shop.example.co.jp/*')] },
    { id: 'search', patterns: [patternOf('/find?q=*')] },
  ]
  const of = (url: string) => pageGroupOf(url, groups)
  expect(of('https://example.co.jp/pricing')).toBe('pricing')
  expect(of('https://example.co.jp/Pricing/enterprise?x=1#y')).toBe('pricing')
  expect(of('https://example.co.jp/%E6%96%99%E9%87%91/')).toBe('pricing')
  expect(of('https://shop.example.co.jp/a')).toBe('shop')
  expect(of('https://example.co.jp/find?q=ma')).toBe('search')
  expect(of('https://example.co.jp/about/pricing')).toBeNull()
  expect(of('https://example.co.jp/a.b')).toBeNull()
})

test('TRK-01 device classes are read off the user agent', () => {
  expect(deviceClassOf(CHROME)).toBe('desktop')
  expect(deviceClassOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148')).toBe('mobile')
  expect(deviceClassOf('Mozilla/5.0 (Linux; Android 15; Pixel Tablet)')).toBe('tablet')
})

test('I4 NUL, half surrogates, depth, huge numbers and __proto__ are named by field, and prototypes stay clean', () => {
  const parse = (text: string) => (parseBody(Buffer.from(text)) as { value: unknown }).value
  expect(faultIn(parse('{"a":{"b":"x\\u0000"}}'))).toMatchObject({ field: 'a.b' })
  expect(faultIn(parse('{"a":["\\ud800"]}'))).toMatchObject({ field: 'a.0' })
  expect(faultIn(parse('{"a":1e400}'))).toMatchObject({ field: 'a' })
  expect(faultIn(parse('{"a":{"__proto__":{"polluted":1}}}'))).toMatchObject({ field: 'a.__proto__' })
  expect(faultIn(parse(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`))?.reason).toContain('deeper')
  expect(faultIn(parse(`{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":1`).join()}}`))?.reason).toContain('keys')
  expect(faultIn({ ok: 'はい😀', n: 1, list: [true, null] })).toBeNull()
  expect(parseBody(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toMatchObject({ reason: expect.stringContaining('UTF-8') })
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('I4 any JSON at all is parsed or refused with field and reason, never thrown', async () => {
  await check(
    fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), (value, list) => {
      const bodies = [
        { k: 'x', e: list },
        { e: [{ n: 'page.viewed', v: 'd', p: value }] },
        typeof value === 'object' && value && !Array.isArray(value) ? value : {},
      ]
      for (const body of bodies) {
        const results = [
          parseBeacon(body as never, { length: 10, isClean: false }),
          parseSegment('batch', { ...body, batch: list } as never, { length: 10, isClean: false }),
          parseSegment('track', body as never, { length: 10, isClean: false }),
        ]
        for (const result of results) {
          const faults = 'reason' in result ? [result] : result.rejected
          for (const fault of faults) expect(fault.reason).toMatch(/./)
        }
      }
    }),
  )
})

test('TRK-02 one bad event in a batch is named by its index and the others go on', () => {
  const parsed = parseSegment(
    'batch',
    {
      batch: [
        { type: 'track', event: 'a', userId: 'u' },
        { type: 'nonsense' },
        { type: 'track', event: 7, userId: [] },
        { type: 'page', anonymousId: 'x' },
      ],
    },
    { length: 10, isClean: false },
  )
  if ('reason' in parsed) throw new Error(parsed.reason)
  expect(parsed.messages.map((each) => each.index)).toEqual([0, 3])
  expect(parsed.rejected.map((each) => [each.index, each.field])).toEqual([
    [1, 'type'],
    [2, 'userId'],
  ])
})

test('TRK-02 traits fill the standard fields in Japanese and Latin order, and only a consent with text and time is one', () => {
  const custom = new Set(['budget'])
  expect(
    toldBy({ email: 'a@example.co.jp', name: '見本 一郎', company: { name: '株式会社サンプル01' }, budget: 5, secret: 'x' }, custom),
  ).toEqual({
    mail: 'a@example.co.jp',
    fields: { familyName: '見本', givenName: '一郎', companyName: '株式会社サンプル01' },
    attrs: { budget: 5 },
    consent: null,
  })
  expect(toldBy({ name: 'Ichiro Mihon' }, custom).fields).toEqual({ familyName: 'Mihon', givenName: 'Ichiro' })
  expect(toldBy({ mail_consent: true }, custom).consent).toBeNull()
  expect(toldBy({ mail_consent: { text: 'メールを受け取ります', at: '2026-04-01T00:00:00Z' } }, custom).consent).toMatchObject({
    basis: 'consent',
    text: 'メールを受け取ります',
  })
  expect(toldBy({ constructor: 'x', toString: 'y' }, custom).fields).toEqual({})
})
