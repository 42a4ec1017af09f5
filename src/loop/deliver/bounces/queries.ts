import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { SoftRun } from './decide.ts'
import type { BounceReason } from './reasons.ts'

/** Notes which notices were taken now. @returns the keys that are new */
export async function takeKeys(db: Db, source: string, keys: readonly string[], now: Date): Promise<Set<string>> {
  const made = await sql<{ key: string }>`/* take_keys */ INSERT INTO incoming_seen (source, key, at)
    SELECT ${source}::text, k, ${now}::timestamptz FROM unnest(${[...new Set(keys)].sort()}::text[]) k ON CONFLICT DO NOTHING RETURNING key`.execute(
    db,
  )
  return new Set(made.rows.map((row) => row.key))
}

/** Forgets notices older than an instant: no sender repeats them that late. */
export async function forgetKeys(db: Db, before: Date): Promise<number> {
  const gone = await sql`DELETE FROM incoming_seen WHERE at < ${before}`.execute(db)
  return Number(gone.numAffectedRows ?? 0)
}

/** Counts what became of what came in. */
export async function tally(db: Db, source: string, outcomes: ReadonlyMap<string, number>, now: Date): Promise<void> {
  const rows = [...outcomes].filter(([, n]) => n > 0).sort(([a], [b]) => (a < b ? -1 : 1))
  if (!rows.length) return
  await sql`/* tally_incoming */ INSERT INTO incoming_tally (source, outcome, n, last_at)
    SELECT ${source}::text, o, n, ${now}::timestamptz FROM unnest(${rows.map(([o]) => o)}::text[], ${rows.map(([, n]) => n)}::bigint[]) x(o, n)
    ON CONFLICT (source, outcome) DO UPDATE SET n = incoming_tally.n + excluded.n, last_at = excluded.last_at`.execute(db)
}

export interface TallyRow {
  readonly source: string
  readonly outcome: string
  readonly n: number
  readonly last_at: Date
}

export async function listTally(db: Db): Promise<TallyRow[]> {
  return (await sql<TallyRow>`SELECT source, outcome, n::int AS n, last_at FROM incoming_tally ORDER BY source, outcome`.execute(db)).rows
}

/** A delivery that something came back of. */
export interface Returned {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly what: string
  readonly address: string | null
  readonly template_id: string
  readonly template_name: string
  readonly bounced_at: Date | null
}

const COLUMNS = sql`d.bucket, d.person_id, d.id, d.what, d.address, d.bounced_at, v.template_id, t.name AS template_name`
const JOINED = sql`JOIN template_version v ON v.id = d.version_id JOIN template t ON t.id = v.template_id`

/** Deliveries by person and the end of their id, as a VERP address names them; only such as left the house. */
export async function findByTail(db: Db, refs: readonly { readonly subject: Subject; readonly tail: string }[]): Promise<Returned[]> {
  const { buckets, ids } = columnsOf(refs.map((ref) => ref.subject))
  const found =
    await sql<Returned>`/* find_by_tail */ SELECT ${COLUMNS} FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${refs.map((ref) => ref.tail)}::text[]) x(b, i, tail)
    JOIN delivery d ON d.bucket = x.b AND d.person_id = x.i AND right(replace(d.id::text, '-', ''), 16) = x.tail AND d.marked_at IS NOT NULL ${JOINED}`.execute(
      db,
    )
  return found.rows
}

/** Deliveries by their id and the address they went to, as a Message-ID and a recipient name them. */
export async function findByMessage(
  db: Db,
  refs: readonly { readonly deliveryId: string; readonly address: string }[],
): Promise<Returned[]> {
  const found =
    await sql<Returned>`/* find_by_message */ SELECT ${COLUMNS} FROM unnest(${refs.map((ref) => ref.deliveryId)}::uuid[], ${refs.map((ref) => ref.address)}::text[]) x(d, a)
    JOIN person p ON p.mail = x.a JOIN delivery d ON d.bucket = p.bucket AND d.person_id = p.id AND d.id = x.d AND lower(d.address) = x.a AND d.marked_at IS NOT NULL ${JOINED}`.execute(
      db,
    )
  return found.rows
}

