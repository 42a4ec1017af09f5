import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cluesOf, type Found, mergedCompany, newCompanies, placeOf, revertedCompany, untoldCompanies } from './decide.ts'
import { corporateDomain, organisationDomain, siteDomain } from './domains.ts'
import { corporateNumber, nameKey, nameKeys, sortNameOf } from './names.ts'
import type { CompanyRow } from './tables.ts'

describe('names', () => {
  const SAME = [
    '株式会社サンプル商事',
    'サンプル商事株式会社',
    '(株)サンプル商事',
    '（株）サンプル商事',
    '㈱サンプル商事',
    '㍿サンプル商事',
    'サンプル商事㈱',
    '株式會社サンプル商事',
    'カブシキガイシャ サンプル商事',
    'サンプル株式会社商事',
    'ｻﾝﾌﾟﾙ商事（株）',
    '株式会社 サンプル 商事',
    '株式会社サンプル・商事',
    '株式会社さんぷる商事',
    '株式会社サンプル商事　東京支店',
    '有限会社サンプル商事',
    '合同会社サンプル商事',
    '一般社団法人サンプル商事',
    '(一社)サンプル商事',
    'カ)サンプル商事',
  ]
  test.each(SAME)('CRM-07 %s meets 株式会社サンプル商事', (name) => expect(nameKey(name)).toBe('サンプル商事'))

  test.each([
    ['サンプルコンピュータ', '株式会社サンプルコンピューター'],
    ['サンプル-システム', 'サンプル‐システム'],
    ['キヤノン見本', 'キャノン見本'],
    ['髙﨑見本商會', '高崎見本商会'],
    ['Sample Co., Ltd.', 'ＳＡＭＰＬＥ ＣＯ．，ＬＴＤ．'],
    ['Sample Inc.', 'sample K.K.'],
    ['Sample Corporation', 'Sample, LLC'],
    ['Sample & Mihon', 'Sample and Mihon Limited'],
  ])('CRM-07 %s and %s are proposed as one', (a, b) => {
    expect(nameKey(a)).not.toBeNull()
    expect(nameKey(a)).toBe(nameKey(b))
  })

  test.each([
    ['サンプル商事', 'サンプル商会'],
    ['Sample', 'Samples'],
    ['Tokyo Disco', 'Tokyo Dis'],
    ['見本工業', '見本興業'],
  ])('CRM-07 %s and %s stay two', (a, b) => expect(nameKey(a)).not.toBe(nameKey(b)))

  test('CRM-07 a name that is nothing but a form keeps itself, an empty one is none', () => {
    expect(nameKey('株式会社')).toBe('株式会社')
    expect([nameKey(''), nameKey('  '), nameKey('・'), nameKey(null)]).toEqual([null, null, null, null])
  })

  test('CRM-07 the form before, behind or bracketed never matters, whatever the name', () => {
    const letter = fc.constantFrom(...'見本商事工業山川田アイウエオカサタナabcxyz012')
    fc.assert(
      fc.property(fc.array(letter, { minLength: 2, maxLength: 12 }), (letters) => {
        const name = letters.join('')
        const keys = [name, `株式会社${name}`, `${name}（株）`, `㈱ ${name}`, `${name}有限会社`, ` ${name.toUpperCase()}　合同会社`].map(
          nameKey,
        )
        expect(new Set(keys)).toEqual(new Set([nameKey(name)]))
      }),
      { seed: 11, numRuns: 300 },
    )
  })

  test('CRM-07 a company is known by name, kana, English name and aliases', () => {
    expect(
      nameKeys({ name: '株式会社サンプル', kana: 'カブシキガイシャサンプル', english_name: 'Sample Co., Ltd.', aliases: ['SMP㈱'] }),
    ).toEqual(['sample', 'smp', 'サンプル'])
    expect(sortNameOf('株式会社見本', 'カブシキガイシャミホン')).toBe('ミホン')
  })
})

