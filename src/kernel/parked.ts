// People for whom nothing runs: whom the loop failed for, and how they go on.
import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import { columnsOf, type Subject } from './db/buckets.ts'
import { MOST_HOPS } from './journal.ts'

/** How the reason begins of whoever is parked for work that ends by itself: they are not to be released before. */
export const UNDER_WAY = 'merge: '

/**
 * Releases whoever is parked with an error (`TypeError: …`): what failed may have been mended since. Who is parked for another reason, such
 * as a long move or rules that feed each other, stays.
 * @returns how many
 */
export async function releaseFailed(ctx: Ctx): Promise<number> {
  const done = await sql`UPDATE pulse p SET parked_reason = NULL, due_at = ${ctx.now}
    FROM (SELECT bucket, person_id FROM pulse WHERE parked_reason IS NOT NULL AND parked_reason ~ '^[A-Za-z]*[Ee]rror: '
      ORDER BY 1, 2 FOR UPDATE SKIP LOCKED) l
    WHERE p.bucket = l.bucket AND p.person_id = l.person_id`.execute(ctx.db)
  return Number(done.numAffectedRows ?? 0)
}

/**
 * Lets people go on whom somebody looked after: these, or everybody. News that had gone round too often begin to count anew, else the same
 * news would park them again whatever was mended. Whoever is parked for work under way stays.
 * @returns how many were parked
 */
export async function release(ctx: Ctx, subjects: readonly Subject[] | 'all'): Promise<number> {
  const { buckets, ids } = columnsOf(subjects === 'all' ? [] : subjects)
  const whom = subjects === 'all' ? sql`` : sql`AND (bucket, person_id) IN (SELECT * FROM unnest(${buckets}::smallint[], ${ids}::uuid[]))`
  const done = await sql<{ n: number }>`WITH held AS MATERIALIZED (SELECT bucket, person_id FROM pulse
      WHERE parked_reason IS NOT NULL AND NOT starts_with(parked_reason, ${UNDER_WAY}) ${whom} ORDER BY 1, 2 FOR UPDATE),
    anew AS (UPDATE news n SET hop = 0 FROM held h WHERE n.bucket = h.bucket AND n.person_id = h.person_id AND n.hop >= ${MOST_HOPS}),
    freed AS (UPDATE pulse p SET parked_reason = NULL, due_at = ${ctx.now} FROM held h WHERE p.bucket = h.bucket AND p.person_id = h.person_id RETURNING 1)
    SELECT count(*)::int AS n FROM freed`.execute(ctx.db)
  return done.rows[0]?.n ?? 0
}
