import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** Companies with news, the oldest first: locked, unless somebody else holds them. */
export async function claimCompanies(db: Db, most: number): Promise<string[]> {
  const found = await sql<{ id: string }>`/* claim_companies */ SELECT c.id FROM company c
    WHERE c.id IN (SELECT company_id FROM (SELECT company_id FROM company_news ORDER BY seq LIMIT ${most}) n) ORDER BY c.id FOR UPDATE SKIP LOCKED`.execute(
    db,
  )
  return found.rows.map((row) => row.id)
}

/** Takes the news of locked companies. @returns what changed, by company */
export async function takeCompanyNews(db: Db, ids: readonly string[]): Promise<Map<string, Set<string>>> {
  const taken = await sql<{ company_id: string; fields: string[] }>`/* take_company_news */ DELETE FROM company_news
    WHERE company_id = ANY(${[...ids]}::uuid[]) RETURNING company_id, fields`.execute(db)
  const news = new Map<string, Set<string>>()
  for (const row of taken.rows) {
    const fields = news.get(row.company_id) ?? new Set()
    for (const field of row.fields) fields.add(field)
    news.set(row.company_id, fields)
  }
  return news
}

export interface Sums {
  readonly id: string
  readonly people: number
  readonly engagement: number
  readonly score: number
  readonly last_seen_at: Date | null
}

/** The sums as they are kept. */
export async function keptSums(db: Db, ids: readonly string[]): Promise<Sums[]> {
  return db
    .selectFrom('company')
    .select(['id', 'people', 'engagement', 'score', 'last_seen_at'])
    .where('id', 'in', [...ids])
    .orderBy('id')
    .execute()
}

/** The sums as the people with each company make them now. */
export async function sumCompanies(db: Db, ids: readonly string[]): Promise<Map<string, Sums>> {
  const found =
    await sql<Sums>`/* sum_companies */ SELECT c AS id, count(p.id)::int AS people, coalesce(sum(l.engagement) FILTER (WHERE p.id IS NOT NULL), 0)::float8 AS engagement,
      coalesce(sum(l.score) FILTER (WHERE p.id IS NOT NULL), 0)::float8 AS score, max(p.last_seen_at) AS last_seen_at
    FROM unnest(${[...ids]}::uuid[]) c LEFT JOIN company_person l ON l.company_id = c AND l.until IS NULL
    LEFT JOIN person p ON p.bucket = l.bucket AND p.id = l.person_id AND p.identified_at IS NOT NULL GROUP BY c`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row]))
}

/** Writes sums. */
export async function saveSums(db: Db, rows: readonly Sums[], at: Date): Promise<void> {
  if (!rows.length) return
  await sql`/* save_company_sums */ UPDATE company c SET people = x.p, engagement = x.e, score = x.s, last_seen_at = x.l, summed_at = ${at}
    FROM unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.people)}::int[], ${rows.map((row) => row.engagement)}::float8[],
      ${rows.map((row) => row.score)}::float8[], ${rows.map((row) => row.last_seen_at)}::timestamptz[]) x(i, p, e, s, l) WHERE c.id = x.i`.execute(
    db,
  )
}

/** Companies whose number of people is not what it is kept as: people were erased or moved by other hands. */
export async function markDrifted(db: Db): Promise<void> {
  await sql`INSERT INTO company_news (company_id, fields) SELECT c.id, '{people}' FROM company c
    LEFT JOIN (SELECT l.company_id, count(*) AS n, max(p.last_seen_at) AS seen FROM company_person l JOIN person p ON p.bucket = l.bucket AND p.id = l.person_id AND p.identified_at IS NOT NULL
      WHERE l.until IS NULL GROUP BY l.company_id) x ON x.company_id = c.id
    WHERE c.people <> coalesce(x.n, 0) OR c.last_seen_at IS DISTINCT FROM x.seen ORDER BY c.id`.execute(db)
}

/** A page of the people of companies, after the last one, for news about their companies. */
export async function peopleOfCompanies(
  db: Db,
  ids: readonly string[],
  after: { bucket: number; person_id: string } | null,
  most: number,
): Promise<{ bucket: number; person_id: string; company_id: string }[]> {
  const beyond = after ? sql`AND (bucket, person_id) > (${after.bucket}::smallint, ${after.person_id}::uuid)` : sql``
  const found = await sql<{
    bucket: number
    person_id: string
    company_id: string
  }>`SELECT bucket, person_id, company_id FROM company_person
    WHERE company_id = ANY(${[...ids]}::uuid[]) AND until IS NULL ${beyond} ORDER BY bucket, person_id LIMIT ${most}`.execute(db)
  return found.rows
}
