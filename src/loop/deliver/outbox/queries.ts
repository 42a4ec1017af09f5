import { sql } from 'kysely'
import { instantArray, plainArray, textArray } from '#kernel/db/arrays.ts'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { type DeliveryStatus, NO_SOURCE, type Purpose } from '../tables.ts'
import { provesFor, type Reachable } from './decide.ts'

/** Without these words no join by a newsletter's id may use the index by newsletter, and it reads all mails. As text, since a plan must be able to prove them. */
export const ofNewsletters = sql`d.source <> '00000000-0000-0000-0000-000000000000'::uuid`

/** What decides whether these people may be reached, by person id. */
export async function loadReachable(
  db: Db,
  subjects: readonly Subject[],
  now: Date,
  hashOf: (mail: string) => string,
): Promise<Map<string, Reachable>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; proofOf: string | null } & Reachable>`/* load_reachable */
    SELECT p.id, p.identified_at IS NOT NULL AS identified, p.status, p.mail, p.mail_stop AS "mailStop", p.mail_basis AS "mailBasis",
      coalesce(c.given, false) AS proof, c.address_hash AS "proofOf", coalesce(pause.until > ${now}::timestamptz, false) AS paused
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN person p ON p.bucket = x.b AND p.id = x.i
    LEFT JOIN consent_state c ON c.bucket = x.b AND c.person_id = x.i AND c.purpose = 'marketing' AND c.topic_id = ${NO_SOURCE}::uuid
    LEFT JOIN consent_state pause ON pause.bucket = x.b AND pause.person_id = x.i AND pause.purpose = 'pause' AND pause.topic_id = ${NO_SOURCE}::uuid AND NOT pause.given`.execute(
    db,
  )
  return new Map(found.rows.map((row) => [row.id, { ...row, proof: row.proof && provesFor(row.proofOf, row.mail, hashOf) }]))
}

/** Which of these people do not want these topics: `person topic` pairs. */
export async function loadTopicStops(db: Db, subjects: readonly Subject[], topics: readonly string[]): Promise<Set<string>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; topic_id: string }>`/* load_topic_stops */
    SELECT t.person_id, t.topic_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN topic_stop t ON t.bucket = x.b AND t.person_id = x.i WHERE t.topic_id = ANY(${topics}::uuid[])`.execute(db)
  return new Set(found.rows.map((row) => `${row.person_id} ${row.topic_id}`))
}

export interface NewDelivery {
  readonly subject: Subject
  readonly id: string
  readonly what: string
  readonly source: string
  readonly versionId: string
  readonly purpose: Purpose
  readonly topicId: string | null
  readonly status: DeliveryStatus
  readonly reason: string | null
  readonly priority: number
  readonly notBefore: Date
  readonly causeId: string | null
  readonly sender: 'company' | 'owner' | null
}

/** Inserts rows in key order; a mail that is there already for that person stays as it is. @returns the ids that are new */
export async function insertDeliveries(db: Db, rows: readonly NewDelivery[], now: Date): Promise<Set<string>> {
  const made = await sql<{ id: string }>`/* insert_deliveries */
    INSERT INTO delivery (bucket, person_id, id, what, source, version_id, purpose, topic_id, status, reason, priority, not_before, cause_id, sender, created_at)
    SELECT x.*, ${now}::timestamptz FROM unnest(${plainArray(rows, (r) => r.subject.bucket)}::smallint[], ${plainArray(rows, (r) => r.subject.id)}::uuid[], ${plainArray(rows, (r) => r.id)}::uuid[], ${textArray(rows, (r) => r.what)}::text[],
      ${plainArray(rows, (r) => r.source)}::uuid[], ${plainArray(rows, (r) => r.versionId)}::uuid[], ${plainArray(rows, (r) => r.purpose)}::text[], ${plainArray(rows, (r) => r.topicId)}::uuid[],
      ${plainArray(rows, (r) => r.status)}::text[], ${textArray(rows, (r) => r.reason)}::text[], ${plainArray(rows, (r) => r.priority)}::smallint[], ${instantArray(rows, (r) => r.notBefore)}::timestamptz[],
      ${plainArray(rows, (r) => r.causeId)}::uuid[], ${plainArray(rows, (r) => r.sender)}::text[]) AS x
    ON CONFLICT (bucket, person_id, what) DO NOTHING RETURNING id`.execute(db)
  return new Set(made.rows.map((row) => row.id))
}

export interface UnknownRow {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly what: string
  readonly address: string | null
  readonly name: string
  readonly company_name: string | null
  readonly subject: string
  readonly reason: string | null
  readonly marked_at: Date
}

