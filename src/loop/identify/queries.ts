import { sql } from 'kysely'
import { column, textArray } from '#kernel/db/arrays.ts'
import { textBytes, uuidBytes } from '#kernel/db/binary.ts'
import { bySubject, columnsOf, keyBytes, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { PersonRow } from './tables.ts'

export type IdentityKind = 'mail' | 'external' | 'device'
/** One key somebody may hold. */
export interface IdentityKey {
  readonly kind: IdentityKind
  readonly value: string
}
export interface IdentityHolder extends IdentityKey, Subject {}

/** Key order of identities: inserts go in it, so that two batches never wait for each other in a ring. */
export const byIdentity = (a: IdentityKey, b: IdentityKey): number =>
  a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.value < b.value ? -1 : a.value > b.value ? 1 : 0

interface IdentityRow {
  kind: IdentityKind
  value: string
  bucket: number
  person_id: string
}
const holderOf = (row: IdentityRow): IdentityHolder => ({ kind: row.kind, value: row.value, bucket: row.bucket, id: row.person_id })

/** Who holds these keys; keys nobody holds are absent. */
export async function findHolders(db: Db, keys: readonly IdentityKey[]): Promise<IdentityHolder[]> {
  if (!keys.length) return []
  const result = await sql<IdentityRow>`/* find_holders */ SELECT i.kind, i.value, i.bucket, i.person_id
    FROM unnest(${textBytes(keys, (k) => k.kind)}::text[], ${textBytes(keys, (k) => k.value)}::text[]) x(k, v) JOIN identity i ON i.kind = x.k AND i.value = x.v`.execute(
    db,
  )
  return result.rows.map(holderOf)
}

/** Takes keys that nobody holds; waits for whoever is taking the same ones. @returns those that were won */
export async function insertIdentities(db: Db, rows: readonly IdentityHolder[], since: Date): Promise<readonly IdentityHolder[]> {
  if (!rows.length) return []
  const sorted = rows.toSorted(byIdentity)
  const { buckets, ids } = keyBytes(sorted, (row) => row)
  // Mostly all of them are: then their number says it.
  const result = await sql<{ won: number; keys: [IdentityKind, string][] | null }>`/* insert_identities */ WITH w AS (
      INSERT INTO identity (kind, value, bucket, person_id, since)
      SELECT k, v, b, i, ${since}::timestamptz FROM unnest(${textBytes(sorted, (r) => r.kind)}::text[], ${textBytes(sorted, (r) => r.value)}::text[], ${buckets}::smallint[], ${ids}::uuid[])
        WITH ORDINALITY x(k, v, b, i, ord) ORDER BY ord
      ON CONFLICT DO NOTHING RETURNING kind, value)
    SELECT won, CASE WHEN won < ${rows.length}::int THEN (SELECT jsonb_agg(jsonb_build_array(kind, value)) FROM w) END AS keys FROM (SELECT count(*)::int AS won FROM w) c`.execute(
    db,
  )
  const { won = 0, keys = null } = result.rows[0] ?? {}
  if (won === rows.length) return rows
  const taken = new Set(keys?.map(([kind, value]) => `${kind}\n${value}`))
  return rows.filter(({ kind, value }) => taken.delete(`${kind}\n${value}`))
}

/** Points keys that somebody holds at somebody else. */
export async function repointIdentities(db: Db, rows: readonly IdentityHolder[], since: Date): Promise<void> {
  if (!rows.length) return
  const sorted = [...rows].sort(byIdentity)
  const { buckets, ids } = columnsOf(sorted)
  await sql`/* repoint_identities */ UPDATE identity i SET bucket = x.b, person_id = x.i, since = ${since}
    FROM unnest(${sorted.map((r) => r.kind)}::text[], ${sorted.map((r) => r.value)}::text[], ${buckets}::smallint[], ${ids}::uuid[]) x(k, v, b, i)
    WHERE i.kind = x.k AND i.value = x.v`.execute(db)
}

/** Gives keys up. */
export async function deleteIdentities(db: Db, keys: readonly IdentityKey[]): Promise<void> {
  if (!keys.length) return
  await sql`/* delete_identities */ DELETE FROM identity i USING unnest(${keys.map((k) => k.kind)}::text[], ${keys.map((k) => k.value)}::text[]) x(k, v)
    WHERE i.kind = x.k AND i.value = x.v`.execute(db)
}

/** Everything these people hold. */
export async function listIdentities(db: Db, subjects: readonly Subject[]): Promise<(IdentityHolder & { since: Date })[]> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<
    IdentityRow & { since: Date }
  >`/* list_identities */ SELECT i.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, p)
    JOIN identity i ON i.bucket = x.b AND i.person_id = x.p ORDER BY i.since`.execute(db)
  return result.rows.map((row) => ({ ...holderOf(row), since: row.since }))
}

