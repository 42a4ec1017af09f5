import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyTold, type FieldChange, fillFrom, newPerson, revert, settled } from './decide.ts'
import { readValue } from './values.ts'

const AT = new Date('2026-04-08T01:00:00Z')
const someone = newPerson({ bucket: 1, id: '00000000-0000-7000-8000-000000000001' }, AT, false)
const texts = fc.constantFrom(
  '',
  ' ',
  '部長',
  'A',
  '東京',
  '250名',
  '03-1234-5678',
  'not a phone',
  '300万円',
  '1000001',
  '39',
  '製品A、製品B',
)
const told = fc.record({
  at: fc.constant(AT),
  fields: fc.dictionary(
    fc.constantFrom(
      ...['title', 'companyName', 'prefecture', 'employeeBand', 'phone', 'familyKana'],
      ...['roleLevel', 'postalCode', 'city', 'industry', 'industryGroup', 'budget', 'products', 'salutation'],
    ),
    texts,
  ),
  attrs: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom(1, 'a', null)),
  onlyEmpty: fc.boolean(),
})

test('GEN-09 an act and its undo give the row as it was', () => {
  fc.assert(
    fc.property(told, told, (first, act) => {
      const before = applyTold(someone, first).row
      const { row, changes } = applyTold(before, act)
      const back = settled(row, revert(row, JSON.parse(JSON.stringify(changes)) as FieldChange[])).row
      expect(back).toEqual(before)
    }),
    { numRuns: 400, seed: 21 },
  )
})

test('GEN-09 undo leaves alone what was changed again since', () => {
  const { row, changes } = applyTold(someone, { at: AT, fields: { title: '課長', department: '営業部' } })
  const later = applyTold(row, { at: AT, fields: { title: '部長' } }).row
  expect(revert(later, changes)).toMatchObject({ title: '部長', department: null })
})

test('an import that fills only empty fields overwrites nothing, an empty text clears', () => {
  const { row } = applyTold(someone, { at: AT, fields: { title: '課長' } })
  expect(applyTold(row, { at: AT, fields: { title: '部長' }, onlyEmpty: true }).changes).toEqual([])
  expect(applyTold(row, { at: AT, fields: { title: '' } }).row.title).toBeNull()
})

test('CAP-15 the keeper takes the earlier first source and the stricter stop, and keeps its own consent', () => {
  const early = applyTold(someone, { at: new Date('2020-01-01'), source: { name: '展示会' } }).row
  const late = { ...applyTold(someone, { at: AT, source: { name: 'フォーム' } }).row, mail_basis: 0 }
  expect(fillFrom(late, { ...early, mail_stop: 4, mail_basis: 4, mail: null })).toMatchObject({
    source_first: '展示会',
    source_latest: 'フォーム',
    mail_stop: 4,
  })
})

test('CAP-14 values of custom fields are typed', () => {
  const field = (type: Parameters<typeof readValue>[0]['type']) => ({ type, options: [{ value: 'a', ja: 'あ', en: 'A' }] })
  expect([readValue(field('number'), '１，２００'), readValue(field('money'), '¥3,000'), readValue(field('number'), 'x')]).toEqual([
    1200,
    3000,
    undefined,
  ])
  expect([readValue(field('date'), '2026年4月8日'), readValue(field('date'), '2026-02-30'), readValue(field('date'), '')]).toEqual([
    '2026-04-08',
    undefined,
    null,
  ])
  expect([readValue(field('date'), '9999/12/31'), readValue(field('date'), '0000-05-05')]).toEqual(['9999-12-31', undefined])
  expect([readValue(field('datetime'), '0001-01-01 00:00'), readValue(field('datetime'), '9999-12-31T23:00-10:00')]).toEqual([
    undefined,
    undefined,
  ])
  expect([readValue(field('boolean'), 'はい'), readValue(field('boolean'), 'no'), readValue(field('boolean'), 'maybe')]).toEqual([
    true,
    false,
    undefined,
  ])
  expect([
    readValue(field('choice'), 'a'),
    readValue(field('choice'), 'b'),
    readValue(field('multi'), 'a、a'),
    readValue(field('multi'), ['z']),
  ]).toEqual(['a', undefined, ['a'], undefined])
  expect(readValue(field('text'), { a: 1 })).toBeUndefined()
})

test('I4 CAP-13 a telephone number with signs that no database keeps is kept without them', () => {
  const { row } = applyTold(someone, { at: AT, fields: { phone: ' 03-1234\u0000-5678 ' } })
  expect(row).toMatchObject({ phone_typed: '03-1234 -5678', phone: '+81312345678' })
})
