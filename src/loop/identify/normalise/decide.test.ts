import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanText, normaliseEmployees, normaliseKana, normalisePhone, normalisePrefecture, parseMail } from './decide.ts'

const mailOf = (text: string) => {
  const parsed = parseMail(text)
  return parsed.ok ? parsed.mail : null
}

describe('addresses', () => {
  test.each([
    ['Taro.Mihon@Example.CO.JP', 'taro.mihon@example.co.jp'],
    ['　ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ　', 'taro@example.jp'],
    ['taro+news@例え.jp', 'taro+news@xn--r8jz45g.jp'],
    ["o'brien@example.com", "o'brien@example.com"],
  ])('CAP-13 %s is stored as %s', (typed, mail) => expect(mailOf(typed)).toBe(mail))

  test.each([
    '',
    'taro',
    'taro@',
    '@example.jp',
    'a@b@example.jp',
    'a,b@example.jp',
    'a@example.jp,b@example.jp',
    '"a b"@example.jp',
    'a@example',
    'a@127.0.0.1',
    'a@[127.0.0.1]',
    'taro <a@example.jp>',
    'a@exa mple.jp',
    'a\r\nBcc: b@example.jp',
    'a..b@example.jp',
    '.a@example.jp',
    '太郎@example.jp',
    'a@example.jp.',
    'a@-x.jp',
    'a@x%41.jp',
    `${'a'.repeat(65)}@example.jp`,
    'a@example.jp\u0000',
  ])('CAP-13 %j is not one plain address', (typed) => expect(mailOf(typed)).toBeNull())

  test.each(['a..b@docomo.ne.jp', 'taro.@ezweb.ne.jp', '.x@softbank.ne.jp'])(
    'CAP-13 the old carrier form %s is kept and flagged',
    (typed) => {
      expect(parseMail(typed)).toMatchObject({ ok: true, mail: typed, risk: 'carrier' })
    },
  )

  test('whatever is accepted holds exactly one @, no blank, no separator, and parses to itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.emailAddress(),
          fc.string().map((s) => `${s}@example.jp`),
        ),
        (text) => {
          const mail = mailOf(text)
          if (mail === null) return
          // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not be in it
          expect(mail).toMatch(/^[^@\s,;<>"()[\]\\\u0000-\u001f]+@[a-z0-9.-]+$/)
          expect(mailOf(mail)).toBe(mail)
        },
      ),
      { numRuns: 500, seed: 7 },
    )
  })
})

describe('phones', () => {
  test.each([
    ['03-5412-8890', '+81354128890'],
    ['０９０（１２３４）５６７８', '+819012345678'],
    ['+81 (0)3-5412-8890', '+81354128890'],
    ['+1 415 555 0100', '+14155550100'],
    ['0120-123-456', '+81120123456'],
    ['03-5412-8890（内線12）', '+81354128890'],
    ['12345', null],
    ['', null],
    ['なし', null],
  ])('CAP-13 %s is %s', (typed, phone) => expect(normalisePhone(typed)).toBe(phone))
})

test('CAP-13 kana become full-width katakana', () => {
  expect(normaliseKana('やまだ')).toBe('ヤマダ')
  expect(normaliseKana('ﾔﾏﾀﾞ')).toBe('ヤマダ')
})

test('CRM-06 prefectures and company sizes are typed, however they are written', () => {
  expect(['東京', '東京都', 'Tokyo', '東京都千代田区1-1'].map(normalisePrefecture)).toEqual(Array(4).fill('東京都'))
  expect(['北海道', '京都'].map(normalisePrefecture)).toEqual(['北海道', '京都府'])
  expect(['250', '250名', '100〜299名', '1,200人', '3'].map(normaliseEmployees)).toEqual(['100-299', '100-299', '100-299', '1000-', '1-9'])
})

test('text keeps no control characters and no lone surrogates', () => {
  expect(cleanText('  a\u0000b\ud800  c ')).toBe('a b\ufffd c')
  expect(cleanText(' \n ')).toBeNull()
})
