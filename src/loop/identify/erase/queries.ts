import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { ConsentStateTable } from '../consent/tables.ts'
import type { ConsentEntryTable } from '../tables.ts'

export interface KeptProof {
  readonly who: Subject
  /** Keyed hash of their address; '' for none. */
  readonly hash: string
  readonly lastMailAt: Date | null
  readonly until: Date
}

/**
 * Keeps what proves consents when their people go: no name, no address, nothing a colleague typed; the form's words, its version and the
 * instants stay, under the keyed hash of the address.
 */
export async function keepProofs(db: Db, kept: readonly KeptProof[], erasedAt: Date): Promise<void> {
  const { buckets, ids } = columnsOf(kept.map((one) => one.who))
  await sql`INSERT INTO consent_proof (address_hash, id, purpose, given, basis, at, route, text_version, text, evidence, last_mail_at, erased_at, keep_until)
    SELECT coalesce(e.address_hash, x.hash), e.id, e.purpose, e.given, e.basis, e.at, e.route, e.text_version, CASE WHEN e.route IN ('form', 'optin') THEN e.text END,
      (SELECT coalesce(jsonb_object_agg(k, v), '{}') FROM jsonb_each(e.evidence) x(k, v) WHERE k IN ('form', 'version', 'submission', 'import', 'line', 'card', 'askedAt', 'confirmedAt', 'delivery')),
      x.mailed, ${erasedAt}::timestamptz, x.until
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${kept.map((one) => one.hash)}::text[], ${kept.map((one) => one.lastMailAt)}::timestamptz[],
      ${kept.map((one) => one.until)}::timestamptz[]) x(b, i, hash, mailed, until)
    JOIN consent_entry e ON e.bucket = x.b AND e.person_id = x.i ON CONFLICT DO NOTHING`.execute(db)
}

/** Deletes proofs whose time is over. @returns how many */
export async function deleteProofs(db: Db, now: Date, most: number): Promise<number> {
  const done =
    await sql`DELETE FROM consent_proof WHERE (address_hash, id) IN (SELECT address_hash, id FROM consent_proof WHERE keep_until < ${now} LIMIT ${most})`.execute(
      db,
    )
  return Number(done.numAffectedRows ?? 0)
}

/** Every row of a declared table that belongs to these keys; the person's own table is keyed by `id`. */
export async function rowsOf(db: Db, table: string, subjects: readonly Subject[]): Promise<JsonObject[]> {
  const id = sql.id(table === 'person' ? 'id' : 'person_id')
  const found = await sql<{
    row: JsonObject
  }>`SELECT to_jsonb(t) AS row FROM ${sql.table(table)} t JOIN unnest(${subjects.map((s) => s.bucket)}::smallint[], ${subjects.map((s) => s.id)}::uuid[]) x(b, i)
    ON t.bucket = x.b AND t.${id} = x.i LIMIT 200000`.execute(db)
  return found.rows.map((row) => row.row)
}

export async function statesOf(db: Db, { bucket, id }: Subject): Promise<ConsentStateTable[]> {
  const found =
    await sql<ConsentStateTable>`SELECT * FROM consent_state WHERE bucket = ${bucket} AND person_id = ${id} ORDER BY purpose, topic_id`.execute(
      db,
    )
  return found.rows
}

export async function entriesOf(db: Db, { bucket, id }: Subject): Promise<ConsentEntryTable[]> {
  const found =
    await sql<ConsentEntryTable>`SELECT * FROM consent_entry WHERE bucket = ${bucket} AND person_id = ${id} ORDER BY at DESC, id DESC LIMIT 1000`.execute(
      db,
    )
  return found.rows
}

export async function optinsOf(db: Db, { bucket, id }: Subject): Promise<{ asked_at: Date; sent_at: Date | null; held: string | null }[]> {
  const found = await sql<{ asked_at: Date; sent_at: Date | null; held: string | null }>`SELECT asked_at, sent_at, held FROM optin
    WHERE bucket = ${bucket} AND person_id = ${id} AND confirmed_at IS NULL ORDER BY asked_at DESC LIMIT 20`.execute(db)
  return found.rows
}

/** Leads by ground and stop, in one pass. */
export async function countGrounds(db: Db): Promise<{ basis: number; stop: number; mail: boolean; n: number }[]> {
  const found = await sql<{ basis: number; stop: number; mail: boolean; n: number }>`
    SELECT mail_basis AS basis, mail_stop AS stop, mail IS NOT NULL AS mail, count(*)::int AS n FROM person WHERE identified_at IS NOT NULL GROUP BY 1, 2, 3`.execute(
    db,
  )
  return found.rows
}

export async function countStates(db: Db): Promise<{ purpose: string; topic_id: string; given: boolean; n: number }[]> {
  const found = await sql<{
    purpose: string
    topic_id: string
    given: boolean
    n: number
  }>`SELECT purpose, topic_id, given, count(*)::int AS n FROM consent_state GROUP BY 1, 2, 3`.execute(db)
  return found.rows
}

