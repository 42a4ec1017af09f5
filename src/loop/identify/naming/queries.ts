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

/** Adoptions by a click that are still weak, of people who hold one of these devices now. */
export async function findWeak(db: Db, devices: readonly string[]): Promise<{ id: string; leadId: string; device: string }[]> {
  const found = await sql<{ id: string; lead: string; device: string }>`/* find_weak_ties */
    SELECT a.id, a.person_id AS lead, i.value AS device FROM unnest(${[...new Set(devices)]}::text[]) d JOIN identity i ON i.kind = 'device' AND i.value = d
    JOIN adoption a ON a.bucket = i.bucket AND a.person_id = i.person_id AND a.weak AND a.undone_at IS NULL AND a.taken->'identities' @> jsonb_build_array(jsonb_build_object('kind', 'device', 'value', d))
    ORDER BY a.bucket, a.person_id, a.at DESC`.execute(db)
  return found.rows.map(({ id, lead, device }) => ({ id, leadId: lead, device }))
}

/** The person themself has said that it is they. */
export async function confirmWeak(db: Db, id: string): Promise<void> {
  await db.updateTable('adoption').set({ weak: false }).where('id', '=', id).execute()
}
