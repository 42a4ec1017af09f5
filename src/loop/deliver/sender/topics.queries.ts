import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

export async function listTopics(db: Db): Promise<{ id: string; ja: string; en: string; stops: number }[]> {
  const found = await sql<{ id: string; ja: string; en: string; stops: number }>`
    SELECT t.id, t.ja, t.en, (SELECT count(*)::int FROM topic_stop s WHERE s.topic_id = t.id) AS stops FROM mail_topic t WHERE t.archived_at IS NULL ORDER BY t.position, t.created_at`.execute(
    db,
  )
  return found.rows
}

export async function insertTopic(db: Db, topic: { id: string; ja: string; en: string }, now: Date): Promise<void> {
  await sql`INSERT INTO mail_topic (id, ja, en, position, created_at) SELECT ${topic.id}::uuid, ${topic.ja}, ${topic.en}, coalesce(max(position), 0) + 1, ${now}::timestamptz FROM mail_topic`.execute(
    db,
  )
}

export async function archiveTopic(db: Db, id: string, now: Date): Promise<boolean> {
  const done = await sql`UPDATE mail_topic SET archived_at = coalesce(archived_at, ${now}) WHERE id = ${id}`.execute(db)
  return Boolean(done.numAffectedRows)
}

/** Mails in the queue. */
export async function countWaiting(db: Db): Promise<number> {
  const found = await sql<{
    n: number
  }>`SELECT count(*)::int AS n FROM delivery WHERE standing = 'open' AND status IN ('queued', 'deferred')`.execute(db)
  return found.rows[0]?.n ?? 0
}

/** Whether the suppression list (identify's) holds this hash of an address. */
export async function isStopped(db: Db, addressHash: string): Promise<boolean> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM suppression WHERE address_hash = ${addressHash}`.execute(db)
  return (found.rows[0]?.n ?? 0) > 0
}

/** The lead whose address this is, unless it is a colleague's own. */
export async function leadAt(db: Db, mail: string): Promise<Subject | null> {
  const found = await sql<Subject>`SELECT p.bucket, p.id FROM identity i JOIN person p ON p.bucket = i.bucket AND p.id = i.person_id
    WHERE i.kind = 'mail' AND i.value = ${mail} AND p.mail = i.value AND p.identified_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM auth_user u WHERE lower(u.email) = i.value)`.execute(db)
  return found.rows[0] ?? null
}
