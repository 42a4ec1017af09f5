import { sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { PersonRow } from '../tables.ts'
import type { Key, Kind } from './decide.ts'

/** A lead with the keys it has now. */
export interface Keyed {
  readonly subject: Subject
  readonly keys: readonly Key[]
}

/** Whoever looks at one of these keys at the same time waits until this transaction is through, and then sees what it found. */
export async function lockKeys(db: Db, keys: readonly Key[]): Promise<void> {
  if (!keys.length) return
  await sql`/* lock_duplicate_keys */ SELECT pg_advisory_xact_lock(20202, s) FROM (SELECT DISTINCT hashtext(k) & 1023 AS s FROM unnest(${keys.map((key) => `${key.kind} ${key.value}`)}::text[]) k ORDER BY 1) x`.execute(
    db,
  )
}

/** Makes the keys of these people what they are now. */
export async function putKeys(db: Db, people: readonly Keyed[]): Promise<void> {
  const sorted = [...people].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((one) => one.subject))
  const flat = sorted.flatMap(({ subject, keys }) => keys.map((key) => ({ ...subject, ...key })))
  const all = columnsOf(flat)
  await sql`/* drop_duplicate_keys */ DELETE FROM duplicate_key k USING unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) WHERE k.bucket = x.b AND k.person_id = x.i
    AND NOT EXISTS (SELECT 1 FROM unnest(${all.ids}::uuid[], ${flat.map((k) => k.kind)}::text[], ${flat.map((k) => k.value)}::text[]) g(p, k, v) WHERE g.p = k.person_id AND g.k = k.kind AND g.v = k.value)`.execute(
    db,
  )
  if (!flat.length) return
  await sql`/* put_duplicate_keys */ INSERT INTO duplicate_key (bucket, person_id, kind, value)
    SELECT * FROM unnest(${all.buckets}::smallint[], ${all.ids}::uuid[], ${flat.map((k) => k.kind)}::text[], ${flat.map((k) => k.value)}::text[]) ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

/** Two people who have a key in common. */
export interface Shared extends Key {
  readonly one: Subject
  readonly other: Subject
}

/** Who shares a key with these people; keys with more than `most` holders are left out, and never counted further than that. */
export async function findShared(db: Db, subjects: readonly Subject[], most: number): Promise<Shared[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ kind: Kind; value: string; b: number; i: string; ob: number; oi: string }>`/* find_shared_keys */
    WITH mine AS MATERIALIZED (SELECT k.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN duplicate_key k ON k.bucket = x.b AND k.person_id = x.i),
    block AS MATERIALIZED (SELECT d.kind, d.value FROM (SELECT DISTINCT kind, value FROM mine) d
      CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM duplicate_key k WHERE k.kind = d.kind AND k.value = d.value LIMIT ${most + 1}) l) c WHERE c.n BETWEEN 2 AND ${most})
    SELECT m.kind, m.value, m.bucket AS b, m.person_id AS i, o.bucket AS ob, o.person_id AS oi FROM block b
    JOIN mine m ON m.kind = b.kind AND m.value = b.value JOIN duplicate_key o ON o.kind = b.kind AND o.value = b.value AND o.person_id <> m.person_id`.execute(
    db,
  )
  return found.rows.map((row) => ({
    kind: row.kind,
    value: row.value,
    one: { bucket: row.b, id: row.i },
    other: { bucket: row.ob, id: row.oi },
  }))
}

export interface Candidate {
  /** The one with the smaller id. */
  readonly a: Subject
  readonly b: Subject
  readonly reasons: readonly string[]
  readonly strength: number
}

/** Puts pairs on the review list; what a human settled stays settled for ever. @returns how many are new */
export async function putCandidates(db: Db, pairs: readonly Candidate[], at: Date): Promise<number> {
  if (!pairs.length) return 0
  const sorted = [...pairs].sort((x, y) => bySubject(x.a, y.a) || (x.b.id < y.b.id ? -1 : 1))
  const a = columnsOf(sorted.map((pair) => pair.a))
  const b = columnsOf(sorted.map((pair) => pair.b))
  const put = await sql<{
    fresh: boolean
  }>`/* put_candidates */ INSERT INTO merge_candidate (bucket, person_id, other_bucket, other_id, reason, reasons, strength, at)
    SELECT x.ab, x.ai, x.bb, x.bi, split_part(x.r, ',', 1), string_to_array(x.r, ','), x.s, ${at}::timestamptz
    FROM unnest(${a.buckets}::smallint[], ${a.ids}::uuid[], ${b.buckets}::smallint[], ${b.ids}::uuid[], ${sorted.map((p) => p.reasons.join(','))}::text[], ${sorted.map((p) => p.strength)}::smallint[])
      WITH ORDINALITY x(ab, ai, bb, bi, r, s, ord) ORDER BY ord
    ON CONFLICT (bucket, person_id, other_id) DO UPDATE SET reasons = excluded.reasons, strength = excluded.strength
      WHERE merge_candidate.settled_at IS NULL AND (merge_candidate.reasons, merge_candidate.strength) IS DISTINCT FROM (excluded.reasons, excluded.strength)
    RETURNING xmax = 0 AS fresh`.execute(db)
  return put.rows.filter((row) => row.fresh).length
}

/** Takes open pairs of these people off the list that a machine put there and that no key joins any more. */
export async function dropStale(db: Db, subjects: readonly Subject[], still: readonly Candidate[]): Promise<void> {
  const { buckets, ids } = columnsOf(subjects)
  await sql`/* drop_stale_pairs */ DELETE FROM merge_candidate c USING (
      SELECT m.bucket, m.person_id, m.other_id FROM merge_candidate m WHERE m.settled_at IS NULL AND m.reason <> 'mail_and_external'
        AND ((m.bucket, m.person_id) IN (SELECT * FROM unnest(${buckets}::smallint[], ${ids}::uuid[])) OR (m.other_bucket, m.other_id) IN (SELECT * FROM unnest(${buckets}::smallint[], ${ids}::uuid[])))
        AND NOT EXISTS (SELECT 1 FROM unnest(${still.map((p) => p.a.id)}::uuid[], ${still.map((p) => p.b.id)}::uuid[]) s(x, y) WHERE s.x = m.person_id AND s.y = m.other_id)
      ORDER BY 1, 2, 3 FOR UPDATE) g
    WHERE c.bucket = g.bucket AND c.person_id = g.person_id AND c.other_id = g.other_id`.execute(db)
}

/** The verdicts "two people" on one who goes into another hold for that other too. */
export async function carryVerdicts(db: Db, lose: Subject, keep: Subject): Promise<void> {
  await sql`INSERT INTO merge_candidate (bucket, person_id, other_bucket, other_id, reason, reasons, strength, at, settled_at, settled_by, verdict)
    SELECT CASE WHEN o.id < ${keep.id}::uuid THEN o.b ELSE ${keep.bucket}::smallint END, least(o.id, ${keep.id}::uuid), CASE WHEN o.id < ${keep.id}::uuid THEN ${keep.bucket}::smallint ELSE o.b END, greatest(o.id, ${keep.id}::uuid),
      c.reason, c.reasons, c.strength, c.at, c.settled_at, c.settled_by, c.verdict
    FROM merge_candidate c CROSS JOIN LATERAL (SELECT CASE WHEN c.person_id = ${lose.id} THEN c.other_bucket ELSE c.bucket END AS b, CASE WHEN c.person_id = ${lose.id} THEN c.other_id ELSE c.person_id END AS id) o
    WHERE ((c.bucket = ${lose.bucket} AND c.person_id = ${lose.id}) OR (c.other_bucket = ${lose.bucket} AND c.other_id = ${lose.id})) AND c.verdict = 'different' AND o.id <> ${keep.id}
    ON CONFLICT (bucket, person_id, other_id) DO UPDATE SET settled_at = excluded.settled_at, settled_by = excluded.settled_by, verdict = excluded.verdict WHERE merge_candidate.settled_at IS NULL`.execute(
    db,
  )
}

export interface PairRow {
  readonly bucket: number
  readonly person_id: string
  readonly other_bucket: number
  readonly other_id: string
  readonly reasons: string[]
  readonly strength: number
  readonly at: Date
}
export interface PairKey {
  readonly strength: number
  readonly at: Date
  readonly a: string
  readonly b: string
}

/** Open pairs, the surest first. */
export async function listPairs(db: Db, after: PairKey | null, reason: string | null, limit: number): Promise<PairRow[]> {
  const found = await sql<PairRow>`
    SELECT c.bucket, c.person_id, c.other_bucket, c.other_id, c.reasons, c.strength, c.at FROM merge_candidate c
    WHERE c.settled_at IS NULL AND (${reason}::text IS NULL OR ${reason}::text = ANY(c.reasons))
      AND (${after === null} OR (c.strength, c.at, c.person_id, c.other_id) < (${after?.strength ?? 0}::smallint, ${after?.at ?? null}::timestamptz, ${after?.a ?? null}::uuid, ${after?.b ?? null}::uuid))
      AND EXISTS (SELECT 1 FROM person p WHERE p.bucket = c.bucket AND p.id = c.person_id) AND EXISTS (SELECT 1 FROM person p WHERE p.bucket = c.other_bucket AND p.id = c.other_id)
    ORDER BY c.strength DESC, c.at DESC, c.person_id DESC, c.other_id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

