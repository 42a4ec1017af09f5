import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { MOST_HOPS } from '#kernel/journal.ts'

/** The last links of a chain of events that feed each other, the newest first. */
export async function lastLinks(db: Db, subject: Subject, since: Date): Promise<{ name: string; what: string | null }[]> {
  const found = await sql<{
    name: string
    what: string | null
  }>`SELECT name, coalesce(props->>'name', props->>'scenario', props->>'segment') AS what FROM journal
    WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} AND hop >= ${MOST_HOPS - 6} AND received_at >= ${since} ORDER BY hop DESC LIMIT 8`.execute(
    db,
  )
  return found.rows
}

/** How many subjects have news or are due, not counting the parked. */
export async function countWaiting(db: Db, now: Date): Promise<number> {
  const found = await sql<{
    n: number
  }>`SELECT (SELECT count(*) FROM (SELECT 1 FROM news n JOIN pulse p USING (bucket, person_id) WHERE p.parked_reason IS NULL LIMIT 1000) a)
    + (SELECT count(*) FROM (SELECT 1 FROM pulse WHERE due_at <= ${now} AND parked_reason IS NULL LIMIT 1000) b) AS n`.execute(db)
  return Number(found.rows[0]?.n ?? 0)
}
