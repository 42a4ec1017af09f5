import { expect, test } from 'vitest'
import { engagedOf, lineOf, startsOf, storyOf, type Told } from './decide.ts'

const day = (n: number): Date => new Date(Date.UTC(2026, 3, n, 1))
const told = (n: number, name: string, props: Told['props'] = {}, activity?: Told['activity']): Told => ({
  name,
  at: day(n),
  props,
  ...(activity === undefined ? {} : { activity }),
})
const line = (events: readonly Told[], language: 'ja' | 'en' = 'ja'): string => {
  const { items, skipped } = storyOf(events)
  return lineOf(items, skipped, language)
}

test('CRM-02 the story of a relation reads 展示会で名刺交換 → 資料DL → 事例集閲覧 → 商談', () => {
  const events = [
    told(20, 'deal.created', { deal: 'd1', dealName: '基幹更新' }),
    told(12, 'page.viewed', { url: 'https://www.example.co.jp/cases/maker', title: '導入事例' }),
    told(1, 'lead.created', { source: '展示会' }),
    told(1, 'activity.exhibition', { activity: 'a' }, { title: null, result: 'card' }),
    told(5, 'file.downloaded', { href: '/files/guide.pdf' }),
    told(6, 'page.viewed', { url: 'https://www.example.co.jp/company', title: '会社概要' }),
  ]
  expect(line(events)).toBe('展示会で名刺交換 → 資料DL → 事例集閲覧 → 商談')
  expect(line(events, 'en')).toBe('exchanged cards at an exhibition → download → viewed case studies → deal')
})

test('CRM-02 what repeats is told once, a source only where nothing else says how it began', () => {
  expect(
    line([
      told(1, 'lead.created', { source: '紹介' }),
      told(2, 'page.viewed', { url: 'https://x.example/pricing' }),
      told(3, 'page.viewed', { url: 'https://x.example/pricing/plan' }),
      told(4, 'activity.call', {}, { title: null, result: 'absent' }),
      told(5, 'activity.call', {}, { title: null, result: 'appointment' }),
    ]),
  ).toBe('紹介 → 料金ページ閲覧 → 電話でアポイント')
  expect(line([told(1, 'form.submitted', { formName: '資料請求' }), told(1, 'lead.created', { source: '資料請求' })])).toBe('資料請求')
  expect(storyOf([])).toEqual({ items: [], skipped: 0 })
})

test('CRM-02 of a long story the beginning and the newest milestones stay, and the gap is said', () => {
  const events = [
    told(1, 'card.exchanged', { event: 'ものづくりワールド' }),
    ...[2, 3, 4, 5, 6, 7].map((n) => told(n, 'form.submitted', { formName: `フォーム${n}` })),
    told(8, 'deal.won', { deal: 'd' }),
  ]
  expect(storyOf(events).skipped).toBe(2)
  expect(line(events)).toBe('ものづくりワールドで名刺交換 → … → フォーム4 → フォーム5 → フォーム6 → フォーム7 → 受注')
})

test('TRK-14 each event belongs to one group of the timeline, custom ones to the web', () => {
  expect(startsOf('activities').only).toContain('card.')
  expect(startsOf('web').not).toEqual(expect.arrayContaining(['mail.', 'activity.', 'deal.', 'lead.']))
})

test('TRK-14 a page lasts as long as the leaving of the same page in the same visit says', () => {
  const at = (s: number) => new Date(day(1).getTime() + s * 1_000)
  const props = { visit: 'v', url: 'https://x.example/pricing' }
  const engaged = engagedOf(
    [
      { id: 'a', at: at(0), props },
      { id: 'b', at: at(300), props },
      { id: 'c', at: at(310), props: { ...props, url: 'https://x.example/' } },
    ],
    [
      { at: at(192), props: { ...props, engaged: 192 } },
      { at: at(305), props: { ...props, engaged: 5 } },
      { at: at(100), props: { ...props, visit: 'other', engaged: 99 } },
    ],
  )
  expect([...engaged]).toEqual([
    ['a', 192],
    ['b', 5],
  ])
})
