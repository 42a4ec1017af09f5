import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { RETURN } from './silence.ts'

/** What people do themselves; events with names of one's own (`custom.…`) besides. */
export const BY_PEOPLE = [
  ...['page.viewed', 'session.started', 'link.clicked', 'file.downloaded', 'form.submitted'],
  ...['mail.opened', 'mail.clicked', 'card.exchanged', 'seminar.registered', 'seminar.attended'],
]

/**
 * When something was last seen of these people before a return that ends at `at`; of whom nothing was ever seen, when they became known.
 * By `person at`; machines are not people.
 */
export async function loadLastSeen(db: Db, asked: readonly { subject: Subject; at: Date }[]): Promise<Map<string, Date>> {
  const { buckets, ids } = columnsOf(asked.map(({ subject }) => subject))
  const found = await sql<{ person_id: string; at: Date; seen: Date | null }>`/* load_last_seen */
    SELECT x.i AS person_id, x.at, coalesce(j.seen, p.created_at) AS seen
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${asked.map(({ at }) => at)}::timestamptz[]) x(b, i, at)
    JOIN person p ON p.bucket = x.b AND p.id = x.i CROSS JOIN LATERAL (
      SELECT max(j.occurred_at) AS seen FROM journal j WHERE j.bucket = x.b AND j.person_id = x.i
        AND (j.name = ANY(${BY_PEOPLE}::text[]) OR j.name LIKE 'custom.%') AND j.occurred_at < x.at - make_interval(secs => ${RETURN / 1000})
        AND j.props ->> 'agent' IS DISTINCT FROM 'machine') j`.execute(db)
  return new Map(found.rows.flatMap((row) => (row.seen ? [[seenKey(row.person_id, row.at), row.seen] as const] : [])))
}

export const seenKey = (personId: string, at: Date): string => `${personId} ${at.getTime()}`
