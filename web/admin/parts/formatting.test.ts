import { expect, test } from 'vitest'
import { formatsOf } from './formatting.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const ja = formatsOf('ja', 'UTC', () => now)
const en = formatsOf('en', 'UTC', () => now)
const back = (ms: number) => new Date(now - ms)
const HOUR = 3_600_000

test('CRM-02 time is relative up to seven days, then the day with its weekday, with the year when it is another', () => {
  expect([ja.ago(back(5_000)), ja.ago(back(5 * 60_000)), ja.ago(back(3 * HOUR)), ja.ago(back(26 * HOUR))]).toEqual([
    'たった今',
    '5分前',
    '3時間前',
    '昨日',
  ])
  expect(ja.ago(back(8 * 24 * HOUR))).toBe('11月14日（土）')
  expect(ja.day('2025-01-02T00:00:00Z')).toBe('2025年1月2日（木）')
  expect([en.ago(back(3 * HOUR)), en.ago(back(8 * 24 * HOUR))]).toEqual(['3 hours ago', 'Sat 14 November'])
  expect(ja.time('2026-11-22T00:05:00Z')).toBe('00:05')
})

test('KPI-05 money in Japanese is counted in 万 and 億, in English in M', () => {
  expect([ja.money(184_000_000), ja.money(4_800_000), ja.money(9_800), ja.money(0)]).toEqual(['1.84億円', '480万円', '9,800円', '0円'])
  expect([en.money(37_100_000), en.money(9_800)]).toEqual(['¥37.1M', '¥9,800'])
  expect(ja.yen(1_840_000)).toBe('¥1,840,000')
})

test('KPI-01 a share without anything to divide by is no number', () => {
  expect([ja.percent(0.232), ja.percent(null), ja.percent(Number.NaN)]).toEqual(['23.2%', '–', '–'])
})

test('CRM-02 spans of time are said in minutes and seconds', () => {
  expect([ja.span(192), ja.span(60), ja.span(9), en.span(192)]).toEqual(['3分12秒', '1分', '9秒', '3 min 12 s'])
})

test('CRM-02 days and times are the company’s, days of the calendar nobody’s, and the zone is named where the reader’s clock shows another time', () => {
  const tokyo = formatsOf('ja', 'Asia/Tokyo', () => now)
  const newYork = formatsOf('en', 'America/New_York', () => now)
  expect([tokyo.day('2026-11-21T15:30:00Z'), tokyo.time('2026-11-21T15:30:00Z')]).toEqual(['11月22日（日）', '00:30'])
  expect([newYork.day('2026-11-22T04:30:00Z'), newYork.time('2026-11-22T04:30:00Z')]).toEqual(['Sat 21 November', '23:30'])
  for (const f of [tokyo, ja])
    expect([f.day('2026-11-22'), f.day('2026-11-22T00:00'), f.shortDay('2026-11-22T12:00:00')]).toEqual([
      ...Array(2).fill('11月22日（日）'),
      '11/22',
    ])
  expect(newYork.shortDay('2026-11-22T04:30:00Z')).toBe('11/21')
  expect(tokyo.day('2026-12-31T15:30:00Z')).toBe('2027年1月1日（金）')
  const named = [tokyo, newYork].map((f) => f.instant('2026-11-22T00:30:00Z'))
  expect(named.some((text) => /JST|GMT|EST/.test(text))).toBe(true)
})

test('CRM-02 each language has its own colon, brackets and commas', () => {
  expect([ja.pair('会社', '甲'), ja.aside('甲', '12'), ja.list(['甲', '乙'])]).toEqual(['会社：甲', '甲（12）', '甲、乙'])
  expect([en.pair('Company', 'A'), en.aside('A', '12'), en.list(['A', 'B'])]).toEqual(['Company: A', 'A (12)', 'A, B'])
})