describe('corporate numbers', () => {
  test('CRM-07 the check digit is verified', () => {
    expect(corporateNumber('8700110005901')).toBe('8700110005901')
    expect(corporateNumber('８７００１１０００５９０１')).toBe('8700110005901')
    expect(corporateNumber('8-7001-1000-5901')).toBe('8700110005901')
    expect(corporateNumber('7000012050002')).toBe('7000012050002')
    expect(['7700110005901', '870011000590', '0700110005901', 'x', '', null].map(corporateNumber)).toEqual(Array(6).fill(null))
  })

  test('CRM-07 every single wrong digit is caught', () => {
    const right = '8700110005901'
    for (let at = 0; at < 13; at++)
      for (let digit = 0; digit < 10; digit++) {
        const wrong = `${right.slice(0, at)}${digit}${right.slice(at + 1)}`
        // 0 and 9 are alike modulo 9: the official rule cannot tell these two apart in the base number.
        const alike = at > 0 && (Number(right[at]) - digit) % 9 === 0
        if (wrong !== right && !alike) expect(corporateNumber(wrong)).toBeNull()
      }
  })
})

describe('domains', () => {
  test.each([
    ['taro@sample.co.jp', 'sample.co.jp'],
    ['taro@mail.tokyo.sample.co.jp', 'sample.co.jp'],
    ['taro@sample.com', 'sample.com'],
    ['taro@eu.sample.com', 'sample.com'],
    ['taro@sample.com.sg', 'sample.com.sg'],
    ['taro@dept.sample.ac.uk', 'sample.ac.uk'],
    ['taro@city.mihon.tokyo.jp', 'city.mihon.tokyo.jp'],
    ['taro@city.mihon.lg.jp', 'mihon.lg.jp'],
    ['taro@sample01.example.co.jp', 'sample01.example.co.jp'],
  ])('CRM-07 %s belongs to %s', (mail, domain) => expect(corporateDomain(mail)).toBe(domain))

  test.each([
    'a@gmail.com',
    'a@yahoo.co.jp',
    'a@docomo.ne.jp',
    'a@ezweb.ne.jp',
    'a@i.softbank.jp',
    'a@au.com',
    'a@outlook.jp',
    'a@icloud.com',
    'a@abc.ocn.ne.jp',
    'a@mb.nifty.com',
    'a@xxx.plala.or.jp',
    'a@mihon.sakura.ne.jp',
    'a@co.jp',
    'a@com',
    '',
  ])('CRM-07 %s implies no company', (mail) => expect(corporateDomain(mail)).toBeNull())

  test('CRM-07 a page on a shared site is nobody’s domain', () => {
    expect(siteDomain('https://www.sample.co.jp/about')).toBe('sample.co.jp')
    expect(['https://facebook.com/sample', 'https://sample.jimdofree.com/', 'http://10.0.0.1/', null].map(siteDomain)).toEqual([
      null,
      null,
      null,
      null,
    ])
    expect(organisationDomain('a.b.unknown.jpn.com')).toBe('unknown.jpn.com')
  })
})

