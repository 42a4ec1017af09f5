import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import { byPeople } from '../machines.queries.ts'
import type { CompanyCandidateTable, CompanyRow } from './tables.ts'

/** A condition over the company row `c`. */
export type Condition = RawBuilder<unknown>

export interface Filter {
  readonly q?: string | undefined
  readonly industry?: string | undefined
  readonly prefecture?: string | undefined
  readonly employeeBand?: string | undefined
  readonly owner?: string | undefined
  readonly tag?: string | undefined
}

const likeText = (text: string): string => `%${text.replace(/[\\%_]/g, (letter) => `\\${letter}`)}%`

/** The conditions of a list. `q` is already searchable text; each of its words must be found. */
export function conditionsOf(filter: Filter): Condition[] {
  const words = (filter.q ?? '')
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, 5)
  const found: (Condition | null)[] = [
    ...words.map((word) => sql`c.search_text LIKE ${likeText(word)}`),
    filter.industry ? sql`c.industry = ${filter.industry}` : null,
    filter.prefecture ? sql`c.prefecture = ${filter.prefecture}` : null,
    filter.employeeBand ? sql`c.employee_band = ${filter.employeeBand}` : null,
    filter.owner === 'none' ? sql`c.owner_id IS NULL` : filter.owner ? sql`c.owner_id = ${filter.owner}::uuid` : null,
    filter.tag ? sql`${filter.tag} = ANY(c.tags)` : null,
  ]
  return found.filter((condition) => condition !== null)
}

export const ORDERS = {
  score: { by: sql`c.score`, cast: sql`::float8`, descending: true },
  engagement: { by: sql`c.engagement`, cast: sql`::float8`, descending: true },
  people: { by: sql`c.people`, cast: sql`::int`, descending: true },
  created: { by: sql`c.created_at`, cast: sql`::timestamptz`, descending: true },
  name: { by: sql`c.sort_name`, cast: sql`::text COLLATE "C"`, descending: false },
} as const
export type Sort = keyof typeof ORDERS

const allOf = (conditions: readonly Condition[]): Condition => sql.join([sql`c.merged_into IS NULL`, ...conditions], sql` AND `)

