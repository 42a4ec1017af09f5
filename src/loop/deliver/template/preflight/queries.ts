import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

/** Leads a mail can be addressed to, in pages. */
export async function pageLeads(db: Db, after: Subject | null, limit: number): Promise<Subject[]> {
  const found = await sql<Subject>`
    SELECT p.bucket, p.id FROM person p WHERE p.identified_at IS NOT NULL AND p.mail IS NOT NULL
      AND (p.bucket, p.id) > (${after?.bucket ?? -1}::smallint, ${after?.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)
    ORDER BY p.bucket, p.id LIMIT ${limit}`.execute(db)
  return found.rows
}
