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
