import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

interface Ask {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly topicId: string | null
  readonly now: Date
}

/** The audience grouped by what decides whether a person may be reached, and by what a greeting needs. */
export interface CrowdGroup {
  readonly status: string
  readonly has_mail: boolean
  readonly mail_stop: number
  readonly has_basis: boolean
  readonly topic: boolean
  readonly paused: boolean
  readonly named: boolean
  readonly company: boolean
  readonly n: number
}

const crowd = (
  ask: Ask,
) => sql`(SELECT DISTINCT m.bucket, m.person_id FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version WHERE m.is_in AND m.segment_id = ANY(${ask.include}::uuid[])
  EXCEPT SELECT m.bucket, m.person_id FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version WHERE m.is_in AND m.segment_id = ANY(${ask.exclude}::uuid[]))`

export async function groupCrowd(db: Db, ask: Ask): Promise<CrowdGroup[]> {
  const found = await sql<CrowdGroup>`
    SELECT p.status, p.mail IS NOT NULL AS has_mail, p.mail_stop, p.mail_basis > 0 AND coalesce(c.given, false) AS has_basis, t.topic_id IS NOT NULL AS topic, coalesce(pause.until > ${ask.now}::timestamptz, false) AS paused,
      coalesce(p.family_name, '') <> '' AS named, coalesce(p.company_name, '') <> '' AS company, count(*)::int AS n
    FROM ${crowd(ask)} a
    JOIN person p ON p.bucket = a.bucket AND p.id = a.person_id AND p.identified_at IS NOT NULL
    LEFT JOIN topic_stop t ON t.bucket = p.bucket AND t.person_id = p.id AND t.topic_id = ${ask.topicId}::uuid
    LEFT JOIN consent_state c ON c.bucket = p.bucket AND c.person_id = p.id AND c.purpose = 'marketing' AND c.topic_id = '00000000-0000-0000-0000-000000000000'
    LEFT JOIN consent_state pause ON pause.bucket = p.bucket AND pause.person_id = p.id AND pause.purpose = 'pause' AND NOT pause.given
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`.execute(db)
  return found.rows
}

/** People of the receiving domain that has the most of the audience. */
export async function largestDomain(db: Db, ask: Ask): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${crowd(ask)} a
    JOIN person p ON p.bucket = a.bucket AND p.id = a.person_id AND p.identified_at IS NOT NULL AND p.mail IS NOT NULL AND p.mail_stop = 0 AND p.mail_basis > 0
    GROUP BY split_part(p.mail, '@', 2) ORDER BY 1 DESC LIMIT 1`.execute(db)
  return found.rows[0]?.n ?? 0
}

/** Mails a minute of the largest newsletter that went out since then: sent, over the time from its first to its last; null without one of some size. */
export async function measuredRate(db: Db, since: Date): Promise<number | null> {
  const found = await sql<{
    rate: number
  }>`SELECT (count(*) / greatest(extract(epoch FROM max(d.sent_at) - min(d.sent_at)) / 60, 1))::float8 AS rate
    FROM newsletter n JOIN delivery d ON d.source = n.id AND d.status = 'sent'
    WHERE n.status = 'finished' AND n.test IS NULL AND n.local_at IS NULL AND n.started_at > ${since} GROUP BY n.id HAVING count(*) >= 100 ORDER BY count(*) DESC LIMIT 1`.execute(
    db,
  )
  const rate = found.rows[0]?.rate
  return rate === undefined ? null : Math.round(rate)
}

export interface RehearsalRow {
  readonly at: Date
  readonly sent: number
  readonly current: boolean
}

/** The last test send of these templates, and whether it was of the words of now. */
export async function lastRehearsal(db: Db, templates: readonly string[]): Promise<RehearsalRow | undefined> {
  const found =
    await sql<RehearsalRow>`SELECT r.at, r.sent::int AS sent, r.version_id = t.version_id AS current FROM newsletter_rehearsal r JOIN template t ON t.id = r.template_id
    WHERE r.template_id = ANY(${[...templates]}::uuid[]) ORDER BY r.at DESC LIMIT 1`.execute(db)
  return found.rows[0]
}

/** Templates of the newsletters of issues. */
export async function templatesOf(db: Db, newsletters: readonly string[]): Promise<string[]> {
  const found = await sql<{
    id: string
  }>`SELECT DISTINCT template_id AS id FROM newsletter WHERE id = ANY(${[...newsletters]}::uuid[])`.execute(db)
  return found.rows.map((row) => row.id)
}
