import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { CONVERSION_DAYS, CONVERSIONS } from '../../conversion.ts'
import type { Trial, TrialResult } from './contract.ts'

export interface TrialRow {
  readonly id: string
  readonly test: Trial
  readonly version_id: string
  readonly test_version: string
  readonly test_until: Date
  readonly send_at: Date
  readonly over: boolean
}

const LOOK_MINUTES = 5

/** Tests that may be looked at: those whose time is over, and every five minutes those whose whole sample has left. Each is taken by one caller. */
export async function takeTrials(db: Db, now: Date): Promise<TrialRow[]> {
  const found = await sql<TrialRow>`/* take_trials */ UPDATE newsletter n SET test_looked_at = ${now}
    WHERE n.id IN (SELECT id FROM newsletter WHERE test IS NOT NULL AND test_result IS NULL AND status IN ('sending', 'finished') AND test_version IS NOT NULL
        AND (test_until <= ${now} OR (test->>'on' <> 'time' AND expanded_at IS NOT NULL AND (test_looked_at IS NULL OR test_looked_at <= ${now}::timestamptz - ${LOOK_MINUTES}::int * interval '1 minute')
          AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.source = newsletter.id AND d.standing = 'open' AND d.not_before < newsletter.test_until)))
      ORDER BY id FOR UPDATE SKIP LOCKED)
    RETURNING n.id, n.test, n.version_id, n.test_version, n.test_until, n.send_at, n.test_until <= ${now} AS over`.execute(db)
  return found.rows
}

const REACHED = {
  click: sql<Date>`d.clicked_at`,
  open: sql<Date>`d.opened_at`,
  conversion: sql<Date>`CASE WHEN d.clicked_at IS NOT NULL THEN (SELECT min(j.occurred_at) FROM journal j WHERE j.bucket = d.bucket AND j.person_id = d.person_id
    AND j.name = ANY(${[...CONVERSIONS]}::text[]) AND j.occurred_at >= d.clicked_at AND j.occurred_at < d.clicked_at + ${CONVERSION_DAYS}::int * interval '24 hours') END`,
} as const

/** How many got each half, and which half those were of who reached the goal, in the order in which they did (by time since sending where the halves left at different times). */
export async function countTrial(db: Db, row: TrialRow): Promise<{ a: number; b: number; order: boolean[] }> {
  const since = row.test.on === 'time'
  const found = await sql<{ a: number; b: number; order: boolean[] | null }>`
    WITH x AS (SELECT d.version_id = ${row.test_version} AS b, d.sent_at, ${REACHED[row.test.goal]} AS at, d.bucket, d.person_id FROM delivery d
      WHERE d.source = ${row.id} AND d.standing = 'sent' AND d.bounced_at IS NULL)
    SELECT (count(*) FILTER (WHERE NOT b))::int AS a, (count(*) FILTER (WHERE b))::int AS b,
      array_agg(b ORDER BY CASE WHEN ${since} THEN at - sent_at ELSE at - 'epoch'::timestamptz END, bucket, person_id)
        FILTER (WHERE at IS NOT NULL AND (NOT ${since} OR at - sent_at <= ${row.test.hours}::int * interval '1 hour')) AS order FROM x`.execute(
    db,
  )
  const one = found.rows[0]
  return { a: one?.a ?? 0, b: one?.b ?? 0, order: one?.order ?? [] }
}

export async function saveResult(db: Db, id: string, result: TrialResult, now: Date): Promise<void> {
  await sql`UPDATE newsletter SET test_result = ${JSON.stringify(result)}::jsonb, updated_at = ${now} WHERE id = ${id}`.execute(db)
}

export interface WaitingRow {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
}

/** The next page of what still waits of a newsletter, in key order. */
export async function pageWaiting(db: Db, id: string, after: Subject | null, limit: number): Promise<WaitingRow[]> {
  const found =
    await sql<WaitingRow>`SELECT bucket, person_id, id FROM delivery WHERE source = ${id} AND standing = 'open' AND status IN ('queued', 'deferred')
      AND (bucket, person_id) > (${after?.bucket ?? -1}::smallint, ${after?.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)
    ORDER BY bucket, person_id LIMIT ${limit}`.execute(db)
  return found.rows
}

/** Gives those who waited the version that won, from an instant on. What was called off meanwhile stays so. */
export async function giveVersion(db: Db, rows: readonly WaitingRow[], versionId: string, notBefore: Date): Promise<void> {
  await sql`UPDATE delivery d SET version_id = ${versionId}::uuid, not_before = ${notBefore}
    FROM unnest(${rows.map((r) => r.bucket)}::smallint[], ${rows.map((r) => r.person_id)}::uuid[], ${rows.map((r) => r.id)}::uuid[]) x(b, i, d)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.id = x.d AND d.status IN ('queued', 'deferred')`.execute(db)
}

/** The name a version says it is from. */
export async function setSenderName(db: Db, versionId: string, name: string): Promise<void> {
  await sql`UPDATE template_version SET sender_name = ${name} WHERE id = ${versionId}`.execute(db)
}
