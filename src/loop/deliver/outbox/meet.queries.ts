import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Meeting } from '#loop/identify/personTables.ts'

/** All columns but those of the key and what a move changes; moving is DELETE + INSERT, for a key may not be updated everywhere. */
const rest = sql`id, source, version_id, purpose, topic_id, address, reply, attempts, priority, not_before, resent, created_at, marked_at, sent_at,
  opened_at, opened_machine_at, clicked_at, clicked_machine_at, stopped_at, cause_id, consent_entry_id, display_id,
  bounced_at, bounce_reason, bounce_hard, complained_at, opened_unknown_at, clicked_unknown_at, sender`

/** A claimed row goes back to the queue under a new fence, so that the lane holding it sends nothing. */
const released = sql`CASE status WHEN 'claimed' THEN 'queued' ELSE status END, fence + 1`

/** Further along is sent before held before waiting before dropped. */
const placeOf = (name: RawBuilder<unknown>) =>
  sql`row_number() OVER (PARTITION BY ${name} ORDER BY array_position(ARRAY['sent','transmitting','unknown','refused','claimed','deferred','queued','suppressed','cancelled'], status), created_at)`

const base = sql`split_part(what, '#', 1)`
const waits = sql`status IN ('queued', 'deferred', 'claimed')`

/**
 * Sets down at somebody what was taken away as `gone`. Of several rows for one mail (people who came by way of others had one each) the
 * one further along bears its name, unless a row that stayed there does; the others keep names of their own and are not sent any more.
 */
const putDown = (to: Subject) => sql`, named AS (
      SELECT g.*, ${base} AS base, ${placeOf(base)} = 1
        AND NOT EXISTS (SELECT FROM delivery d WHERE d.bucket = ${to.bucket}::smallint AND d.person_id = ${to.id}::uuid AND d.what = split_part(g.what, '#', 1)) AS is_it FROM gone g)
    INSERT INTO delivery (bucket, person_id, what, origin_person_id, status, fence, reason, ${rest})
    SELECT ${to.bucket}::smallint, ${to.id}::uuid, CASE WHEN is_it THEN base ELSE base || '#' || id END, NULLIF(origin_person_id, ${to.id}::uuid),
      CASE WHEN ${waits} AND NOT is_it THEN 'cancelled' WHEN status = 'claimed' THEN 'queued' ELSE status END, fence + 1,
      CASE WHEN ${waits} AND NOT is_it THEN 'merged' ELSE reason END, ${rest} FROM named`

/**
 * Deliveries of two people who become one. What is on the wire stays where it is until settled. Two rows for one mail both
 * stay, but only the one further along keeps the mail's name, and the other is not sent any more.
 */
export async function meetDeliveries(ctx: Ctx, { from, to, undo, also }: Meeting): Promise<void> {
  if (undo) {
    await sql`WITH gone AS (DELETE FROM delivery WHERE bucket = ${from.bucket} AND person_id = ${from.id} AND origin_person_id = ANY(${[to.id, ...also]}::uuid[]) AND status <> 'transmitting' RETURNING *)${putDown(to)}`.execute(
      ctx.db,
    )
    return
  }
  // The lesser of two rows for one mail is named apart.
  await sql`WITH ranked AS (
      SELECT bucket, person_id, id, ${placeOf(sql`what`)} AS place
      FROM delivery WHERE (bucket, person_id) IN ((${from.bucket}::smallint, ${from.id}::uuid), (${to.bucket}::smallint, ${to.id}::uuid)))
    UPDATE delivery d SET what = d.what || '#' || d.id, fence = d.fence + 1,
      status = CASE WHEN d.status IN ('queued', 'deferred', 'claimed') THEN 'cancelled' ELSE d.status END,
      reason = CASE WHEN d.status IN ('queued', 'deferred', 'claimed') THEN 'merged' ELSE d.reason END
    FROM ranked r WHERE r.place > 1 AND d.status <> 'transmitting' AND d.bucket = r.bucket AND d.person_id = r.person_id AND d.id = r.id`.execute(
    ctx.db,
  )
  await sql`WITH gone AS (DELETE FROM delivery WHERE bucket = ${from.bucket} AND person_id = ${from.id} AND status <> 'transmitting' RETURNING *)
    INSERT INTO delivery (bucket, person_id, what, origin_person_id, status, fence, reason, ${rest})
    SELECT ${to.bucket}::smallint, ${to.id}::uuid, what, coalesce(origin_person_id, ${from.id}::uuid), ${released}, reason, ${rest} FROM gone`.execute(
    ctx.db,
  )
}

/** Moves what has not left and bears one of these names (`run:…`, whatever step follows). */
export async function followNames(ctx: Ctx, from: Subject, to: Subject, names: readonly string[]): Promise<void> {
  await sql`WITH gone AS (DELETE FROM delivery WHERE bucket = ${from.bucket} AND person_id = ${from.id}
      AND status IN ('queued', 'deferred', 'claimed', 'suppressed', 'cancelled') AND substring(what FROM '^[^:]+:[^:]+') = ANY(${[...names]}::text[]) RETURNING *)${putDown(to)}`.execute(
    ctx.db,
  )
}
