import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { unitOf } from './decide.ts'

/** The units these people belong to, by person id: what `armFor` draws for. One statement for all of them. */
export async function loadUnits(db: Db, subjects: readonly Subject[]): Promise<Map<string, string>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; company_id: string | null }>`/* load_units */
    SELECT p.id, p.company_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN person p ON p.bucket = x.b AND p.id = x.i`.execute(
    db,
  )
  return new Map(found.rows.map((row) => [row.id, unitOf(row.id, row.company_id)]))
}
