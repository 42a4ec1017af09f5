// Whom a newsletter is for: in one of some segments and in none of others.
import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

/** The next page of people who are in one of `include` and in none of `exclude`, in key order; each once, as a lead. */
export async function pageAudience(
  db: Db,
  ask: { include: readonly string[]; exclude: readonly string[]; after: Subject | null; limit: number },
): Promise<Subject[]> {
  const found = await sql<Subject>`/* page_audience */
    SELECT p.bucket, p.id FROM person p
    WHERE p.identified_at IS NOT NULL AND (p.bucket, p.id) > (${ask.after?.bucket ?? -1}::smallint, ${ask.after?.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)
      AND EXISTS (SELECT 1 FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version
        WHERE m.bucket = p.bucket AND m.person_id = p.id AND m.is_in AND m.segment_id = ANY(${ask.include}::uuid[]))
      AND NOT EXISTS (SELECT 1 FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version
        WHERE m.bucket = p.bucket AND m.person_id = p.id AND m.is_in AND m.segment_id = ANY(${ask.exclude}::uuid[]))
    ORDER BY p.bucket, p.id LIMIT ${ask.limit}`.execute(db)
  return found.rows
}

/** What decides whether a person may be reached. */
export interface AudienceState {
  readonly status: string
  readonly has_mail: boolean
  readonly mail_stop: number
  readonly has_basis: boolean
  readonly topic: boolean
  readonly paused: boolean
}

interface AudienceGroup extends AudienceState {
  readonly named: boolean
  readonly company: boolean
  readonly n: number
}

interface AudienceAsk {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly topicId: string | null
  readonly now: Date
}

/** Everybody in one of `include` and in none of `exclude`, once. */
const crowd = ({ include, exclude }: AudienceAsk) =>
  sql`(SELECT DISTINCT m.bucket, m.person_id FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version WHERE m.is_in AND m.segment_id = ANY(${include}::uuid[])
    EXCEPT SELECT m.bucket, m.person_id FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version WHERE m.is_in AND m.segment_id = ANY(${exclude}::uuid[]))`

/** Whether one of these segments was put away. */
export async function isAnyGone(db: Db, segments: readonly string[]): Promise<boolean> {
  const found = await sql`SELECT 1 FROM unnest(${[...segments]}::uuid[]) x(i) LEFT JOIN segment s ON s.id = x.i AND s.archived_at IS NULL
    WHERE s.id IS NULL LIMIT 1`.execute(db)
  return found.rows.length > 0
}

/** The audience grouped by what decides whether a person may be reached, and by what a greeting needs. */
export async function groupAudience(db: Db, ask: AudienceAsk): Promise<AudienceGroup[]> {
  const found = await sql<AudienceGroup>`
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
export async function largestDomain(db: Db, ask: AudienceAsk): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${crowd(ask)} a
    JOIN person p ON p.bucket = a.bucket AND p.id = a.person_id AND p.identified_at IS NOT NULL AND p.mail IS NOT NULL AND p.mail_stop = 0 AND p.mail_basis > 0
    GROUP BY split_part(p.mail, '@', 2) ORDER BY 1 DESC LIMIT 1`.execute(db)
  return found.rows[0]?.n ?? 0
}
