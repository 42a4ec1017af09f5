import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { DealCompanyTable } from './tables.ts'

/** Deals of these people that have no company yet get the one of their main contact, else of anybody in them. */
export async function linkDeals(db: Db, people: readonly Subject[]): Promise<void> {
  const { buckets, ids } = columnsOf(people)
  await sql`/* link_deals */ INSERT INTO deal_company (deal_id, company_id)
    SELECT DISTINCT ON (o.deal_id) o.deal_id, p.company_id FROM (
      SELECT DISTINCT dp.deal_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN deal_person dp ON dp.bucket = x.b AND dp.person_id = x.i
      WHERE NOT EXISTS (SELECT 1 FROM deal_company k WHERE k.deal_id = dp.deal_id)) d
    JOIN deal_person o ON o.deal_id = d.deal_id JOIN person p ON p.bucket = o.bucket AND p.id = o.person_id AND p.company_id IS NOT NULL
    ORDER BY o.deal_id, o.main DESC, o.added_at, o.person_id ON CONFLICT DO NOTHING`.execute(db)
}

/** The companies of the deals of these people. */
export async function companiesOfDeals(db: Db, people: readonly Subject[]): Promise<string[]> {
  const { buckets, ids } = columnsOf(people)
  const rows = await sql<
    Pick<DealCompanyTable, 'company_id'>
  >`SELECT DISTINCT k.company_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN deal_person dp ON dp.bucket = x.b AND dp.person_id = x.i JOIN deal_company k ON k.deal_id = dp.deal_id`.execute(db)
  return rows.rows.map((row) => row.company_id)
}

/** A company and all that went into it. */
const family = (id: string) => sql`WITH RECURSIVE family AS (
  SELECT id FROM company WHERE id = ${id}::uuid UNION ALL SELECT c.id FROM family f JOIN company c ON c.merged_into = f.id)`

export interface DealOfCompany {
  readonly id: string
  readonly name: string
  readonly amount: number | null
  readonly stage: string
  readonly state: 'open' | 'won' | 'lost'
  readonly expected_close: string | null
  readonly closed_at: Date | null
  readonly changed_at: Date
}

/** The deals of a company, open ones first, then the last closed. */
export async function listDeals(db: Db, companyId: string, most: number): Promise<DealOfCompany[]> {
  const rows =
    await sql<DealOfCompany>`${family(companyId)} SELECT d.id, d.name, d.amount, d.stage, d.state, d.expected_close, d.closed_at, d.changed_at
    FROM deal_company k JOIN deal d ON d.id = k.deal_id AND d.removed_at IS NULL WHERE k.company_id IN (SELECT id FROM family)
    ORDER BY d.state = 'open' DESC, coalesce(d.closed_at, d.changed_at) DESC, d.id LIMIT ${most}`.execute(db)
  return rows.rows
}

export interface Worth {
  readonly won: number
  readonly won_amount: number
  readonly open: number
  readonly open_amount: number
  readonly lost: number
  readonly first_won_at: Date | null
  readonly last_won_at: Date | null
}

/** What a company was and may become worth. */
export async function sumDeals(db: Db, companyId: string): Promise<Worth> {
  const rows =
    await sql<Worth>`${family(companyId)} SELECT count(*) FILTER (WHERE d.state = 'won')::int AS won, coalesce(sum(d.amount) FILTER (WHERE d.state = 'won'), 0)::float8 AS won_amount,
      count(*) FILTER (WHERE d.state = 'open')::int AS open, coalesce(sum(d.amount) FILTER (WHERE d.state = 'open'), 0)::float8 AS open_amount,
      count(*) FILTER (WHERE d.state = 'lost')::int AS lost, min(d.closed_at) FILTER (WHERE d.state = 'won') AS first_won_at, max(d.closed_at) FILTER (WHERE d.state = 'won') AS last_won_at
    FROM deal_company k JOIN deal d ON d.id = k.deal_id AND d.removed_at IS NULL WHERE k.company_id IN (SELECT id FROM family)`.execute(db)
  return rows.rows[0] ?? { won: 0, won_amount: 0, open: 0, open_amount: 0, lost: 0, first_won_at: null, last_won_at: null }
}

export interface LtvRow {
  readonly key: string | null
  readonly name: string | null
  readonly won: number
  readonly amount: number
  readonly customers: number
}

const NAME = sql`nullif(concat_ws(' ', p.family_name, p.given_name), '')`
/** Each won deal counts once: for its company, its main contact, or the source that brought its main contact. */
const BY = {
  company: { key: sql`c.id::text`, name: sql`c.name`, who: sql`c.id` },
  person: { key: sql`p.id::text`, name: sql`coalesce(${NAME}, p.mail)`, who: sql`p.id` },
  source: { key: sql`p.source_first`, name: sql`p.source_first`, who: sql`coalesce(c.id, p.id)` },
} as const

/** Worth of won deals, the largest first. */
export async function listLtv(db: Db, by: keyof typeof BY, most: number): Promise<LtvRow[]> {
  const { key, name, who } = BY[by]
  const rows = await sql<LtvRow>`WITH RECURSIVE heir AS (
      SELECT id, id AS heir FROM company WHERE merged_into IS NULL UNION ALL SELECT c.id, h.heir FROM heir h JOIN company c ON c.merged_into = h.id),
    main AS (SELECT DISTINCT ON (dp.deal_id) dp.deal_id, dp.bucket, dp.person_id FROM deal_person dp ORDER BY dp.deal_id, dp.main DESC, dp.added_at, dp.person_id)
    SELECT ${key} AS key, ${name} AS name, count(*)::int AS won, coalesce(sum(d.amount), 0)::float8 AS amount, count(DISTINCT ${who})::int AS customers
    FROM deal d LEFT JOIN deal_company k ON k.deal_id = d.id LEFT JOIN heir h ON h.id = k.company_id LEFT JOIN company c ON c.id = h.heir
    LEFT JOIN main m ON m.deal_id = d.id LEFT JOIN person p ON p.bucket = m.bucket AND p.id = m.person_id
    WHERE d.state = 'won' AND d.removed_at IS NULL GROUP BY 1, 2 ORDER BY amount DESC, 1 NULLS LAST LIMIT ${most}`.execute(db)
  return rows.rows
}