/** Dated links that begin now. */
export async function insertHistory(
  db: Db,
  rows: readonly (IdentityHolder & { historyId: string; cause: string })[],
  since: Date,
): Promise<void> {
  if (!rows.length) return
  const sorted = [...rows].sort(bySubject)
  const { buckets, ids } = keyBytes(sorted, (row) => row)
  const [kinds, causes] = [column(sorted, (row) => row.kind, textArray), column(sorted, (row) => row.cause, textArray)]
  await sql`/* insert_identity_history */ INSERT INTO identity_history (bucket, person_id, id, kind, value, since, cause)
    SELECT b, i, h, coalesce(k, ${kinds.one}::text), v, ${since}::timestamptz, coalesce(c, ${causes.one}::text)
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${uuidBytes(sorted, (r) => r.historyId)}::uuid[],
      ${kinds.list}::text[], ${textBytes(sorted, (r) => r.value)}::text[], ${causes.list}::text[]) x(b, i, h, k, v, c)`.execute(db)
}

/** Ends the open links of these holders. */
export async function closeHistory(db: Db, rows: readonly IdentityHolder[], until: Date): Promise<void> {
  if (!rows.length) return
  const { buckets, ids } = columnsOf(rows)
  await sql`/* close_identity_history */ UPDATE identity_history h SET until = ${until}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${rows.map((r) => r.kind)}::text[], ${rows.map((r) => r.value)}::text[]) x(b, i, k, v)
    WHERE h.bucket = x.b AND h.person_id = x.i AND h.kind = x.k AND h.value = x.v AND h.until IS NULL`.execute(db)
}

/** The rows of these people, by id. */
export async function selectPeople(db: Db, subjects: readonly Subject[]): Promise<Map<string, PersonRow>> {
  if (!subjects.length) return new Map()
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<PersonRow>`/* select_people */ SELECT p.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN person p ON p.bucket = x.b AND p.id = x.i`.execute(db)
  return new Map(result.rows.map((row) => [row.id, row]))
}

/** Some columns of their rows. A few columns at most are asked for by many, so each choice of them is a statement of its own, planned once. */
export async function selectOfPeople<C extends keyof PersonRow & string>(
  db: Db,
  subjects: readonly Subject[],
  columns: readonly C[],
): Promise<Map<string, Pick<PersonRow, C>>> {
  if (!subjects.length) return new Map()
  const { buckets, ids } = columnsOf(subjects)
  const wanted = [...new Set<string>(['id', ...columns])]
  const result = await sql<
    Pick<PersonRow, C | 'id'>
  >`/* select_of_people ~ */ SELECT ${sql.join(wanted.map((column) => sql.id('p', column)))}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN person p ON p.bucket = x.b AND p.id = x.i`.execute(db)
  return new Map(result.rows.map((row) => [row.id, row]))
}

/** The same, locked in key order until commit: a mark `transmitting` steps aside, another naming waits. */
export async function lockPeople(db: Db, subjects: readonly Subject[]): Promise<Map<string, PersonRow>> {
  if (!subjects.length) return new Map()
  const { buckets, ids } = columnsOf([...subjects].sort(bySubject))
  const result = await sql<PersonRow>`/* lock_people */ SELECT p.* FROM person p JOIN unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    ON p.bucket = x.b AND p.id = x.i ORDER BY p.bucket, p.id FOR UPDATE OF p`.execute(db)
  return new Map(result.rows.map((row) => [row.id, row]))
}

const asRows = (rows: readonly PersonRow[]): string => JSON.stringify([...rows].sort((a, b) => bySubject(a, b)))

