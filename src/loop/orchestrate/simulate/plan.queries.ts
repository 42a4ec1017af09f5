// What a simulation needs of the house besides people: how mails were answered before, what companies got, who has which day in a field.
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

export interface RateRow {
  readonly template: string
  readonly sent: number
  readonly opened: number
  readonly clicked: number
  readonly open_delays: number[] | null
  readonly click_delays: number[] | null
}

const SHARES = '{0.05,0.15,0.25,0.35,0.45,0.55,0.65,0.75,0.85,0.95}'

/** How often and how soon people opened and clicked commercial mails since then: of each of these templates, and of all ('' ). Machines are left out. */
export async function loadRates(db: Db, templates: readonly string[], since: Date): Promise<RateRow[]> {
  const delay = (column: RawBuilder<unknown>) =>
    sql`percentile_disc(${SHARES}::float8[]) WITHIN GROUP (ORDER BY extract(epoch FROM ${column} - d.sent_at) * 1000) FILTER (WHERE ${column} > d.sent_at)`
  const found =
    await sql<RateRow>`SELECT coalesce(CASE WHEN v.template_id = ANY(${[...templates]}::uuid[]) THEN v.template_id END::text, '') AS template,
      count(*)::int AS sent, count(d.opened_at)::int AS opened, count(d.clicked_at)::int AS clicked, ${delay(sql`d.opened_at`)} AS open_delays, ${delay(sql`d.clicked_at`)} AS click_delays
    FROM delivery d JOIN template_version v ON v.id = d.version_id WHERE d.sent_at > ${since} AND d.purpose = 'marketing' GROUP BY 1`.execute(
      db,
    )
  return found.rows
}

/** The links that people clicked in mails of these templates, often ones more often. */
export async function loadUrls(db: Db, templates: readonly string[], since: Date): Promise<{ template: string; url: string }[]> {
  if (!templates.length) return []
  const found = await sql<{ template: string; url: string }>`SELECT v.template_id AS template, j.props->>'url' AS url
    FROM delivery d JOIN template_version v ON v.id = d.version_id JOIN journal j ON j.bucket = d.bucket AND j.person_id = d.person_id AND j.name = 'mail.clicked'
      AND j.props->>'delivery' = d.id::text AND (j.props->>'agent') IS DISTINCT FROM 'machine'
    WHERE d.clicked_at IS NOT NULL AND d.sent_at > ${since} AND v.template_id = ANY(${[...templates]}::uuid[]) AND j.props ? 'url' ORDER BY j.id LIMIT 2000`.execute(
    db,
  )
  return found.rows
}

export interface CompanyDayRow {
  readonly company: string
  readonly day: string
  readonly from: string
  readonly at: number
  readonly n: number
}

/** Commercial mails that really began to leave for people of companies, by instant and by what they were of. */
export async function loadCompanyDays(db: Db, since: Date, until: Date, zone: string): Promise<CompanyDayRow[]> {
  const found =
    await sql<CompanyDayRow>`SELECT p.company_id AS company, to_char(d.marked_at AT TIME ZONE ${zone}, 'YYYY-MM-DD') AS day, coalesce(r.scenario_id, d.source)::text AS "from", floor(extract(epoch FROM d.marked_at) * 1000)::float8 AS at, count(*)::int AS n
    FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id AND p.company_id IS NOT NULL
    LEFT JOIN run r ON d.what LIKE 'run:%' AND r.bucket = d.bucket AND r.person_id = d.person_id AND r.id = split_part(d.what, ':', 2)::uuid
    WHERE d.marked_at > ${since} AND d.marked_at <= ${until} AND d.purpose = 'marketing' AND d.status IN ('transmitting', 'sent', 'unknown') GROUP BY 1, 2, 3, 4`.execute(
      db,
    )
  return found.rows
}

/** Leads with the day that stands in a field today. */
export async function loadDayFields(
  db: Db,
  field: RawBuilder<unknown>,
  isInstant: boolean,
  zone: string,
): Promise<{ id: string; day: string }[]> {
  const day = isInstant ? sql`((${field})::timestamptz AT TIME ZONE ${zone})::date` : sql`(${field})::date`
  const found = await sql<{ id: string; day: string }>`SELECT p.id, to_char(${day}, 'YYYY-MM-DD') AS day FROM person p
    WHERE p.identified_at IS NOT NULL AND p.status = 'active' AND ${day} IS NOT NULL ORDER BY p.bucket, p.id`.execute(db)
  return found.rows
}

/** Who was in a segment when, in the window. */
export async function loadMembers(db: Db, segment: string, since: Date): Promise<{ id: string; from: Date; to: Date | null }[]> {
  const found = await sql<{ id: string; from: Date; to: Date | null }>`SELECT h.person_id AS id, h.entered_at AS "from", h.left_at AS "to"
    FROM segment_stay h WHERE h.segment_id = ${segment}::uuid AND (h.left_at IS NULL OR h.left_at > ${since}) ORDER BY h.bucket, h.person_id`.execute(
    db,
  )
  return found.rows
}

export interface SegmentRow {
  readonly id: string
  readonly name: string
  readonly audience: 'leads' | 'everyone'
  readonly created_at: Date
  readonly rule: unknown
}

/** Segments with the rule they have today. */
export async function loadSegments(db: Db, ids: readonly string[]): Promise<SegmentRow[]> {
  const found = await sql<SegmentRow>`SELECT s.id, s.name, s.audience, s.created_at, v.rule FROM segment s
    JOIN segment_version v ON v.segment_id = s.id AND v.version = s.live_version WHERE s.id = ANY(${[...ids]}::uuid[])`.execute(db)
  return found.rows
}
