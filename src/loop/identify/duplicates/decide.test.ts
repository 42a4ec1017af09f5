import { expect, test } from 'vitest'
import { newPerson } from '../fields/decide.ts'
import { bothValues, companyKey, keysOf, mailKey, strengthOf, withChosen, workDomain } from './decide.ts'

const AT = new Date('2026-04-08T01:00:00Z')
const row = (given: object) => ({ ...newPerson({ bucket: 1, id: '01' }, AT, false), ...given })

test('GEN-09 one address in its many spellings is one key; an inbox that several people share is none', () => {
  expect(mailKey('Taro+sato@Example.co.jp')).toBe('taro@example.co.jp')
  expect(mailKey('t.a.ro@googlemail.com')).toBe(mailKey('taro@gmail.com'))
  expect(mailKey('t.aro@example.jp')).not.toBe(mailKey('taro@example.jp'))
  expect([mailKey('info@example.jp'), mailKey('sales-tokyo@example.jp'), mailKey('info2@example.jp')]).toEqual([null, null, null])
})

test('GEN-09 a company is the same whatever its legal form, width, kana or hyphen', () => {
  const same = ['株式会社サンプル・データ', '（株）ｻﾝﾌﾟﾙデータ', 'サンプル データ㈱', 'さんぷるでーた 株式会社']
  expect(new Set(same.map(companyKey)).size).toBe(1)
  expect(companyKey('Sample Data Co., Ltd.')).toBe(companyKey('SAMPLE DATA Inc'))
  expect([companyKey('株式会社'), companyKey(null)]).toEqual([null, null])
})

test('GEN-09 keys are name and company, kana and company, name and work domain, phone, mail; a family name alone is no key', () => {
  const keys = keysOf(
    row({
      family_name: '見本',
      given_name: '花子',
      family_kana: 'ミホン',
      given_kana: 'ハナコ',
      company_name: '見本商事（株）',
      mail: 'hanako@example.co.jp',
      phone: '+81354128890',
    }),
  )
  expect(keys.map((key) => key.kind)).toEqual(['mail', 'phone', 'kana_company', 'name_company', 'name_domain'])
  expect(keysOf(row({ family_name: '佐藤', company_name: '見本商事', mail: 'x@gmail.com' })).map((key) => key.kind)).toEqual(['mail'])
  expect([workDomain('a@gmail.com'), workDomain('a@docomo.ne.jp'), workDomain('a@example.co.jp')]).toEqual([null, null, 'example.co.jp'])
})

test('GEN-09 a shared switchboard says little, a mobile more, and several reasons more than one', () => {
  const desk = strengthOf([{ kind: 'phone', value: '+81354128890' }])
  const mobile = strengthOf([{ kind: 'phone', value: '+819012345678' }])
  const both = strengthOf([
    { kind: 'phone', value: '+81354128890' },
    { kind: 'name_company', value: 'x' },
  ])
  expect(desk).toBeLessThan(mobile)
  expect(both).toBeGreaterThan(mobile)
  expect(strengthOf([])).toBe(0)
})

test('GEN-09 field by field: the chosen values come from the one who goes, the stop stays the stricter, both are kept in the history', () => {
  const keep = row({ family_name: '見本', title: '課長', mail: 'a@example.jp', mail_basis: 4, attrs: { budget: 1 } })
  const lose = row({
    family_name: '見本',
    title: '部長',
    mail: 'b@example.jp',
    mail_basis: 0,
    mail_stop: 1,
    attrs: { budget: 2, size: 'L' },
  })
  const after = withChosen(keep, lose, ['title', 'mail', 'attrs.budget'])
  expect(after).toMatchObject({ title: '部長', mail: 'b@example.jp', mail_basis: 0, mail_stop: 1, attrs: { budget: 2 } })
  expect(bothValues(keep, lose, after)).toEqual([
    { field: 'title', stays: '部長', other: '課長' },
    { field: 'mail', stays: 'b@example.jp', other: 'a@example.jp' },
  ])
})
