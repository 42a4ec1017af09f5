import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Standing } from './decide.ts'
import type { Stage } from './vocabulary.ts'

/** The stages of these people, their rows made where missing and locked in key order: whoever decides about them waits here. */
export async function lockStages(db: Db, subjects: readonly Subject[], at: Date): Promise<Map<string, Stage>> {
  const { buckets, ids } = columnsOf(subjects)
  const rows = await sql<{ person_id: string; stage: Stage }>`/* lock_stages */
    INSERT INTO lead_stage (bucket, person_id, stage, since)
    SELECT b, i, 'new', ${at} FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) ORDER BY b, i
    ON CONFLICT (bucket, person_id) DO UPDATE SET stage = lead_stage.stage RETURNING person_id, stage`.execute(db)
  return new Map(rows.rows.map((row) => [row.person_id, row.stage]))
}

/** The stages of these people; those without a row are new and absent. */
export async function selectStages(db: Db, subjects: readonly Subject[]): Promise<Map<string, { stage: Stage; since: Date }>> {
  const { buckets, ids } = columnsOf(subjects)
  const rows = await sql<{ person_id: string; stage: Stage; since: Date }>`/* select_stages */
    SELECT s.person_id, s.stage, s.since FROM lead_stage s
    JOIN unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) ON s.bucket = x.b AND s.person_id = x.i`.execute(db)
  return new Map(rows.rows.map(({ person_id, stage, since }) => [person_id, { stage, since }]))
}

/**
 * Those of these people who are past the stage "new", and are people of their own still. A range of one key leads by the primary key alone: of a
 * young table the planner holds the index of stages, of which the person is the last column, for as good, and reads all of it for each.
 */
export function pastNew(subjects: readonly Subject[]): RawBuilder<{ person_id: string }> {
  const { buckets, ids } = columnsOf(subjects)
  return sql<{ person_id: string }>`/* select_past_new */
    SELECT s.person_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
      CROSS JOIN LATERAL (SELECT person_id FROM lead_stage WHERE (bucket, person_id) >= (x.b, x.i) AND (bucket, person_id) <= (x.b, x.i) AND stage <> 'new' OFFSET 0) s
      CROSS JOIN LATERAL (SELECT 1 FROM person WHERE bucket = x.b AND id = x.i OFFSET 0) p`
}

export async function updateStages(db: Db, moves: readonly { subject: Subject; to: Stage }[], at: Date): Promise<void> {
  const { buckets, ids } = columnsOf(moves.map((move) => move.subject))
  await sql`/* update_stages */ UPDATE lead_stage s SET stage = x.stage, since = ${at},
      first_mql_at = CASE WHEN x.stage = 'mql' THEN coalesce(s.first_mql_at, ${at}) ELSE s.first_mql_at END,
      first_sql_at = CASE WHEN x.stage = 'sql' THEN coalesce(s.first_sql_at, ${at}) ELSE s.first_sql_at END
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${moves.map((move) => move.to)}::text[]) x(b, i, stage)
    WHERE s.bucket = x.b AND s.person_id = x.i`.execute(db)
}

/**
 * Where a lead stood at an instant, over the aliases of a person and of its `lead_stage` (joined from the left); null before it was a lead.
 * A stage that did not move since is read where it is kept. Only of leads that moved later the journal is asked: the last change until
 * then, or what the first one after it came from.
 */
export function stageAtSql(person: string, stage: string, at: Date): RawBuilder<Stage | null> {
  const [p, l] = [sql.id(person), sql.id(stage)]
  const mine = sql`FROM journal j WHERE j.bucket = ${p}.bucket AND j.person_id = ${p}.id AND j.name = 'stage.changed'`
  return sql<Stage | null>`(CASE WHEN ${p}.identified_at <= ${at} THEN CASE WHEN ${l}.stage IS NULL THEN 'new' WHEN ${l}.since <= ${at} THEN ${l}.stage ELSE coalesce(
    (SELECT j.props->>'to' ${mine} AND j.occurred_at <= ${at} ORDER BY j.occurred_at DESC, j.received_at DESC LIMIT 1),
    (SELECT j.props->>'from' ${mine} AND j.occurred_at > ${at} ORDER BY j.occurred_at, j.received_at LIMIT 1), ${l}.stage) END END)`
}

/** How many open and won deals each of these people has, and whether sales accepted the newest hand-off (and no deal was lost since). */
export async function selectStanding(db: Db, subjects: readonly Subject[]): Promise<Map<string, Standing>> {
  const { buckets, ids } = columnsOf(subjects)
  const rows = await sql<{
    id: string
    open_deals: number
    won_deals: number
    accepted: boolean | null
    waiting: boolean | null
  }>`/* select_standing */
    SELECT x.i AS id, d.open_deals, d.won_deals, h.accepted, h.waiting FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE d.state = 'open') AS open_deals, count(*) FILTER (WHERE d.state = 'won') AS won_deals, max(d.closed_at) FILTER (WHERE d.state = 'lost') AS lost_at
      FROM deal_person p JOIN deal d ON d.id = p.deal_id AND d.removed_at IS NULL WHERE p.bucket = x.b AND p.person_id = x.i) d
    LEFT JOIN LATERAL (SELECT h.state = 'accepted' AND (d.lost_at IS NULL OR h.made_at > d.lost_at) AS accepted, h.state = 'open' AS waiting FROM handoff h WHERE h.bucket = x.b AND h.person_id = x.i ORDER BY h.made_at DESC, h.id DESC LIMIT 1) h ON true`.execute(
    db,
  )
  return new Map(
    rows.rows.map((row) => [
      row.id,
      {
        openDeals: Number(row.open_deals),
        wonDeals: Number(row.won_deals),
        accepted: row.accepted === true,
        waiting: row.waiting === true,
      },
    ]),
  )
}
