import { type RawBuilder, sql } from 'kysely'
import { instantArray, plainArray, textArray } from '#kernel/db/arrays.ts'
import type { Db } from '#kernel/db/tables.ts'
import { isHeld } from '#kernel/hold.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import { type DeliveryStatus, MAIL_PART, NO_SOURCE, type Purpose } from '../tables.ts'

/** A row this worker holds. */
export interface Claimed {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly what: string
  readonly source: string
  readonly version_id: string
  readonly purpose: Purpose
  readonly topic_id: string | null
  readonly attempts: number
  readonly fence: number
  readonly resent: boolean
  readonly priority: number
  readonly created_at: Date
  /** Whose name it carries; null: as the settings say. */
  readonly sender: 'company' | 'owner' | null
  /** Its newsletter stands on the web too. */
  readonly on_web: boolean
}

/** Single mails first, then each newsletter that is being sent: paused ones are never looked at. Nothing while sending is held. */
export async function listSources(db: Db): Promise<string[]> {
  if (await isHeld({ db }, MAIL_PART)) return []
  const found = await sql<{
    id: string
  }>`/* list_mail_sources */ SELECT id FROM newsletter WHERE status = 'sending' ORDER BY started_at`.execute(db)
  return [NO_SOURCE, ...found.rows.map((row) => row.id)]
}

/**
 * Takes up to `limit` rows that are due of one source, over all buckets at once; rows another worker is taking are passed over, and so are
 * the few that are held: no index changes by a claim, so they stand before those that wait. They are
 * written where they were found: looked up once more by key, a plan made while nothing had ever been sent read all deliveries at each claim.
 */
export async function claimDue(db: Db, ask: { worker: string; source: string; now: Date; limit: number }): Promise<Claimed[]> {
  const taken = await sql<Claimed>`/* claim_deliveries */
    WITH due AS MATERIALIZED (
      SELECT ctid AS place FROM delivery WHERE source = ${ask.source} AND standing = 'open' AND status IN ('queued', 'deferred') AND not_before <= ${ask.now}
      ORDER BY priority DESC, not_before LIMIT ${ask.limit} FOR UPDATE SKIP LOCKED)
    UPDATE delivery d SET status = 'claimed', worker = ${ask.worker}, fence = d.fence + 1 FROM due WHERE d.ctid = due.place
    RETURNING d.bucket, d.person_id, d.id, d.what, d.source, d.version_id, d.purpose, d.topic_id, d.attempts, d.fence, d.resent, d.priority, d.created_at,
      coalesce(d.sender, (SELECT n.sender FROM newsletter n WHERE n.id = ${ask.source})) AS sender,
      coalesce((SELECT n.on_web FROM newsletter n WHERE n.id = ${ask.source}), false) AS on_web`.execute(db)
  return taken.rows
}

/** What a mail may say of the one it goes to. */
export interface Recipient {
  readonly bucket: number
  readonly id: string
  readonly mail: string | null
  readonly family_name: string | null
  readonly given_name: string | null
  readonly family_kana: string | null
  readonly given_kana: string | null
  readonly company_name: string | null
  readonly department: string | null
  readonly title: string | null
  readonly prefecture: string | null
  readonly industry: string | null
  readonly attrs: Json
  readonly identified: boolean
  readonly status: string
  readonly mail_stop: number
  readonly mail_basis: number
  /** The ledger says yes. */
  readonly proof: boolean
  /** For which address, as its keyed hash. */
  readonly proof_of: string | null
  /** They asked for quiet, and the time is not over. */
  readonly paused: boolean | null
  /** They did not refuse that opens and clicks are counted. */
  readonly tracked: boolean
  readonly owner_name: string | null
  readonly owner_mail: string | null
}