/** How many pairs wait, by reason; `n` counts each pair once. */
export async function countPairs(db: Db): Promise<{ n: number; byReason: Record<string, number> }> {
  const found = await sql<{ reason: string | null; n: number }>`
    SELECT r.reason, count(*)::int AS n FROM (SELECT unnest(reasons) AS reason FROM merge_candidate WHERE settled_at IS NULL) r GROUP BY 1
    UNION ALL SELECT NULL, count(*)::int FROM merge_candidate WHERE settled_at IS NULL`.execute(db)
  return {
    n: found.rows.find((row) => row.reason === null)?.n ?? 0,
    byReason: Object.fromEntries(found.rows.flatMap((row) => (row.reason === null ? [] : [[row.reason, row.n] as const]))),
  }
}

/** What is known of one pair. */
export async function findPair(
  db: Db,
  a: Subject,
  b: Subject,
): Promise<{ reasons: string[]; strength: number; verdict: string | null } | undefined> {
  const found = await sql<{ reasons: string[]; strength: number; verdict: string | null }>`
    SELECT reasons, strength, verdict FROM merge_candidate WHERE bucket = ${a.bucket} AND person_id = ${a.id} AND other_id = ${b.id}`.execute(
    db,
  )
  return found.rows[0]
}

/** Writes a human's verdict down, for pairs too that nobody had put on the list. */
export async function putVerdict(db: Db, a: Subject, b: Subject, verdict: 'merged' | 'different', at: Date, by: string): Promise<void> {
  await sql`INSERT INTO merge_candidate (bucket, person_id, other_bucket, other_id, reason, reasons, at, settled_at, settled_by, verdict)
    VALUES (${a.bucket}, ${a.id}, ${b.bucket}, ${b.id}, 'hand', ARRAY['hand'], ${at}, ${at}, ${by}, ${verdict})
    ON CONFLICT (bucket, person_id, other_id) DO UPDATE SET settled_at = excluded.settled_at, settled_by = excluded.settled_by, verdict = excluded.verdict`.execute(
    db,
  )
}

