// Who came in, in which arm, and what they won after it. Everything is summed in the database: the answer is a few rows.
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { ArmSums } from './decide.ts'

/** Rows `share, held, bucket, person_id, at`, a person once. */
export type Entrants = RawBuilder<unknown>

interface SumRow {
  readonly share: number
  readonly held: boolean
  readonly units: number
  readonly people: number
  readonly people2: number
  readonly deals: number
  readonly deals2: number
  readonly deals_people: number
  readonly yen: number
  readonly yen2: number
  readonly yen_people: number
  readonly winners: number
  readonly since: Date
}

/** A condition of the version somebody entered by: which shares were held back by which version. */
const shares = (versions: readonly { readonly version: number; readonly share: number }[]): RawBuilder<unknown> =>
  sql`unnest(${versions.map((one) => one.version)}::int[], ${versions.map((one) => one.share)}::int[]) v(version, share)`

/** Whoever entered a scenario by one of these versions, by their first time. */
export const scenarioEntrants = (id: string, versions: readonly { readonly version: number; readonly share: number }[]): Entrants => sql`
  SELECT DISTINCT ON (r.bucket, r.person_id) v.share, r.how IS NOT DISTINCT FROM 'held' AS held, r.bucket, r.person_id, r.entered_at AS at
  FROM run r JOIN ${shares(versions)} ON v.version = coalesce(r.entry_version, r.version) WHERE r.scenario_id = ${id}
  ORDER BY r.bucket, r.person_id, r.entered_at, r.id`

/** Whoever came to a holdout step, by their first time. */
export const stepEntrants = (
  id: string,
  step: string,
  versions: readonly { readonly version: number; readonly share: number }[],
): Entrants => sql`
  SELECT DISTINCT ON (p.bucket, p.person_id) v.share, p.way = 'held' AS held, p.bucket, p.person_id, p.left_at AS at
  FROM run_step p JOIN run r ON r.bucket = p.bucket AND r.person_id = p.person_id AND r.id = p.run_id
    JOIN ${shares(versions)} ON v.version = coalesce(r.entry_version, r.version)
  WHERE p.scenario_id = ${id} AND p.step = ${step} AND p.way IN ('treated', 'held') ORDER BY p.bucket, p.person_id, p.left_at, p.run_id`

/** The draw of `armFor` as the database computes it: the first four bytes of a SHA-256 as a part of 2³². */
const drawSql = (salt: string): RawBuilder<unknown> => sql`(('x' || encode(substring(sha256(convert_to('arm:' || ${salt}::text || ':' ||
  CASE WHEN p.company_id IS NULL THEN 'person:' || p.id ELSE 'company:' || p.company_id END, 'UTF8')) FROM 1 FOR 4), 'hex'))::bit(32)::bigint / 4294967296.0)`

/** Every lead with an address, from when the company's control group began or from when they became one. */
export const companyEntrants = (share: number, salt: string, since: Date): Entrants => sql`
  SELECT ${share}::int AS share, ${drawSql(salt)} * 100 < ${share} AS held, p.bucket, p.id AS person_id, greatest(p.identified_at, ${since}) AS at
  FROM person p WHERE p.identified_at IS NOT NULL AND p.mail IS NOT NULL`

/**
 * Sums of each arm over its units. Deals count that were won after somebody of the unit came in, within `days` (null: without end); one deal
 * counts once for a unit.
 */
export async function sumArms(db: Db, entrants: Entrants, days: number | null): Promise<{ sums: ArmSums[]; since: Date | null }> {
  const found = await sql<SumRow>`
    WITH entrant AS MATERIALIZED (${entrants}),
    member AS (SELECT e.*, CASE WHEN p.company_id IS NULL THEN p.id ELSE p.company_id END AS unit
      FROM entrant e JOIN person p ON p.bucket = e.bucket AND p.id = e.person_id),
    unit AS (SELECT share, held, unit, count(*)::float8 AS people, min(at) AS since FROM member GROUP BY 1, 2, 3),
    won AS (SELECT DISTINCT m.share, m.held, m.unit, d.id, coalesce(d.amount, 0)::float8 AS amount
      FROM deal d JOIN deal_person x ON x.deal_id = d.id JOIN member m ON m.bucket = x.bucket AND m.person_id = x.person_id
      WHERE d.state = 'won' AND d.removed_at IS NULL AND d.closed_at > m.at
        AND (${days}::int IS NULL OR d.closed_at <= m.at + ${days}::int * interval '24 hours')),
    outcome AS (SELECT share, held, unit, count(*)::float8 AS deals, sum(amount) AS yen FROM won GROUP BY 1, 2, 3)
    SELECT u.share, u.held, count(*)::int AS units, sum(u.people)::int AS people, sum(u.people * u.people) AS people2,
      coalesce(sum(o.deals), 0)::int AS deals, coalesce(sum(o.deals * o.deals), 0) AS deals2, coalesce(sum(o.deals * u.people), 0) AS deals_people,
      coalesce(sum(o.yen), 0) AS yen, coalesce(sum(o.yen * o.yen), 0) AS yen2, coalesce(sum(o.yen * u.people), 0) AS yen_people,
      count(o.unit)::int AS winners, min(u.since) AS since
    FROM unit u LEFT JOIN outcome o ON o.share = u.share AND o.held = u.held AND o.unit = u.unit GROUP BY 1, 2 ORDER BY 1, 2`.execute(db)
  const since = found.rows.map((row) => row.since).sort((a, b) => a.getTime() - b.getTime())[0] ?? null
  return { sums: found.rows.map(sumsOf), since }
}

const sumsOf = (row: SumRow): ArmSums => ({
  share: row.share,
  held: row.held,
  units: row.units,
  people: row.people,
  people2: row.people2,
  deals: { sum: row.deals, square: row.deals2, withPeople: row.deals_people },
  yen: { sum: row.yen, square: row.yen2, withPeople: row.yen_people },
  winners: row.winners,
})
