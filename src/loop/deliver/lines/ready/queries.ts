import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import { ofNewsletters } from '../../outbox/queries.ts'

/** Mails a minute of the largest newsletter that went out since then: sent, over the time from its first to its last; null without one of some size. */
export async function measuredRate(db: Db, since: Date): Promise<number | null> {
  const found = await sql<{
    rate: number
  }>`SELECT (count(*) / greatest(extract(epoch FROM max(d.sent_at) - min(d.sent_at)) / 60, 1))::float8 AS rate
    FROM newsletter n JOIN delivery d ON d.source = n.id AND ${ofNewsletters} AND d.standing = 'sent'
    WHERE n.status = 'finished' AND n.test IS NULL AND n.local_at IS NULL AND n.started_at > ${since} GROUP BY n.id HAVING count(*) >= 100 ORDER BY count(*) DESC LIMIT 1`.execute(
    db,
  )
  const rate = found.rows[0]?.rate
  return rate === undefined ? null : Math.round(rate)
}

export interface RehearsalRow {
  readonly at: Date
  readonly sent: number
  readonly current: boolean
}

/** The last test send of these templates, and whether it was of the words of now. */
export async function lastRehearsal(db: Db, templates: readonly string[]): Promise<RehearsalRow | undefined> {
  const found =
    await sql<RehearsalRow>`SELECT r.at, r.sent::int AS sent, r.version_id = t.version_id AS current FROM newsletter_rehearsal r JOIN template t ON t.id = r.template_id
    WHERE r.template_id = ANY(${[...templates]}::uuid[]) ORDER BY r.at DESC LIMIT 1`.execute(db)
  return found.rows[0]
}

/** Templates of the newsletters of issues. */
export async function templatesOf(db: Db, newsletters: readonly string[]): Promise<string[]> {
  const found = await sql<{
    id: string
  }>`SELECT DISTINCT template_id AS id FROM newsletter WHERE id = ANY(${[...newsletters]}::uuid[])`.execute(db)
  return found.rows.map((row) => row.id)
}
