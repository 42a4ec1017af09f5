import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { codeOf } from '#kernel/errors.ts'
import type { JsonObject } from '#kernel/json.ts'
import { prioritySql } from '../facts.ts'
import { byPeople } from '../machines.queries.ts'
import type { PersonRow } from '../tables.ts'
import type { Initial, LeadFilter } from './contract.ts'
import { stretchOf, type Term } from './decide.ts'
import type { Ranked } from './ranking.ts'

/** A condition of a list over the person row `p`. */
export type Condition = RawBuilder<unknown>

const likeText = (text: string): string => text.replace(/[\\%_]/g, (letter) => `\\${letter}`)

/**
 * A term of a search. Japanese is found by its pairs and then looked at, for pg_trgm reads it on some servers only. Where it has nothing else
 * to go by, the look is hidden from the planner: it takes a single figure of a phrase for rare and would read everybody who has it.
 */
function foundSql({ text, where, grams, isThin }: Term): Condition {
  const like = likeText(text)
  const has = grams.length && isThin ? sql`(p.search_text || '')` : sql`p.search_text`
  const isThere = where === 'begin' ? sql`(${has} LIKE ${`${like}%`} OR ${has} LIKE ${`% ${like}%`})` : sql`${has} LIKE ${`%${like}%`}`
  return grams.length ? sql`(search_keys(p.search_text) @> ${[...grams]}::text[] AND ${isThere})` : isThere
}

/** Names that begin within a row of the kana table. */
function initialSql(initial: Initial): Condition {
  const stretch = stretchOf(initial)
  if (!stretch) return sql`(p.sort_name < 'a' OR (p.sort_name >= '{' AND p.sort_name < 'ァ') OR p.sort_name >= 'ヴ')`
  return sql`(p.sort_name >= ${stretch.from} AND p.sort_name < ${stretch.to})`
}

/** The conditions that columns of the person answer. */
export function conditionsOf(filter: Omit<LeadFilter, 'q'>, terms: readonly Term[]): Condition[] {
  const found: (Condition | null)[] = [
    ...terms.map(foundSql),
    filter.owner === 'none' ? sql`p.owner_id IS NULL` : filter.owner ? sql`p.owner_id = ${filter.owner}::uuid` : null,
    filter.source ? sql`(p.source_first COLLATE "C" = ${filter.source} OR p.source_latest = ${filter.source})` : null,
    filter.prefecture ? sql`p.prefecture COLLATE "C" = ${filter.prefecture}` : null,
    filter.industry ? sql`p.industry COLLATE "C" = ${filter.industry}` : null,
    filter.tag ? sql`(p.tags @> ARRAY[${filter.tag}::text] AND p.tags <> '{}')` : null,
    filter.interest ? sql`${filter.interest} = ANY(p.interest)` : null,
    filter.priority ? sql`p.priority = ${filter.priority}` : null,
    filter.status ? sql`p.status = ${filter.status}` : null,
    filter.role ? sql`p.role_level = ${filter.role}` : null,
    filter.employees ? sql`p.employee_band = ${filter.employees}` : null,
    filter.sendable === 'yes' ? sql`(p.mail IS NOT NULL AND p.mail_stop = 0 AND p.mail_basis > 0)` : null,
    filter.sendable === 'no' ? sql`(p.mail IS NULL OR p.mail_stop > 0 OR p.mail_basis = 0)` : null,
    filter.initial ? initialSql(filter.initial) : null,
  ]
  return found.filter((condition) => condition !== null)
}

/** An order of the list. */
export interface Order {
  /** Goes into cursors: a cursor belongs to one order and direction. */
  readonly name: string
  /** An expression over `p` and what is joined. */
  readonly by: RawBuilder<unknown>
  readonly type: 'timestamptz' | 'text' | 'numeric' | 'integer' | 'uuid'
  readonly descending: boolean
  /** More tables that the value stands in, inner-joined; leads without a row come last. */
  readonly join?: RawBuilder<unknown>
  /** The joined table alone, so that the head of the list is read along its index. */
  readonly walk?: Ranked['walk']
  /** Leads for whom this holds have no value and come last, in either direction. */
  readonly without?: Condition
  /** An index serves it, so the head of the list is read without sorting. */
  readonly isIndexed: boolean
}

