import { type Selectable, sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { MergeCandidateTable } from '../tables.ts'

/** Puts pairs on the review list; a pair that is on it already, or was settled, is left alone. */
export async function insertCandidates(
  db: Db,
  pairs: readonly { one: Subject; other: Subject; reason: string }[],
  at: Date,
): Promise<void> {
  for (const { one, other, reason } of pairs) {
    const [a, b] = one.id < other.id ? [one, other] : [other, one]
    await sql`/* insert_candidate */ INSERT INTO merge_candidate (bucket, person_id, other_bucket, other_id, reason, reasons, strength, at)
      VALUES (${a.bucket}, ${a.id}, ${b.bucket}, ${b.id}, ${reason}, ARRAY[${reason}], 90, ${at}) ON CONFLICT DO NOTHING`.execute(db)
  }
}

/** Open pairs, newest first. */
export function listCandidates(db: Db, limit: number): Promise<Selectable<MergeCandidateTable>[]> {
  return db.selectFrom('merge_candidate').selectAll().where('settled_at', 'is', null).orderBy('at', 'desc').limit(limit).execute()
}
