import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { CallKind } from './tables.ts'

export interface NewCall {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly kind: CallKind
  readonly scenario_id: string
  readonly run_id: string
  readonly step: string
  readonly target: string
  readonly body: string
}

/** Writes calls down; one that is there already stays as it is. */
export async function insertCalls(db: Db, rows: readonly NewCall[], now: Date): Promise<void> {
  await sql`/* insert_scenario_calls */
    INSERT INTO scenario_call (bucket, person_id, id, kind, scenario_id, run_id, step, target, body, at, state, next_at)
    SELECT x.*, ${now}::timestamptz, 'waiting', ${now}::timestamptz FROM unnest(${rows.map((r) => r.bucket)}::smallint[], ${rows.map((r) => r.person_id)}::uuid[],
      ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.kind)}::text[], ${rows.map((r) => r.scenario_id)}::uuid[], ${rows.map((r) => r.run_id)}::uuid[],
      ${rows.map((r) => r.step)}::text[], ${rows.map((r) => r.target)}::text[], ${rows.map((r) => r.body)}::text[]) x ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

export interface CallRow extends NewCall {
  readonly at: Date
  /** This one counted. */
  readonly tries: number
}

/** Takes up to `limit` calls that are due, for as long as the lease says: whoever takes them and dies gives them back by it. */
export async function claimCalls(db: Db, now: Date, until: Date, limit: number): Promise<CallRow[]> {
  const taken = await sql<CallRow>`/* claim_scenario_calls */
    WITH due AS MATERIALIZED (SELECT bucket, person_id, id FROM scenario_call WHERE state = 'waiting' AND next_at <= ${now}
      AND NOT EXISTS (SELECT 1 FROM hold h WHERE 'webhooks' = ANY(h.parts)) ORDER BY next_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    UPDATE scenario_call c SET next_at = ${until}, tries = c.tries + 1 FROM due
    WHERE c.bucket = due.bucket AND c.person_id = due.person_id AND c.id = due.id
    RETURNING c.bucket, c.person_id, c.id, c.kind, c.scenario_id, c.run_id, c.step, c.target, c.body, c.at, c.tries`.execute(db)
  return taken.rows
}

export interface SettledCall {
  readonly call: CallRow
  readonly state: string
  readonly nextAt: Date | null
  readonly reason: string | null
  readonly because: object
}

/**
 * Records what came of calls, at the call and at its step in the history. By id and try: a row that its person's merging has moved is
 * found all the same, and a late answer of a worker whose lease is over changes nothing but a success.
 */
export async function settleCalls(db: Db, rows: readonly SettledCall[], now: Date): Promise<void> {
  await sql`/* settle_scenario_calls */
    WITH x AS (SELECT * FROM unnest(${rows.map((r) => r.call.id)}::uuid[], ${rows.map((r) => r.call.tries)}::smallint[], ${rows.map((r) => r.state)}::text[],
        ${rows.map((r) => r.nextAt)}::timestamptz[], ${rows.map((r) => r.reason)}::text[], ${rows.map((r) => JSON.stringify(r.because))}::jsonb[]) x(id, t, s, n, r, because)),
      done AS (UPDATE scenario_call c SET state = x.s, next_at = coalesce(x.n, c.next_at), reason = x.r, settled_at = CASE WHEN x.s = 'waiting' THEN NULL ELSE ${now}::timestamptz END
        FROM x WHERE c.id = x.id AND c.state = 'waiting' AND (c.tries = x.t OR x.s = 'taken')
        RETURNING c.bucket, c.person_id, c.run_id, c.step, x.because)
    UPDATE run_step s SET because = done.because FROM done WHERE s.bucket = done.bucket AND s.person_id = done.person_id AND s.run_id = done.run_id
      AND s.step = done.step AND s.because ->> 'kind' = 'done' AND s.because <> done.because`.execute(db)
}

/** Lets calls of a run's step be tried again at once. @returns how many */
export async function reviveCalls(db: Db, runs: readonly string[], step: string, now: Date): Promise<number> {
  const done = await sql<{
    n: number
  }>`WITH again AS (UPDATE scenario_call SET state = 'waiting', tries = 0, next_at = ${now}, settled_at = NULL
    WHERE run_id = ANY(${[...runs]}::uuid[]) AND step = ${step} AND state <> 'taken' RETURNING 1) SELECT count(*)::int AS n FROM again`.execute(
    db,
  )
  return done.rows[0]?.n ?? 0
}

/** Forgets calls that are long settled. */
export async function forgetCalls(db: Db, before: Date): Promise<void> {
  await sql`DELETE FROM scenario_call WHERE settled_at < ${before}`.execute(db)
}
