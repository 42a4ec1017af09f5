// The standard fields of companies as data: which type, which words, which options. Browser-safe.
import { type Choice, employeeBands, industries, prefectures } from '../vocabulary.ts'
import type { FieldDefinition } from './contract.ts'

/** The first month of a fiscal year. */
export const fiscalMonths: readonly Choice[] = Array.from({ length: 12 }, (_, i) => ({
  value: String(i + 1),
  ja: `${i + 1}月`,
  en: `Month ${i + 1}`,
}))

export interface CompanyColumn {
  readonly field: string
  readonly type: FieldDefinition['type']
  readonly ja: string
  readonly en: string
  readonly options?: readonly Choice[]
}

const column = (
  field: string,
  ja: string,
  en: string,
  type: CompanyColumn['type'] = 'text',
  options?: readonly Choice[],
): CompanyColumn => ({
  field,
  type,
  ja,
  en,
  ...(options ? { options } : {}),
})

/** Plain fields of a company, besides its name. */
export const companyColumns: readonly CompanyColumn[] = [
  column('kana', 'カナ', 'Kana'),
  column('englishName', '英語名', 'English name'),
  column('aliases', '別名・略称', 'Other names', 'longText'),
  column('corporateNumber', '法人番号', 'Corporate number'),
  column('website', 'Webサイト', 'Web site', 'url'),
  column('domains', 'メール・Webのドメイン', 'Mail and web domains', 'multi'),
  column('industry', '業種', 'Industry', 'choice', industries),
  column('employeeBand', '従業員規模', 'Company size', 'choice', employeeBands),
  column('fiscalMonth', '決算期首月', 'Fiscal year begins', 'choice', fiscalMonths),
  column('owner', '担当', 'Owner', 'choice'),
  column('tags', 'タグ', 'Tags', 'multi'),
  column('postalCode', '郵便番号', 'Postal code'),
  column('prefecture', '都道府県', 'Prefecture', 'choice', prefectures),
  column('city', '市区町村', 'City'),
  column('address', '番地・建物', 'Street and building'),
  column('phone', '電話番号', 'Phone', 'phone'),
]
