// People counted by classes of facts, always in one statement over the people meant.
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { ValueType } from '#loop/score/condition/contract.ts'

type Expr = RawBuilder<unknown>

const LEADS = sql`p.identified_at IS NOT NULL`
/** Longer texts get no class of their own: rules do not take them. */
const MOST_LETTERS = 200

/** Leads in one or both of two conditions over `person p`: each side is found by its own indexes. */
const eitherSql = (a: Expr, b: Expr): Expr => sql`SELECT bucket, id, bool_or(a) AS a, bool_or(b) AS b FROM (
    SELECT p.bucket, p.id, true AS a, false AS b FROM person p WHERE ${LEADS} AND ${a}
    UNION ALL SELECT p.bucket, p.id, false, true FROM person p WHERE ${LEADS} AND ${b}) sides GROUP BY bucket, id`

export interface Overlap {
  readonly a: number
  readonly b: number
  readonly both: number
}

/** How many leads are in each of two sides, and in both. */
export async function countOverlap(db: Db, a: Expr, b: Expr): Promise<Overlap> {
  const found = await sql<Overlap>`SELECT count(*) FILTER (WHERE a)::integer AS a, count(*) FILTER (WHERE b)::integer AS b,
    count(*) FILTER (WHERE a AND b)::integer AS both FROM (${eitherSql(a, b)}) w`.execute(db)
  return found.rows[0] ?? { a: 0, b: 0, both: 0 }
}

/** For each expression (by its place) and value: how many of each side have it; null stands for none. */
export async function countSides(
  db: Db,
  a: Expr,
  b: Expr,
  values: readonly Expr[],
): Promise<{ f: number; v: string | null; a: number; b: number }[]> {
  if (!values.length) return []
  const each = values.map(
    (
      value,
      f,
    ) => sql`SELECT ${f}::integer AS f, nullif((${value})::text, '') AS v, count(*) FILTER (WHERE w.a)::integer AS a, count(*) FILTER (WHERE w.b)::integer AS b
      FROM w JOIN person p ON p.bucket = w.bucket AND p.id = w.id GROUP BY 2`,
  )
  const found = await sql<{ f: number; v: string | null; a: number; b: number }>`WITH w AS MATERIALIZED (${eitherSql(a, b)})
    ${sql.join(each, sql` UNION ALL `)}`.execute(db)
  return found.rows
}

const listOf = (expr: Expr): Expr =>
  sql`(SELECT CASE jsonb_typeof(x.j) WHEN 'array' THEN x.j ELSE '[]'::jsonb END FROM (SELECT to_jsonb(${expr}) AS j) x)`

/** The values that most of the leads meant have, the commonest first. */
export async function topValues(db: Db, who: Expr, expr: Expr, type: ValueType, most: number): Promise<string[]> {
  const from =
    type === 'choices'
      ? sql`person p, jsonb_array_elements_text(coalesce(${listOf(expr)}, '[]')) e(v)`
      : sql`person p, LATERAL (SELECT (${expr})::text AS v) e`
  const found = await sql<{ v: string }>`SELECT e.v FROM ${from} WHERE ${LEADS} AND ${who} AND e.v <> '' AND length(e.v) <= ${MOST_LETTERS}
    GROUP BY e.v ORDER BY count(*) DESC, e.v COLLATE "C" LIMIT ${most}`.execute(db)
  return found.rows.map((row) => row.v)
}

/** The class of each person as a lateral table with a column `k`; somebody with several values is in several classes. */
export function placesSql(expr: Expr, type: ValueType, values: readonly string[]): Expr {
  const known = sql`${[...values]}::text[]`
  if (type !== 'choices')
    return sql`LATERAL (SELECT CASE WHEN coalesce(e.v, '') = '' THEN -2 ELSE coalesce(array_position(${known}, e.v), 0) - 1 END AS k FROM (SELECT (${expr})::text AS v) e)`
  return sql`LATERAL (WITH l AS (SELECT coalesce(${listOf(expr)}, '[]') AS j)
    SELECT DISTINCT array_position(${known}, e.v) - 1 AS k FROM l, jsonb_array_elements_text(l.j) e(v) WHERE e.v = ANY(${known})
    UNION ALL SELECT -1 FROM l WHERE jsonb_array_length(l.j) > 0 AND NOT l.j ?| ${known}
    UNION ALL SELECT -2 FROM l WHERE jsonb_array_length(l.j) = 0)`
}

export interface Cell {
  /** Null in a total over all rows or columns. */
  readonly r: number | null
  readonly c: number | null
  readonly n: number
}

/** Leads by row and column, with the totals of both; somebody in several rows counts once in a total. `join` is what columns need beside \`p\`. */
export async function countCells(db: Db, who: Expr, rows: Expr, columns: Expr, join: Expr = sql``): Promise<Cell[]> {
  const found = await sql<Cell>`SELECT r.k AS r, c.k AS c, count(DISTINCT p.id)::integer AS n
    FROM person p ${join} CROSS JOIN ${rows} r CROSS JOIN ${columns} c WHERE ${LEADS} AND ${who}
    GROUP BY GROUPING SETS ((r.k, c.k), (r.k), (c.k), ())`.execute(db)
  return found.rows
}

/** Leads by one classification. */
export async function countPlaces(db: Db, who: Expr, places: Expr): Promise<{ k: number; n: number }[]> {
  const found = await sql<{
    k: number
    n: number
  }>`SELECT r.k, count(*)::integer AS n FROM person p, ${places} r WHERE ${LEADS} AND ${who} GROUP BY r.k`.execute(db)
  return found.rows
}
