import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { neutral } from '#loop/identify/export/decide.ts'
import { planFlaws, readRow, samePerson, sharedKey, toldBy } from './decide.ts'
import { guessDelimiter } from './encoding.ts'
import { looksLikeDeals, propose, proposeDeals } from './headers.ts'
import { formatOf, serialDate, shownNumber } from './sheet.ts'
import { kindOfValues, readDate, repairPhone, repairPostal, splitName } from './values.ts'

const mapped = (headers: string[], custom: { key: string; ja: string; en: string }[] = []) => propose(headers, [], custom).mapping

describe('mapping', () => {
  test('CAP-18 Japanese and English headers are understood, each field once', () => {
    expect(mapped(['会社名', '姓', '名', 'メールアドレス', '電話番号', '部署', '備考', '会社名'])).toEqual([
      'companyName',
      'familyName',
      'givenName',
      'mail',
      'phone',
      'department',
      '',
      '',
    ])
    expect(mapped(['mql_id', 'first_contact_date', 'origin'])).toEqual(['externalId', 'at', 'source'])
    expect(mapped(['独自項目'], [{ key: 'own', ja: '独自項目', en: 'Own' }])).toEqual(['attrs.own'])
    expect(mapped(['ＭＡＩＬ', 'First_Name', 'last name'])).toEqual(['mail', 'givenName', 'familyName'])
  })

  test.each([
    ['Sansan', ['名刺所有者ユーザID', '会社名', '部署名', '役職', '氏名[姓]', '氏名[名]', 'e-mail(1)', 'TEL(1)'], 'familyName', 4],
    ['Eight', ['会社名', '部署名', '役職', '氏名', 'e-mail', '郵便番号', 'TEL会社', '携帯電話', '名刺交換日'], 'phone', 6],
    [
      'HubSpot',
      ['Record ID', 'First Name', 'Last Name', 'Email', 'Phone Number', 'Contact owner', 'Lead Status', 'Create Date'],
      'externalId',
      0,
    ],
    [
      'Salesforce',
      ['Lead ID', 'Last Name', 'First Name', 'Company', 'Lead Source', 'Lead Status', 'Email', 'No. of Employees'],
      'employeeBand',
      7,
    ],
    ['Zoho', ['Record Id', 'Lead Owner', 'First Name', 'Last Name', 'Company', 'Email', 'Lead Source', 'Email Opt-out'], 'optOut', 7],
    ['SATORI', ['メールアドレス', '苗字', '名前', '苗字（ふりがな）', '名前（ふりがな）', '会社名'], 'givenKana', 4],
    ['Mautic', ['id', 'points', 'firstname', 'lastname', 'companyname', 'position', 'email'], 'title', 5],
  ])('CAP-18 an export of %s is recognised and mapped', (tool, headers, target, column) => {
    const found = propose(headers, [], [])
    expect([found.tool, found.mapping[column]]).toEqual([tool, target])
    expect(found.mapping).toContain('mail')
  })

  test('CAP-18 a column that nobody named is known by its values', () => {
    const rows = Array.from({ length: 5 }, (_, i) => [
      `p${i}@example.jp`,
      `03-1234-567${i}`,
      '株式会社サンプル',
      '東京都',
      '山田 太郎',
      'あ',
    ])
    expect(propose(['列1', '列2', '列3', '列4', '列5', '列6'], rows, []).mapping).toEqual([
      'mail',
      'phone',
      'companyName',
      'prefecture',
      'fullName',
      '',
    ])
    expect(kindOfValues(['', ' '])).toBe('')
  })

  test('CAP-18 a file of deals is told from one of people', () => {
    const headers = ['mql_id', 'seller_id', 'won_date', 'business_segment', 'declared_monthly_revenue']
    expect(looksLikeDeals(headers)).toBe(true)
    expect(proposeDeals(headers)).toEqual(['leadExternalId', 'note', 'closedAt', 'dealName', 'amount'])
    expect(looksLikeDeals(['メールアドレス', '姓', '登録日'])).toBe(false)
  })

  const plan = { target: 'people', match: 'mail', basis: 'none', basisText: '', rows: 10, allOrNothing: false }
  const flaws = (mapping: string[], columns: number, custom: string[], more: Partial<typeof plan> = {}) =>
    planFlaws({ ...plan, ...more, mapping }, columns, custom).map((flaw) => flaw.field)
  test('CAP-18 a plan needs a key column, one column per field, and proof of its basis', () => {
    expect(flaws(['companyName'], 1, [])).toEqual(['mapping'])
    expect(flaws(['mail', 'mail'], 2, [])).toEqual(['mapping'])
    expect(flaws(['mail', 'attrs.x'], 2, [], { basis: 'card' })).toEqual(['mapping', 'options.basisText'])
    expect(flaws(['mail', 'attrs.x'], 2, ['x'], { basis: 'card', basisText: '展示会' })).toEqual([])
    expect(flaws(['mail'], 1, [], { match: 'external' })).toEqual(['options.match'])
    expect(flaws(['mail'], 1, [], { allOrNothing: true, rows: 100_001 })).toEqual(['options.allOrNothing'])
    expect(flaws(['closedAt'], 1, [], { target: 'deals' })).toEqual(['mapping'])
  })
})

