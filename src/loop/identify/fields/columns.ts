// The standard fields as data: which column, which type and class (CAP-14), which words, how a value is made fit to store.
import {
  cleanText,
  normaliseEmployees,
  normaliseKana,
  normaliseName,
  normalisePrefecture,
  normaliseSalutation,
  normaliseWebsite,
} from '../normalise/decide.ts'
import { industryGroups, normaliseIndustry, normaliseIndustryGroup } from '../normalise/industry.ts'
import { parseYen } from '../normalise/money.ts'
import { normalisePostal } from '../normalise/postal.ts'
import { normaliseRoleLevel } from '../normalise/role.ts'
import type { PersonRowTable } from '../tables.ts'
import { type Choice, employeeBands, industries, prefectures, roleLevels, salutations } from '../vocabulary.ts'
import type { FieldDefinition } from './contract.ts'

export type ColumnValue = string | number | readonly string[] | null

export interface PersonColumn {
  /** As acts, forms and imports name it. */
  readonly field: string
  readonly column: keyof PersonRowTable & string
  readonly ja: string
  readonly en: string
  readonly type: FieldDefinition['type']
  readonly class: 'basic' | 'secondary'
  readonly options?: readonly Choice[]
  /** The value to store; null when nothing usable is in the text. */
  readonly normalise: (text: string) => ColumnValue
  /** How headers of files call it, besides its own words. */
  readonly headers: readonly string[]
}

type More = Partial<Pick<PersonColumn, 'type' | 'class' | 'options' | 'normalise' | 'headers'>>

function column(field: string, name: keyof PersonRowTable & string, ja: string, en: string, more: More = {}): PersonColumn {
  const type = more.options ? 'choice' : 'text'
  return { field, column: name, ja, en, type, class: 'basic', normalise: cleanText, headers: [], ...more }
}

/** Keys of products out of one text, in the order given. */
export function productKeys(text: string): string[] {
  const keys = text.split(/[、,;；\n]/).flatMap((one) => cleanText(one, 100) ?? [])
  return [...new Set(keys)].slice(0, 50)
}

/** Plain fields of a person. Mail and phone are apart: they have a typed and a normalised form. */
export const personColumns: readonly PersonColumn[] = [
  column('companyName', 'company_name', '会社名', 'Company'),
  column('familyName', 'family_name', '姓', 'Family name', { normalise: normaliseName }),
  column('givenName', 'given_name', '名', 'Given name', { normalise: normaliseName }),
  column('familyKana', 'family_kana', 'セイ', 'Family name (kana)', { normalise: normaliseKana }),
  column('givenKana', 'given_kana', 'メイ', 'Given name (kana)', { normalise: normaliseKana }),
  column('salutation', 'salutation', '敬称', 'Salutation', {
    normalise: normaliseSalutation,
    options: salutations,
    headers: ['salutation', '敬称'],
  }),
  column('department', 'department', '部署', 'Department'),
  column('title', 'title', '役職', 'Job title'),
  column('roleLevel', 'role_level', '役職レベル', 'Role level', {
    normalise: normaliseRoleLevel,
    options: roleLevels,
    headers: ['役職区分', '役職クラス', '職位', 'rolelevel', 'seniority'],
  }),
  column('postalCode', 'postal_code', '郵便番号', 'Postal code', {
    normalise: normalisePostal,
    headers: ['郵便番号', '〒', 'zip', 'zipcode', 'postalcode', 'postcode', 'zip/postalcode'],
  }),
  column('prefecture', 'prefecture', '都道府県', 'Prefecture', { normalise: normalisePrefecture, options: prefectures }),
  column('city', 'city', '市区町村', 'City', { headers: ['市区町村', '市区郡', '市町村', 'city'] }),
  column('address', 'address', '町名・番地', 'Street', {
    headers: ['住所', '番地', '町名番地', '町域', '住所1', 'address', 'address1', 'street', 'streetaddress'],
  }),
  column('building', 'building', '建物名・部屋番号', 'Building', {
    headers: ['建物名', '建物', 'ビル名', '住所2', 'address2', 'building'],
  }),
  column('industry', 'industry', '業種', 'Industry', { normalise: normaliseIndustry, options: industries }),
  column('industryGroup', 'industry_group', '業種（中分類）', 'Industry group', {
    normalise: normaliseIndustryGroup,
    options: industryGroups,
    headers: ['業種中分類', '中分類', '産業分類', '日本標準産業分類'],
  }),
  column('employeeBand', 'employee_band', '従業員規模', 'Company size', { normalise: normaliseEmployees, options: employeeBands }),
  column('website', 'website', 'Webサイト', 'Web site', { type: 'url', normalise: normaliseWebsite }),
  column('contactMail', 'contact_mail', '共有メール', 'Shared address', { type: 'mail' }),
  column('budget', 'budget', '検討予算', 'Budget', {
    type: 'money',
    class: 'secondary',
    normalise: (text) => {
      const yen = parseYen(text)
      return yen !== null && yen >= 0 ? yen : null
    },
    headers: ['予算', '予算額', '検討予算', '予算規模', 'budget'],
  }),
  column('products', 'products', '検討製品', 'Interested products', {
    type: 'multi',
    class: 'secondary',
    normalise: productKeys,
    headers: ['検討製品', '興味のある製品', '製品', '商材', 'products', 'product', 'interestedproducts'],
  }),
]
