// What people look at: ledgers, heat counts, and both sides of an edit.
import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import { type ScoreRaw, type ScoreRow, scoreOf } from './ledger/queries.ts'
import type { Heat } from './rules/contract.ts'

/** A page of rows under a version, each beside the one of the version before it, after a key. In key order: no index by version is to answer. */
export async function listBothVersions(
  db: Db,
  model: string,
  version: number,
  after: Subject,
  most: number,
): Promise<{ before: ScoreRow | undefined; after: ScoreRow }[]> {
  const found = await sql<ScoreRaw & { was: ScoreRaw | null }>`SELECT n.*, to_jsonb(o) AS was FROM score n LEFT JOIN LATERAL (
      SELECT * FROM score o WHERE o.bucket = n.bucket AND o.person_id = n.person_id AND o.model = n.model AND o.version < n.version ORDER BY o.version DESC LIMIT 1) o ON true
    WHERE n.model IS NOT DISTINCT FROM ${model} AND n.version IS NOT DISTINCT FROM ${version}::integer AND (n.bucket, n.person_id) > (${after.bucket}::smallint, ${after.id}::uuid)
    ORDER BY n.bucket, n.person_id LIMIT ${most}`.execute(db)
  return found.rows.map((row) => ({ before: row.was ? scoreOf(row.was) : undefined, after: scoreOf(row) }))
}

/** Rows and lines of versions that are neither live nor being filled go, some buckets at a time. */
export async function deleteOtherVersions(db: Db, model: string, from: number, below: number): Promise<void> {
  const open = sql`(SELECT v.version FROM score_version v WHERE v.model = ${model} AND v.state IN ('live', 'filling'))`
  await sql`DELETE FROM score WHERE bucket >= ${from} AND bucket < ${below} AND model = ${model} AND version NOT IN ${open}`.execute(db)
  await sql`DELETE FROM score_entry WHERE bucket >= ${from} AND bucket < ${below} AND model = ${model} AND version NOT IN ${open}`.execute(
    db,
  )
}

/** Leads that are not cold, by heat under the rules in force, and how many leads there are: everybody else is cold. */
export async function countHeat(db: Db): Promise<{ leads: number; warm: { model: string; heat: Heat; n: number }[] }> {
  const found = await sql<{ model: string; heat: Heat; n: number }>`SELECT s.model, s.heat, count(*)::integer AS n FROM score_model m
    JOIN score s ON s.model = m.name AND s.version = m.live_version AND s.heat <> 'cold'
    JOIN person p ON p.bucket = s.bucket AND p.id = s.person_id AND p.identified_at IS NOT NULL GROUP BY 1, 2`.execute(db)
  const all = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM person WHERE identified_at IS NOT NULL`.execute(db)
  return { leads: all.rows[0]?.n ?? 0, warm: found.rows }
}

export interface LineRow {
  readonly rule_id: string
  readonly event_id: string
  readonly kind: 'attribute' | 'behaviour'
  readonly delta: number
  readonly at: Date
  readonly expires_at: Date | null
  readonly ended_at: Date | null
  readonly because: JsonObject | null
  readonly event: string | null
  readonly title: string | null
}

/** The ledger of a person under a version: what counts first, then the latest. */
export async function listLines(db: Db, subject: Subject, model: string, version: number, now: Date, most: number): Promise<LineRow[]> {
  const found =
    await sql<LineRow>`SELECT e.rule_id, e.event_id, e.kind, e.delta, e.at, e.expires_at, e.ended_at, e.because, j.name AS event,
      coalesce(j.props->>'title', j.props->>'name', j.props->>'url', j.props->>'path') AS title
    FROM score_entry e LEFT JOIN journal j ON e.kind = 'behaviour' AND j.bucket = e.bucket AND j.person_id = e.person_id AND j.id = e.event_id
    WHERE e.bucket = ${subject.bucket} AND e.person_id = ${subject.id} AND e.model = ${model} AND e.version = ${version}
    ORDER BY (e.ended_at IS NOT NULL OR coalesce(e.expires_at <= ${now}, false)), e.at DESC, e.event_id LIMIT ${most}`.execute(db)
  return found.rows
}

/** Leads that scored lately or much, to compare rules on. */
export async function listCompared(
  db: Db,
  model: string,
  most: number,
): Promise<{ bucket: number; id: string; name: string; company: string | null; total: number; heat: Heat }[]> {
  const found = await sql<{ bucket: number; id: string; name: string; company: string | null; total: number; heat: Heat }>`
    SELECT p.bucket, p.id, coalesce(nullif(concat_ws(' ', p.family_name, p.given_name), ''), p.mail, right(p.id::text, 6)) AS name, p.company_name AS company,
      coalesce(s.total, 0) AS total, coalesce(s.heat, 'cold') AS heat
    FROM person p LEFT JOIN score s ON s.bucket = p.bucket AND s.person_id = p.id AND s.model = ${model} AND s.version = (SELECT live_version FROM score_model WHERE name = ${model})
    WHERE p.identified_at IS NOT NULL ORDER BY s.total DESC NULLS LAST, p.identified_at DESC LIMIT ${most}`.execute(db)
  return found.rows
}
