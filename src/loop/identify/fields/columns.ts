// The standard fields as data: which column, which words, which class (CAP-14), how a value is made fit to store.
import {
  cleanText,
  normaliseEmployees,
  normaliseIndustry,
  normaliseKana,
  normaliseName,
  normalisePrefecture,
  normaliseRoleLevel,
  normaliseWebsite,
} from '../normalise/decide.ts'
import type { PersonRowTable } from '../tables.ts'
import { type Choice, employeeBands, industries, prefectures, roleLevels } from '../vocabulary.ts'

export interface PersonColumn {
  /** As acts, forms and imports name it. */
  readonly field: string
  readonly column: keyof PersonRowTable & string
  readonly ja: string
  readonly en: string
  readonly class: 'basic' | 'secondary'
  readonly options?: readonly Choice[]
  /** The value to store; null when nothing usable is in the text. */
  readonly normalise: (text: string) => string | null
}

const column = (
  field: string,
  name: keyof PersonRowTable & string,
  ja: string,
  en: string,
  normalise: PersonColumn['normalise'] = cleanText,
  options?: readonly Choice[],
): PersonColumn => ({ field, column: name, ja, en, class: 'basic', normalise, ...(options ? { options } : {}) })

/** Plain text fields of a person. Mail and phone are apart: they have a typed and a normalised form. */
export const personColumns: readonly PersonColumn[] = [
  column('companyName', 'company_name', '会社名', 'Company'),
  column('familyName', 'family_name', '姓', 'Family name', normaliseName),
  column('givenName', 'given_name', '名', 'Given name', normaliseName),
  column('familyKana', 'family_kana', 'セイ', 'Family name (kana)', normaliseKana),
  column('givenKana', 'given_kana', 'メイ', 'Given name (kana)', normaliseKana),
  column('department', 'department', '部署', 'Department'),
  column('title', 'title', '役職', 'Job title'),
  column('roleLevel', 'role_level', '役職レベル', 'Role level', normaliseRoleLevel, roleLevels),
  column('prefecture', 'prefecture', '都道府県', 'Prefecture', normalisePrefecture, prefectures),
  column('industry', 'industry', '業種', 'Industry', normaliseIndustry, industries),
  column('employeeBand', 'employee_band', '従業員規模', 'Company size', normaliseEmployees, employeeBands),
  column('website', 'website', 'Webサイト', 'Web site', normaliseWebsite),
  column('contactMail', 'contact_mail', '共有メール', 'Shared address'),
]
