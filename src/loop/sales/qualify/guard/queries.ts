import { type Selectable, sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { HandoffBlockTable } from '../tables.ts'
import type { GuardWhy } from './contract.ts'

export type BlockRow = Selectable<HandoffBlockTable>

/** The points of these people under the rules in force, and the segment's name for those who are in it. */
export async function selectKnown(
  db: Db,
  subjects: readonly Subject[],
  asked: { model: string; segmentId: string | null },
): Promise<Map<string, { total: number; segmentName: string | null }>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; total: number; segment_name: string | null }>`/* guard_known */
    SELECT x.i AS id, coalesce(s.total, 0) AS total, g.name AS segment_name FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    LEFT JOIN score_model o ON o.name = ${asked.model}
    LEFT JOIN score s ON s.bucket = x.b AND s.person_id = x.i AND s.model = o.name AND s.version = o.live_version
    LEFT JOIN LATERAL (SELECT sg.name FROM segment sg JOIN membership m ON m.segment_id = sg.id AND m.version = sg.live_version AND m.is_in
      AND m.bucket = x.b AND m.person_id = x.i WHERE sg.id = ${asked.segmentId}::uuid AND sg.archived_at IS NULL) g ON true`.execute(db)
  return new Map(found.rows.map((row) => [row.id, { total: row.total, segmentName: row.segment_name }]))
}

/** Somebody who was kept today. */
export interface Block {
  readonly subject: Subject
  readonly reason: string
  readonly why: readonly GuardWhy[]
}

/** Notes who was kept on a day; rows of earlier days are settled, so that each lead stands once in the list. */
export async function insertBlocks(db: Db, blocks: readonly Block[], day: string, at: Date): Promise<void> {
  const sorted = [...blocks].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((one) => one.subject))
  await sql`/* insert_blocks */ INSERT INTO handoff_block AS h (bucket, person_id, day, at, reason, why)
    SELECT b, i, ${day}::date, ${at}, reason, why FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((one) => one.reason)}::text[],
      ${sorted.map((one) => JSON.stringify(one.why))}::jsonb[]) x(b, i, reason, why)
    ON CONFLICT (bucket, person_id, day) DO UPDATE SET at = excluded.at, times = h.times + 1, reason = excluded.reason, why = excluded.why,
      settled_at = NULL, override = NULL, override_by = NULL`.execute(db)
  await sql`/* settle_older_blocks */ UPDATE handoff_block h SET settled_at = ${at} FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    WHERE h.bucket = x.b AND h.person_id = x.i AND h.day < ${day}::date AND h.settled_at IS NULL`.execute(db)
}

/** Whoever is handed over is kept no longer. */
export async function settleBlocks(
  db: Db,
  handed: readonly { subject: Subject; override: string | null }[],
  by: string,
  at: Date,
): Promise<void> {
  const { buckets, ids } = columnsOf(handed.map((one) => one.subject))
  await sql`/* settle_blocks */ UPDATE handoff_block h SET settled_at = ${at}, override = x.o, override_by = CASE WHEN x.o IS NULL THEN NULL ELSE ${by} END
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${handed.map((one) => one.override)}::text[]) x(b, i, o)
    WHERE h.bucket = x.b AND h.person_id = x.i AND h.settled_at IS NULL`.execute(db)
}

/** Those who are kept, or were on a day, the newest first. */
export async function listBlocks(db: Db, day: string | null, cursor: { at: Date; id: string } | null, limit: number): Promise<BlockRow[]> {
  const where = day ? sql`h.day = ${day}::date` : sql`h.settled_at IS NULL`
  const after = cursor ? sql`(h.at, h.person_id) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)` : sql`true`
  const found = await sql<BlockRow>`SELECT h.*, h.day::text AS day FROM handoff_block h WHERE ${where} AND ${after}
    ORDER BY h.at DESC, h.person_id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

/** How many are kept now, how many a person handed over all the same within 30 days, and how many leads were kept on each day. */
export async function countBlocks(
  db: Db,
  since: string,
): Promise<{ open: number; overridden: number; days: { day: string; n: number }[] }> {
  const days = await sql<{
    day: string
    n: number
    overridden: number
  }>`SELECT day::text AS day, count(*)::int AS n, count(override)::int AS overridden
    FROM handoff_block WHERE day >= ${since}::date GROUP BY day ORDER BY day`.execute(db)
  const open = await sql<{ n: number }>`SELECT count(*)::int AS n FROM handoff_block WHERE settled_at IS NULL`.execute(db)
  return {
    open: open.rows[0]?.n ?? 0,
    overridden: days.rows.reduce((sum, row) => sum + row.overridden, 0),
    days: days.rows.map(({ day, n }) => ({ day, n })),
  }
}
