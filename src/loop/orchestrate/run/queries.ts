// Reading and writing runs. Everything takes many at once; rows go in key order.
import { type RawBuilder, sql } from 'kysely'
import { millisArray, plainArray, textArray } from '#kernel/db/arrays.ts'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { type Graph, storedGraph } from '../graph/contract.ts'
import type { Passed } from '../step/state.ts'
import type { ScenarioState } from '../tables.ts'
import type { RunRow } from './row.ts'

/** A version that listens to some of the given events. `starts` only counts on the version that is live. */
export interface Listening {
  readonly scenario_id: string
  readonly version: number
  readonly state: ScenarioState
  readonly live: boolean
  readonly starts: string[]
  readonly waits: string[]
}

/** Versions that listen to one of these event names: the live ones to start, all to move runs that are on their way. */
export async function findListening(db: Db, names: readonly string[]): Promise<Listening[]> {
  const found = await sql<Listening>`/* find_listening */
    SELECT v.scenario_id, v.version, s.state, s.live_version = v.version AND s.state = 'live' AS live, v.starts, v.waits
    FROM ${listeningTo(names)}`.execute(db)
  return found.rows
}

/** The versions that such events move on or start, as `v`, of their scenarios, as `s`. */
export const listeningTo = (names: readonly string[]): RawBuilder<unknown> => sql`scenario_version v JOIN scenario s ON s.id = v.scenario_id
    WHERE v.waits && ${[...names]}::text[] OR (v.starts && ${[...names]}::text[] AND s.state = 'live' AND s.live_version = v.version)`

/** Scenario states and the graphs of these versions. */
export async function loadGraphs(
  db: Db,
  versions: readonly { scenario_id: string; version: number }[],
): Promise<{ scenario_id: string; version: number; graph: Graph }[]> {
  const found = await sql<{ scenario_id: string; version: number; graph: Graph }>`/* load_graphs */
    SELECT v.scenario_id, v.version, v.graph FROM unnest(${versions.map((v) => v.scenario_id)}::uuid[], ${versions.map((v) => v.version)}::int[]) x(s, n)
    JOIN scenario_version v ON v.scenario_id = x.s AND v.version = x.n`.execute(db)
  return found.rows.map((row) => ({ ...row, graph: storedGraph(row.graph) }))
}

/** What of a scenario may change while people are on their way. */
export interface Standing {
  readonly id: string
  readonly name: string
  readonly state: ScenarioState
}

/** Name and state of each of these scenarios. */
export async function loadStandings(db: Db, ids: readonly string[]): Promise<Map<string, Standing>> {
  const found =
    await sql<Standing>`/* load_scenario_standings */ SELECT id, name, state FROM scenario WHERE id = ANY(${ids}::uuid[])`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row]))
}

/** Active runs of these people. */
export async function loadActiveRuns(db: Db, subjects: readonly Subject[]): Promise<RunRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<RunRow>`/* load_active_runs */
    SELECT r.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN run r ON r.bucket = x.b AND r.person_id = x.i
    WHERE r.status = 'active' ORDER BY r.bucket, r.person_id, r.id`.execute(db)
  return found.rows
}

/** When these people last entered these scenarios: `person scenario` → instant; pairs that never did are absent. */
export async function loadLastEntries(db: Db, pairs: readonly { subject: Subject; scenarioId: string }[]): Promise<Map<string, Date>> {
  const { buckets, ids } = columnsOf(pairs.map((pair) => pair.subject))
  const found = await sql<{ person_id: string; scenario_id: string; at: Date }>`/* load_last_entries */
    SELECT r.person_id, r.scenario_id, max(r.entered_at) AS at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${pairs.map((pair) => pair.scenarioId)}::uuid[]) x(b, i, s)
    JOIN run r ON r.bucket = x.b AND r.person_id = x.i AND r.scenario_id = x.s GROUP BY 1, 2`.execute(db)
  return new Map(found.rows.map((row) => [`${row.person_id} ${row.scenario_id}`, row.at]))
}

/** Writes new runs; a run that is there already (the same cause), or another active one, stays as it is. */
export async function insertRuns(db: Db, rows: readonly RunRow[]): Promise<void> {
  await sql`/* insert_runs */
    INSERT INTO run (bucket, person_id, id, scenario_id, version, status, step, arrived_at, due_at, heard, steps, trigger_id, cause_id, hop, entered_at, ended_at, how)
    SELECT * FROM unnest(${rows.map((r) => r.bucket)}::smallint[], ${rows.map((r) => r.person_id)}::uuid[], ${rows.map((r) => r.id)}::uuid[],
      ${rows.map((r) => r.scenario_id)}::uuid[], ${rows.map((r) => r.version)}::int[], ${rows.map((r) => (r.how ? 'ended' : 'active'))}::text[],
      ${rows.map((r) => r.step)}::text[], ${rows.map((r) => r.arrived_at)}::timestamptz[], ${rows.map((r) => r.due_at)}::timestamptz[],
      ${rows.map((r) => (r.heard ? JSON.stringify(r.heard) : null))}::jsonb[], ${rows.map((r) => r.steps)}::smallint[], ${rows.map((r) => r.trigger_id)}::text[],
      ${rows.map((r) => r.cause_id)}::uuid[], ${rows.map((r) => r.hop)}::smallint[], ${rows.map((r) => r.entered_at)}::timestamptz[],
      ${rows.map((r) => r.ended_at)}::timestamptz[], ${rows.map((r) => r.how)}::text[])
    ON CONFLICT DO NOTHING`.execute(db)
}