/** A page of companies in an order, after a cursor. */
export async function listCompanies(
  db: Db,
  conditions: readonly Condition[],
  sort: Sort,
  after: { key: string; id: string } | null,
  limit: number,
): Promise<(CompanyRow & { key: string })[]> {
  const { by, cast, descending } = ORDERS[sort]
  const [direction, compare] = descending ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`]
  const beyond = after ? [sql`(${by}, c.id) ${compare} (${after.key}${cast}, ${after.id}::uuid)`] : []
  const rows = await sql<
    CompanyRow & { key: string }
  >`SELECT c.*, (${by})::text AS key FROM company c WHERE ${allOf([...conditions, ...beyond])}
    ORDER BY ${by} ${direction}, c.id ${direction} LIMIT ${limit}`.execute(db)
  return rows.rows
}

/** How many, counted up to `most` + 1. */
export async function countCompanies(db: Db, conditions: readonly Condition[], most: number): Promise<number> {
  const rows = await sql<{
    n: number
  }>`SELECT count(*) AS n FROM (SELECT 1 FROM company c WHERE ${allOf(conditions)} LIMIT ${most + 1}) x`.execute(db)
  return Number(rows.rows[0]?.n ?? 0)
}

/** Values of expressions over one company. */
export async function companyValues(
  db: Db,
  id: string,
  facts: readonly { name: string; value: RawBuilder<unknown> }[],
): Promise<Record<string, unknown>> {
  if (!facts.length) return {}
  const columns = sql.join(facts.map((fact) => sql`${fact.value} AS ${sql.id(fact.name)}`))
  const rows = await sql<Record<string, unknown>>`SELECT ${columns} FROM company c WHERE c.id = ${id}`.execute(db)
  return rows.rows[0] ?? {}
}

export interface PersonOfCompany {
  readonly id: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly department: string | null
  readonly title: string | null
  readonly role_level: string | null
  readonly mail: string | null
  readonly mail_typed: string | null
  readonly last_seen_at: Date | null
  readonly role: string
  readonly linked_by: string
  readonly since: Date
  readonly until: Date | null
  readonly engagement: number
  readonly score: number
}

/** The people of a company, the highest score first; or those who were, the last to go first. */
export async function listPeople(
  db: Db,
  companyId: string,
  past: boolean,
  after: { key: string; id: string } | null,
  limit: number,
): Promise<(PersonOfCompany & { key: string })[]> {
  const by = past ? sql`l.until` : sql`l.score`
  const beyond = after
    ? sql`AND (${by}, l.person_id) < (${after.key}${past ? sql`::timestamptz` : sql`::float8`}, ${after.id}::uuid)`
    : sql``
  const rows = await sql<
    PersonOfCompany & { key: string }
  >`SELECT p.id, p.family_name, p.given_name, p.department, p.title, p.role_level, p.mail, p.mail_typed, p.last_seen_at,
      l.role, l.linked_by, l.since, l.until, l.engagement, l.score, (${by})::text AS key
    FROM company_person l JOIN person p ON p.bucket = l.bucket AND p.id = l.person_id
    WHERE l.company_id = ${companyId} AND l.until IS ${past ? sql`NOT NULL` : sql`NULL`} ${beyond} ORDER BY ${by} DESC, l.person_id DESC LIMIT ${limit}`.execute(
    db,
  )
  return rows.rows
}

/** People whose journals a company's timeline reads: those last seen. */
const MOST_PEOPLE = 300

export interface CompanyEvent {
  readonly id: string
  readonly person_id: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly mail: string | null
  readonly name: string
  readonly occurred_at: Date
  readonly historic: boolean
  readonly props: JsonObject
  readonly key: string
}

/** A page of what the people of a company did while they were with it, newest first: the newest of each, then of all. */
export async function listTimeline(
  db: Db,
  companyId: string,
  names: readonly string[] | null,
  hidden: readonly string[],
  isPeople: boolean,
  after: { key: string; id: string } | null,
  limit: number,
): Promise<CompanyEvent[]> {
  const some = names ? sql`AND j.name = ANY(${[...names]}::text[])` : sql`AND j.name <> ALL(${[...hidden]}::text[])`
  const people = isPeople ? sql`AND ${byPeople('j')}` : sql``
  const beyond = after ? sql`AND (j.occurred_at, j.id) < (${after.key}::timestamptz, ${after.id}::uuid)` : sql``
  const rows = await sql<CompanyEvent>`
    SELECT e.*, p.family_name, p.given_name, p.mail FROM (
      SELECT l.bucket, l.person_id, l.until, q.family_name, q.given_name, q.mail FROM company_person l JOIN person q ON q.bucket = l.bucket AND q.id = l.person_id
      WHERE l.company_id = ${companyId} ORDER BY q.last_seen_at DESC NULLS LAST LIMIT ${MOST_PEOPLE}) p
    CROSS JOIN LATERAL (SELECT j.id, j.person_id, j.name, j.occurred_at, j.historic, j.props, j.occurred_at::text AS key FROM journal j
      WHERE j.bucket = p.bucket AND j.person_id = p.person_id AND (p.until IS NULL OR j.occurred_at <= p.until) ${some} ${people} ${beyond}
      ORDER BY j.occurred_at DESC, j.id DESC LIMIT ${limit}) e
    ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${limit}`.execute(db)
  return rows.rows
}

/** A page of proposals, newest first, and how many leads wait under each name. */
export async function listCandidates(
  db: Db,
  settled: boolean,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<(CompanyCandidateTable & { leads: number })[]> {
  const beyond = after ? sql`AND (x.at, x.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const which = settled ? sql`x.settled_at IS NOT NULL AND x.verdict <> 'moot'` : sql`x.settled_at IS NULL`
  const rows = await sql<CompanyCandidateTable & { leads: number }>`SELECT x.*,
      (SELECT count(*)::int FROM company_proposal p WHERE x.kind <> 'merge' AND p.name_key = x.name_key) AS leads
    FROM company_candidate x WHERE ${which} ${beyond} ORDER BY x.at DESC, x.id DESC LIMIT ${limit}`.execute(db)
  return rows.rows
}

export async function countCandidates(db: Db, most: number): Promise<number> {
  const rows = await sql<{
    n: number
  }>`SELECT count(*) AS n FROM (SELECT 1 FROM company_candidate WHERE settled_at IS NULL LIMIT ${most}) x`.execute(db)
  return Number(rows.rows[0]?.n ?? 0)
}

/** The first few leads that wait under each name. */
export async function someWaiting(
  db: Db,
  keys: readonly string[],
  each: number,
): Promise<
  {
    name_key: string
    id: string
    family_name: string | null
    given_name: string | null
    company_name: string | null
    mail: string | null
  }[]
> {
  const rows = await sql<{
    name_key: string
    id: string
    family_name: string | null
    given_name: string | null
    company_name: string | null
    mail: string | null
  }>`SELECT k AS name_key, p.id, p.family_name, p.given_name, p.company_name, p.mail FROM unnest(${[...new Set(keys)]}::text[]) k
    CROSS JOIN LATERAL (SELECT bucket, person_id FROM company_proposal w WHERE w.name_key = k ORDER BY w.bucket, w.person_id LIMIT ${each}) w
    JOIN person p ON p.bucket = w.bucket AND p.id = w.person_id`.execute(db)
  return rows.rows
}

/** All companies somebody was ever with, the present one first. */
export async function linksOf(
  db: Db,
  subject: Subject,
): Promise<{ company_id: string; role: string; linked_by: string; since: Date; until: Date | null }[]> {
  const { buckets, ids } = columnsOf([subject])
  const rows = await sql<{
    company_id: string
    role: string
    linked_by: string
    since: Date
    until: Date | null
  }>`SELECT company_id, role, linked_by, since, until FROM company_person
    WHERE bucket = ANY(${buckets}::smallint[]) AND person_id = ANY(${ids}::uuid[]) ORDER BY until DESC NULLS FIRST, since DESC`.execute(db)
  return rows.rows
}

/** The merges a company took part in, newest first. */
export async function mergesOf(
  db: Db,
  companyId: string,
): Promise<{ id: string; at: Date; actor: string; undone_at: Date | null; lose_id: string; name: string }[]> {
  return db
    .selectFrom('company_merge as m')
    .innerJoin('company as c', 'c.id', 'm.lose_id')
    .select(['m.id', 'm.at', 'm.actor', 'm.undone_at', 'm.lose_id', 'c.name'])
    .where('m.keep_id', '=', companyId)
    .orderBy('m.at', 'desc')
    .limit(50)
    .execute()
}
