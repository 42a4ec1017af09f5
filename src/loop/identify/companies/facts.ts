// What companies say: of themselves (for company segments and lists), and of the people who are with them.
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { attrSql, type Fact, type FactOption, type FactType, type FactValue, factType, type Words } from '../facts.ts'
import { fiscalMonths } from '../fields/companyColumns.ts'
import type { FieldDefinition } from '../fields/contract.ts'
import { customFields } from '../fields/service.ts'
import { employeeBands, industries, prefectures } from '../vocabulary.ts'
import { selectOfPeople } from './queries.ts'
import { buyingRoles } from './vocabulary.ts'

/** Something typed that a room keeps true about a company: an expression over the company row under an alias. */
export interface CompanyFact {
  /** Dotted as people see it: `industry`, `score`, `sales.open_deals`. */
  readonly name: string
  readonly type: FactType
  readonly words: Words
  readonly options?: readonly FactOption[]
  readonly sql: (company: string) => RawBuilder<unknown>
  /** Computed from people's scores: score rules may not ask it, for it would feed on their points. */
  readonly ofScores?: true
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** What every room says of companies, listed by server/wire. */
    readonly companyFacts: readonly CompanyFact[]
    /** Filters of the company list that higher rooms answer, by name (`segment`, `rule`), over the company row `c`. */
    readonly companyFilters: Readonly<Record<string, (ctx: Ctx, value: string) => RawBuilder<unknown> | Promise<RawBuilder<unknown>>>>
  }
}

const column = (
  name: string,
  own: string,
  type: FactType,
  ja: string,
  en: string,
  more: Partial<Pick<CompanyFact, 'options' | 'ofScores'>> = {},
): CompanyFact => ({ name, type, words: { ja, en }, sql: (company) => sql`${sql.id(company, own)}`, ...more })

/** The columns of companies as facts about them. */
export const companyFacts: readonly CompanyFact[] = [
  column('name', 'name', 'text', '会社名', 'Name'),
  column('industry', 'industry', 'choice', '業種', 'Industry', { options: industries }),
  column('employeeBand', 'employee_band', 'choice', '従業員規模', 'Size', { options: employeeBands }),
  column('prefecture', 'prefecture', 'choice', '都道府県', 'Prefecture', { options: prefectures }),
  column('city', 'city', 'text', '市区町村', 'City'),
  {
    name: 'fiscalMonth',
    type: 'choice',
    words: { ja: '決算期首月', en: 'Fiscal year begins' },
    options: fiscalMonths,
    sql: (company) => sql`${sql.id(company, 'fiscal_month')}::text`,
  },
  column('owner', 'owner_id', 'choice', '会社の担当者', 'Owner'),
  column('tags', 'tags', 'multi', 'タグ', 'Tags'),
  column('people', 'people', 'number', 'リードの数', 'Number of leads'),
  column('score', 'score', 'number', 'スコアの合計', 'Summed score', { ofScores: true }),
  column('engagement', 'engagement', 'number', '最近の反応の合計', 'Summed recent engagement', { ofScores: true }),
  column('lastSeen', 'last_seen_at', 'datetime', '最後に反応があった日時', 'Last seen'),
  column('createdAt', 'created_at', 'datetime', '登録日時', 'Added at'),
  {
    name: 'hasNumber',
    type: 'boolean',
    words: { ja: '法人番号がある', en: 'Corporate number known' },
    sql: (company) => sql`(${sql.id(company, 'corporate_number')} IS NOT NULL)`,
  },
]

/** A custom field of companies as a fact about them: `attrs.<key>`. */
function customFact({ key, type, ja, en, options }: FieldDefinition): CompanyFact {
  const as = factType(type)
  return { name: `attrs.${key}`, type: as, words: { ja, en }, sql: attrSql(key, as), ...(options.length ? { options } : {}) }
}

/** Everything known of companies now: what rooms declare, and the custom fields that people defined. */
export async function allCompanyFacts(ctx: Ctx): Promise<readonly CompanyFact[]> {
  return [...ctx.house.ports.companyFacts, ...(await customFields(ctx, 'company')).map(customFact)]
}

/** The custom fields of companies as facts of the people who are with them: `company.attrs.<key>`. */
export async function customOfPeople(ctx: Ctx): Promise<Fact[]> {
  return (await customFields(ctx, 'company')).map(customFact).map(factOfPeople)
}

const AFTER = ['company.linked', 'company.unlinked', 'company.changed', 'lead.adopted', 'lead.released'] as const

/** A fact of a company as one of the people who are with it. */
export function factOfPeople(fact: CompanyFact): Fact {
  const one = (person: string) => {
    const p = sql.id(person)
    return sql`(SELECT ${fact.sql('co')} FROM person cq JOIN company co ON co.id = cq.company_id WHERE cq.bucket = ${p}.bucket AND cq.id = ${p}.id)`
  }
  return {
    name: `company.${fact.name}`,
    type: fact.type,
    words: { ja: `会社：${fact.words.ja}`, en: `Company: ${fact.words.en}` },
    group: 'company',
    ...(fact.options ? { options: fact.options } : {}),
    ...(fact.ofScores ? { ofScores: true as const } : {}),
    sql: one,
    load: async (ctx, subjects) => valuesOf(await selectOfPeople(ctx.db, subjects, one('p')), fact.type),
    after: AFTER,
  }
}

const roleSql = (person: string) => {
  const p = sql.id(person)
  return sql`(SELECT cl.role FROM company_person cl WHERE cl.bucket = ${p}.bucket AND cl.person_id = ${p}.id AND cl.until IS NULL ORDER BY cl.since DESC LIMIT 1)`
}
const knownSql = (person: string) => {
  const p = sql.id(person)
  return sql`EXISTS (SELECT 1 FROM company_person cl WHERE cl.bucket = ${p}.bucket AND cl.person_id = ${p}.id AND cl.until IS NULL)`
}

/** What companies say of people: every column, what the person says in its decisions, and whether there is a company at all. */
export const facts: readonly Fact[] = [
  ...companyFacts.map(factOfPeople),
  {
    name: 'company.role',
    type: 'choice',
    words: { ja: '会社：購買での役割', en: 'Company: role in the decision' },
    group: 'company',
    options: buyingRoles,
    sql: roleSql,
    load: async (ctx, subjects) => valuesOf(await selectOfPeople(ctx.db, subjects, roleSql('p')), 'choice'),
    after: AFTER,
  },
  {
    name: 'company.known',
    type: 'boolean',
    words: { ja: '会社：紐づいている', en: 'Company: linked' },
    group: 'company',
    sql: knownSql,
    load: async (ctx, subjects) => valuesOf(await selectOfPeople(ctx.db, subjects, knownSql('p')), 'boolean'),
    after: AFTER,
  },
]

function valuesOf(rows: ReadonlyMap<string, unknown>, type: FactType): Map<string, FactValue> {
  return new Map([...rows].map(([id, value]) => [id, factValue(value, type)]))
}

/** A value as facts give it. */
export function factValue(value: unknown, type: FactType): FactValue {
  if (value === null || value === undefined) return type === 'multi' ? [] : null
  if (type === 'multi') return Array.isArray(value) ? value.map(String) : []
  if (type === 'number' || type === 'money') return Number(value)
  if (type === 'date') return new Date(`${String(value)}T00:00:00Z`)
  return typeof value === 'boolean' || value instanceof Date ? value : String(value)
}
