import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { AuditTable } from '../tables.ts'

/** Which lines of the log are wanted. */
export interface AuditFilter {
  readonly actorId?: string | undefined
  readonly action?: string | undefined
  readonly subjectKind?: string | undefined
  readonly subjectId?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export async function insertAudit(db: Db, rows: readonly AuditTable[]): Promise<void> {
  if (rows.length === 0) return
  await db
    .insertInto('audit')
    .values(rows.map((row) => ({ ...row, detail: sql`${JSON.stringify(row.detail)}::jsonb` as never })))
    .execute()
}

/** Newest first, after `cursor`; one row more than `limit` tells whether another page follows. */
export function listAudit(db: Db, filter: AuditFilter, cursor: { at: Date; id: string } | null, limit: number): Promise<AuditTable[]> {
  let query = db.selectFrom('audit').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit)
  if (filter.actorId) query = query.where('actor_id', '=', filter.actorId)
  if (filter.action) query = query.where(sql<boolean>`(action = ${filter.action} OR starts_with(action, ${`${filter.action}.`}))`)
  if (filter.subjectKind) query = query.where('subject_kind', '=', filter.subjectKind)
  if (filter.subjectId) query = query.where('subject_id', '=', filter.subjectId)
  if (filter.from) query = query.where('at', '>=', filter.from)
  if (filter.to) query = query.where('at', '<', filter.to)
  if (cursor) query = query.where(sql<boolean>`(at, id) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)`)
  return query.execute()
}
