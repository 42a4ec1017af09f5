import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { PersonRow } from '../tables.ts'

/** A condition of a list over the person row `p`. */
export type Condition = RawBuilder<unknown>

export interface Filter {
  readonly q?: string | undefined
  readonly owner?: string | undefined
  readonly source?: string | undefined
  readonly prefecture?: string | undefined
  readonly industry?: string | undefined
  readonly tag?: string | undefined
  readonly sendable?: 'yes' | 'no' | undefined
}

const likeText = (text: string): string => `%${text.replace(/[\\%_]/g, (letter) => `\\${letter}`)}%`

/** The conditions that columns of the person answer. `q` is already searchable text; each of its words must be found. */
export function conditionsOf(filter: Filter): Condition[] {
  const words = (filter.q ?? '')
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, 5)
  const found: (Condition | null)[] = [
    ...words.map((word) => sql`p.search_text LIKE ${likeText(word)}`),
    filter.owner === 'none' ? sql`p.owner_id IS NULL` : filter.owner ? sql`p.owner_id = ${filter.owner}::uuid` : null,
    filter.source ? sql`(p.source_first COLLATE "C" = ${filter.source} OR p.source_latest = ${filter.source})` : null,
    filter.prefecture ? sql`p.prefecture COLLATE "C" = ${filter.prefecture}` : null,
    filter.industry ? sql`p.industry COLLATE "C" = ${filter.industry}` : null,
    filter.tag ? sql`${filter.tag} = ANY(p.tags)` : null,
    filter.sendable === 'yes' ? sql`(p.mail IS NOT NULL AND p.mail_stop = 0 AND p.mail_basis > 0)` : null,
    filter.sendable === 'no' ? sql`(p.mail IS NULL OR p.mail_stop > 0 OR p.mail_basis = 0)` : null,
  ]
  return found.filter((condition) => condition !== null)
}

/** An order of the list: an expression over `p`, how its value goes into a cursor, and whether larger comes first. */
export interface Order {
  readonly by: RawBuilder<unknown>
  readonly type: 'timestamptz' | 'text' | 'numeric'
  readonly descending: boolean
}

export const orders: Readonly<Record<'seen' | 'created' | 'name', Order>> = {
  seen: { by: sql`coalesce(p.last_seen_at, p.created_at)`, type: 'timestamptz', descending: true },
  created: { by: sql`p.identified_at`, type: 'timestamptz', descending: true },
  name: { by: sql`p.sort_name`, type: 'text', descending: false },
}

const CASTS = { timestamptz: sql`::timestamptz`, text: sql`::text COLLATE "C"`, numeric: sql`::numeric` } as const

const allOf = (conditions: readonly Condition[]): Condition => sql.join([sql`p.identified_at IS NOT NULL`, ...conditions], sql` AND `)

/** A page of leads in an order, after a cursor; `key` is the order's value as text, exact to the microsecond. */
export async function listLeads(
  db: Db,
  conditions: readonly Condition[],
  order: Order,
  after: { key: string; id: string } | null,
  limit: number,
): Promise<(PersonRow & { key: string })[]> {
  const direction = order.descending ? sql`DESC` : sql`ASC`
  const compare = order.descending ? sql`<` : sql`>`
  const beyond = after ? [sql`(${order.by}, p.id) ${compare} (${after.key}${CASTS[order.type]}, ${after.id}::uuid)`] : []
  const result = await sql<
    PersonRow & { key: string }
  >`SELECT p.*, (${order.by})::text AS key FROM person p WHERE ${allOf([...conditions, ...beyond])}
    ORDER BY ${order.by} ${direction}, p.id ${direction} LIMIT ${limit}`.execute(db)
  return result.rows
}

/** How many, counted up to `most` + 1. */
export async function countLeads(db: Db, conditions: readonly Condition[], most: number): Promise<number> {
  const result = await sql<{
    n: number
  }>`SELECT count(*) AS n FROM (SELECT 1 FROM person p WHERE ${allOf(conditions)} LIMIT ${most + 1}) x`.execute(db)
  return Number(result.rows[0]?.n ?? 0)
}

