import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

/** When something was last done with these people; notes are none. */
export async function latestDeeds(db: Db, subjects: readonly Subject[]): Promise<Map<string, Date>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ person_id: string; at: Date }>`/* latest_deeds */ SELECT a.person_id, max(a.occurred_at) AS at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN activity a ON a.bucket = x.b AND a.person_id = x.i
    WHERE a.removed_at IS NULL AND a.kind <> 'note' GROUP BY 1`.execute(db)
  return new Map(result.rows.map((row) => [row.person_id, row.at]))
}

/** How often these people were called, or called; 0 when never. */
export async function callCounts(db: Db, subjects: readonly Subject[]): Promise<Map<string, number>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ person_id: string; n: number }>`/* call_counts */ SELECT a.person_id, count(*)::int AS n
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN activity a ON a.bucket = x.b AND a.person_id = x.i
    WHERE a.removed_at IS NULL AND a.kind = 'call' GROUP BY 1`.execute(db)
  const known = new Map(result.rows.map((row) => [row.person_id, row.n]))
  return new Map(subjects.map(({ id }) => [id, known.get(id) ?? 0]))
}

/** What came of the last call with these people. */
export async function latestCalls(db: Db, subjects: readonly Subject[]): Promise<Map<string, string | null>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{
    person_id: string
    result: string | null
  }>`/* latest_calls */ SELECT DISTINCT ON (a.person_id) a.person_id, a.result
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN activity a ON a.bucket = x.b AND a.person_id = x.i
    WHERE a.removed_at IS NULL AND a.kind = 'call' ORDER BY a.person_id, a.occurred_at DESC, a.id DESC`.execute(db)
  return new Map(result.rows.map((row) => [row.person_id, row.result]))
}