describe('where a lead belongs', () => {
  const found: Found = {
    byDomain: new Map([['sample.co.jp', 'A']]),
    byNumber: new Map([['8700110005901', 'B']]),
    byName: new Map([['サンプル', ['A', 'C']]]),
  }
  const lead = (more: object) => cluesOf({ mail: null, website: null, company_name: null, attrs: {}, ...more })

  test('CRM-07 number before mail before site; a name alone proposes and never links', () => {
    expect(placeOf(lead({ mail: 'a@sample.co.jp', attrs: { corporate_number: '8700110005901' } }), found)).toEqual({
      kind: 'link',
      companyId: 'B',
      by: 'number',
    })
    expect(placeOf(lead({ mail: 'a@sample.co.jp', company_name: 'まったく別' }), found)).toMatchObject({
      kind: 'link',
      companyId: 'A',
      by: 'mail',
    })
    expect(placeOf(lead({ mail: 'a@gmail.com', website: 'https://www.sample.co.jp' }), found)).toMatchObject({
      kind: 'link',
      by: 'website',
    })
    expect(placeOf(lead({ mail: 'a@gmail.com', company_name: '㈱サンプル' }), found)).toEqual({
      kind: 'propose',
      name: '㈱サンプル',
      nameKey: 'サンプル',
      companyIds: ['A', 'C'],
    })
    expect(placeOf(lead({ mail: 'a@new.co.jp', company_name: '㈱サンプル' }), found)).toMatchObject({ kind: 'make', domain: 'new.co.jp' })
  })

  test('CRM-24 somebody without a company is nowhere, and that is fine', () => {
    expect(placeOf(lead({ mail: 'hanako@gmail.com' }), found)).toEqual({ kind: 'none' })
    expect(placeOf(lead({ mail: 'hanako@new.co.jp' }), found)).toEqual({ kind: 'none' })
  })

  test('CRM-07 a batch of one domain makes one company, named as most write it', () => {
    const shared = { industry: null, employee_band: null, website: null }
    const make = (name: string, domain: string) => ({ kind: 'make' as const, name, domain, number: null, by: 'mail' as const, shared })
    const made = newCompanies([
      make('サンプル', 'a.jp'),
      make('株式会社サンプル', 'a.jp'),
      make('株式会社サンプル', 'a.jp'),
      make('見本', 'b.jp'),
    ])
    expect(made.map(({ name, domain }) => [name, domain])).toEqual([
      ['株式会社サンプル', 'a.jp'],
      ['見本', 'b.jp'],
    ])
  })
})

test('CRM-07 merging fills empty fields only, and undoing leaves alone what was changed since', () => {
  const base = { aliases: [], tags: [], attrs: {}, kana: null, english_name: null, industry: null, phone: null, note: null }
  const keep = { ...base, name: '株式会社甲', industry: 'it' } as unknown as CompanyRow
  const lose = { ...base, name: '甲', industry: 'retail', phone: '+81312345678', note: 'x' } as unknown as CompanyRow
  const { row, changes } = mergedCompany(keep, lose)
  expect(row).toMatchObject({ name: '株式会社甲', industry: 'it', phone: '+81312345678', aliases: ['甲'] })
  const back = revertedCompany({ ...row, note: 'since' }, changes)
  expect(back).toMatchObject({ industry: 'it', phone: null, aliases: [], note: 'since' })
})

test('CAP-18 CRM-07 what was told of a company is taken back from whom it went into, but not what that one had of itself', () => {
  const company = (own: Partial<CompanyRow>) => ({ aliases: [], tags: [], attrs: {}, name: '株式会社甲', ...own }) as unknown as CompanyRow
  const bare = mergedCompany(company({ id: 'a' }), company({ id: 'b', attrs: { rank: 'gold', seats: 3 } }))
  const told = {
    companyId: 'b',
    changes: ['rank', 'seats'].map((key) => ({ column: `attrs.${key}`, from: null, to: key === 'rank' ? 'gold' : 3 })),
  }
  const lose = company({ id: 'b', attrs: { rank: 'gold', seats: 3 }, merged_into: 'a' })
  const rows = new Map([
    ['a', bare.row],
    ['b', lose],
  ])
  const filled = untoldCompanies(rows, new Map([['b', { keepId: 'a', changes: bare.changes }]]), told)
  expect([filled.rows.get('a')?.attrs, filled.rows.get('b')?.attrs]).toEqual([{}, {}])
  expect(revertedCompany(filled.rows.get('a') ?? lose, filled.fillings.get('b')?.changes ?? [])).toMatchObject({ attrs: {} })
  const own = mergedCompany(company({ id: 'a', attrs: { rank: 'gold' } }), lose)
  const kept = untoldCompanies(
    new Map([
      ['a', own.row],
      ['b', lose],
    ]),
    new Map([['b', { keepId: 'a', changes: own.changes }]]),
    told,
  )
  expect([kept.rows.get('a')?.attrs, kept.rows.get('b')?.attrs]).toEqual([{ rank: 'gold' }, {}])
})