/** Writes where runs stand now. */
export async function updateRuns(db: Db, rows: readonly RunRow[]): Promise<void> {
  await sql`/* update_runs */
    UPDATE run r SET status = CASE WHEN x.how IS NULL THEN 'active' ELSE 'ended' END, step = x.step, arrived_at = to_timestamp(x.arrived_at / 1000),
      due_at = to_timestamp(x.due_at / 1000), heard = x.heard, steps = x.steps, ended_at = to_timestamp(x.ended_at / 1000), how = x.how
    FROM unnest(${plainArray(rows, (r) => r.bucket)}::smallint[], ${plainArray(rows, (r) => r.person_id)}::uuid[], ${plainArray(rows, (r) => r.id)}::uuid[],
      ${textArray(rows, (r) => r.step)}::text[], ${millisArray(rows, (r) => r.arrived_at)}::float8[], ${millisArray(rows, (r) => r.due_at)}::float8[],
      ${textArray(rows, (r) => (r.heard ? JSON.stringify(r.heard) : null))}::jsonb[], ${plainArray(rows, (r) => r.steps)}::smallint[],
      ${millisArray(rows, (r) => r.ended_at)}::float8[], ${plainArray(rows, (r) => r.how)}::text[]) x(b, i, id, step, arrived_at, due_at, heard, steps, ended_at, how)
    WHERE r.bucket = x.b AND r.person_id = x.i AND r.id = x.id`.execute(db)
}

export interface PassedRow {
  readonly run: RunRow
  readonly passed: Passed
}

/** Appends to the histories of runs; a line that is there already stays as it is. */
export async function insertPassed(db: Db, rows: readonly PassedRow[]): Promise<void> {
  await sql`/* insert_run_steps */ ${passedRows(rows)} ON CONFLICT DO NOTHING`.execute(db)
}

/** Appends to the histories of runs that are locked and were read as they stand: the lines cannot be there yet, and need not be looked for. */
export async function appendPassed(db: Db, rows: readonly PassedRow[]): Promise<void> {
  await sql`/* append_run_steps */ ${passedRows(rows)}`.execute(db)
}

const passedRows = (rows: readonly PassedRow[]) => sql`
  INSERT INTO run_step (bucket, person_id, run_id, ordinal, scenario_id, step, way, arrived_at, left_at, because)
  SELECT b, i, r, n, s, step, way, to_timestamp(arrived_at / 1000), to_timestamp(left_at / 1000), because
  FROM unnest(${plainArray(rows, (r) => r.run.bucket)}::smallint[], ${plainArray(rows, (r) => r.run.person_id)}::uuid[], ${plainArray(rows, (r) => r.run.id)}::uuid[],
    ${plainArray(rows, (r) => r.passed.ordinal)}::smallint[], ${plainArray(rows, (r) => r.run.scenario_id)}::uuid[], ${textArray(rows, (r) => r.passed.step)}::text[],
    ${textArray(rows, (r) => r.passed.way)}::text[], ${millisArray(rows, (r) => r.passed.arrivedAt)}::float8[], ${millisArray(rows, (r) => r.passed.leftAt)}::float8[],
    ${textArray(rows, (r) => JSON.stringify(r.passed.because))}::jsonb[]) x(b, i, r, n, s, step, way, arrived_at, left_at, because)`

export interface Tally {
  readonly scenarioId: string
  readonly step: string
  readonly way: string
  readonly n: number
}

/** Adds to the numbers on the canvas. Last in a transaction and in key order: the rows are shared between workers. */
export async function addTallies(db: Db, tallies: readonly Tally[], slot: number): Promise<void> {
  await sql`/* add_tallies */
    INSERT INTO scenario_tally (scenario_id, step, way, slot, n)
    SELECT s, t, w, ${slot}::smallint, n FROM unnest(${tallies.map((t) => t.scenarioId)}::uuid[], ${tallies.map((t) => t.step)}::text[],
      ${tallies.map((t) => t.way)}::text[], ${tallies.map((t) => t.n)}::bigint[]) x(s, t, w, n) ORDER BY 1, 2, 3
    ON CONFLICT (scenario_id, step, way, slot) DO UPDATE SET n = scenario_tally.n + excluded.n`.execute(db)
}

/** Which runs a fact speaks of. */
export type RunState = 'active' | 'finished' | 'reached'

/** The names of the scenarios these people are, or were, on their way through; people without any are absent. */
export async function loadScenarioNames(db: Db, subjects: readonly Subject[], state: RunState): Promise<Map<string, readonly string[]>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; names: string[] }>`/* load_scenario_names */
    SELECT r.person_id, array_agg(DISTINCT s.name ORDER BY s.name) AS names FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN run r ON r.bucket = x.b AND r.person_id = x.i JOIN scenario s ON s.id = r.scenario_id
    WHERE CASE ${state}::text WHEN 'active' THEN r.status = 'active' WHEN 'reached' THEN r.how = 'goal' ELSE r.how IN ('completed', 'goal') END
    GROUP BY 1`.execute(db)
  return new Map(found.rows.map((row) => [row.person_id, row.names]))
}
