import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import { stageAtSql } from '#loop/sales/stage/queries.ts'
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

/** Leads by where they stood at one instant and stand at a later one. */
export async function countMoves(db: Db, from: Date, to: Date): Promise<{ stood: Place; stands: Place; n: number }[]> {
  const found = await sql<{ stood: Place; stands: Place; n: number }>`SELECT coalesce(${stageAtSql('p', 'l', from)}, 'none') AS stood,
      ${stageAtSql('p', 'l', to)} AS stands, count(*)::integer AS n
    FROM person p LEFT JOIN lead_stage l ON l.bucket = p.bucket AND l.person_id = p.id WHERE p.identified_at <= ${to} GROUP BY 1, 2`.execute(
    db,
  )
  return found.rows
}
