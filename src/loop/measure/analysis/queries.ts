import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { EventMatch } from '#loop/score/condition/contract.ts'
import { filtersSql } from '#loop/score/condition/queries.ts'
import type { Place } from './contract.ts'
import { BANDS } from './decide.ts'

type Expr = RawBuilder<unknown>

/** Classes of people: a lateral table with a column `k`, and what must be joined to \`person p\` for it. */
export interface Classes {
  readonly join: Expr
  readonly places: Expr
}

const nothing = sql``
/** Classes that stand in the lateral table alone. */
export const plainClasses = (places: Expr): Classes => ({ join: nothing, places })

/** How often each person did something since, as a table to be joined: 0, once, two to four times, more. */
export function timesSql(match: EventMatch, since: Date): Classes {
  return {
    join: sql`LEFT JOIN (SELECT j.bucket, j.person_id, count(*) AS n FROM journal j WHERE j.name = ${match.event} AND ${filtersSql(match)}
      AND j.occurred_at > ${since} GROUP BY j.bucket, j.person_id) t ON t.bucket = p.bucket AND t.person_id = p.id`,
    places: sql`LATERAL (SELECT CASE WHEN coalesce(t.n, 0) = 0 THEN 0 WHEN t.n = 1 THEN 1 WHEN t.n < 5 THEN 2 ELSE 3 END AS k)`,
  }
}

/** The band of a score as a place: 0 below the first bound. */
export const bandSql = (score: Expr): Expr => sql`LATERAL (SELECT width_bucket((${score})::float8, ${[...BANDS]}::float8[]) AS k)`

/**
 * Where each lead stood at two instants. A stage that did not move since is read where it is kept; only leads that moved are looked up
 * in the journal: the last change until then, or what the first one after it came from.
 */
function standings(from: Date, to: Date): Expr {
  const stageAt = (
    at: Date,
  ) => sql`CASE WHEN p.identified_at > ${at} THEN 'none' WHEN l.stage IS NULL THEN 'new' WHEN l.since <= ${at} THEN l.stage ELSE coalesce(
    (SELECT j.props->>'to' FROM journal j WHERE j.bucket = p.bucket AND j.person_id = p.id AND j.name = 'stage.changed' AND j.occurred_at <= ${at}
      ORDER BY j.occurred_at DESC, j.received_at DESC LIMIT 1),
    (SELECT j.props->>'from' FROM journal j WHERE j.bucket = p.bucket AND j.person_id = p.id AND j.name = 'stage.changed' AND j.occurred_at > ${at}
      ORDER BY j.occurred_at, j.received_at LIMIT 1), l.stage) END`
  return sql`SELECT p.bucket, p.id, ${stageAt(from)} AS stood, ${stageAt(to)} AS stands
    FROM person p LEFT JOIN lead_stage l ON l.bucket = p.bucket AND l.person_id = p.id
    WHERE p.identified_at IS NOT NULL AND p.identified_at <= ${to}`
}

/** Leads by where they stood and stand. */
export async function countMoves(db: Db, from: Date, to: Date): Promise<{ stood: Place; stands: Place; n: number }[]> {
  const found = await sql<{ stood: Place; stands: Place; n: number }>`SELECT stood, stands, count(*)::integer AS n
    FROM (${standings(from, to)}) s GROUP BY 1, 2`.execute(db)
  return found.rows
}

export interface MovedRow {
  readonly id: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly company_name: string | null
  readonly mail: string | null
}

/** The leads of one cell in order of their ids, after one. */
export async function listMoved(
  db: Db,
  asked: { from: Date; to: Date; stood: Place; stands: Place; after: string | null; most: number },
): Promise<MovedRow[]> {
  const found = await sql<MovedRow>`SELECT p.id, p.family_name, p.given_name, p.company_name, p.mail
    FROM (${standings(asked.from, asked.to)}) s JOIN person p ON p.bucket = s.bucket AND p.id = s.id
    WHERE s.stood = ${asked.stood} AND s.stands = ${asked.stands} AND (${asked.after}::uuid IS NULL OR p.id > ${asked.after}::uuid)
    ORDER BY p.id LIMIT ${asked.most}`.execute(db)
  return found.rows
}
