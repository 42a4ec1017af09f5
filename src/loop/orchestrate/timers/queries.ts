// Claims of what is due: the same pulse lock the reactor takes, so that nothing about a person is decided twice at once.
import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { RunRow } from '../run/row.ts'

/** Scenarios whose people may move and of whom somebody is due. */
export async function findDueScenarios(db: Db, now: Date): Promise<string[]> {
  const found = await sql<{ id: string }>`/* find_due_scenarios */
    SELECT s.id FROM scenario s WHERE s.state IN ('live', 'stopped') AND NOT EXISTS (SELECT 1 FROM hold h WHERE 'scenarios' = ANY(h.parts))
      AND EXISTS (SELECT 1 FROM run r WHERE r.scenario_id = s.id AND r.status = 'active' AND r.due_at <= ${now}) ORDER BY s.id`.execute(db)
  return found.rows.map((row) => row.id)
}

/**
 * Locks the pulses of people whose runs of a scenario are due, oldest first, leaving out whom another worker or the reactor holds,
 * who is parked, and who has news waiting: what happened before is heard before the timer.
 */
export async function claimDue(db: Db, scenarioId: string, now: Date, most: number): Promise<Subject[]> {
  const found = await sql<{ bucket: number; person_id: string }>`/* claim_due_runs */
    SELECT p.bucket, p.person_id FROM run r JOIN pulse p ON p.bucket = r.bucket AND p.person_id = r.person_id
    WHERE r.scenario_id = ${scenarioId} AND r.status = 'active' AND r.due_at <= ${now} AND p.parked_reason IS NULL
      AND NOT EXISTS (SELECT 1 FROM news n WHERE n.bucket = r.bucket AND n.person_id = r.person_id)
    ORDER BY r.due_at LIMIT ${most} FOR UPDATE OF p SKIP LOCKED`.execute(db)
  return found.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}

/**
 * The due runs of a scenario of people whose pulses are locked: a new snapshot, so nobody is advanced who has been already. Looked up person by
 * person by the key, whatever the planner thinks of the table: by an
 * index of the scenario it would walk everybody who is in it for each of them (no statistics yet: a thousand times slower).
 */
export async function loadDue(db: Db, scenarioId: string, subjects: readonly Subject[], now: Date): Promise<RunRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<RunRow>`/* load_due_runs */
    SELECT r.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i), LATERAL (
      SELECT * FROM run q WHERE q.bucket = x.b AND q.person_id = x.i AND q.status = 'active' OFFSET 0) r
    WHERE r.scenario_id = ${scenarioId} AND r.due_at <= ${now} ORDER BY r.bucket, r.person_id, r.id`.execute(db)
  return found.rows
}

export interface ClockRow {
  readonly scenario_id: string
  readonly trigger_id: string
  readonly version: number
  readonly done_until: Date
  readonly cursor_day: string | null
  readonly cursor_bucket: number | null
  readonly cursor_person: string | null
}

/** What a clock is called where some are left out. */
export const clockName = (clock: Pick<ClockRow, 'scenario_id' | 'trigger_id'>): string => `${clock.scenario_id} ${clock.trigger_id}`

/** The clock of one trigger of a live scenario that was not looked at since `before`, locked; another worker's are left out, and those named. */
export async function claimClock(db: Db, before: Date, resting: readonly string[]): Promise<ClockRow | undefined> {
  const found = await sql<ClockRow>`/* claim_clock */
    SELECT c.scenario_id, c.trigger_id, s.live_version AS version, c.done_until, c.cursor_day, c.cursor_bucket, c.cursor_person
    FROM scenario_clock c JOIN scenario s ON s.id = c.scenario_id WHERE s.state = 'live' AND c.done_until <= ${before}
      AND NOT EXISTS (SELECT 1 FROM hold h WHERE 'scenarios' = ANY(h.parts)) AND c.scenario_id || ' ' || c.trigger_id <> ALL(${[...resting]}::text[])
    ORDER BY c.done_until, c.scenario_id, c.trigger_id LIMIT 1 FOR UPDATE OF c SKIP LOCKED`.execute(db)
  return found.rows[0]
}

/** Where a clock stands: all done until an instant, or in the middle of a day's people. */
export async function setClock(db: Db, row: Omit<ClockRow, 'version'>): Promise<void> {
  await sql`/* set_clock */ UPDATE scenario_clock SET done_until = ${row.done_until}, cursor_day = ${row.cursor_day}, cursor_bucket = ${row.cursor_bucket},
    cursor_person = ${row.cursor_person} WHERE scenario_id = ${row.scenario_id} AND trigger_id = ${row.trigger_id}`.execute(db)
}

/** A page of the people who are in a segment now, in key order. */
export async function listMembers(db: Db, segmentId: string, after: Subject | null, most: number): Promise<Subject[]> {
  const found = await sql<{ bucket: number; id: string }>`/* list_scheduled */
    SELECT m.bucket, m.person_id AS id FROM membership m JOIN segment_version v ON v.segment_id = m.segment_id AND v.version = m.version
    WHERE m.segment_id = ${segmentId} AND v.state = 'live' AND m.is_in
      AND (${after === null} OR (m.bucket, m.person_id) > (${after?.bucket ?? 0}::smallint, ${after?.id ?? null}::uuid))
    ORDER BY m.bucket, m.person_id LIMIT ${most}`.execute(db)
  return found.rows
}

export interface DateAsk {
  readonly field: RawBuilder<unknown>
  readonly isInstant: boolean
  readonly yearly: boolean
  readonly days: readonly string[]
  readonly zone: string
  readonly after: Subject | null
  readonly most: number
}

/** A page of leads in whose field one of these days stands, in key order. */
export async function listByDate(db: Db, ask: DateAsk): Promise<Subject[]> {
  const { field, isInstant, yearly, days, zone, after, most } = ask
  const day = isInstant ? sql`((${field})::timestamptz AT TIME ZONE ${zone})::date` : sql`(${field})::date`
  const text = yearly ? sql`to_char(${day}, 'MM-DD')` : sql`to_char(${day}, 'YYYY-MM-DD')`
  const found = await sql<{ bucket: number; id: string }>`
    SELECT p.bucket, p.id FROM person p WHERE p.identified_at IS NOT NULL AND p.status = 'active' AND ${text} = ANY(${[...days]}::text[])
      AND (${after === null} OR (p.bucket, p.id) > (${after?.bucket ?? 0}::smallint, ${after?.id ?? null}::uuid))
    ORDER BY p.bucket, p.id LIMIT ${most}`.execute(db)
  return found.rows
}