/** Deliveries whose outcome nobody knows, oldest first. */
export async function listUnknown(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<UnknownRow[]> {
  const found = await sql<UnknownRow>`
    SELECT d.bucket, d.person_id, d.id, d.what, d.address, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, v.subject, d.reason, d.marked_at
    FROM delivery d JOIN template_version v ON v.id = d.version_id LEFT JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id
    WHERE d.standing = 'unknown' AND (${after === null} OR (d.reached_at, d.id) > (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY d.reached_at, d.id LIMIT ${limit}`.execute(db)
  return found.rows
}

export async function countUnknown(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM delivery WHERE standing = 'unknown'`.execute(db)
  return found.rows[0]?.n ?? 0
}

/**
 * Puts unknown rows back into the queue under a new fence; a newsletter that was through is sending again until they are. Those of a
 * newsletter that was called off stay as they are.
 * @returns how many
 */
export async function requeueUnknown(db: Db, ids: readonly string[] | null, now: Date): Promise<number> {
  const done = await sql<{ n: number }>`WITH again AS (
      UPDATE delivery d SET status = 'queued', resent = true, fence = fence + 1, worker = NULL, not_before = ${now}
      WHERE standing = 'unknown' AND (${ids === null} OR id = ANY(${ids ?? []}::uuid[]))
        AND NOT EXISTS (SELECT 1 FROM newsletter n WHERE n.id = d.source AND n.status = 'cancelled') RETURNING source),
    opened AS (UPDATE newsletter SET status = 'sending', finished_at = NULL, updated_at = ${now} WHERE status = 'finished' AND id IN (SELECT source FROM again))
    SELECT count(*)::int AS n FROM again`.execute(db)
  return done.rows[0]?.n ?? 0
}

/** Declares unknown rows settled: the operator has seen in the relay's log that they arrived. @returns the rows, for the journal */
export async function settleUnknown(
  db: Db,
  ids: readonly string[] | null,
): Promise<{ bucket: number; person_id: string; id: string; what: string; version_id: string; marked_at: Date }[]> {
  const done = await sql<{ bucket: number; person_id: string; id: string; what: string; version_id: string; marked_at: Date }>`
    UPDATE delivery SET status = 'sent', reason = 'settled by hand', sent_at = marked_at
    WHERE standing = 'unknown' AND (${ids === null} OR id = ANY(${ids ?? []}::uuid[]))
    RETURNING bucket, person_id, id, what, version_id, marked_at`.execute(db)
  return done.rows
}

/**
 * Puts mails back into the queue that did not go out (refused, or their person could not be reached), in the words their template has by
 * now. What may have gone out is not touched. @returns what was put back
 */
export async function requeueHeld(db: Db, whats: readonly { subject: Subject; what: string }[], now: Date): Promise<Set<string>> {
  const { buckets, ids } = columnsOf(whats.map((w) => w.subject))
  const done = await sql<{
    what: string
  }>`/* requeue_held */ UPDATE delivery d SET status = 'queued', reason = NULL, not_before = ${now}, fence = d.fence + 1, worker = NULL, attempts = 0,
      version_id = coalesce((SELECT t.version_id FROM template_version v JOIN template t ON t.id = v.template_id WHERE v.id = d.version_id), d.version_id)
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${whats.map((w) => w.what)}::text[]) x(b, i, w)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.what = x.w AND d.source = ${NO_SOURCE} AND d.status IN ('refused', 'suppressed') RETURNING d.what`.execute(
    db,
  )
  return new Set(done.rows.map((row) => row.what))
}

/** Mails of one thing, by how their names begin: `run:<run>` for all steps of a run. */
export interface Under {
  readonly subject: Subject
  readonly name: string
}

/** Stops all that waits under some names. @returns how many */
export async function cancelUnder(db: Db, names: readonly Under[], reason: string): Promise<number> {
  const { buckets, ids } = columnsOf(names.map((n) => n.subject))
  const done = await sql`/* cancel_under */ UPDATE delivery d SET status = 'cancelled', reason = ${reason}, fence = d.fence + 1
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${names.map((n) => n.name)}::text[]) x(b, i, w)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.what >= x.w || ':' AND d.what < x.w || ';' AND d.source = ${NO_SOURCE} AND d.status IN ('queued', 'deferred', 'claimed')`.execute(
    db,
  )
  return Number(done.numAffectedRows ?? 0)
}

/** Puts back into the queue what was stopped under some names for a reason, and never began to leave. @returns how many */
export async function restoreUnder(db: Db, names: readonly Under[], reason: string, now: Date): Promise<number> {
  const { buckets, ids } = columnsOf(names.map((n) => n.subject))
  const done =
    await sql`/* restore_under */ UPDATE delivery d SET status = 'queued', reason = NULL, not_before = ${now}, fence = d.fence + 1, worker = NULL
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${names.map((n) => n.name)}::text[]) x(b, i, w)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.what >= x.w || ':' AND d.what < x.w || ';' AND d.source = ${NO_SOURCE} AND d.status = 'cancelled' AND d.reason = ${reason}
      AND d.marked_at IS NULL`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}

/** Stops what waits of one thing for some people (a scenario that ended, a newsletter called off). @returns how many */
export async function cancelWaiting(db: Db, whats: readonly { subject: Subject; what: string }[], reason: string): Promise<number> {
  const { buckets, ids } = columnsOf(whats.map((w) => w.subject))
  const done = await sql`/* cancel_waiting */ UPDATE delivery d SET status = 'cancelled', reason = ${reason}, fence = d.fence + 1
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${whats.map((w) => w.what)}::text[]) x(b, i, w)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.what = x.w AND d.source = ${NO_SOURCE} AND d.status IN ('queued', 'deferred', 'claimed')`.execute(
    db,
  )
  return Number(done.numAffectedRows ?? 0)
}
