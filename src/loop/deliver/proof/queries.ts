import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { MailProof } from '#loop/identify/erase/privacy.ts'

/** For each mail that left to a person: the ledger entry it went out on and what it showed of its sender, newest first. */
export async function listProofs(db: Db, { bucket, id }: Subject, most: number): Promise<MailProof[]> {
  const found = await sql<MailProof>`
    SELECT d.id AS delivery, d.marked_at AS at, d.address, v.subject, t.name AS template, v.version, d.purpose, d.consent_entry_id AS entry, s.shown
    FROM delivery d JOIN template_version v ON v.id = d.version_id JOIN template t ON t.id = v.template_id LEFT JOIN mail_display s ON s.id = d.display_id
    WHERE d.bucket = ${bucket} AND d.person_id = ${id} AND d.marked_at IS NOT NULL ORDER BY d.marked_at DESC, d.id DESC LIMIT ${most}`.execute(
    db,
  )
  return found.rows
}

/** When the last mail was handed on to each of these people. */
export async function lastMails(db: Db, subjects: readonly Subject[]): Promise<Map<string, Date>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; at: Date }>`SELECT d.person_id AS id, max(d.marked_at) AS at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN delivery d ON d.bucket = x.b AND d.person_id = x.i AND d.marked_at IS NOT NULL
    GROUP BY d.person_id`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.at]))
}