describe('rows', () => {
  const read = (cells: string[], mapping: string[]) => readRow(cells, { mapping, custom: [] })
  test('CAP-13 a full name is parted into 姓 and 名 when that is no guess; empty cells say nothing', () => {
    expect(read(['見本　太郎', 'a@example.jp', ''], ['fullName', 'mail', 'title'])).toMatchObject({
      ok: true,
      fields: { familyName: '見本', givenName: '太郎' },
    })
    expect(splitName('見本太郎')).toEqual({ family: '見本太郎', given: null })
    expect(splitName('John Smith')).toEqual({ family: 'Smith', given: 'John' })
    expect(splitName('YAMADA Taro')).toEqual({ family: 'YAMADA', given: 'Taro' })
    expect(splitName('Smith, John')).toEqual({ family: 'Smith', given: 'John' })
    expect(splitName('Jan van der Berg')).toEqual({ family: 'Jan van der Berg', given: null })
  })
  test('CAP-18 rows that cannot be taken say why', () => {
    expect(read(['', ''], ['mail', 'externalId'])).toMatchObject({ ok: false })
    expect(read(['a@b@c'], ['mail'])).toMatchObject({ ok: false, reason: expect.stringContaining('a@b@c') })
    expect(read(['x', '2026-13-01'], ['externalId', 'at'])).toMatchObject({ ok: false })
    expect(read(['x', '\ufffd\ufffd'], ['externalId', 'companyName'])).toMatchObject({ ok: false })
  })
  test('CAP-18 typed fields take what people write: numbers with signs, days in Japanese, words of options', () => {
    const field = (key: string, type: string, options: { value: string; ja: string; en: string }[] = []) =>
      ({ key, type, ja: key, en: key, class: 'basic', options, custom: true }) as never
    const row = readRow(['x', '１,２００円', '令和8年4月8日', '検討中'], {
      mapping: ['externalId', 'attrs.n', 'attrs.d', 'attrs.c'],
      custom: [field('n', 'money'), field('d', 'date'), field('c', 'choice', [{ value: 'maybe', ja: '検討中', en: 'Maybe' }])],
    })
    expect(row).toMatchObject({ ok: true, attrs: { n: 1200, d: '2026-04-08', c: 'maybe' } })
  })
  test.each([
    ['2/1/2018', '2018-02-01T00:00:00.000Z'],
    ['31/12/2018', '2018-12-31T00:00:00.000Z'],
    ['2026/1/2', '2026-01-02T00:00:00.000Z'],
    ['2026-01-02', '2026-01-02T00:00:00.000Z'],
    ['2026年4月8日', '2026-04-08T00:00:00.000Z'],
    ['２０２６/４/８ 9:05', '2026-04-08T09:05:00.000Z'],
    ['2026−04−08', '2026-04-08T00:00:00.000Z'],
    ['令和8年1月2日', '2026-01-02T00:00:00.000Z'],
    ['令和元年5月1日', '2019-05-01T00:00:00.000Z'],
    ['R8.1.2', '2026-01-02T00:00:00.000Z'],
    ['H30/12/31', '2018-12-31T00:00:00.000Z'],
    ['20260102', '2026-01-02T00:00:00.000Z'],
    ['46024', '2026-01-02T00:00:00.000Z'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-02-30', null],
    ['0001-01-01', null],
    ['12345', null],
    ['昨日', null],
  ])('CAP-18 the date %s is %s', (text, iso) => expect(readDate(text)?.toISOString() ?? null).toBe(iso))

  test('CAP-18 zeros that a spreadsheet ate come back, and nothing else is touched', () => {
    expect(['312345678', '9012345678', '03-1234-5678', '+81312345678', '1234', '6012345678'].map(repairPhone)).toEqual([
      '0312345678',
      '09012345678',
      '03-1234-5678',
      '+81312345678',
      '1234',
      '06012345678',
    ])
    expect(['600001', '1000001', '〒100-0001', '１００ー０００１', '見本', '1'].map(repairPostal)).toEqual([
      '060-0001',
      '100-0001',
      '100-0001',
      '100-0001',
      '見本',
      '1',
    ])
  })

  test('CAP-18 by address, name and company: width, blanks and the form of the company do not make another person', () => {
    const known = { company_name: '株式会社サンプル', family_name: '見本', given_name: '太郎' }
    expect(samePerson({ companyName: 'サンプル', familyName: '見本 ', givenName: '太郎' }, known)).toBe(true)
    expect(samePerson({ familyName: '別', givenName: '人' }, known)).toBe(false)
    expect(samePerson({}, known)).toBe(true)
    expect(sharedKey('a@example.jp', { familyName: '見本' })).not.toBe(sharedKey('a@example.jp', { familyName: '別' }))
  })
})

describe('sheets', () => {
  test('CAP-18 days of a workbook in both systems, its codes with their zeros, its numbers without noise', () => {
    expect([
      serialDate(46_024, false),
      serialDate(44_562, true),
      serialDate(60, false),
      serialDate(1, false),
      serialDate(61, false),
    ]).toEqual(['2026-01-02', '2026-01-02', '1900-02-29', '1900-01-01', '1900-03-01'])
    expect(serialDate(46_024.5, false)).toBe('2026-01-02 12:00:00')
    expect(shownNumber('46024', formatOf(14, undefined), false)).toBe('2026-01-02')
    expect(shownNumber('46024', formatOf(176, 'yyyy"年"m"月"d"日"'), false)).toBe('2026-01-02')
    expect(shownNumber('600001', formatOf(177, '000-0000'), false)).toBe('060-0001')
    expect(shownNumber('312345678', formatOf(178, '0000000000'), false)).toBe('0312345678')
    expect(shownNumber('0.30000000000000004', formatOf(0, undefined), false)).toBe('0.3')
    expect(shownNumber('1.2E+3', formatOf(0, undefined), false)).toBe('1200')
    expect(formatOf(180, '[Red]#,##0')).toEqual({ kind: 'plain' })
  })
})

test('D5 GEN-10 what our own files guard against formulas comes back as it was', () => {
  const told = ['=1+1', '+81-3-1234-5678', '＝1', "'=1", 'a"b'].map((text) => toldBy([neutral(text)], ['companyName']).get('companyName'))
  expect(told).toEqual(['=1+1', '+81-3-1234-5678', '＝1', "'=1", 'a"b'])
})

test('the delimiter is the one a first line speaks for', () => {
  expect(['a,b,c', 'a\tb\tc', 'a;b', 'a'].map(guessDelimiter)).toEqual([',', '\t', ';', ','])
})

test('CAP-18 every day between 1950 and 2060 is read back from each way of writing it', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1955-01-01'), max: new Date('2059-12-31'), noInvalidDate: true }), (at) => {
      const iso = at.toISOString().slice(0, 10)
      const [y, m, d] = iso.split('-').map(Number) as [number, number, number]
      const era = y >= 2020 ? `令和${y - 2018}年${m}月${d}日` : y >= 1990 && y < 2019 ? `H${y - 1988}.${m}.${d}` : iso
      for (const text of [iso, `${y}/${m}/${d}`, `${y}年${m}月${d}日`, iso.replaceAll('-', ''), `${m}/${d}/${y}`, era])
        expect(readDate(text)?.toISOString().slice(0, 10), text).toBe(iso)
    }),
    { numRuns: 200, seed: 8 },
  )
})
