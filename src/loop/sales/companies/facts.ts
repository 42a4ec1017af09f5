// What deals say of companies, for company segments and, through their company, of people.
import { type RawBuilder, sql } from 'kysely'
import type { CompanyFact } from '#loop/identify/companies/facts.ts'

const deals = (select: RawBuilder<unknown>, which: RawBuilder<unknown>) => (company: string) =>
  sql`(WITH RECURSIVE fam AS (SELECT ${sql.id(company)}.id UNION ALL SELECT fc.id FROM fam JOIN company fc ON fc.merged_into = fam.id)
    SELECT ${select} FROM deal_company dk JOIN deal d ON d.id = dk.deal_id AND d.removed_at IS NULL AND ${which} WHERE dk.company_id IN (SELECT id FROM fam))`

export const companyFacts: readonly CompanyFact[] = [
  {
    name: 'sales.has_open_deal',
    type: 'boolean',
    words: { ja: '進行中の商談がある', en: 'Has an open deal' },
    sql: deals(sql`count(*) > 0`, sql`d.state = 'open'`),
  },
  {
    name: 'sales.open_deals',
    type: 'number',
    words: { ja: '進行中の商談数', en: 'Open deals' },
    sql: deals(sql`count(*)::int`, sql`d.state = 'open'`),
  },
  {
    name: 'sales.won_deals',
    type: 'number',
    words: { ja: '受注数', en: 'Won deals' },
    sql: deals(sql`count(*)::int`, sql`d.state = 'won'`),
  },
  {
    name: 'sales.won_amount',
    type: 'money',
    words: { ja: 'LTV（受注金額の合計）', en: 'LTV (worth of won deals)' },
    sql: deals(sql`coalesce(sum(d.amount), 0)::float8`, sql`d.state = 'won'`),
  },
  {
    name: 'sales.last_won_at',
    type: 'datetime',
    words: { ja: '最後に受注した日時', en: 'Last won at' },
    sql: deals(sql`max(d.closed_at)`, sql`d.state = 'won'`),
  },
]
