import { describe, expect, test } from 'vitest'
import type { CardFieldKey } from '../kinds/contract.ts'
import { mailIn } from './contact.ts'
import { companyIn, rankIn, readLines, splitName } from './decide.ts'
import { clean, joinWords, type Line } from './lines.decide.ts'
import { readCode } from './vcard.ts'

/** Lines as OCR gives them, the name in larger letters (marked by *). */
const card = (...texts: string[]): Line[] =>
  texts.map((text, i) => ({
    text: clean(text.replace(/^\*/, '')),
    confidence: 0.9,
    box: { x: 100, y: 100 + i * 70, width: 600, height: text.startsWith('*') ? 90 : 40 },
    side: 'front',
  }))
const read = (...texts: string[]): Partial<Record<CardFieldKey, string>> =>
  Object.fromEntries(Object.entries(readLines(card(...texts), null)).map(([key, field]) => [key, field?.value]))

describe('CAP-16 whole cards', () => {
  test('the usual order', () => {
    expect(
      read(
        'サ 株式会社サンプル製作所',
        '営業本部 第一営業部 課長代理',
        '*佐藤 健一',
        '〒150-0002 東京都渋谷区渋谷2-21-1',
        'サンプルビル8F',
        'TEL 03-1234-5678 FAX 03-1234-5679',
        'Mobile:090-1234-5678',
        'E-mail: k.sato@sample-01.example.co.jp',
        'URL https://www.example.co.jp/',
      ),
    ).toEqual({
      companyName: '株式会社サンプル製作所',
      department: '営業本部 第一営業部',
      title: '課長代理',
      familyName: '佐藤',
      givenName: '健一',
      postalCode: '150-0002',
      address: '東京都渋谷区渋谷2-21-1 サンプルビル8F',
      phone: '03-1234-5678',
      fax: '03-1234-5679',
      mobile: '090-1234-5678',
      mail: 'k.sato@sample-01.example.co.jp',
      website: 'https://www.example.co.jp/',
    })
  })
  test('rank and name in one line, kana beside, the company below', () => {
    expect(
      read('*代表取締役社長 渡邉 一郎', 'わたなべ いちろう', '(有)みほん', '電話 06(6123)4567', 'watanabe @ mihon . example . jp'),
    ).toMatchObject({
      title: '代表取締役社長',
      familyName: '渡邉',
      givenName: '一郎',
      familyKana: 'ワタナベ',
      givenKana: 'イチロウ',
      companyName: '(有)みほん',
      phone: '06-6123-4567',
      mail: 'watanabe@mihon.example.jp',
    })
  })
  test('a fax number alone is no phone; numbers without hyphens and abroad are', () => {
    expect(read('FAX 03-1234-5679').phone).toBeUndefined()
    expect(read('TEL 0312345678').phone).toBe('03-1234-5678')
    expect(read('Tel: +81-3-1234-5678').phone).toBe('03-1234-5678')
    expect(read('携帯：０９０－１２３４－５６７８').mobile).toBe('090-1234-5678')
    expect(read('TEL: 0120-123-456').phone).toBe('0120-123-456')
  })
  test('every number is told apart by its label, before it or behind it; one without a label beside 代表 is the person’s', () => {
    const numbers = (...lines: string[]) => {
      const { phone, directPhone, mobile, fax } = read(...lines)
      return [phone, directPhone, mobile, fax]
    }
    const [main, direct, mobile, fax] = ['03-1234-5600', '03-1234-5678', '090-1234-5678', '03-1234-5699']
    expect(numbers(`代表 ${main}`, `直通 ${direct}`, `携帯 ${mobile}`, `FAX ${fax}`)).toEqual([main, direct, mobile, fax])
    expect(numbers(`TEL ${main}(代) FAX ${fax}`, `TEL: ${direct}（直通）`, `M: ${mobile}`)).toEqual([main, direct, mobile, fax])
    expect(numbers(`Main: ${main}  Direct: ${direct}`, `Mobile: ${mobile}  Fax: ${fax}`)).toEqual([main, direct, mobile, fax])
    expect(numbers(`TEL ${direct}`, `代表TEL ${main}`)).toEqual([main, direct, undefined, undefined])
    expect(numbers(`ダイヤルイン ${direct}`)).toEqual([undefined, direct, undefined, undefined])
    expect(numbers(`TEL/FAX ${main}`)).toEqual([main, undefined, undefined, main])
    expect(numbers(`電話・FAX ${main}`)).toEqual([main, undefined, undefined, main])
    expect(numbers('代表取締役 見本 太郎', `TEL ${main}`)).toEqual([main, undefined, undefined, undefined])
  })
  test('a name without a known surname, and lines that are no names', () => {
    expect(read('*不二見 三太', '株式会社テスト')).toMatchObject({ familyName: '不二見', givenName: '三太' })
    expect(read('営業企画部', '東京都千代田区丸の内1-1', '北海道大学').familyName).toBeUndefined()
  })
  test('a doubtful reading stays doubtful: confidence is the line’s times the pattern’s', () => {
    const fields = readLines([{ ...(card('*神ノ木四郎')[0] as Line), confidence: 0.6 }], null)
    expect(fields.familyName?.confidence).toBeLessThan(0.6)
    expect(fields.familyName?.box).toEqual({ x: 100, y: 100, width: 600, height: 90 })
  })
})

