import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** Single page views and what belongs to them: daily figures, scores and stays do not need them once they are old. */
export const PAGE_EVENTS = ['page.viewed', 'page.left', 'session.started', 'link.clicked'] as const

interface Counted {
  readonly n: number
  readonly bytes: number
}

/** Rows with about the bytes they take: the average row of the table, its indexes included. */
async function counted(db: Db, table: string, n: number): Promise<Counted> {
  const found = await sql<{
    each: number
  }>`SELECT CASE WHEN reltuples > 0 THEN pg_total_relation_size(oid) / reltuples ELSE 300 END AS each FROM pg_class WHERE oid = ${table}::regclass`.execute(
    db,
  )
  return { n, bytes: Math.round(n * Number(found.rows[0]?.each ?? 300)) }
}

const one = async (db: Db, query: ReturnType<typeof sql<{ n: number }>>): Promise<number> =>
  Number((await query.execute(db)).rows[0]?.n ?? 0)

export async function countVisitors(db: Db, before: Date): Promise<Counted> {
  return counted(
    db,
    'person',
    await one(
      db,
      sql<{ n: number }>`SELECT count(*) AS n FROM person WHERE identified_at IS NULL AND NOT keep AND last_seen_at < ${before}`,
    ),
  )
}

export async function countPages(db: Db, before: Date): Promise<Counted> {
  return counted(
    db,
    'journal',
    await one(
      db,
      sql<{ n: number }>`SELECT count(*) AS n FROM journal WHERE name = ANY(${[...PAGE_EVENTS]}::text[]) AND occurred_at < ${before}`,
    ),
  )
}

export async function countAccess(db: Db, before: Date): Promise<Counted> {
  return counted(db, 'access_log', await one(db, sql<{ n: number }>`SELECT count(*) AS n FROM access_log WHERE at < ${before}`))
}

export async function countAdoptions(db: Db, before: Date): Promise<Counted> {
  return counted(
    db,
    'adoption',
    await one(db, sql<{ n: number }>`SELECT count(*) AS n FROM adoption WHERE at < ${before} AND person <> '{}'`),
  )
}

/** Empties what undoing needs, once nobody can undo any more; that they were merged stays known. @returns how many */
export async function emptyAdoptions(db: Db, before: Date, most: number): Promise<number> {
  const done = await sql`UPDATE adoption SET person = '{}', taken = '{}', changes = '[]' WHERE (bucket, person_id, id) IN
    (SELECT bucket, person_id, id FROM adoption WHERE at < ${before} AND person <> '{}' LIMIT ${most})`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}

export async function countProofs(db: Db, now: Date): Promise<Counted> {
  return counted(db, 'consent_proof', await one(db, sql<{ n: number }>`SELECT count(*) AS n FROM consent_proof WHERE keep_until < ${now}`))
}

export async function countIdle(db: Db, before: Date): Promise<Counted> {
  return counted(
    db,
    'person',
    await one(
      db,
      sql<{
        n: number
      }>`SELECT count(*) AS n FROM person WHERE identified_at IS NOT NULL AND coalesce(last_seen_at, created_at) < ${before}`,
    ),
  )
}

export interface Idle {
  readonly id: string
  readonly name: string
  readonly company_name: string | null
  readonly mail: string | null
  readonly at: Date
}

/** Leads long without a sign, the longest first. */
export async function listIdle(db: Db, before: Date, after: { at: Date; id: string } | null, limit: number): Promise<Idle[]> {
  const found =
    await sql<Idle>`SELECT id, concat_ws(' ', family_name, given_name) AS name, company_name, mail, coalesce(last_seen_at, created_at) AS at FROM person
    WHERE identified_at IS NOT NULL AND coalesce(last_seen_at, created_at) < ${before}
      AND (${after === null} OR (coalesce(last_seen_at, created_at), id) > (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY coalesce(last_seen_at, created_at), id LIMIT ${limit}`.execute(db)
  return found.rows
}

export interface Forecast {
  readonly rule: string
  readonly value: number
  readonly n: number
  readonly bytes: number
  readonly counted_at: Date
}

export async function listForecasts(db: Db): Promise<Map<string, Forecast>> {
  const rows = await db.selectFrom('retention_forecast').selectAll().execute()
  return new Map(rows.map((row) => [row.rule, { ...row, n: Number(row.n), bytes: Number(row.bytes) }]))
}

export async function putForecast(db: Db, row: { rule: string; value: number; n: number; bytes: number; at: Date }): Promise<void> {
  await sql`INSERT INTO retention_forecast (rule, value, n, bytes, counted_at) VALUES (${row.rule}, ${row.value}, ${row.n}, ${row.bytes}, ${row.at})
    ON CONFLICT (rule) DO UPDATE SET value = excluded.value, n = excluded.n, bytes = excluded.bytes, counted_at = excluded.counted_at`.execute(
    db,
  )
}
