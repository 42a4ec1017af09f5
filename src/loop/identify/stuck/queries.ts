import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { UNDER_WAY } from '#kernel/parked.ts'

export interface StuckRow {
  readonly id: string
  readonly name: string | null
  readonly company_name: string | null
  readonly mail: string | null
  readonly identified_at: Date | null
  readonly reason: string
  readonly at: Date
}

/** So many are counted. */
export const MOST_COUNTED = 10_000

/** Of a merge under way nobody needs to be told: it ends by itself. An id that became a signpost has nothing that could run. */
const stopped = sql`pulse q JOIN person p ON p.bucket = q.bucket AND p.id = q.person_id
  WHERE q.parked_reason IS NOT NULL AND NOT starts_with(q.parked_reason, ${UNDER_WAY})`
const since = sql`coalesce(q.parked_at, p.created_at)`
const columns = sql`p.id, nullif(concat_ws(' ', p.family_name, p.given_name), '') AS name, p.company_name, p.mail, p.identified_at,
  q.parked_reason AS reason, ${since} AS at`

/** The latest first. */
export async function listStuck(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<StuckRow[]> {
  const from = after ? sql`AND (${since}, p.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const found = await sql<StuckRow>`SELECT ${columns} FROM ${stopped} ${from} ORDER BY ${since} DESC, p.id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

export async function countStuck(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM (SELECT 1 FROM ${stopped} LIMIT ${MOST_COUNTED}) s`.execute(db)
  return found.rows[0]?.n ?? 0
}

export async function findStuck(db: Db, { bucket, id }: Subject): Promise<StuckRow | undefined> {
  const found = await sql<StuckRow>`SELECT ${columns} FROM ${stopped} AND q.bucket = ${bucket} AND q.person_id = ${id}`.execute(db)
  return found.rows[0]
}
