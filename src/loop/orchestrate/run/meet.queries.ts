import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { cancelAll, carryTo, takeUp } from '#loop/deliver/outbox/service.ts'
import type { Meeting } from '#loop/identify/personTables.ts'
import { runName } from '../step/events.ts'

/** Why mails do not leave whose run was closed: the other run of the same person sends its own. */
const MERGED = 'run_merged'

/** The mails of these runs, whichever of the two people has them by now. */
const mailsOf = (runs: readonly { readonly id: string }[], ...people: readonly Subject[]) =>
  runs.flatMap(({ id }) => people.map((subject) => ({ subject, name: runName(id) })))

/**
 * Runs of two people who become one: of two runs of one scenario the older goes on and the younger is closed as merged.
 * A closed one keeps its step and due instant, and its mails are only put aside, so that an undo lets it go on where it stood:
 * the oldest, and only for somebody of whom no other run is left that lived on after it was closed.
 */
export async function meetRuns(ctx: Ctx, { from, to, undo, also }: Meeting): Promise<void> {
  if (undo) {
    const back = await sql<{
      id: string
    }>`UPDATE run SET bucket = ${to.bucket}, person_id = ${to.id}, origin_person_id = NULLIF(origin_person_id, ${to.id}::uuid)
      WHERE bucket = ${from.bucket} AND person_id = ${from.id} AND origin_person_id = ANY(${[to.id, ...also]}::uuid[]) RETURNING id`.execute(
      ctx.db,
    )
    const ids = back.rows.map(({ id }) => id)
    // What such a run did and asked for while they were one belongs to the run.
    await sql`UPDATE run_step SET bucket = ${to.bucket}, person_id = ${to.id}, origin_person_id = NULLIF(origin_person_id, ${to.id}::uuid)
      WHERE bucket = ${from.bucket} AND person_id = ${from.id} AND run_id = ANY(${ids}::uuid[])`.execute(ctx.db)
    await carryTo(ctx, from, to, ids.map(runName))
    const opened = await sql<{ id: string }>`WITH free AS (
        SELECT bucket, person_id, id, row_number() OVER (PARTITION BY bucket, person_id, scenario_id ORDER BY entered_at, id) AS place FROM run r
        WHERE r.how = 'merged' AND (r.bucket, r.person_id) IN ((${from.bucket}::smallint, ${from.id}::uuid), (${to.bucket}::smallint, ${to.id}::uuid))
          AND NOT EXISTS (SELECT 1 FROM run o WHERE o.bucket = r.bucket AND o.person_id = r.person_id AND o.scenario_id = r.scenario_id
            AND o.how IS DISTINCT FROM 'merged' AND (o.status = 'active' OR o.ended_at >= r.ended_at)))
      UPDATE run r SET status = 'active', how = NULL, ended_at = NULL FROM free f
      WHERE f.place = 1 AND r.bucket = f.bucket AND r.person_id = f.person_id AND r.id = f.id RETURNING r.id`.execute(ctx.db)
    await takeUp(ctx, mailsOf(opened.rows, from, to), MERGED)
    return
  }
  const closed = await sql<{ id: string }>`WITH ranked AS (
      SELECT bucket, person_id, id, row_number() OVER (PARTITION BY scenario_id ORDER BY entered_at, id) AS place FROM run
      WHERE status = 'active' AND (bucket, person_id) IN ((${from.bucket}::smallint, ${from.id}::uuid), (${to.bucket}::smallint, ${to.id}::uuid)))
    UPDATE run r SET status = 'ended', how = 'merged', ended_at = ${ctx.now} FROM ranked k
    WHERE k.place > 1 AND r.bucket = k.bucket AND r.person_id = k.person_id AND r.id = k.id RETURNING r.id`.execute(ctx.db)
  await cancelAll(ctx, mailsOf(closed.rows, from, to), MERGED)
  await sql`UPDATE run SET bucket = ${to.bucket}, person_id = ${to.id}, origin_person_id = coalesce(origin_person_id, ${from.id})
    WHERE bucket = ${from.bucket} AND person_id = ${from.id}`.execute(ctx.db)
}
