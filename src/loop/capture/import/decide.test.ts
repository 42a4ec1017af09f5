import { describe, expect, test } from 'vitest'
import { guessDelimiter, planFlaws, proposeMapping, readDate, readRow, safeCell } from './decide.ts'

describe('mapping', () => {
  test('CAP-18 Japanese and English headers are understood, each field once', () => {
    expect(proposeMapping(['会社名', '姓', '名', 'メールアドレス', '電話番号', '部署', '備考', '会社名'], [])).toEqual([
      'companyName',
      'familyName',
      'givenName',
      'mail',
      'phone',
      'department',
      '',
      '',
    ])
    expect(proposeMapping(['mql_id', 'first_contact_date', 'origin'], [])).toEqual(['externalId', 'at', 'source'])
    expect(proposeMapping(['予算'], [{ key: 'budget', ja: '予算', en: 'Budget' }])).toEqual(['attrs.budget'])
  })
  test('CAP-18 a plan needs a key column, one column per field, and proof of its basis', () => {
    expect(planFlaws(['companyName'], 1, [], { basis: 'none', basisText: '' }).map((flaw) => flaw.field)).toEqual(['mapping'])
    expect(planFlaws(['mail', 'mail'], 2, [], { basis: 'none', basisText: '' })).toHaveLength(1)
    expect(planFlaws(['mail', 'attrs.x'], 2, [], { basis: 'card', basisText: '' }).map((flaw) => flaw.field)).toEqual([
      'mapping',
      'options.basisText',
    ])
    expect(planFlaws(['mail', 'attrs.x'], 2, ['x'], { basis: 'card', basisText: '展示会' })).toEqual([])
  })
})

describe('rows', () => {
  const read = (cells: string[], mapping: string[]) => readRow(cells, mapping, [])
  test('CAP-13 a full name is parted into 姓 and 名; empty cells say nothing', () => {
    expect(read(['見本　太郎', 'a@example.jp', ''], ['fullName', 'mail', 'title'])).toMatchObject({
      ok: true,
      fields: { familyName: '見本', givenName: '太郎' },
    })
  })
  test('CAP-18 rows that cannot be taken say why', () => {
    expect(read(['', ''], ['mail', 'externalId'])).toMatchObject({ ok: false })
    expect(read(['a@b@c'], ['mail'])).toMatchObject({ ok: false, reason: expect.stringContaining('a@b@c') })
    expect(read(['x', '2026-13-01'], ['externalId', 'at'])).toMatchObject({ ok: false })
    expect(read(['x', '\ufffd\ufffd'], ['externalId', 'companyName'])).toMatchObject({ ok: false })
  })
  test.each([
    ['2/1/2018', '2018-02-01T00:00:00.000Z'],
    ['2026年4月8日', '2026-04-08T00:00:00.000Z'],
    ['２０２６/４/８ 9:05', '2026-04-08T09:05:00.000Z'],
    ['2026-02-30', null],
    ['0001-01-01', null],
    ['昨日', null],
  ])('the date %s is %s', (text, iso) => expect(readDate(text)?.toISOString() ?? null).toBe(iso))
})

test('D5 no cell is taken for a formula', () => {
  expect(['=1+1', '+1', '-1', '@x', '\tx', '＝1', 'a"b'].map(safeCell)).toEqual([
    `"'=1+1"`,
    `"'+1"`,
    `"'-1"`,
    `"'@x"`,
    `"'\tx"`,
    `"'＝1"`,
    '"a""b"',
  ])
})

test('the delimiter is the one a first line speaks for', () => {
  expect(['a,b,c', 'a\tb\tc', 'a;b', 'a'].map(guessDelimiter)).toEqual([',', '\t', ';', ','])
})
