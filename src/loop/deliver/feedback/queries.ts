import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

export interface Hitable {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly what: string
  readonly template_id: string
  readonly template_name: string
  readonly links: string[]
  readonly address: string | null
  readonly sent_at: Date | null
  readonly marked_at: Date | null
  readonly stopped_at: Date | null
  /** They did not refuse that opens and clicks are counted. */
  readonly tracked: boolean
}

/** A delivery by its key, its row locked until commit. */
export async function lockDelivery(db: Db, subject: Subject, id: string): Promise<Hitable | undefined> {
  const found = await sql<Hitable>`/* lock_delivery */
    SELECT d.bucket, d.person_id, d.id, d.what, v.template_id, t.name AS template_name, v.links, d.address, d.sent_at, d.marked_at, d.stopped_at,
      NOT EXISTS (SELECT 1 FROM consent_state c WHERE c.bucket = d.bucket AND c.person_id = d.person_id AND c.purpose = 'tracking_email' AND NOT c.given) AS tracked
    FROM delivery d JOIN template_version v ON v.id = d.version_id JOIN template t ON t.id = v.template_id
    WHERE d.bucket = ${subject.bucket} AND d.person_id = ${subject.id} AND d.id = ${id} FOR UPDATE OF d`.execute(db)
  return found.rows[0]
}

/** The same without a lock, for pages that only show. */
export async function findDelivery(
  db: Db,
  subject: Subject,
  id: string,
): Promise<Pick<Hitable, 'bucket' | 'person_id' | 'id' | 'what' | 'address'> | undefined> {
  const found = await sql<Pick<Hitable, 'bucket' | 'person_id' | 'id' | 'what' | 'address'>>`/* find_delivery */
    SELECT bucket, person_id, id, what, address FROM delivery WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} AND id = ${id}`.execute(
    db,
  )
  return found.rows[0]
}

export async function noteStopped(db: Db, row: { bucket: number; person_id: string; id: string }, now: Date | null): Promise<void> {
  await sql`UPDATE delivery SET stopped_at = ${now} WHERE bucket = ${row.bucket} AND person_id = ${row.person_id} AND id = ${row.id}`.execute(
    db,
  )
}

export interface Preferences {
  readonly mail: string | null
  readonly mail_stop: number
  readonly pausedUntil: Date | null
  readonly tracked: boolean
  readonly topics: readonly { readonly id: string; readonly ja: string; readonly en: string; readonly stopped: boolean }[]
}

/** What a person receives, for their own page. */
export async function loadPreferences(db: Db, subject: Subject, now: Date): Promise<Preferences | null> {
  const person = await sql<{
    mail: string | null
    mail_stop: number
    pausedUntil: Date | null
    tracked: boolean
  }>`SELECT p.mail, p.mail_stop, pause.until AS "pausedUntil", coalesce(t.given, true) AS tracked FROM person p
    LEFT JOIN consent_state pause ON pause.bucket = p.bucket AND pause.person_id = p.id AND pause.purpose = 'pause' AND NOT pause.given
    LEFT JOIN consent_state t ON t.bucket = p.bucket AND t.person_id = p.id AND t.purpose = 'tracking_email'
    WHERE p.bucket = ${subject.bucket} AND p.id = ${subject.id}`.execute(db)
  if (!person.rows[0]) return null
  const topics = await sql<Preferences['topics'][number]>`
    SELECT t.id, t.ja, t.en, s.topic_id IS NOT NULL AS stopped FROM mail_topic t
    LEFT JOIN topic_stop s ON s.bucket = ${subject.bucket} AND s.person_id = ${subject.id} AND s.topic_id = t.id WHERE t.archived_at IS NULL ORDER BY t.position, t.created_at`.execute(
    db,
  )
  const row = person.rows[0]
  return { ...row, pausedUntil: row.pausedUntil && row.pausedUntil > now ? row.pausedUntil : null, topics: topics.rows }
}

/** Locks the person against a mark in progress, so that a topic stop and a mail's beginning never cross. */
export async function lockPerson(db: Db, subject: Subject): Promise<void> {
  await sql`SELECT 1 FROM person WHERE bucket = ${subject.bucket} AND id = ${subject.id} FOR UPDATE`.execute(db)
}

/** Sets which topics a person does not want. @returns what changed */
export async function setTopicStops(
  db: Db,
  subject: Subject,
  stopped: readonly string[],
  now: Date,
): Promise<{ added: string[]; removed: string[] }> {
  const added = await sql<{ topic_id: string }>`INSERT INTO topic_stop (bucket, person_id, topic_id, since)
    SELECT ${subject.bucket}::smallint, ${subject.id}::uuid, t.id, ${now}::timestamptz FROM mail_topic t WHERE t.id = ANY(${stopped}::uuid[]) AND t.archived_at IS NULL ON CONFLICT DO NOTHING RETURNING topic_id`.execute(
    db,
  )
  const removed = await sql<{
    topic_id: string
  }>`DELETE FROM topic_stop WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} AND topic_id <> ALL(${stopped}::uuid[]) RETURNING topic_id`.execute(
    db,
  )
  return { added: added.rows.map((r) => r.topic_id), removed: removed.rows.map((r) => r.topic_id) }
}

/** Whether a host belongs to a site that carries our tag. */
export async function isTrackedHost(db: Db, host: string): Promise<boolean> {
  const found = await sql<{
    n: number
  }>`/* is_tracked_host */ SELECT count(*)::int AS n FROM site WHERE archived_at IS NULL AND EXISTS (SELECT 1 FROM unnest(domains) d WHERE ${host} = d OR ${host} LIKE '%.' || d)`.execute(
    db,
  )
  return (found.rows[0]?.n ?? 0) > 0
}

/** Where a link of a version leads; null when it has none of that number. */
export async function findLink(db: Db, versionId: string, n: number): Promise<string | null> {
  const found = await sql<{
    url: string | null
  }>`/* find_link */ SELECT links[${n}::int] AS url FROM template_version WHERE id = ${versionId}::uuid`.execute(db)
  return found.rows[0]?.url ?? null
}