export interface NewBounce {
  readonly subject: Subject
  readonly id: string
  readonly deliveryId: string | null
  readonly at: Date
  readonly via: string
  readonly addressHash: string
  readonly reason: BounceReason
  readonly hard: boolean
  readonly delayed: boolean
  readonly counts: boolean
  readonly status: string | null
  readonly reply: number | null
  readonly said: string
}

/** Keeps bounces, in key order; one that is there already stays. */
export async function insertBounces(db: Db, rows: readonly NewBounce[]): Promise<void> {
  const { buckets, ids } = columnsOf(rows.map((row) => row.subject))
  await sql`/* insert_bounces */ INSERT INTO bounce (bucket, person_id, id, delivery_id, at, via, address_hash, reason, hard, delayed, counts, status, reply, said)
    SELECT * FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.deliveryId)}::uuid[], ${rows.map((r) => r.at)}::timestamptz[], ${rows.map((r) => r.via)}::text[],
      ${rows.map((r) => r.addressHash)}::text[], ${rows.map((r) => r.reason)}::text[], ${rows.map((r) => r.hard)}::boolean[], ${rows.map((r) => r.delayed)}::boolean[], ${rows.map((r) => r.counts)}::boolean[],
      ${rows.map((r) => r.status)}::text[], ${rows.map((r) => r.reply)}::smallint[], ${rows.map((r) => r.said)}::text[]) ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

/**
 * Marks deliveries as come back; the first reason stays. One that the sender itself took for dead bears its instant already and lacks the
 * reason. An unknown one that came back had left: the evidence settles it. Late ones are not undelivered.
 */
export async function markBounced(db: Db, rows: readonly NewBounce[]): Promise<void> {
  const final = rows.filter((row) => row.deliveryId !== null && !row.delayed)
  const { buckets, ids } = columnsOf(final.map((row) => row.subject))
  await sql`/* mark_bounced */ UPDATE delivery d SET bounced_at = coalesce(d.bounced_at, x.at), bounce_reason = x.r, bounce_hard = x.h,
      status = CASE WHEN d.status = 'unknown' THEN 'sent' ELSE d.status END, sent_at = CASE WHEN d.status = 'unknown' THEN coalesce(d.sent_at, d.marked_at) ELSE d.sent_at END
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${final.map((r) => r.deliveryId)}::uuid[], ${final.map((r) => r.at)}::timestamptz[], ${final.map((r) => r.reason)}::text[], ${final.map((r) => r.hard)}::boolean[]) x(b, i, d, at, r, h)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.id = x.d AND d.bounce_reason IS NULL`.execute(db)
}

export async function markComplained(db: Db, rows: readonly Returned[], now: Date): Promise<void> {
  await sql`/* mark_complained */ UPDATE delivery d SET complained_at = ${now}, stopped_at = coalesce(d.stopped_at, ${now})
    FROM unnest(${rows.map((r) => r.bucket)}::smallint[], ${rows.map((r) => r.person_id)}::uuid[], ${rows.map((r) => r.id)}::uuid[]) x(b, i, d) WHERE d.bucket = x.b AND d.person_id = x.i AND d.id = x.d`.execute(
    db,
  )
}

/** Readers who stopped by a mail or at their provider: their mail tells it as it does a stop on the page. */
export async function markStopped(db: Db, rows: readonly Returned[], now: Date): Promise<void> {
  await sql`/* mark_stopped_by_mail */ UPDATE delivery d SET stopped_at = ${now}
    FROM unnest(${rows.map((r) => r.bucket)}::smallint[], ${rows.map((r) => r.person_id)}::uuid[], ${rows.map((r) => r.id)}::uuid[]) x(b, i, d) WHERE d.bucket = x.b AND d.person_id = x.i AND d.id = x.d AND d.stopped_at IS NULL`.execute(
    db,
  )
}

/** Per person, the soft bounces that speak against this address since its last sign of life (a person who opened or clicked). */
export async function softRuns(
  db: Db,
  keys: readonly { readonly subject: Subject; readonly addressHash: string }[],
): Promise<Map<string, SoftRun>> {
  const { buckets, ids } = columnsOf(keys.map((key) => key.subject))
  const found = await sql<{ person_id: string } & SoftRun>`/* soft_runs */
    SELECT x.i AS person_id, count(*)::int AS count, min(f.at) AS first, max(f.at) AS last
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${keys.map((key) => key.addressHash)}::text[]) x(b, i, h)
    CROSS JOIN LATERAL (SELECT max(greatest(d.opened_at, d.clicked_at)) AS at FROM delivery d WHERE d.bucket = x.b AND d.person_id = x.i) alive
    JOIN bounce f ON f.bucket = x.b AND f.person_id = x.i AND f.address_hash = x.h AND f.counts AND (alive.at IS NULL OR f.at > alive.at) GROUP BY 1`.execute(
    db,
  )
  return new Map(found.rows.map(({ person_id, ...run }) => [person_id, run]))
}

export interface BounceLine {
  readonly id: string
  readonly person_id: string
  readonly name: string
  readonly company: string | null
  readonly mail: string | null
  readonly subject: string | null
  readonly at: Date
  readonly via: 'smtp' | 'mailbox' | 'ses' | 'sendgrid' | 'mailgun' | 'postmark'
  readonly reason: BounceReason
  readonly hard: boolean
  readonly delayed: boolean
  readonly status: string | null
  readonly said: string
  readonly stopped: boolean
}

export interface BounceFilter {
  readonly reason?: BounceReason | undefined
  readonly hard?: boolean | undefined
  readonly source?: string | undefined
}

/** A page of what came back, newest first. */
export async function listBounces(
  db: Db,
  filter: BounceFilter,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<BounceLine[]> {
  const found =
    await sql<BounceLine>`SELECT b.id, b.person_id, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name AS company, p.mail, v.subject, b.at, b.via, b.reason, b.hard, b.delayed, b.status, b.said, p.mail_stop >= 3 AS stopped
    FROM bounce b JOIN person p ON p.bucket = b.bucket AND p.id = b.person_id LEFT JOIN delivery d ON d.bucket = b.bucket AND d.person_id = b.person_id AND d.id = b.delivery_id LEFT JOIN template_version v ON v.id = d.version_id
    WHERE (${filter.reason ?? null}::text IS NULL OR b.reason = ${filter.reason ?? null}) AND (${filter.hard ?? null}::boolean IS NULL OR b.hard = ${filter.hard ?? null})
      AND (${filter.source ?? null}::uuid IS NULL OR d.source = ${filter.source ?? null}::uuid) ${after ? sql`AND (b.at, b.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``}
    ORDER BY b.at DESC, b.id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

/** How many bounces of each reason since an instant. */
export async function countReasons(db: Db, since: Date): Promise<{ reason: BounceReason; hard: boolean; n: number }[]> {
  return (
    await sql<{
      reason: BounceReason
      hard: boolean
      n: number
    }>`SELECT b.reason, b.hard, count(*)::int AS n FROM bounce b WHERE b.at >= ${since} AND NOT b.delayed GROUP BY 1, 2 ORDER BY 3 DESC, 1`.execute(
      db,
    )
  ).rows
}

export interface RefusedRow {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly address: string | null
  readonly reply: string | null
  readonly reason: string | null
  readonly at: Date
  /** The sender has taken the address for dead, and marked the delivery as come back at once, so that its stop rules count it. */
  readonly dead: boolean
}

/** Deliveries that were refused and bear no reason of ours yet, with what the server said. */
export async function loadRefused(
  db: Db,
  keys: readonly { readonly subject: Subject; readonly delivery: string; readonly at: Date }[],
): Promise<RefusedRow[]> {
  const { buckets, ids } = columnsOf(keys.map((key) => key.subject))
  const found =
    await sql<RefusedRow>`/* load_refused */ SELECT d.bucket, d.person_id, d.id, coalesce(d.address, p.mail) AS address, d.reply, d.reason, x.at, coalesce(d.bounce_hard, false) AS dead
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${keys.map((key) => key.delivery)}::uuid[], ${keys.map((key) => key.at)}::timestamptz[]) x(b, i, d, at)
    JOIN delivery d ON d.bucket = x.b AND d.person_id = x.i AND d.id = x.d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id WHERE d.bounce_reason IS NULL`.execute(
      db,
    )
  return found.rows
}
