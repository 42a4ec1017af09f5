import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Meeting } from '#loop/identify/personTables.ts'

/**
 * Deliveries of two people who become one. What is on the wire stays where it is until settled; a claimed row goes back
 * to the queue under a new fence, so that the lane holding it sends nothing. Two rows for one mail both stay, but only
 * the one further along keeps the mail's name, and the other is not sent any more.
 */
export async function meetDeliveries(ctx: Ctx, { from, to, undo }: Meeting): Promise<void> {
  if (undo) {
    await sql`UPDATE delivery SET bucket = ${to.bucket}, person_id = ${to.id}, origin_person_id = NULL, what = split_part(what, '#', 1),
        status = CASE status WHEN 'claimed' THEN 'queued' ELSE status END, fence = fence + 1
      WHERE bucket = ${from.bucket} AND person_id = ${from.id} AND origin_person_id = ${to.id} AND status <> 'transmitting'`.execute(ctx.db)
    return
  }
  // The lesser of two rows for one mail is named apart; "further along" is sent before held before waiting before dropped.
  await sql`WITH ranked AS (
      SELECT bucket, person_id, id, row_number() OVER (PARTITION BY what ORDER BY array_position(ARRAY['sent','transmitting','unknown','refused','claimed','deferred','queued','suppressed','cancelled'], status), created_at) AS place
      FROM delivery WHERE (bucket, person_id) IN ((${from.bucket}::smallint, ${from.id}::uuid), (${to.bucket}::smallint, ${to.id}::uuid)))
    UPDATE delivery d SET what = d.what || '#' || d.id, fence = d.fence + 1,
      status = CASE WHEN d.status IN ('queued', 'deferred', 'claimed') THEN 'cancelled' ELSE d.status END,
      reason = CASE WHEN d.status IN ('queued', 'deferred', 'claimed') THEN 'merged' ELSE d.reason END
    FROM ranked r WHERE r.place > 1 AND d.status <> 'transmitting' AND d.bucket = r.bucket AND d.person_id = r.person_id AND d.id = r.id`.execute(
    ctx.db,
  )
  await sql`UPDATE delivery SET bucket = ${to.bucket}, person_id = ${to.id}, origin_person_id = coalesce(origin_person_id, ${from.id}),
      status = CASE status WHEN 'claimed' THEN 'queued' ELSE status END, fence = fence + 1
    WHERE bucket = ${from.bucket} AND person_id = ${from.id} AND status <> 'transmitting'`.execute(ctx.db)
}