export async function countOptins(db: Db, fresh: Date): Promise<{ waiting: number; held: number }> {
  const found = await sql<{
    waiting: number
    held: number
  }>`SELECT count(DISTINCT person_id) FILTER (WHERE held IS NULL)::int AS waiting, count(DISTINCT person_id) FILTER (WHERE held IS NOT NULL)::int AS held
    FROM optin WHERE confirmed_at IS NULL AND asked_at > ${fresh}`.execute(db)
  return found.rows[0] ?? { waiting: 0, held: 0 }
}

export async function countPaused(db: Db, now: Date): Promise<number> {
  const found = await sql<{
    n: number
  }>`SELECT count(*)::int AS n FROM consent_state WHERE purpose = 'pause' AND NOT given AND until > ${now}`.execute(db)
  return found.rows[0]?.n ?? 0
}

export type Behind =
  | { readonly kind: 'basis' | 'stop'; readonly code: number }
  | { readonly kind: 'sendable' }
  | { readonly kind: 'purpose'; readonly purpose: string; readonly given: boolean }
  | { readonly kind: 'topic'; readonly topicId: string }
  | { readonly kind: 'paused'; readonly now: Date }
  | { readonly kind: 'waiting' | 'held'; readonly fresh: Date }

function condition(behind: Behind): RawBuilder<unknown> {
  const state = (where: RawBuilder<unknown>) =>
    sql`EXISTS (SELECT 1 FROM consent_state c WHERE c.bucket = p.bucket AND c.person_id = p.id AND ${where})`
  switch (behind.kind) {
    case 'basis':
      return sql`p.mail_basis = ${behind.code}`
    case 'stop':
      return sql`p.mail_stop = ${behind.code}`
    case 'sendable':
      return sql`p.mail IS NOT NULL AND p.mail_stop = 0 AND p.mail_basis > 0`
    case 'purpose':
      return state(sql`c.purpose = ${behind.purpose} AND c.given = ${behind.given}`)
    case 'topic':
      return state(sql`c.purpose = 'topic' AND c.topic_id = ${behind.topicId}::uuid AND NOT c.given`)
    case 'paused':
      return state(sql`c.purpose = 'pause' AND NOT c.given AND c.until > ${behind.now}`)
    default:
      return sql`EXISTS (SELECT 1 FROM optin o WHERE o.bucket = p.bucket AND o.person_id = p.id AND o.confirmed_at IS NULL AND o.asked_at > ${behind.fresh} AND ${behind.kind === 'held' ? sql`o.held IS NOT NULL` : sql`o.held IS NULL`})`
  }
}

export interface Listed {
  readonly bucket: number
  readonly id: string
  readonly name: string
  readonly company_name: string | null
  readonly mail: string | null
}

/** The people behind a number, in key order. */
export async function listBehind(db: Db, behind: Behind, after: Subject | null, limit: number): Promise<Listed[]> {
  const found =
    await sql<Listed>`SELECT p.bucket, p.id, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, p.mail FROM person p
    WHERE p.identified_at IS NOT NULL AND ${condition(behind)} AND (${after === null} OR (p.bucket, p.id) > (${after?.bucket ?? 0}::smallint, ${after?.id ?? null}::uuid)) ORDER BY p.bucket, p.id LIMIT ${limit}`.execute(
      db,
    )
  return found.rows
}

/** Notes people whose rows were deleted just now, with the keys they were known by. */
export async function noteDeleted(db: Db, ids: readonly string[], keys: ReadonlyMap<string, readonly string[]>, at: Date): Promise<void> {
  const rows = [...ids].sort().map((id) => ({ id, keys: keys.get(id) ?? null }))
  await sql`INSERT INTO deleted_person (person_id, at, keys)
    SELECT id, ${at}::timestamptz, keys FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) x(id uuid, keys text[]) ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

/** Takes people who were deleted before an instant out of those still to be looked at, the longest gone first. */
export async function takeDeleted(db: Db, before: Date, most: number): Promise<{ id: string; keys: string[] | null }[]> {
  const taken = await sql<{ id: string; keys: string[] | null }>`DELETE FROM deleted_person WHERE person_id IN (
      SELECT person_id FROM deleted_person WHERE at <= ${before} ORDER BY at LIMIT ${most} FOR UPDATE SKIP LOCKED) RETURNING person_id AS id, keys`.execute(
    db,
  )
  return taken.rows
}

/** By what others than a browser have ever known these people: addresses, and ids of other systems. */
export async function keysOf(db: Db, subjects: readonly Subject[]): Promise<Map<string, string[]>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; keys: string[] }>`SELECT x.i AS id, array_agg(DISTINCT h.value) AS keys
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN identity_history h ON h.bucket = x.b AND h.person_id = x.i AND h.kind IN ('mail', 'external') GROUP BY x.i`.execute(db)
  return new Map(found.rows.map(({ id, keys }) => [id, keys]))
}

/** Those of the keys by which nobody is known now. */
export async function freeKeys(db: Db, keys: readonly string[]): Promise<string[]> {
  const found = await sql<{ key: string }>`SELECT DISTINCT key FROM unnest(${keys}::text[]) x(key)
    WHERE NOT EXISTS (SELECT 1 FROM identity i WHERE i.kind IN ('mail', 'external') AND i.value = x.key)`.execute(db)
  return found.rows.map((row) => row.key)
}