export async function loadRecipients(
  db: Db,
  keys: readonly { bucket: number; person_id: string }[],
  now: Date,
): Promise<Map<string, Recipient>> {
  const found = await sql<Recipient>`/* load_recipients */
    SELECT p.bucket, p.id, p.mail, p.family_name, p.given_name, p.family_kana, p.given_kana, p.company_name, p.department, p.title, p.prefecture, p.industry, p.attrs,
      p.identified_at IS NOT NULL AS identified, p.status, p.mail_stop, p.mail_basis, coalesce(c.given, false) AS proof, c.address_hash AS proof_of, pause.until > ${now}::timestamptz AS paused, coalesce(track.given, true) AS tracked,
      u.name AS owner_name, u.email AS owner_mail
    FROM unnest(${plainArray(keys, (k) => k.bucket)}::smallint[], ${plainArray(keys, (k) => k.person_id)}::uuid[]) x(b, i)
    JOIN person p ON p.bucket = x.b AND p.id = x.i LEFT JOIN auth_user u ON u.id = p.owner_id
    LEFT JOIN consent_state c ON c.bucket = x.b AND c.person_id = x.i AND c.purpose = 'marketing' AND c.topic_id = ${NO_SOURCE}::uuid
    LEFT JOIN consent_state pause ON pause.bucket = x.b AND pause.person_id = x.i AND pause.purpose = 'pause' AND pause.topic_id = ${NO_SOURCE}::uuid AND NOT pause.given
    LEFT JOIN consent_state track ON track.bucket = x.b AND track.person_id = x.i AND track.purpose = 'tracking_email' AND track.topic_id = ${NO_SOURCE}::uuid`.execute(
    db,
  )
  return new Map(found.rows.map((row) => [row.id, row]))
}

/** Person id → which of these segments they are in now. */
export async function loadSegmentFlags(
  db: Db,
  keys: readonly { bucket: number; person_id: string }[],
  segments: readonly string[],
): Promise<Map<string, Set<string>>> {
  const found = await sql<{ person_id: string; segment_id: string }>`/* load_segment_flags */
    SELECT DISTINCT m.person_id, m.segment_id FROM unnest(${keys.map((k) => k.bucket)}::smallint[], ${keys.map((k) => k.person_id)}::uuid[]) x(b, i)
    JOIN membership m ON m.bucket = x.b AND m.person_id = x.i JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version
    WHERE m.is_in AND m.segment_id = ANY(${segments}::uuid[])`.execute(db)
  const flags = new Map<string, Set<string>>()
  for (const row of found.rows) flags.set(row.person_id, (flags.get(row.person_id) ?? new Set()).add(row.segment_id))
  return flags
}

export interface MarkAsk {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly fence: number
  readonly address: string
  /** What the mail shows of its sender. */
  readonly displayId: string | null
}

export interface Marked {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly fence: number
  readonly source: string
  readonly purpose: Purpose
  readonly topic: boolean
  readonly priority: number
  readonly created_at: Date
  readonly resent: boolean
}

interface Marking {
  readonly worker: string
  readonly now: Date
  readonly rows: readonly MarkAsk[]
  readonly hashOf: (mail: string) => string
}

/**
 * As a parameter, and the worker by `IS NOT DISTINCT FROM`: a plan must not be able to prove that the index of held rows would do. It read
 * all that a worker holds, and what it had held, for each handful of marks.
 */
const HELD = '{claimed,transmitting}'

/**
 * The mark `transmitting`, for many rows at once. Locks the people in key order, against each other, too, so that caps are counted by one
 * worker at a time, passing over rows that are
 * being written (an unsubscribe under way): those are not marked now. Commercial mail needs an entry of the ledger that says yes to this address, and keeps its id. Asking again for a row already marked is harmless.
 */
