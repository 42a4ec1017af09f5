import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import { DEAL_METRICS, type Metric } from '../rollup/metrics.ts'
import type { CountedMetric, Period } from './decide.ts'

/** People and times per metric, for a period and for the one before it. Times of deal metrics are deals, money counts once per deal. */
export async function countMetrics(db: Db, period: Period, before: Period): Promise<CountedMetric[]> {
  const found = await sql<{ metric: Metric; now: boolean; people: number; n: number }>`/* count_metrics */
    WITH each_person AS (
      SELECT metric, day >= ${period.from}::date AS now, bucket, person_id, sum(n) AS n FROM person_day
      WHERE day BETWEEN ${before.from}::date AND ${period.to}::date GROUP BY 1, 2, 3, 4 HAVING sum(n) > 0
    ), each_deal AS (
      SELECT metric, day >= ${period.from}::date AS now, key, max(n) AS n FROM person_day
      WHERE metric = ANY(${[...DEAL_METRICS]}::text[]) AND n > 0 AND day BETWEEN ${before.from}::date AND ${period.to}::date GROUP BY 1, 2, 3
    ), of_deals AS (
      SELECT metric, now, CASE WHEN metric = 'won_yen' THEN sum(n) ELSE count(*) END AS n FROM each_deal GROUP BY 1, 2
    )
    SELECT p.metric, p.now, p.people, coalesce(d.n, p.n)::bigint AS n
    FROM (SELECT metric, now, count(*) AS people, sum(n) AS n FROM each_person GROUP BY 1, 2) p
    LEFT JOIN of_deals d ON d.metric = p.metric AND d.now = p.now`.execute(db)
  return found.rows
}

/**
 * People per day of one metric: totals, and days whose total is behind counted here and now, so that it never lags.
 * A metric with several keys a day is always counted here: its totals are per key, and people may be in several.
 */
export async function countByDay(db: Db, metric: Metric, { from, to }: Period): Promise<Map<string, number>> {
  const found = await sql<{ day: string; people: number }>`/* count_by_day */
    WITH behind AS (
      SELECT DISTINCT day FROM touched_day WHERE metric = ${metric} AND day BETWEEN ${from}::date AND ${to}::date
      UNION SELECT DISTINCT day FROM total_day WHERE metric = ${metric} AND key <> '' AND day BETWEEN ${from}::date AND ${to}::date
    )
    SELECT day, people FROM total_day WHERE metric = ${metric} AND key = '' AND day BETWEEN ${from}::date AND ${to}::date AND day NOT IN (SELECT day FROM behind)
    UNION ALL
    SELECT p.day, count(DISTINCT (p.bucket, p.person_id)) FROM behind b JOIN person_day p ON p.metric = ${metric} AND p.day = b.day AND p.n > 0
    GROUP BY p.day`.execute(db)
  return new Map(found.rows.map((row) => [row.day, row.people]))
}

export interface BehindRow {
  readonly person_id: string
  readonly n: number
  readonly last_day: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly company_name: string | null
  readonly mail_typed: string | null
  readonly identified_at: Date | null
}

/** The people a number of `countMetrics` counted, newest day first, after a position. */
export async function listBehind(
  db: Db,
  asked: Period & { readonly metric: Metric; readonly after: { readonly day: string; readonly id: string } | null; readonly limit: number },
): Promise<BehindRow[]> {
  const after = asked.after ? sql`AND (max(day), person_id) < (${asked.after.day}::date, ${asked.after.id}::uuid)` : sql``
  const found = await sql<BehindRow>`
    WITH behind AS (
      SELECT bucket, person_id, sum(n)::bigint AS n, max(day) AS last_day FROM person_day
      WHERE metric = ${asked.metric} AND day BETWEEN ${asked.from}::date AND ${asked.to}::date
      GROUP BY 1, 2 HAVING sum(n) > 0 ${after} ORDER BY max(day) DESC, person_id DESC LIMIT ${asked.limit}
    )
    SELECT b.person_id, b.n, b.last_day, p.family_name, p.given_name, p.company_name, p.mail_typed, p.identified_at
    FROM behind b LEFT JOIN person p ON p.bucket = b.bucket AND p.id = b.person_id ORDER BY b.last_day DESC, b.person_id DESC`.execute(db)
  return found.rows
}

/** When the oldest event was received that no reaction has taken yet; null when none waits. */
export async function readWaitingSince(db: Db): Promise<Date | null> {
  const found = await sql<{ received_at: Date }>`SELECT received_at FROM news ORDER BY seq LIMIT 1`.execute(db)
  return found.rows[0]?.received_at ?? null
}

/** Whether anything was ever counted. */
export async function readAnything(db: Db): Promise<boolean> {
  const found = await sql<{ any: boolean }>`SELECT EXISTS (SELECT 1 FROM person_day) AS "any"`.execute(db)
  return found.rows[0]?.any ?? false
}

/** Deals that are open now, and what they are worth together in yen. */
export async function readPipeline(db: Db): Promise<{ deals: number; amount: number }> {
  const found = await sql<{ deals: number; amount: number }>`/* read_pipeline */
    SELECT count(*) AS deals, coalesce(sum(amount), 0)::bigint AS amount FROM deal WHERE state = 'open' AND removed_at IS NULL`.execute(db)
  return found.rows[0] ?? { deals: 0, amount: 0 }
}

export interface HotRow {
  readonly id: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly company_name: string | null
  readonly total: number
  readonly recent: number
  readonly last_seen_at: Date | null
}

/** The hot leads with the highest main score. */
export async function listHot(db: Db, limit: number): Promise<HotRow[]> {
  const found = await sql<HotRow>`/* list_hot */
    SELECT p.id, p.family_name, p.given_name, p.company_name, s.total, s.recent, p.last_seen_at
    FROM score s JOIN person p ON p.bucket = s.bucket AND p.id = s.person_id
    WHERE s.model = 'main' AND s.version = (SELECT live_version FROM score_model WHERE name = 'main') AND s.heat = 'hot'
      AND p.identified_at IS NOT NULL AND p.status = 'active'
    ORDER BY s.total DESC, s.person_id LIMIT ${limit}::int`.execute(db)
  return found.rows
}

/** What the first-things list is verified by. */
export async function readOnboarding(db: Db): Promise<{ tag: boolean; leads: boolean; scenario: boolean }> {
  const found = await sql<{ tag: boolean; leads: boolean; scenario: boolean }>`
    SELECT EXISTS (SELECT 1 FROM site WHERE seen_at IS NOT NULL AND archived_at IS NULL) AS tag,
      EXISTS (SELECT 1 FROM person WHERE identified_at IS NOT NULL) AS leads,
      EXISTS (SELECT 1 FROM scenario WHERE live_version IS NOT NULL AND archived_at IS NULL) AS scenario`.execute(db)
  return found.rows[0] ?? { tag: false, leads: false, scenario: false }
}
