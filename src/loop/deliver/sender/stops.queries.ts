import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import { ofNewsletters } from '../outbox/queries.ts'

export interface Tally {
  readonly source: string
  /** Answered mails, counted to a little over the first five hundred; all of them where there are complaints to weigh. */
  readonly sent: number
  readonly dead: number
  readonly complained: number
}

/** What decides whether newsletters that are being sent go on; null means all of them. Held once for complaints and let go by a person, a newsletter is not held for them again. */
export async function tallyOf(db: Db, sources: readonly string[] | null): Promise<Tally[]> {
  const found = await sql<Tally>`/* tally_newsletters */
    SELECT n.id AS source, c.complained, coalesce(a.sent, 0)::int AS sent, coalesce(a.dead, 0)::int AS dead
    FROM newsletter n
    CROSS JOIN LATERAL (SELECT count(*)::int AS complained FROM (SELECT 1 FROM delivery d WHERE d.source = n.id AND d.complained_at IS NOT NULL LIMIT 100000) x) c
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE NOT dead) AS sent, count(*) FILTER (WHERE dead) AS dead
      FROM (SELECT coalesce(d.bounce_hard, false) AS dead FROM delivery d WHERE d.source = n.id AND ${ofNewsletters} AND d.standing IN ('sent', 'refused')
        LIMIT CASE WHEN c.complained >= 3 THEN 1000000 ELSE 501 END) x) a
    WHERE n.status = 'sending' AND n.held_reason IS NULL AND (${sources}::uuid[] IS NULL OR n.id = ANY(${sources}::uuid[]))`.execute(db)
  return found.rows
}

/** Pauses newsletters for a reason. @returns those that were still being sent */
export async function holdNewsletters(
  db: Db,
  found: readonly { readonly id: string; readonly why: string }[],
  now: Date,
): Promise<string[]> {
  const held = await sql<{ id: string }>`/* hold_newsletters */
    UPDATE newsletter n SET status = 'paused', held_reason = x.w, updated_at = ${now}
    FROM unnest(${found.map((one) => one.id)}::uuid[], ${found.map((one) => one.why)}::text[]) x(i, w)
    WHERE n.id = x.i AND n.status = 'sending' RETURNING n.id`.execute(db)
  return held.rows.map((row) => row.id)
}

/** Mails of newsletters that began to leave since an instant, or are about to: asked only while a young sender is held to so many a day. */
export async function countBegun(db: Db, since: Date): Promise<number> {
  const found = await sql<{ n: number }>`/* count_begun */
    SELECT count(*)::int AS n FROM newsletter n JOIN delivery d ON d.source = n.id AND ${ofNewsletters}
    WHERE n.started_at IS NOT NULL AND n.updated_at >= ${since}::timestamptz - interval '30 days' AND (d.marked_at >= ${since} OR d.status = 'claimed')`.execute(
    db,
  )
  return found.rows[0]?.n ?? 0
}
