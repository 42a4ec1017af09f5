// People the loop failed for, when a worker begins anew.
import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'

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
