// Entries of versions with what came of them, summed in the database.
import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Stratum } from './decide.ts'

interface StratumRow {
  readonly version: number
  readonly stage: string
  readonly source: string
  readonly n: number
  readonly reached: number
  readonly deals: number
  readonly deals2: number
  readonly yen: number
  readonly yen2: number
}

interface Ask {
  readonly id: string
  readonly versions: readonly number[]
  readonly days: number
  readonly now: Date
}

/** The stage of a lead at an instant: the last change until then, or what the first one after it came from. */
const stageAt = sql`coalesce(
    (SELECT j.props->>'to' FROM journal j WHERE j.bucket = e.bucket AND j.person_id = e.person_id AND j.name = 'stage.changed' AND j.occurred_at <= e.at
      ORDER BY j.occurred_at DESC, j.received_at DESC LIMIT 1),
    (SELECT j.props->>'from' FROM journal j WHERE j.bucket = e.bucket AND j.person_id = e.person_id AND j.name = 'stage.changed' AND j.occurred_at > e.at
      ORDER BY j.occurred_at, j.received_at LIMIT 1),
    (SELECT l.stage FROM lead_stage l WHERE l.bucket = e.bucket AND l.person_id = e.person_id), 'new')`

/**
 * Entries that are old enough, by version, stage at entry and first source. A deal counts once, for the last entry before it was won.
 */
export async function sumStrata(db: Db, { id, versions, days, now }: Ask): Promise<Stratum[]> {
  const found = await sql<StratumRow>`
    WITH entry AS MATERIALIZED (SELECT coalesce(r.entry_version, r.version) AS version, r.bucket, r.person_id, r.id, r.entered_at AS at,
        r.how = 'goal' AND r.ended_at <= r.entered_at + ${days}::int * interval '24 hours' AS reached
      FROM run r WHERE r.scenario_id = ${id} AND coalesce(r.entry_version, r.version) = ANY(${[...versions]}::int[])
        AND r.how IS DISTINCT FROM 'held' AND r.how IS DISTINCT FROM 'merged' AND r.entered_at <= ${now}::timestamptz - ${days}::int * interval '24 hours'),
    won AS (SELECT DISTINCT ON (d.id) e.id AS run, coalesce(d.amount, 0)::float8 AS amount
      FROM entry e JOIN deal_person x ON x.bucket = e.bucket AND x.person_id = e.person_id JOIN deal d ON d.id = x.deal_id
      WHERE d.state = 'won' AND d.removed_at IS NULL AND d.closed_at > e.at AND d.closed_at <= e.at + ${days}::int * interval '24 hours'
      ORDER BY d.id, e.at DESC, e.id),
    outcome AS (SELECT run, count(*)::float8 AS deals, sum(amount) AS yen FROM won GROUP BY 1),
    told AS (SELECT e.version, ${stageAt} AS stage, coalesce(p.source_first, '') AS source, coalesce(e.reached, false) AS reached,
        coalesce(o.deals, 0) AS deals, coalesce(o.yen, 0) AS yen
      FROM entry e JOIN person p ON p.bucket = e.bucket AND p.id = e.person_id LEFT JOIN outcome o ON o.run = e.id)
    SELECT version, stage, source, count(*)::int AS n, count(*) FILTER (WHERE reached)::int AS reached,
      sum(deals) AS deals, sum(deals * deals) AS deals2, sum(yen) AS yen, sum(yen * yen) AS yen2
    FROM told GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`.execute(db)
  return found.rows.map((row) => ({
    version: row.version,
    key: `${row.stage} ${row.source}`,
    n: row.n,
    sums: {
      goal: { sum: row.reached, square: row.reached },
      deals: { sum: row.deals, square: row.deals2 },
      yen: { sum: row.yen, square: row.yen2 },
    },
  }))
}

export interface EntryCount {
  readonly version: number
  readonly entries: number
  readonly young: number
  readonly moved: number
}

/** How many entered by each version, and how many of them are too young to be counted, or were moved later. */
export async function countEntries(db: Db, { id, versions, days, now }: Ask): Promise<EntryCount[]> {
  const found = await sql<EntryCount>`
    SELECT coalesce(entry_version, version) AS version, count(*)::int AS entries, count(*) FILTER (WHERE entry_version IS NOT NULL)::int AS moved,
      count(*) FILTER (WHERE entered_at > ${now}::timestamptz - ${days}::int * interval '24 hours')::int AS young
    FROM run WHERE scenario_id = ${id} AND coalesce(entry_version, version) = ANY(${[...versions]}::int[]) AND how IS DISTINCT FROM 'held'
      AND how IS DISTINCT FROM 'merged'
    GROUP BY 1`.execute(db)
  return found.rows
}

export interface StepCount {
  readonly version: number
  readonly step: string
  readonly came: number
}

/** How many runs that were never moved came to each step; the step '' counts all of them. */
export async function countSteps(db: Db, { id, versions }: Pick<Ask, 'id' | 'versions'>): Promise<StepCount[]> {
  const found = await sql<StepCount>`
    WITH mine AS MATERIALIZED (SELECT bucket, person_id, id, version, step FROM run WHERE scenario_id = ${id} AND version = ANY(${[...versions]}::int[])
        AND entry_version IS NULL AND how IS DISTINCT FROM 'held' AND how IS DISTINCT FROM 'merged'),
    came AS (SELECT m.version, m.id, s.step FROM mine m JOIN run_step s ON s.bucket = m.bucket AND s.person_id = m.person_id AND s.run_id = m.id
      UNION SELECT version, id, step FROM mine WHERE step IS NOT NULL)
    SELECT version, step, count(*)::int AS came FROM came GROUP BY 1, 2
    UNION ALL SELECT version, '', count(*)::int FROM mine GROUP BY 1`.execute(db)
  return found.rows
}