/** Takes a verdict back: the pair waits again. */
export async function reopen(db: Db, a: Subject, b: Subject): Promise<void> {
  await sql`UPDATE merge_candidate SET settled_at = NULL, settled_by = NULL, verdict = NULL WHERE bucket = ${a.bucket} AND person_id = ${a.id} AND other_id = ${b.id}`.execute(
    db,
  )
}

/** How many rows of each table would move, counted up to `most`. */
export async function countMoves(db: Db, tables: readonly string[], subject: Subject, most: number): Promise<Record<string, number>> {
  const each = tables.map(
    (table) =>
      sql`SELECT ${table} AS name, count(*)::int AS n FROM (SELECT 1 FROM ${sql.table(table)} WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} LIMIT ${most}) x`,
  )
  if (!each.length) return {}
  const found = await sql<{ name: string; n: number }>`${sql.join(each, sql` UNION ALL `)}`.execute(db)
  return Object.fromEntries(found.rows.map((row) => [row.name, row.n]))
}

export interface MergeRow {
  readonly id: string
  readonly bucket: number
  readonly person_id: string
  readonly old_id: string
  readonly at: Date
  readonly actor: string
  readonly moved: number
  readonly undone_at: Date | null
  readonly undone_by: string | null
  readonly lost_name: string
  readonly lost_mail: string | null
  readonly kept_name: string
}

/** Merges that colleagues made, newest first. */
export async function listMerges(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<MergeRow[]> {
  const found = await sql<MergeRow>`
    SELECT a.id, a.bucket, a.person_id, a.old_id, a.at, a.actor, a.moved, a.undone_at, a.undone_by,
      concat_ws(' ', a.person->>'family_name', a.person->>'given_name') AS lost_name, a.person->>'mail' AS lost_mail, concat_ws(' ', p.family_name, p.given_name) AS kept_name
    FROM adoption a LEFT JOIN person p ON p.bucket = a.bucket AND p.id = a.person_id
    WHERE a.by_hand AND (${after === null} OR (a.at, a.id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid)) ORDER BY a.at DESC, a.id DESC LIMIT ${limit}`.execute(
    db,
  )
  return found.rows
}

/** A page of leads in key order, for looking through everything. */
export async function pageOfLeads(db: Db, after: Subject | null, limit: number): Promise<PersonRow[]> {
  const found = await sql<PersonRow>`/* duplicate_scan_page */ SELECT * FROM person
    WHERE (${after === null} OR (bucket, id) > (${after?.bucket ?? 0}::smallint, ${after?.id ?? null}::uuid)) AND identified_at IS NOT NULL ORDER BY bucket, id LIMIT ${limit}`.execute(
    db,
  )
  return found.rows
}

export async function countLeads(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM person WHERE identified_at IS NOT NULL`.execute(db)
  return found.rows[0]?.n ?? 0
}

export async function userNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await sql<{
    id: string
    name: string
  }>`SELECT id::text AS id, name FROM auth_user WHERE id = ANY(${[...ids]}::uuid[])`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.name]))
}