test.each([
  ['佐藤健一', '佐藤', '健一'],
  ['佐 藤 健 一', '佐藤', '健一'],
  ['長谷川 順', '長谷川', '順'],
  ['佐々木望', '佐々木', '望'],
  ['林 さくら', '林', 'さくら'],
  ['髙﨑 花', '髙﨑', '花'],
])('CAP-16 the name %s is parted', (text, family, given) => expect(splitName(text)).toMatchObject({ family, given }))

test.each([
  ['NO 株式会社サンプル', '株式会社サンプル'],
  ['8株式会社サンプル', '株式会社サンプル'],
  ['みほん商事株式会社', 'みほん商事株式会社'],
  ['株式会社 サンプル', '株式会社サンプル'],
  ['ABC株式会社', 'ABC株式会社'],
  ['株式会社サンプル 大阪支店', '株式会社サンプル'],
  ['一般社団法人みほん協会', '一般社団法人みほん協会'],
])('CAP-16 the company in 「%s」', (text, company) => expect(companyIn(clean(text))).toBe(company))

test.each([
  ['技術部長', '', '技術部長'],
  ['開発部主任', '開発部', '主任'],
  ['営業本部 第一営業部 課長', '営業本部 第一営業部', '課長'],
  ['取締役 営業本部長', '', '取締役 営業本部長'],
  ['情報システム部', '情報システム部', ''],
  ['株主', '', ''],
])('CAP-16 part and rank in 「%s」', (text, department, title) => expect(rankIn(text)).toEqual({ department, title }))

test.each([
  ['E-mail : taro.mihon@ example.co.jp', 'taro.mihon@example.co.jp'],
  ['mail:a_b-c＠example.com', 'a_b-c@example.com'],
  ['taro©example.jp', 'taro@example.jp'],
  ['taro@example', null],
])('CAP-16 the address in 「%s」', (text, mail) => expect(mailIn(text)).toBe(mail))

test('CAP-16 blanks that OCR puts between Japanese letters go, wide gaps stay', () => {
  const word = (text: string, x: number) => ({ text, confidence: 0.8, box: { x, y: 0, width: 40 * text.length, height: 40 } })
  const line = joinWords([word('株', 0), word('式', 44), word('会社', 90), word('見本', 220), word('TEL', 400), word('03', 540)], 'front')
  expect(line?.text).toBe('株式会社 見本 TEL 03')
  expect(line?.box).toEqual({ x: 0, y: 0, width: 620, height: 40 })
  expect(joinWords([word(' ', 0)], 'front')).toBeNull()
})

describe('CAP-16 QR codes', () => {
  test('a vCard says it surely', () => {
    const told = readCode(
      'BEGIN:VCARD\r\nVERSION:3.0\r\nN:見本;花子;;;\r\nX-PHONETIC-LAST-NAME:ミホン\r\nORG:株式会社サンプル;営業部\r\nTITLE:課長\r\nTEL;TYPE=WORK:03-1234-5678\r\nTEL;TYPE=FAX:03-1234-5679\r\nTEL;TYPE=CELL:090-1111-2222\r\nEMAIL:hanako@example.jp\r\nADR;TYPE=WORK:;8F;渋谷2-21-1;渋谷区;東京都;150-0002;日本\r\nEND:VCARD',
    )
    expect(told).toEqual({
      familyName: '見本',
      givenName: '花子',
      familyKana: 'ミホン',
      companyName: '株式会社サンプル',
      department: '営業部',
      title: '課長',
      phone: '03-1234-5678',
      fax: '03-1234-5679',
      mobile: '090-1111-2222',
      mail: 'hanako@example.jp',
      postalCode: '150-0002',
      address: '東京都渋谷区渋谷2-21-1 8F',
    })
    expect(readLines(card('*佐藤 健一'), told).familyName).toEqual({ value: '見本', confidence: 0.98, box: null, side: 'front' })
  })
  test('a MECARD, an address of the web, and text of anything else', () => {
    expect(readCode('MECARD:N:見本,花子;SOUND:ミホン,ハナコ;TEL:09011112222;EMAIL:h@example.jp;;')).toMatchObject({
      familyName: '見本',
      givenKana: 'ハナコ',
      mobile: '09011112222',
    })
    expect(readCode('https://example.jp/a')).toEqual({ website: 'https://example.jp/a' })
    expect(readCode('hello')).toBeNull()
  })
})
