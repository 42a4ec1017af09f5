// Claims of what is due: the same pulse lock the reactor takes, so that nothing about a person is decided twice at once.
import { type RawBuilder, sql } from 'kysely'
import { millisArray, plainArray, textArray } from '#kernel/db/arrays.ts'
import { columnsOf, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { derivedIdSql, journalQuietly } from '#kernel/journalCopy.ts'
import type { RunRow } from '../run/row.ts'
import { ENDED, ROOM } from '../run/told.ts'
import type { Alike } from '../step/alike.ts'

/** Scenarios whose people may move. */
const MOVING = sql`('live', 'stopped')`

/** Scenarios whose people may move and of whom somebody is due: first the one of which somebody waits longest. */
export async function findDueScenarios(db: Db, now: Date): Promise<string[]> {
  const found = await sql<{ id: string }>`/* find_due_scenarios */
    SELECT s.id FROM scenario s CROSS JOIN LATERAL (SELECT r.due_at FROM run r
      WHERE r.scenario_id = s.id AND r.status = 'active' AND r.due_at <= ${now} ORDER BY r.due_at LIMIT 1) d
    WHERE s.state IN ${MOVING} AND NOT EXISTS (SELECT 1 FROM hold h WHERE 'scenarios' = ANY(h.parts)) ORDER BY d.due_at, s.id`.execute(db)
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
  /** Whoever was due by then is taken. */
  readonly until: Date
  /** By then nobody was due in another scenario: nobody need be asked whether they were. */
  readonly alone: boolean
  /** The name of the scenario, for the journal. */
  readonly name: string
  /** From where people are taken on at once; nobody hears of it where their runs end. */
  readonly alike: readonly AlikeRow[]
}

/** A run that is due. `early`: in another scenario its person was due before, and that goes first. */
export interface DueRow extends RunRow {
  readonly early: boolean
}

interface ClaimAnswer {
  /** How many were taken on from which place. */
  readonly counts: readonly { readonly version: number; readonly step: string; readonly n: number }[]
  /** Whose runs are completed by it, in key order. */
  readonly over: Subject[]
  /** Everybody else, locked. */
  readonly rest: DueRow[]
}

/**
 * Takes runs of a scenario that are due, oldest first, with the pulses of their people, leaving out whom another worker or the reactor holds,
 * who is parked, and who has news waiting: what happened before is heard before the timer. The runs are locked too: one that went on
 * after this statement began is looked at again as it stands now, and left out, so nobody is advanced who has been already.
 * Whoever stands where all go on alike goes on here.
 */
export async function claimAlike(db: Db, { scenarioId, name, now, most, until, alone, alike }: ClaimAsk): Promise<ClaimAnswer> {
  const lines = alike.flatMap(({ version, from, ways }) => ways.map((way, n) => ({ version, from, n, ...way })))
  const found = await sql<{ counts: ClaimAnswer['counts'] | null; over: string | null } & (DueRow | { id: null })>`/* claim_due_runs */
    WITH place AS MATERIALIZED (SELECT version, step, target, to_timestamp(due_at / 1000) AS due_at, passes FROM unnest(${plainArray(alike, (a) => a.version)}::int[],
        ${textArray(alike, (a) => a.from)}::text[], ${textArray(alike, (a) => a.to)}::text[], ${millisArray(alike, (a) => a.dueAt)}::float8[],
        ${plainArray(alike, (a) => a.ways.length)}::smallint[]) p(version, step, target, due_at, passes)),
    line AS MATERIALIZED (SELECT * FROM unnest(${plainArray(lines, (l) => l.version)}::int[], ${textArray(lines, (l) => l.from)}::text[], ${plainArray(lines, (l) => l.n)}::smallint[],
        ${textArray(lines, (l) => l.step)}::text[], ${textArray(lines, (l) => l.way)}::text[],
        ${textArray(lines, (l) => l.because && JSON.stringify(l.because))}::jsonb[]) l(version, place, n, step, way, because)),
    due AS MATERIALIZED (SELECT ${ROW}, NOT ${alone}::boolean AND EXISTS (SELECT 1 FROM run e JOIN scenario o ON o.id = e.scenario_id
        WHERE e.bucket = r.bucket AND e.person_id = r.person_id AND e.status = 'active' AND e.due_at < r.due_at AND o.state IN ${MOVING}) AS early
      FROM run r JOIN pulse q ON q.bucket = r.bucket AND q.person_id = r.person_id
      WHERE r.scenario_id = ${scenarioId} AND r.status = 'active' AND r.due_at <= ${until} AND q.parked_reason IS NULL
        AND NOT EXISTS (SELECT 1 FROM news n WHERE n.bucket = r.bucket AND n.person_id = r.person_id)
      ORDER BY r.due_at LIMIT ${most} FOR UPDATE OF q, r SKIP LOCKED),
    sorted AS MATERIALIZED (SELECT d.*, p.step IS NOT NULL AND d.heard IS NULL AND NOT d.early AS is_alike, p.target, p.due_at AS next_due, p.passes
      FROM due d LEFT JOIN place p ON p.version = d.version AND p.step = d.step),
    moved AS (UPDATE run r SET step = d.target, due_at = d.next_due, steps = d.steps + d.passes, arrived_at = CASE WHEN d.target IS NULL THEN d.arrived_at ELSE ${now} END,
        status = CASE WHEN d.target IS NULL THEN 'ended' ELSE 'active' END, how = CASE WHEN d.target IS NULL THEN 'completed' END,
        ended_at = CASE WHEN d.target IS NULL THEN ${now}::timestamptz END
      FROM sorted d WHERE d.is_alike AND r.bucket = d.bucket AND r.person_id = d.person_id AND r.id = d.id
      RETURNING d.bucket, d.person_id, d.id, d.version, d.step, d.target, d.arrived_at, d.due_at, d.steps, d.cause_id, d.hop, d.entered_at),
    told AS (INSERT INTO run_step (bucket, person_id, run_id, ordinal, scenario_id, step, way, arrived_at, left_at, because)
      SELECT m.bucket, m.person_id, m.id, m.steps + l.n, ${scenarioId}, l.step, l.way, CASE WHEN l.n = 0 THEN m.arrived_at ELSE ${now} END, ${now},
        coalesce(l.because, jsonb_build_object('kind', 'waited', 'until', to_char(m.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
      FROM moved m JOIN line l ON l.version = m.version AND l.place = m.step),
    ended AS (${journalQuietly(endsOf(scenarioId, name, now))})
    SELECT c.counts, o.over, ${ROW}, r.early FROM (SELECT json_agg(g) AS counts FROM (SELECT version, step, count(*)::int AS n FROM moved GROUP BY 1, 2) g) c
    CROSS JOIN (SELECT string_agg(person_id::text, ',' ORDER BY bucket, person_id) AS over FROM moved WHERE target IS NULL) o
    LEFT JOIN sorted r ON NOT r.is_alike`.execute(db)
  const { counts, over } = found.rows[0] ?? { counts: null, over: null }
  const rest = found.rows.flatMap((row) => (row.id === null ? [] : [row]))
  return { counts: counts ?? [], over: over ? over.split(',').map(subjectOf) : [], rest }
}

/** The ends of runs as the batch journals them one by one (`eventOf` and `hopOf` of run/). */
const endsOf = (scenarioId: string, name: string, now: Date) => sql`
  SELECT m.bucket, m.person_id, ${derivedIdSql(sql`m.id`, ROOM, ENDED)} AS id, ${ENDED}::text AS name, ${now}::timestamptz AS at, m.cause_id,
    CASE WHEN ${now}::timestamptz - m.entered_at < interval '24 hours' THEN m.hop ELSE 0 END + 1 AS hop,
    jsonb_build_object('scenario', ${scenarioId}::text, 'name', ${name}::text, 'version', m.version, 'run', m.id, 'how', 'completed') AS props
  FROM moved m WHERE m.target IS NULL`

/**
 * The due runs of people whose pulses are locked, whatever scenario they are in: a new snapshot, so nobody is advanced who has been already.
 * Looked up person by person by the key, whatever the planner thinks of the table: by an
 * index of the scenario it would walk everybody who is in it for each of them (no statistics yet: a thousand times slower).
 */
export async function loadDue(db: Db, subjects: readonly Subject[], now: Date): Promise<RunRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<RunRow>`/* load_due_runs */
    SELECT r.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i), LATERAL (
      SELECT * FROM run q WHERE q.bucket = x.b AND q.person_id = x.i AND q.status = 'active' OFFSET 0) r JOIN scenario s ON s.id = r.scenario_id
    WHERE r.due_at <= ${now} AND s.state IN ${MOVING} ORDER BY r.bucket, r.person_id, r.id`.execute(db)
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
