import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

/** The value of an expression over the alias `p` (bucket, id) for each of these people, in one statement. */
export async function selectFact(db: Db, subjects: readonly Subject[], expression: RawBuilder<unknown>): Promise<Map<string, unknown>> {
  const { buckets, ids } = columnsOf(subjects)
  const rows = await sql<{ id: string; value: unknown }>`
    SELECT p.id, ${expression} AS value FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) p(bucket, id)`.execute(db)
  return new Map(rows.rows.map((row) => [row.id, row.value]))
}
