import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { OptinTable } from './tables.ts'

/** Of these people, those who agreed themselves, for this address, and did not take it back. */
export async function agreedAmong(db: Db, asked: readonly { subject: Subject; hash: string }[]): Promise<Set<string>> {
  const { buckets, ids } = columnsOf(asked.map((one) => one.subject))
  const found = await sql<{ person_id: string }>`/* agreed_among */
    SELECT c.person_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${asked.map((one) => one.hash)}::text[]) x(b, i, h)
    JOIN consent_state c ON c.bucket = x.b AND c.person_id = x.i JOIN person p ON p.bucket = c.bucket AND p.id = c.person_id
    WHERE c.purpose = 'marketing' AND c.given AND c.basis = 'consent' AND c.address_hash = x.h AND p.mail_stop = 0`.execute(db)
  return new Set(found.rows.map((row) => row.person_id))
}

/** Writes asks down; asked twice by one cause it is one. */
export async function insertOptins(db: Db, rows: readonly OptinTable[]): Promise<void> {
  await sql`/* insert_optins */ INSERT INTO optin SELECT x.* FROM jsonb_populate_recordset(NULL::optin, ${JSON.stringify(rows)}::jsonb) x ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

/** An ask, locked. */
export async function lockOptin(db: Db, { bucket, id }: Subject, optin: string): Promise<OptinTable | undefined> {
  const found =
    await sql<OptinTable>`SELECT * FROM optin WHERE bucket = ${bucket} AND person_id = ${id} AND id = ${optin} FOR UPDATE`.execute(db)
  return found.rows[0]
}

export async function noteConfirmed(db: Db, { bucket, id }: Subject, optin: string, at: Date): Promise<void> {
  await sql`UPDATE optin SET confirmed_at = ${at} WHERE bucket = ${bucket} AND person_id = ${id} AND id = ${optin}`.execute(db)
}

export interface Waiting {
  readonly subject: Subject
  readonly id: string
  readonly address: string
  readonly address_hash: string
  readonly domain: string
  /** Confirmation mails of late to this address, and to this domain. */
  readonly toAddress: number
  readonly toDomain: number
}

/** Asks that no mail went out for yet, with how many went to the same address and domain of late; one per address at a time. */
export async function listWaiting(
  db: Db,
  asked: readonly { subject: Subject; id: string }[],
  since: { address: Date; domain: Date },
): Promise<Waiting[]> {
  const { buckets, ids } = columnsOf(asked.map((one) => one.subject))
  const found = await sql<{
    bucket: number
    person_id: string
    id: string
    address: string
    address_hash: string
    domain: string
    a: number
    d: number
  }>`
    /* list_optins */ SELECT o.bucket, o.person_id, o.id, o.address, o.address_hash, o.domain,
      (SELECT count(*)::int FROM optin r WHERE r.address_hash = o.address_hash AND r.sent_at > ${since.address}) AS a,
      (SELECT count(*)::int FROM optin r WHERE r.domain = o.domain AND r.sent_at > ${since.domain}) AS d
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${asked.map((one) => one.id)}::uuid[]) x(b, p, i) JOIN optin o ON o.bucket = x.b AND o.person_id = x.p AND o.id = x.i
    WHERE o.sent_at IS NULL AND o.held IS NULL ORDER BY o.asked_at, o.id`.execute(db)
  return found.rows.map((row) => ({
    subject: { bucket: row.bucket, id: row.person_id },
    id: row.id,
    address: row.address,
    address_hash: row.address_hash,
    domain: row.domain,
    toAddress: row.a,
    toDomain: row.d,
  }))
}

/** Two workers never count one address at once. */
export async function lockDomains(db: Db, domains: readonly string[]): Promise<void> {
  const sorted = [...new Set(domains)].sort()
  await sql`/* optin_gate */ SELECT pg_advisory_xact_lock(20201, hashtext(d)) FROM unnest(${sorted}::text[]) d`.execute(db)
}

/** What became of asks: a mail went out, or why none did. */
export async function noteAsked(db: Db, rows: readonly { subject: Subject; id: string; held: string | null }[], at: Date): Promise<void> {
  const { buckets, ids } = columnsOf(rows.map((row) => row.subject))
  await sql`/* note_optins */ UPDATE optin o SET sent_at = CASE WHEN x.h IS NULL THEN ${at}::timestamptz END, held = x.h
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.held)}::text[]) x(b, p, i, h) WHERE o.bucket = x.b AND o.person_id = x.p AND o.id = x.i`.execute(
    db,
  )
}
