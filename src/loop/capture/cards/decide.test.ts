import { describe, expect, test } from 'vitest'
import { cardValues } from './contract.ts'
import {
  comparableCompany,
  confidenceOf,
  likenessOf,
  memberStatus,
  partAddress,
  personFields,
  photoKind,
  proposed,
  reasonsFor,
} from './decide.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

test('CAP-16 a photo is known by its first bytes, whatever it calls itself', () => {
  expect(photoKind(bytes('\xff\xd8\xff\xe0'))).toBe('jpeg')
  expect(photoKind(bytes('\x89PNG\r\n\x1a\n'))).toBe('png')
  expect(photoKind(bytes('RIFF\0\0\0\0WEBPVP8 '))).toBe('webp')
  expect(photoKind(bytes('II*\0'))).toBe('tiff')
  expect(photoKind(bytes('\0\0\0\x18ftypheic'))).toBe('heic')
  expect(photoKind(bytes('\0\0\0\x18ftypavif'))).toBe('avif')
  for (const other of ['<svg', 'GIF89a', '%PDF-', 'PK\x03\x04', '', '\0\0\0\x18ftypmp42']) expect(photoKind(bytes(other))).toBeNull()
})

test('CAP-16 a card is as sure as its least sure field that matters', () => {
  const field = (confidence: number) => ({ value: 'x', confidence, box: null, side: 'front' as const })
  expect(confidenceOf({})).toBeNull()
  expect(
    confidenceOf({ companyName: field(0.9), familyName: field(0.5), givenName: field(0.8), mail: field(0.9), address: field(0.1) }),
  ).toBe(0.5)
  expect(confidenceOf({ companyName: field(0.9) })).toBe(0)
})

describe('who may be the same person', () => {
  const nobody = { mail: null, contact_mail: null, phone: null, family_name: null, given_name: null, company_name: null }
  const like = likenessOf({
    mail: 'A@Example.jp',
    phone: '03-1234-5678',
    mobile: '090-1111-2222',
    familyName: '髙橋',
    givenName: '花 子',
    companyName: '（株）ミホン・商事',
  })
  test('CAP-17 by address, by a phone of one’s own, by name and company', () => {
    expect(reasonsFor(like, { ...nobody, mail: 'a@example.jp' })).toEqual(['mail'])
    expect(reasonsFor(like, { ...nobody, contact_mail: 'a@example.jp' })).toEqual(['mail'])
    expect(reasonsFor(like, { ...nobody, phone: '+819011112222' })).toEqual(['phone'])
    expect(reasonsFor({ ...like, directPhone: '+81355556666' }, { ...nobody, phone: '+81355556666' })).toEqual(['phone'])
    expect(reasonsFor(like, { ...nobody, phone: '+81312345678' })).toEqual([])
    const same = { ...nobody, family_name: '髙橋', given_name: '花子', company_name: '株式会社ミホン商事' }
    expect(reasonsFor(like, same)).toEqual(['nameCompany'])
    expect(reasonsFor(like, { ...same, phone: '+81312345678' })).toEqual(['phone', 'nameCompany'])
    expect(reasonsFor(likenessOf({}), nobody)).toEqual([])
  })
  test('names of companies are compared without width, form and dots', () => {
    expect(comparableCompany('㈱ＡＢＣ・システム')).toBe(comparableCompany('abcシステム株式会社'))
  })
})

test.each([
  ['東京都渋谷区渋谷2-21-1 サンプルビル8F', '東京都', '渋谷区', '渋谷2-21-1', 'サンプルビル8F'],
  ['大阪府大阪市北区梅田3-1-3', '大阪府', '大阪市北区', '梅田3-1-3', ''],
  ['北海道札幌市中央区北1条西2丁目', '北海道', '札幌市中央区', '北1条西2丁目', ''],
  ['三重県四日市市諏訪町1-5', '三重県', '四日市市', '諏訪町1-5', ''],
  ['神奈川県足柄下郡箱根町湯本256', '神奈川県', '足柄下郡箱根町', '湯本256', ''],
  ['千葉県市川市八幡1-1-1', '千葉県', '市川市', '八幡1-1-1', ''],
  ['1-2-3 Somewhere', '', '', '1-2-3', 'Somewhere'],
])('CAP-16 the address %s is parted', (text, prefecture, city, address, building) => {
  expect(partAddress(text)).toEqual({ prefecture, city, address, building })
})

test('CAP-16 the office phone stands before the mobile one; empty fields say nothing', () => {
  const of = (more: object) => personFields(cardValues.parse(more))
  expect(of({ familyName: '見本', mobile: '090-1111-2222' })).toEqual({ familyName: '見本', phone: '090-1111-2222' })
  expect(of({ phone: '03-1234-5678', mobile: '090-1111-2222' })).toEqual({ phone: '03-1234-5678' })
  expect(of({ directPhone: '03-1234-5679', mobile: '090-1111-2222', fax: '03-1234-5670' })).toEqual({ phone: '03-1234-5679' })
})

test('CAP-17 cards of this week start scenarios, those of this quarter know better than what is stored', () => {
  expect(proposed('2026-04-08', '2026-04-08')).toEqual({ starts: true, overwrites: true })
  expect(proposed('2026-03-20', '2026-04-08')).toEqual({ starts: false, overwrites: true })
  expect(proposed('2019-03-20', '2026-04-08')).toEqual({ starts: false, overwrites: false })
})

test('CAP-19 the status that an exchange of cards means in a campaign', () => {
  expect(memberStatus(['招待', '来場', '名刺交換', '商談化'])).toBe('名刺交換')
  expect(memberStatus(['案内', '申込', '参加', '欠席'])).toBe('参加')
  expect(memberStatus(['対象', '成約'])).toBe('対象')
})
