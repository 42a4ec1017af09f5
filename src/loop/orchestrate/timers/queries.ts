// Claims of what is due: the same pulse lock the reactor takes, so that nothing about a person is decided twice at once.
import { type RawBuilder, sql } from 'kysely'
import { millisArray, plainArray, textArray } from '#kernel/db/arrays.ts'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { RunRow } from '../run/row.ts'
import type { Alike } from '../step/alike.ts'

/** Scenarios whose people may move and of whom somebody is due. */
export async function findDueScenarios(db: Db, now: Date): Promise<string[]> {
  const found = await sql<{ id: string }>`/* find_due_scenarios */
    SELECT s.id FROM scenario s WHERE s.state IN ('live', 'stopped') AND NOT EXISTS (SELECT 1 FROM hold h WHERE 'scenarios' = ANY(h.parts))
      AND EXISTS (SELECT 1 FROM run r WHERE r.scenario_id = s.id AND r.status = 'active' AND r.due_at <= ${now}) ORDER BY s.id`.execute(db)
  return found.rows.map((row) => row.id)
}

/** What the engine reads of a run. */
const ROW = sql`r.bucket, r.person_id, r.id, r.scenario_id, r.version, r.step, r.arrived_at, r.due_at, r.heard, r.steps, r.trigger_id, r.cause_id, r.hop,
  r.entered_at, r.ended_at, r.how`

/** A place that people leave alike: `Alike` of a version. */
export type AlikeRow = Alike & { readonly version: number }

interface ClaimAsk {
  readonly scenarioId: string
  readonly now: Date
  readonly most: number
  /** From where people are taken on at once. */
  readonly alike: readonly AlikeRow[]
}

interface ClaimAnswer {
  /** How many were taken on from which place. */
  readonly counts: readonly { readonly version: number; readonly step: string; readonly n: number }[]
  /** Everybody else, locked. */
  readonly rest: RunRow[]
}

/**
 * Takes runs of a scenario that are due, oldest first, with the pulses of their people, leaving out whom another worker or the reactor holds,
 * who is parked, and who has news waiting: what happened before is heard before the timer. The runs are locked too: one that went on
 * after this statement began is looked at again as it stands now, and left out, so nobody is advanced who has been already.
 * Whoever stands where all go on alike goes on here.
 */
export async function claimAlike(db: Db, { scenarioId, now, most, alike }: ClaimAsk): Promise<ClaimAnswer> {
  const lines = alike.flatMap(({ version, from, ways }) => ways.map((way, n) => ({ version, from, n, ...way })))
  const found = await sql<{ counts: ClaimAnswer['counts'] | null } & (RunRow | { id: null })>`/* claim_due_runs */
    WITH place AS MATERIALIZED (SELECT version, step, target, to_timestamp(due_at / 1000) AS due_at, passes FROM unnest(${plainArray(alike, (a) => a.version)}::int[],
        ${textArray(alike, (a) => a.from)}::text[], ${textArray(alike, (a) => a.to)}::text[], ${millisArray(alike, (a) => a.dueAt)}::float8[],
        ${plainArray(alike, (a) => a.ways.length)}::smallint[]) p(version, step, target, due_at, passes)),
    line AS MATERIALIZED (SELECT * FROM unnest(${plainArray(lines, (l) => l.version)}::int[], ${textArray(lines, (l) => l.from)}::text[], ${plainArray(lines, (l) => l.n)}::smallint[],
        ${textArray(lines, (l) => l.step)}::text[], ${textArray(lines, (l) => l.way)}::text[],
        ${textArray(lines, (l) => l.because && JSON.stringify(l.because))}::jsonb[]) l(version, place, n, step, way, because)),
    due AS MATERIALIZED (SELECT ${ROW} FROM run r JOIN pulse q ON q.bucket = r.bucket AND q.person_id = r.person_id
      WHERE r.scenario_id = ${scenarioId} AND r.status = 'active' AND r.due_at <= ${now} AND q.parked_reason IS NULL
        AND NOT EXISTS (SELECT 1 FROM news n WHERE n.bucket = r.bucket AND n.person_id = r.person_id)
      ORDER BY r.due_at LIMIT ${most} FOR UPDATE OF q, r SKIP LOCKED),
    moved AS (UPDATE run r SET step = p.target, arrived_at = ${now}, due_at = p.due_at, steps = d.steps + p.passes
      FROM due d JOIN place p ON p.version = d.version AND p.step = d.step
      WHERE d.heard IS NULL AND r.bucket = d.bucket AND r.person_id = d.person_id AND r.id = d.id
      RETURNING d.bucket, d.person_id, d.id, d.version, d.step, d.arrived_at, d.due_at, d.steps),
    told AS (INSERT INTO run_step (bucket, person_id, run_id, ordinal, scenario_id, step, way, arrived_at, left_at, because)
      SELECT m.bucket, m.person_id, m.id, m.steps + l.n, ${scenarioId}, l.step, l.way, CASE WHEN l.n = 0 THEN m.arrived_at ELSE ${now} END, ${now},
        coalesce(l.because, jsonb_build_object('kind', 'waited', 'until', to_char(m.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
      FROM moved m JOIN line l ON l.version = m.version AND l.place = m.step)
    SELECT c.counts, d.* FROM (SELECT json_agg(g) AS counts FROM (SELECT version, step, count(*)::int AS n FROM moved GROUP BY 1, 2) g) c
    LEFT JOIN due d ON d.heard IS NOT NULL OR NOT EXISTS (SELECT 1 FROM place p WHERE p.version = d.version AND p.step = d.step)`.execute(
    db,
  )
  return { counts: found.rows[0]?.counts ?? [], rest: found.rows.flatMap((row) => (row.id === null ? [] : [row])) }
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