/** The planner's estimate of how many. */
export async function estimateLeads(db: Db, conditions: readonly Condition[]): Promise<number> {
  const result = await sql<{
    'QUERY PLAN': { Plan: { 'Plan Rows': number } }[]
  }>`EXPLAIN (FORMAT JSON) SELECT 1 FROM person p WHERE ${allOf(conditions)}`.execute(db)
  return result.rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0
}

/** The distinct first sources of leads, walked over their index one by one (a loose scan), at most `most`. */
export async function listSources(db: Db, most: number): Promise<string[]> {
  const result = await sql<{ source: string }>`WITH RECURSIVE s AS (
      (SELECT source_first COLLATE "C" AS source, 1 AS n FROM person WHERE identified_at IS NOT NULL AND source_first IS NOT NULL ORDER BY source_first COLLATE "C" LIMIT 1)
      UNION ALL SELECT (SELECT p.source_first COLLATE "C" FROM person p WHERE p.identified_at IS NOT NULL AND p.source_first COLLATE "C" > s.source ORDER BY p.source_first COLLATE "C" LIMIT 1), s.n + 1
        FROM s WHERE s.source IS NOT NULL AND s.n < ${most})
    SELECT source FROM s WHERE source IS NOT NULL`.execute(db)
  return result.rows.map((row) => row.source)
}

/** What leads did last, of the events that a list shows: one index probe per person and name. */
export async function lastActions(
  db: Db,
  subjects: readonly Subject[],
  names: readonly string[],
): Promise<Map<string, { name: string; at: Date; props: JsonObject }>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ person_id: string; name: string; occurred_at: Date; props: JsonObject }>`/* last_actions */
    SELECT DISTINCT ON (x.i) x.i AS person_id, e.name, e.occurred_at, e.props FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) CROSS JOIN unnest(${[...names]}::text[]) n(name)
    CROSS JOIN LATERAL (SELECT j.name, j.occurred_at, j.props FROM journal j WHERE j.bucket = x.b AND j.person_id = x.i AND j.name = n.name ORDER BY j.occurred_at DESC LIMIT 1) e
    ORDER BY x.i, e.occurred_at DESC`.execute(db)
  return new Map(result.rows.map((row) => [row.person_id, { name: row.name, at: row.occurred_at, props: row.props }]))
}

export interface TimelineRow {
  readonly id: string
  readonly name: string
  readonly occurred_at: Date
  readonly historic: boolean
  readonly via: string | null
  readonly origin_person_id: string | null
  readonly props: JsonObject
  readonly key: string
}

/** A page of a person's journal, newest first. */
export async function listTimeline(
  db: Db,
  subject: Subject,
  names: readonly string[] | null,
  after: { key: string; id: string } | null,
  limit: number,
): Promise<TimelineRow[]> {
  const some = names ? sql`AND name = ANY(${[...names]}::text[])` : sql``
  const beyond = after ? sql`AND (occurred_at, id) < (${after.key}::timestamptz, ${after.id}::uuid)` : sql``
  const result =
    await sql<TimelineRow>`SELECT id, name, occurred_at, historic, via, origin_person_id, props, occurred_at::text AS key FROM journal
    WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} ${some} ${beyond} ORDER BY occurred_at DESC, id DESC LIMIT ${limit}`.execute(
      db,
    )
  return result.rows
}

/** Names of users by id. */
export async function userNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (!ids.length) return new Map()
  const rows = await db
    .selectFrom('auth_user')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map((row) => [row.id, row.name]))
}

export const equals = (expression: RawBuilder<unknown>, value: string): Condition => sql`${expression} = ${value}`
export const atLeast = (expression: RawBuilder<unknown>, value: number): Condition => sql`${expression} >= ${value}::numeric`

/** Was this person erased? */
export async function isErased(db: Db, id: string): Promise<boolean> {
  return (await db.selectFrom('erasure').select('person_id').where('person_id', '=', id).executeTakeFirst()) !== undefined
}

/** The external ids people are known by elsewhere; the first one of each. */
export async function externalIds(db: Db, subjects: readonly Subject[]): Promise<Map<string, string>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ person_id: string; value: string }>`/* external_ids */ SELECT DISTINCT ON (i.person_id) i.person_id, i.value
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, p) JOIN identity i ON i.bucket = x.b AND i.person_id = x.p WHERE i.kind = 'external' ORDER BY i.person_id, i.since`.execute(
    db,
  )
  return new Map(result.rows.map((row) => [row.person_id, row.value]))
}
