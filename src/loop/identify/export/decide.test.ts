import fc from 'fast-check'
import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import { check } from '../../../../test/world.ts'
import { csvCell, fileName, formatterOf, inCp932, neutral, original, sheetRow } from './decide.ts'

const plain = formatterOf('Asia/Tokyo')

test('GEN-10 D5 no cell of a CSV begins as a formula, full-width and hidden beginnings included, and reading back gives what was there', async () => {
  for (const text of ['=1+1', '+81', '-1', '@x', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x', "'=1", "''=1"]) {
    expect(neutral(text).startsWith("'")).toBe(true)
    expect(original(neutral(text))).toBe(text)
  }
  expect(['見本', "O'Neil", "'98", ''].map(neutral)).toEqual(['見本', "O'Neil", "'98", ''])
  await check(
    fc.property(
      fc.string({ unit: fc.constantFrom("'", '=', '＝', '-', '1', 'あ', '\t', '"') }),
      (text) => original(neutral(text)) === text,
    ),
  )
})

test('GEN-10 texts are always quoted, numbers stay numbers, instants are those of the company', () => {
  expect(csvCell('a"b', plain)).toBe('"a""b"')
  expect(csvCell(-5, plain)).toBe('-5')
  expect(csvCell(null, plain)).toBe('""')
  expect(csvCell(new Date('2026-04-01T01:30:00Z'), plain)).toBe('"2026-04-01 10:30:00"')
})

test('GEN-10 what CP932 cannot carry is told and stands as 〓, never as a silent question mark', () => {
  expect(inCp932('髙橋 ㈱ ①?')).toMatchObject({ lost: '' })
  expect(iconv.decode(inCp932('〜−').bytes, 'cp932')).toBe('～－')
  const { bytes, lost } = inCp932('𠮷野家? ☃')
  expect([lost, iconv.decode(bytes, 'cp932')]).toEqual(['𠮷☃', '〓野家? 〓'])
})

test('GEN-10 cells of a sheet are inline strings or numbers, whatever they hold', () => {
  expect(sheetRow(2, ['=1+1', 5, null, 'a<b\u0001'], plain)).toBe(
    '<row r="2"><c t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c><c><v>5</v></c><c/><c t="inlineStr"><is><t xml:space="preserve">a&lt;b</t></is></c></row>',
  )
  expect(fileName('a/b:c', '2026-04-01', 'xlsx')).toBe('a b c_2026-04-01.xlsx')
})
