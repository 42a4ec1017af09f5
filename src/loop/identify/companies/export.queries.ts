import { sql } from 'kysely'
import { z } from 'zod'
import type { JsonObject } from '#kernel/json.ts'
import { factCell } from '../export/factCell.ts'
import { flatSource } from '../export/flat.ts'
import { attrValue, factType } from '../facts.ts'
import { customFields } from '../fields/service.ts'
import { employeeBands, industries } from '../vocabulary.ts'
import { conditionsOf } from './reads.ts'

/** The companies as a file. */
export const companiesSource = flatSource({
  name: 'companies',
  ja: '会社',
  en: 'Companies',
  permission: 'companies.read',
  filter: z.object({
    q: z.string().max(200).optional(),
    industry: z.string().max(50).optional(),
    prefecture: z.string().max(20).optional(),
    employeeBand: z.string().max(20).optional(),
    owner: z.union([z.guid(), z.literal('none')]).optional(),
    tag: z.string().max(100).optional(),
    segment: z.guid().optional(),
    rule: z.string().max(20_000).optional(),
  }),
  columns: [
    { key: 'id', ja: 'ID', en: 'ID' },
    { key: 'name', ja: '会社名', en: 'Company' },
    { key: 'kana', ja: 'フリガナ', en: 'Kana' },
    { key: 'english', ja: '英語名', en: 'English name' },
    { key: 'number', ja: '法人番号', en: 'Corporate number' },
    { key: 'domains', ja: 'ドメイン', en: 'Domains' },
    { key: 'website', ja: 'Webサイト', en: 'Web site' },
    { key: 'phone', ja: '電話番号', en: 'Phone' },
    { key: 'postal', ja: '郵便番号', en: 'Postal code' },
    { key: 'prefecture', ja: '都道府県', en: 'Prefecture' },
    { key: 'city', ja: '市区町村', en: 'City' },
    { key: 'address', ja: '住所', en: 'Address' },
    { key: 'industry', ja: '業種', en: 'Industry' },
    { key: 'employees', ja: '従業員規模', en: 'Company size' },
    { key: 'owner', ja: '担当者', en: 'Owner' },
    { key: 'people', ja: 'リード数', en: 'Leads' },
    { key: 'score', ja: 'スコア', en: 'Score' },
    { key: 'tags', ja: 'タグ', en: 'Tags' },
    { key: 'seen', ja: '最終アクセス', en: 'Last seen' },
  ],
  words: { industry: industries, employees: employeeBands },
  more: async (ctx) =>
    (await customFields(ctx, 'company')).map(({ key, ja, en, type, options }) => ({
      ...{ key: `attrs.${key}`, ja, en, usual: true },
      cell: (row, language) => {
        const as = factType(type)
        return factCell({ type: as, options }, attrValue((row['attrs'] as JsonObject)[key], as), language)
      },
    })),
  rows: async (
    filter,
    ctx,
  ) => sql`SELECT c.id, c.name, c.kana, c.english_name AS english, c.corporate_number AS number, c.website, c.phone_typed AS phone,
      c.postal_code AS postal, c.prefecture, c.city, c.address, c.industry, c.employee_band AS employees, u.name AS owner, c.people, c.score, c.tags, c.last_seen_at AS seen, c.attrs,
      ARRAY(SELECT domain FROM company_domain x WHERE x.company_id = c.id ORDER BY since, domain) AS domains
    FROM company c LEFT JOIN auth_user u ON u.id = c.owner_id
    WHERE ${sql.join([sql`c.merged_into IS NULL`, ...(await conditionsOf(ctx, filter))], sql` AND `)}
    ORDER BY c.sort_name, c.id`,
})