export function markAsk(ask: Marking): RawBuilder<Marked> {
  const { rows } = ask
  return sql<Marked>`/* mark_transmitting */
    WITH l AS MATERIALIZED (
      SELECT x.b, x.i, x.d, x.f, x.a, x.s, p.mail, p.identified_at, p.mail_stop, p.mail_basis, c.entry_id, c.given AND (c.address_hash IS NULL OR c.address_hash = x.h) AS given, pause.until AS paused
      FROM unnest(${plainArray(rows, (r) => r.bucket)}::smallint[], ${plainArray(rows, (r) => r.person_id)}::uuid[], ${plainArray(rows, (r) => r.id)}::uuid[], ${plainArray(rows, (r) => r.fence)}::bigint[], ${textArray(rows, (r) => r.address)}::text[], ${plainArray(rows, (r) => r.displayId)}::uuid[], ${textArray(rows, (r) => ask.hashOf(r.address))}::text[]) x(b, i, d, f, a, s, h)
      JOIN person p ON p.bucket = x.b AND p.id = x.i
      LEFT JOIN consent_state c ON c.bucket = x.b AND c.person_id = x.i AND c.purpose = 'marketing' AND c.topic_id = ${NO_SOURCE}::uuid
      LEFT JOIN consent_state pause ON pause.bucket = x.b AND pause.person_id = x.i AND pause.purpose = 'pause' AND pause.topic_id = ${NO_SOURCE}::uuid AND NOT pause.given ORDER BY 1, 2 FOR NO KEY UPDATE OF p SKIP LOCKED)
    UPDATE delivery d SET status = 'transmitting', address = l.a, marked_at = ${ask.now}, display_id = l.s, consent_entry_id = CASE d.purpose WHEN 'marketing' THEN l.entry_id END FROM l
    WHERE d.bucket = l.b AND d.person_id = l.i AND d.id = l.d AND d.fence = l.f AND d.worker IS NOT DISTINCT FROM ${ask.worker}::uuid AND d.status = ANY(${HELD}::text[]) AND l.mail = l.a AND l.identified_at IS NOT NULL
      AND CASE d.purpose WHEN 'transactional' THEN l.mail_stop < 3 ELSE l.mail_stop = 0 AND l.mail_basis > 0 AND l.given AND (l.paused IS NULL OR l.paused <= ${ask.now}) END
      AND (d.source = ${NO_SOURCE} OR EXISTS (SELECT 1 FROM newsletter n WHERE n.id = d.source AND n.status = 'sending'))
      AND NOT EXISTS (SELECT 1 FROM hold h WHERE ${MAIL_PART} = ANY(h.parts))
    RETURNING d.bucket, d.person_id, d.id, d.fence, d.source, d.purpose, d.topic_id IS NOT NULL AS topic, d.priority, d.created_at, d.resent`
}

/** Of rows just marked, those whose person does not want their topic. Runs after the lock, in a snapshot of its own. */
export async function unwantedTopics(db: Db, rows: readonly MarkAsk[]): Promise<string[]> {
  const found = await sql<{ id: string }>`/* unwanted_topics */
    SELECT d.id FROM unnest(${rows.map((r) => r.bucket)}::smallint[], ${rows.map((r) => r.person_id)}::uuid[], ${rows.map((r) => r.id)}::uuid[]) x(b, i, d)
    JOIN delivery d ON d.bucket = x.b AND d.person_id = x.i AND d.id = x.d
    JOIN topic_stop t ON t.bucket = d.bucket AND t.person_id = d.person_id AND t.topic_id = d.topic_id`.execute(db)
  return found.rows.map((row) => row.id)
}

/** What became of a held row. */
export interface Settlement {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly fence: number
  readonly status: DeliveryStatus
  readonly reason: string | null
  readonly reply: string | null
  /** Counts as a try of ours at the receiving server. */
  readonly tried: boolean
  /** The address is dead. */
  readonly dead: boolean
  readonly notBefore: Date | null
}

/**
 * Records what became of rows, for whoever still holds them: a row that went to another worker in between (higher fence)
 * is not touched. A row held as unknown is settled by the late answer of the very worker that sent it.
 */
export function settleAsk(rows: readonly Settlement[], now: Date): RawBuilder<{ id: string }> {
  return sql<{ id: string }>`/* settle_deliveries */
    UPDATE delivery d SET status = x.s, reason = x.r, reply = x.p, attempts = d.attempts + x.t, not_before = coalesce(x.n, d.not_before), bounce_hard = CASE WHEN x.h THEN true ELSE d.bounce_hard END, bounced_at = CASE WHEN x.h THEN coalesce(d.bounced_at, ${now}::timestamptz) ELSE d.bounced_at END,
      sent_at = CASE WHEN x.s = 'sent' THEN ${now}::timestamptz ELSE d.sent_at END, worker = CASE WHEN x.s IN ('queued', 'deferred') THEN NULL ELSE d.worker END
    FROM unnest(${plainArray(rows, (r) => r.bucket)}::smallint[], ${plainArray(rows, (r) => r.person_id)}::uuid[], ${plainArray(rows, (r) => r.id)}::uuid[], ${plainArray(rows, (r) => r.fence)}::bigint[], ${plainArray(rows, (r) => r.status)}::text[],
      ${textArray(rows, (r) => r.reason)}::text[], ${textArray(rows, (r) => r.reply)}::text[], ${plainArray(rows, (r) => (r.tried ? 1 : 0))}::smallint[], ${instantArray(rows, (r) => r.notBefore)}::timestamptz[], ${plainArray(rows, (r) => r.dead)}::boolean[]) x(b, i, d, f, s, r, p, t, n, h)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.id = x.d AND d.fence = x.f
      AND (d.status IN ('claimed', 'transmitting') OR (d.status = 'unknown' AND x.s IN ('sent', 'refused')) OR (d.status = x.s AND x.s = 'sent'))
    RETURNING d.id`
}