/** New people. */
export async function insertPeople(db: Db, rows: readonly PersonRow[]): Promise<void> {
  if (!rows.length) return
  await sql`/* insert_people */ INSERT INTO person SELECT x.* FROM jsonb_populate_recordset(NULL::person, ${asRows(rows)}::jsonb) x`.execute(
    db,
  )
}

/** Saves what people can change; instants of creation and last sight are left alone. Rows must be locked. */
export async function updatePeople(db: Db, rows: readonly PersonRow[]): Promise<void> {
  if (!rows.length) return
  await sql`/* update_people */ UPDATE person p SET identified_at = x.identified_at, status = x.status, keep = x.keep, company_name = x.company_name,
      company_id = x.company_id, owner_id = x.owner_id, family_name = x.family_name, given_name = x.given_name, family_kana = x.family_kana,
      given_kana = x.given_kana, department = x.department, title = x.title, role_level = x.role_level, mail = x.mail, mail_typed = x.mail_typed,
      mail_risk = x.mail_risk, contact_mail = x.contact_mail, phone = x.phone, phone_typed = x.phone_typed, postal_code = x.postal_code,
      prefecture = x.prefecture, city = x.city, address = x.address, building = x.building, industry = x.industry, industry_group = x.industry_group,
      employee_band = x.employee_band, website = x.website, salutation = x.salutation, budget = x.budget, products = x.products, source_first = x.source_first, source_first_at = x.source_first_at,
      source_latest = x.source_latest, source_latest_at = x.source_latest_at, priority = x.priority, interest = x.interest, tags = x.tags, attrs = x.attrs,
      mail_stop = x.mail_stop, mail_basis = x.mail_basis, sort_name = x.sort_name, search_text = x.search_text, version = p.version + 1
    FROM jsonb_populate_recordset(NULL::person, ${asRows(rows)}::jsonb) x WHERE p.bucket = x.bucket AND p.id = x.id`.execute(db)
}

/** Moves `last_seen_at` forward where it lags a minute or more, without waiting for anyone's lock. */
export async function markSeen(db: Db, seen: readonly { subject: Subject; at: Date }[]): Promise<void> {
  if (!seen.length) return
  const sorted = [...seen].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((s) => s.subject))
  await sql`/* mark_seen */ UPDATE person p SET last_seen_at = l.at FROM (
      SELECT q.bucket, q.id, x.at FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((s) => s.at)}::timestamptz[]) x(b, i, at)
      JOIN person q ON q.bucket = x.b AND q.id = x.i WHERE q.last_seen_at IS NULL OR q.last_seen_at < x.at - interval '1 minute'
      ORDER BY 1, 2 FOR UPDATE OF q SKIP LOCKED) l
    WHERE p.bucket = l.bucket AND p.id = l.id`.execute(db)
}

/** Where old ids lead to. */
export async function findAliases(db: Db, ids: readonly string[]): Promise<Map<string, Subject>> {
  const result = await sql<{ old_id: string; bucket: number; person_id: string }>`/* find_aliases */
    SELECT old_id, bucket, person_id FROM person_alias WHERE old_id = ANY(${ids}::uuid[]) AND undone_at IS NULL`.execute(db)
  return new Map(result.rows.map((row) => [row.old_id, { bucket: row.bucket, id: row.person_id }]))
}

/** Stripes of the gate between naming an address and stopping it: whoever names takes them shared, whoever stops exclusively. */
export async function lockMailGate(db: Db, stripes: readonly number[], exclusive: boolean): Promise<void> {
  const sorted = [...new Set(stripes)].sort((a, b) => a - b)
  if (!sorted.length) return
  if (exclusive) await sql`/* stop_gate */ SELECT pg_advisory_xact_lock(20200, s) FROM unnest(${sorted}::int[]) s`.execute(db)
  else await sql`/* name_gate */ SELECT pg_advisory_xact_lock_shared(20200, s) FROM unnest(${sorted}::int[]) s`.execute(db)
}

/** The stop levels of hashed addresses; unstopped ones are absent. */
export async function findStops(db: Db, hashes: readonly string[]): Promise<Map<string, number>> {
  if (!hashes.length) return new Map()
  const result = await sql<{ address_hash: string; level: number }>`/* find_stops */
    SELECT address_hash, level FROM suppression WHERE address_hash = ANY(${hashes}::text[])`.execute(db)
  return new Map(result.rows.map((row) => [row.address_hash, row.level]))
}