const plain = (name: string, by: RawBuilder<unknown>, type: Order['type'], descending: boolean): Order => ({
  name,
  by,
  type,
  descending,
  isIndexed: true,
})

/** Orders that indexes of the person serve. */
export const orders: Readonly<Record<'seen' | 'created' | 'name' | 'company' | 'priority' | 'owner', Order>> = {
  seen: plain('seen', sql`coalesce(p.last_seen_at, p.created_at)`, 'timestamptz', true),
  created: plain('created', sql`p.identified_at`, 'timestamptz', true),
  name: plain('name', sql`p.sort_name`, 'text', false),
  company: { ...plain('company', sql`p.company_name COLLATE "C"`, 'text', false), without: sql`p.company_name IS NULL` },
  priority: plain('priority', prioritySql('p'), 'numeric', true),
  owner: { ...plain('owner', sql`p.owner_id`, 'uuid', false), without: sql`p.owner_id IS NULL` },
}

/** The order of a fact without an index: for lists of some thousands. */
export function orderOfFact(name: string, by: RawBuilder<unknown>, type: Order['type'], descending: boolean): Order {
  return {
    name,
    by: type === 'text' ? sql`(${by})::text COLLATE "C"` : by,
    type,
    descending,
    without: sql`(${by}) IS NULL`,
    isIndexed: false,
  }
}

/** The order of a value that another table keeps under an index of its own: pages begin there only when compared as what it is. */
export function orderOfRanked(name: string, ranked: Ranked): Order {
  return { name, type: 'integer', descending: true, isIndexed: true, ...ranked }
}

const CASTS = {
  timestamptz: sql`::timestamptz`,
  text: sql`::text COLLATE "C"`,
  numeric: sql`::numeric`,
  integer: sql`::integer`,
  uuid: sql`::uuid`,
} as const
const LEADS = sql`p.identified_at IS NOT NULL`

const allOf = (conditions: readonly Condition[]): Condition => sql.join([LEADS, ...conditions], sql` AND `)

/** Where a page begins: after a value and an id; `none` is the part of those without a value, by when they became leads. */
export interface After {
  readonly part: 'value' | 'none'
  readonly key: string
  readonly id: string
}

export interface KeyedRow extends PersonRow {
  readonly key: string
}

/**
 * One page in an order: those with a value, or those without. `head` looks at so many next rows of the order alone, beyond the first `skip`
 * of them, which were looked at before.
 */
