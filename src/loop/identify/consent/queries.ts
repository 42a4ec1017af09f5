import { sql } from 'kysely'
import { column, instantColumn, textArray } from '#kernel/db/arrays.ts'
import { instantBytes, jsonBytes, textBytes, uuidBytes } from '#kernel/db/binary.ts'
import { bySubject, columnsOf, keyBytes, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { ConsentEntryTable } from '../tables.ts'

/** Appends to the ledger. */
export async function insertConsents(db: Db, rows: readonly ConsentEntryTable[]): Promise<void> {
  if (!rows.length) return
  const sorted = [...rows].sort((a, b) => bySubject({ bucket: a.bucket, id: a.person_id }, { bucket: b.bucket, id: b.person_id }))
  const given = JSON.stringify(sorted)
  await sql`/* insert_consents */ INSERT INTO consent_entry SELECT x.* FROM jsonb_populate_recordset(NULL::consent_entry, ${given}::jsonb) x`.execute(
    db,
  )
  // The newest word counts; a weaker ground beside a stronger one for the same address does not, and a word of old takes nothing back.
  await sql`/* put_consent_states */ INSERT INTO consent_state AS s (bucket, person_id, purpose, topic_id, given, basis, entry_id, at, until, address_hash)
    SELECT DISTINCT ON (x.bucket, x.person_id, x.purpose, coalesce(x.topic_id, '00000000-0000-0000-0000-000000000000'::uuid)) x.bucket, x.person_id, x.purpose, coalesce(x.topic_id, '00000000-0000-0000-0000-000000000000'::uuid), x.given, x.basis, x.id, x.at, x.until, x.address_hash
    FROM jsonb_populate_recordset(NULL::consent_entry, ${given}::jsonb) WITH ORDINALITY x
    ORDER BY x.bucket, x.person_id, x.purpose, coalesce(x.topic_id, '00000000-0000-0000-0000-000000000000'::uuid), x.at DESC, x.ordinality DESC
    ON CONFLICT (bucket, person_id, purpose, topic_id) DO UPDATE SET given = excluded.given, basis = excluded.basis, entry_id = excluded.entry_id, at = excluded.at, until = excluded.until, address_hash = excluded.address_hash
    WHERE CASE WHEN s.given AND excluded.given AND s.purpose = 'marketing' AND s.address_hash IS NOT DISTINCT FROM excluded.address_hash
      THEN coalesce(array_position(${GROUNDS}::text[], excluded.basis), 0) >= coalesce(array_position(${GROUNDS}::text[], s.basis), 0)
      ELSE excluded.at >= s.at END`.execute(db)
}

/**
 * The same for people of whom the ledger knows nothing yet, each with one entry: there is nothing to weigh it against, and both tables take it
 * from one list. What all of them have in common, as the ground of a file, is sent once.
 */
export async function bookNewcomers(db: Db, rows: readonly ConsentEntryTable[]): Promise<void> {
  const sorted = rows.toSorted((a, b) => bySubject({ bucket: a.bucket, id: a.person_id }, { bucket: b.bucket, id: b.person_id }))
  const { buckets, ids } = keyBytes(sorted, (row) => ({ bucket: row.bucket, id: row.person_id }))
  const text = (pick: (row: ConsentEntryTable) => string | null) => column(sorted, pick, textArray)
  const [purpose, basis, route, version] = [text((r) => r.purpose), text((r) => r.basis), text((r) => r.route), text((r) => r.text_version)]
  const [said, actor, origin, topic] = [text((r) => r.text), text((r) => r.actor), text((r) => r.origin_person_id), text((r) => r.topic_id)]
  const given = column(sorted, (row) => row.given)
  const until = instantColumn(sorted, (row) => row.until)
  await sql`/* book_newcomers */
    WITH given AS MATERIALIZED (
      SELECT g.bucket, g.person_id, g.id, coalesce(g.purpose, ${purpose.one}::text) AS purpose, coalesce(g.given, ${given.one}::boolean) AS given,
        coalesce(g.basis, ${basis.one}::text) AS basis, g.at, coalesce(g.route, ${route.one}::text) AS route, coalesce(g.version, ${version.one}::text) AS text_version,
        coalesce(g.said, ${said.one}::text) AS text, g.evidence, coalesce(g.actor, ${actor.one}::text) AS actor, coalesce(g.origin, ${origin.one}::uuid) AS origin_person_id,
        coalesce(g.topic, ${topic.one}::uuid) AS topic_id, coalesce(g.until, ${until.one}::timestamptz) AS until, g.address_hash, g.ord
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${uuidBytes(sorted, (r) => r.id)}::uuid[], ${purpose.list}::text[], ${given.list}::boolean[], ${basis.list}::text[],
        ${instantBytes(sorted, (r) => r.at)}::timestamptz[], ${route.list}::text[], ${version.list}::text[], ${said.list}::text[], ${jsonBytes(sorted, (r) => JSON.stringify(r.evidence))}::jsonb[],
        ${actor.list}::text[], ${origin.list}::uuid[], ${topic.list}::uuid[], ${until.list}::timestamptz[], ${textBytes(sorted, (r) => r.address_hash)}::text[])
        WITH ORDINALITY AS g(bucket, person_id, id, purpose, given, basis, at, route, version, said, evidence, actor, origin, topic, until, address_hash, ord)
    ), entered AS (
      INSERT INTO consent_entry (bucket, person_id, id, purpose, given, basis, at, route, text_version, text, evidence, actor, origin_person_id, topic_id, until, address_hash)
      SELECT bucket, person_id, id, purpose, given, basis, at, route, text_version, text, evidence, actor, origin_person_id, topic_id, until, address_hash FROM given ORDER BY ord
    )
    INSERT INTO consent_state (bucket, person_id, purpose, topic_id, given, basis, entry_id, at, until, address_hash)
    SELECT bucket, person_id, purpose, coalesce(topic_id, ${NO_TOPIC}::uuid), given, basis, id, at, until, address_hash FROM given ORDER BY ord`.execute(
    db,
  )
}

/** Stands for no topic in the state of a purpose that has none. */
const NO_TOPIC = '00000000-0000-0000-0000-000000000000'

const GROUNDS = ['published', 'relation', 'card', 'consent']

/** The ledger of a person, newest first. */
export async function listConsents(db: Db, subject: Subject): Promise<ConsentEntryTable[]> {
  return db
    .selectFrom('consent_entry')
    .selectAll()
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(200)
    .execute()
}

/** Puts addresses on the list, or makes their stops stricter. @returns the hashes for which this changed anything */
export async function upsertSuppressions(
  db: Db,
  rows: readonly { hash: string; reason: string; level: number; since: Date; source: string }[],
): Promise<Set<string>> {
  const sorted = [...rows].sort((a, b) => (a.hash < b.hash ? -1 : 1))
  const result = await sql<{ hash: string }>`/* upsert_suppressions */ INSERT INTO suppression (address_hash, reason, level, since, source)
    SELECT * FROM unnest(${sorted.map((row) => row.hash)}::text[], ${sorted.map((row) => row.reason)}::text[], ${sorted.map((row) => row.level)}::smallint[],
      ${sorted.map((row) => row.since)}::timestamptz[], ${sorted.map((row) => row.source)}::text[])
    ON CONFLICT (address_hash) DO UPDATE SET reason = excluded.reason, level = excluded.level, since = excluded.since, source = excluded.source
    WHERE suppression.level < excluded.level RETURNING address_hash AS hash`.execute(db)
  return new Set(result.rows.map((row) => row.hash))
}

/** Takes an address off the list when its stop is not above `level`. @returns true when it was on it */
export async function deleteSuppression(db: Db, hash: string, level: number): Promise<boolean> {
  const result =
    await sql`/* delete_suppression */ DELETE FROM suppression WHERE address_hash = ${hash} AND level <= ${level} RETURNING 1`.execute(db)
  return result.rows.length > 0
}

/** Mirrors a stop on the rows of the people with this address; they must be locked. */
export async function raiseStop(db: Db, subjects: readonly Subject[], level: number): Promise<void> {
  const { buckets, ids } = columnsOf(subjects)
  await sql`/* raise_stop */ UPDATE person p SET mail_stop = greatest(p.mail_stop, ${level}::smallint), version = p.version + 1
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) WHERE p.bucket = x.b AND p.id = x.i`.execute(db)
}

/** Clears a stop that is not above `level`; the row must be locked. */
export async function clearStop(db: Db, subject: Subject, level: number): Promise<void> {
  await db
    .updateTable('person')
    .set({ mail_stop: 0 })
    .where('bucket', '=', subject.bucket)
    .where('id', '=', subject.id)
    .where('mail_stop', '<=', level)
    .execute()
}

/** Mirrors a basis; the row must be locked. The strongest one ever given counts, until it is withdrawn. */
export async function raiseBasis(db: Db, subject: Subject, basis: number): Promise<void> {
  await sql`/* raise_basis */ UPDATE person SET mail_basis = greatest(mail_basis, ${basis}::smallint), version = version + 1
    WHERE bucket = ${subject.bucket} AND id = ${subject.id}`.execute(db)
}