/** "I am alive", until the given instant. */
export async function beat(db: Db, worker: string, until: Date): Promise<void> {
  await sql`/* beat_mail_worker */ INSERT INTO mail_worker (id, until) VALUES (${worker}, ${until}) ON CONFLICT (id) DO UPDATE SET until = excluded.until`.execute(
    db,
  )
}

/** "I am gone": the name stays until what it held was looked for. */
export async function leave(db: Db, worker: string, now: Date): Promise<void> {
  await sql`/* leave_mail_worker */ INSERT INTO mail_worker (id, until) VALUES (${worker}, ${now}) ON CONFLICT (id) DO UPDATE SET until = excluded.until`.execute(
    db,
  )
}

/** Whether somebody is gone whose name is still there. */
export async function isAnybodyGone(db: Db, now: Date): Promise<boolean> {
  const found = await sql`/* gone_mail_workers */ SELECT 1 FROM mail_worker WHERE until <= ${now} LIMIT 1`.execute(db)
  return found.rows.length > 0
}

export interface Orphan {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly status: DeliveryStatus
  readonly purpose: Purpose
  readonly resent: boolean
}

/** Rows held by workers that are gone. No index knows who holds what, so all that is on its way is looked through, by the index of just that (`+ 0` keeps the key out of it). */
export async function lockOrphans(db: Db, now: Date, limit: number): Promise<Orphan[]> {
  const found = await sql<Orphan>`/* lock_orphans */
    SELECT bucket, person_id, id, status, purpose, resent FROM delivery d
    WHERE standing = 'open' AND status IN ('claimed', 'transmitting') AND NOT EXISTS (SELECT 1 FROM mail_worker w WHERE w.id = d.worker AND w.until > ${now})
    ORDER BY bucket + 0, person_id, id LIMIT ${limit} FOR UPDATE SKIP LOCKED`.execute(db)
  return found.rows
}

/** Gives orphans back or holds them as unknown. What goes back to the queue gets a new fence; an unknown row keeps its own, so a late answer still settles it. */
export async function releaseOrphans(
  db: Db,
  rows: readonly (Orphan & { readonly fate: 'queued' | 'resend' | 'unknown' })[],
  now: Date,
): Promise<void> {
  await sql`/* release_orphans */
    UPDATE delivery d SET status = CASE x.f WHEN 'unknown' THEN 'unknown' ELSE 'queued' END, resent = d.resent OR x.f = 'resend', reason = CASE x.f WHEN 'unknown' THEN 'the sender stopped before the answer came' ELSE d.reason END,
      fence = d.fence + CASE x.f WHEN 'unknown' THEN 0 ELSE 1 END, worker = CASE x.f WHEN 'unknown' THEN d.worker ELSE NULL END, not_before = CASE x.f WHEN 'unknown' THEN d.not_before ELSE ${now}::timestamptz END
    FROM unnest(${rows.map((r) => r.bucket)}::smallint[], ${rows.map((r) => r.person_id)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.fate)}::text[]) x(b, i, d, f)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.id = x.d`.execute(db)
}

export async function forgetWorkers(db: Db, before: Date): Promise<void> {
  await sql`/* forget_mail_workers */ DELETE FROM mail_worker WHERE until < ${before}`.execute(db)
}

/** Keeps what mails show of their sender; a display that is known stays as it is. */
export async function putDisplay(db: Db, id: string, shown: JsonObject, now: Date): Promise<void> {
  await sql`/* put_mail_display */ INSERT INTO mail_display (id, shown, first_at) VALUES (${id}, ${JSON.stringify(shown)}::jsonb, ${now}) ON CONFLICT DO NOTHING`.execute(
    db,
  )
}