export async function listPart(
  db: Db,
  conditions: readonly Condition[],
  order: Order,
  ask: { part: After['part']; after: After | null; limit: number; head: number | null; skip?: number; beside?: readonly Condition[] },
): Promise<KeyedRow[]> {
  const isValue = ask.part === 'value'
  const by = isValue ? order.by : sql`p.identified_at`
  const type = isValue ? order.type : 'timestamptz'
  const [direction, compare] = order.descending ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`]
  const has = order.without ? [isValue ? (order.join ? null : sql`NOT (${order.without})`) : order.without] : []
  const beyond = ask.after ? sql`(${by}, p.id) ${compare} (${ask.after.key}${CASTS[type]}, ${ask.after.id}::uuid)` : null
  const place = [...has, beyond].filter((one) => one !== null)
  const join = isValue && order.join ? order.join : sql``
  const { skip = 0 } = ask
  const from = (
    where: readonly Condition[],
    limit: number,
    offset: number,
  ) => sql<KeyedRow>`SELECT p.*, (${by})::text AS key FROM person p ${join}
    WHERE ${allOf(where)} ORDER BY ${by} ${direction}, p.id ${direction} LIMIT ${limit} OFFSET ${offset}`
  if (ask.head === null) return (await from([...place, ...conditions], ask.limit, 0).execute(db)).rows
  const { walk } = order
  if (walk && isValue) {
    const next = ask.after ? sql`AND (${by}, ${walk.id}) ${compare} (${ask.after.key}${CASTS[type]}, ${ask.after.id}::uuid)` : sql``
    const beside = ask.beside?.length ? sql`AND ${sql.join(ask.beside, sql` AND `)}` : sql``
    const walked = await sql<KeyedRow>`SELECT p.*, (${by})::text AS key
      FROM (SELECT * FROM ${walk.from} WHERE ${walk.where} ${beside} ${next} ORDER BY ${by} ${direction}, ${walk.id} ${direction} LIMIT ${ask.head} OFFSET ${skip}) ${sql.id(walk.alias)}
      JOIN person p ON p.bucket = ${sql.id(walk.alias, 'bucket')} AND p.id = ${walk.id}
      WHERE CASE WHEN ${allOf(conditions)} THEN true ELSE false END ORDER BY ${by} ${direction}, p.id ${direction} LIMIT ${ask.limit}`.execute(
      db,
    )
    return walked.rows
  }
  // A CASE, so that the planner asks each of these rows instead of turning the question into a join.
  const result =
    await sql<KeyedRow>`SELECT p.* FROM (${from(place, ask.head, skip)}) p WHERE CASE WHEN ${allOf(conditions)} THEN true ELSE false END LIMIT ${ask.limit}`.execute(
      db,
    )
  return result.rows
}

/** Do all of these hold? */
export async function doHold(db: Db, conditions: readonly Condition[]): Promise<boolean> {
  const result = await sql<{ holds: boolean }>`SELECT ${sql.join(conditions, sql` AND `)} AS holds`.execute(db)
  return result.rows[0]?.holds === true
}

/** What the statistics of the indexes of search texts know: the share of leads that have each of these pairs, and whether Latin text has an index. */
export async function searchStatistics(
  db: Db,
  grams: readonly string[],
): Promise<{ share: ReadonlyMap<string, number>; hasLatin: boolean }> {
  const found = await sql<{ gram: string | null; share: number | null; latin: boolean }>`/* search_statistics */
    SELECT e.gram, e.share, l.latin FROM (SELECT to_regclass('person_lead_search') IS NOT NULL AS latin) l
    LEFT JOIN LATERAL (SELECT u.gram, u.share FROM pg_stats s, unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) u(gram, share)
      WHERE s.schemaname = current_schema() AND s.tablename = 'person_lead_keys' AND u.gram = ANY(${[...grams]}::text[])) e ON true`.execute(
    db,
  )
  const share = new Map(found.rows.flatMap((row) => (row.gram === null ? [] : [[row.gram, Number(row.share)] as const])))
  return { share, hasLatin: found.rows[0]?.latin === true }
}

/** All leads of a list in its order, for a cursor. */
export const selectLeads = (conditions: readonly Condition[], order: Order): RawBuilder<unknown> =>
  sql`SELECT p.* FROM person p WHERE ${allOf(conditions)} ORDER BY ${order.by} ${order.descending ? sql`DESC` : sql`ASC`} NULLS LAST, p.id ${order.descending ? sql`DESC` : sql`ASC`}`

/** Stops what a screen asks for before it holds up the others. */
async function allow(db: Db, ms: number): Promise<void> {
  await sql`SELECT set_config('statement_timeout', ${String(ms)}, true)`.execute(db)
}

/** Runs a reading that may be stopped without losing the transaction. @returns null when it took too long */
export async function inTime<T>(db: Db, ms: number, run: () => Promise<T>): Promise<T | null> {
  await sql`SAVEPOINT in_time`.execute(db)
  await allow(db, ms)
  try {
    return await run()
  } catch (error) {
    if (codeOf(error) !== '57014') throw error
    await sql`ROLLBACK TO SAVEPOINT in_time`.execute(db)
    return null
  } finally {
    await sql`RELEASE SAVEPOINT in_time`.execute(db).catch(() => undefined)
  }
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

/** What leads did last, of the events that a list shows: one index probe per person and name. What machines opened and clicked is passed over. */
export async function lastActions(
  db: Db,
  subjects: readonly Subject[],
  names: readonly string[],
): Promise<Map<string, { name: string; at: Date; props: JsonObject }>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ person_id: string; name: string; occurred_at: Date; props: JsonObject }>`/* last_actions */
    SELECT DISTINCT ON (x.i) x.i AS person_id, e.name, e.occurred_at, e.props FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) CROSS JOIN unnest(${[...names]}::text[]) n(name)
    CROSS JOIN LATERAL (SELECT j.name, j.occurred_at, j.props FROM journal j WHERE j.bucket = x.b AND j.person_id = x.i AND j.name = n.name
      AND ${byPeople('j')} ORDER BY j.occurred_at DESC LIMIT 1) e
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
