import fc from 'fast-check'
import { expect, test } from 'vitest'
import { industries, regionOf, regions } from '../vocabulary.ts'
import { industryGroups, industryOfGroup, normaliseIndustry, normaliseIndustryGroup } from './industry.ts'
import { parseYen } from './money.ts'
import { normalisePostal } from './postal.ts'
import { normaliseRoleLevel, roleLevelOf } from './role.ts'

test('CRM-06 a postal code is read in every width and with every hyphen, and nothing else is one', () => {
  for (const text of ['1000001', '100-0001', '〒100-0001', '１００ー０００１', '100‐0001', '100−0001', '〒 100－0001', '100 0001'])
    expect([text, normalisePostal(text)]).toEqual([text, '100-0001'])
  for (const text of ['', '100-001', '10000011', 'abc', '03-1234-5678', '100-000a'])
    expect([text, normalisePostal(text)]).toEqual([text, null])
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_999_999 }), fc.constantFrom('-', 'ー', '－', '‐', '−', ''), (n, hyphen) => {
      const digits = String(n).padStart(7, '0')
      expect(normalisePostal(`${digits.slice(0, 3)}${hyphen}${digits.slice(3)}`)).toBe(`${digits.slice(0, 3)}-${digits.slice(3)}`)
    }),
    { numRuns: 200, seed: 7 },
  )
})

test('CRM-20 amounts are read as Japanese people write them; a range is no amount', () => {
  const read = ['¥3,000', '300万円', '1.5億', '1億2,000万円', '500千円', '3百万円', '約500万円程度', '-1,000', '３００万', '▲500', '0'].map(
    parseYen,
  )
  expect(read).toEqual([3000, 3e6, 1.5e8, 1.2e8, 5e5, 3e6, 5e6, -1000, 3e6, -500, 0])
  expect(['300万〜500万', '2万1億', '未定', '', '1.2.3', '99999999999999999999'].map(parseYen)).toEqual([
    null,
    null,
    null,
    null,
    null,
    null,
  ])
})

const TITLES: Readonly<Record<string, string>> = {
  representative:
    '代表取締役社長 代表取締役 社長 代表 会長 CEO ＣＥＯ 代表社員 理事長 院長 個人事業主 President 代表取締役会長兼社長 オーナー Founder 創業者',
  executive:
    '取締役 専務取締役 常務執行役員 執行役員営業本部長 監査役 取締役副社長 顧問 CTO CFO 社外取締役 相談役 取締役部長 執行役員CMO 理事 監事 役員',
  head: '部長 営業部長 本部長 事業部長 次長 部長代理 担当部長 支店長 工場長 所長 事務局長 副部長 支社長 センター長 局長 営業所長 Director 統括部長 部門長',
  manager:
    '課長 営業課長 担当課長 課長代理 経営企画室長 社長室長 マネージャー マネジャー Manager 店長 グループ長 グループリーダー チーム長 参事 責任者 副課長',
  chief:
    '係長 主任 チーフ リーダー 課長補佐 主査 班長 サブマネージャー チームリーダー 副主任 Leader Supervisor アシスタントマネージャー 職長 主任研究員',
  staff: '担当 営業担当 一般社員 スタッフ 社員 社長秘書 役員秘書 部員 職員 メンバー Staff 契約社員 アルバイト インターン 事務員',
}

test('QUA-14 the level of a title: 代表, 役員, 部長, 課長, 主任, 担当 out of a hundred titles', () => {
  for (const [level, titles] of Object.entries(TITLES))
    for (const title of titles.split(' ')) expect([title, roleLevelOf(title)]).toEqual([title, level])
  for (const title of ['エンジニア', '弁護士', 'デザイナー', '', '代表電話']) expect([title, roleLevelOf(title)]).toEqual([title, null])
  expect(['executive', '役員', '課長', '営業部長', '一般', '経営層・役員', '謎'].map(normaliseRoleLevel)).toEqual([
    'executive',
    'executive',
    'manager',
    'head',
    'staff',
    'executive',
    '謎',
  ])
})

test('CRM-06 industries follow 日本標準産業分類: 20 divisions, 99 middle groups, and the words of forms lead there', () => {
  expect([...new Set(industries.map((one) => one.division))].join('')).toBe('ABCDEFGHIJKLMNOPQRST')
  expect([industryGroups.length, industryGroups[8]?.ja, industryGroups[38]?.ja, industryGroups[97]?.ja]).toEqual([
    99,
    '09 食料品製造業',
    '39 情報サービス業',
    '98 地方公務',
  ])
  expect(
    ['manufacturing', '製造業', 'E', 'E 製造業', '情報通信業', '39', '情報サービス業', '卸売業，小売業', '謎の業'].map(normaliseIndustry),
  ).toEqual(['manufacturing', 'manufacturing', 'manufacturing', 'manufacturing', 'it', 'it', 'it', 'wholesale', '謎の業'])
  expect(['39', '情報サービス業', '39 情報サービス業', '9', '製造業'].map(normaliseIndustryGroup)).toEqual(['39', '39', '39', '09', null])
  expect(['50', '56', '61', '99', '01', null].map(industryOfGroup)).toEqual(['wholesale', 'retail', 'retail', 'other', 'agriculture', null])
})

test('CRM-06 each of the 47 prefectures lies in one of eight regions', () => {
  expect(regions.map((one) => one.prefectures.length)).toEqual([1, 6, 7, 9, 7, 5, 4, 8])
  expect(['北海道', '青森県', '東京都', '愛知県', '大阪府', '広島県', '香川県', '沖縄県', '東京', null].map(regionOf)).toEqual([
    'hokkaido',
    'tohoku',
    'kanto',
    'chubu',
    'kinki',
    'chugoku',
    'shikoku',
    'kyushu',
    null,
    null,
  ])
})
