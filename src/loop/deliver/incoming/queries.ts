import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Returned } from '../bounces/queries.ts'

/** The newest of these deliveries that went to the one who answers. */
export async function findAnswered(db: Db, ids: readonly string[], from: string): Promise<Returned | undefined> {
  const found =
    await sql<Returned>`/* find_answered */ SELECT d.bucket, d.person_id, d.id, d.what, d.address, d.bounced_at, v.template_id, t.name AS template_name FROM person p
    JOIN delivery d ON d.bucket = p.bucket AND d.person_id = p.id AND d.id = ANY(${ids.slice(0, 50)}::uuid[]) AND d.marked_at IS NOT NULL JOIN template_version v ON v.id = d.version_id JOIN template t ON t.id = v.template_id
    WHERE p.mail = ${from} ORDER BY d.marked_at DESC LIMIT 1`.execute(db)
  return found.rows[0]
}
