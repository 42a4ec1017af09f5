import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { DeliveryStatus, Purpose } from '../tables.ts'

export interface ReceivedRow {
  readonly id: string
  readonly subject: string
  readonly purpose: Purpose
  readonly status: DeliveryStatus
  readonly reason: string | null
  readonly opened_at: Date | null
  readonly clicked_at: Date | null
  readonly at: Date
}

/** A page of one person's mails, newest first. */
export async function listReceived(
  db: Db,
  subject: Subject,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<ReceivedRow[]> {
  const at = sql`date_trunc('milliseconds', coalesce(d.sent_at, d.created_at))`
  const beyond = after ? sql`AND (${at}, d.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const result =
    await sql<ReceivedRow>`SELECT d.id, v.subject, d.purpose, d.status, d.reason, d.opened_at, d.clicked_at, ${at} AS at FROM delivery d
    JOIN template_version v ON v.id = d.version_id WHERE d.bucket = ${subject.bucket} AND d.person_id = ${subject.id} ${beyond}
    ORDER BY ${at} DESC, d.id DESC LIMIT ${limit}`.execute(db)
  return result.rows
}
