// Moves of people between versions. Pages go in key order behind a mark, so that a move can be gone on with wherever it was broken off.
import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { RunRow } from '../run/row.ts'
import type { Waits } from './contract.ts'
import type { StepMap } from './decide.ts'

export interface MoveRow {
  readonly id: string
  readonly scenario_id: string
  readonly from_version: number
  readonly to_version: number
  readonly map: StepMap
  readonly waits: Waits
  readonly state: 'running' | 'done' | 'replaced'
  readonly total: number
  readonly moved: number
  readonly ended: number
  readonly round: number
  readonly mark_bucket: number
  readonly mark_id: string
  readonly made_at: Date
  readonly made_by: string
  readonly done_at: Date | null
  /** When its last page was worked off. */
  readonly worked_at: Date | null
}

export type NewMove = Pick<MoveRow, 'id' | 'scenario_id' | 'from_version' | 'to_version' | 'map' | 'waits' | 'made_by'>

/** Begins a move; its total are the people who are on that version now. */
export async function insertMove(db: Db, row: NewMove, now: Date): Promise<void> {
  await sql`INSERT INTO scenario_move (id, scenario_id, from_version, to_version, map, waits, state, total, made_at, made_by)
    SELECT ${row.id}, ${row.scenario_id}, ${row.from_version}, ${row.to_version}, ${JSON.stringify(row.map)}::jsonb, ${row.waits}, 'running', count(*), ${now}, ${row.made_by}
    FROM run WHERE scenario_id = ${row.scenario_id} AND status = 'active' AND version = ${row.from_version}`.execute(db)
}

/** Breaks off what is being moved: whoever was not reached yet stays on their version. Waits for a page that is under way. */
export async function replaceMoves(db: Db, scenarioId: string, now: Date): Promise<void> {
  await sql`UPDATE scenario_move SET state = 'replaced', done_at = ${now} WHERE scenario_id = ${scenarioId} AND state = 'running'`.execute(
    db,
  )
}

/** The moves of a scenario, the newest first. */
export async function listMoves(db: Db, scenarioId: string, most: number): Promise<MoveRow[]> {
  const found = await sql<MoveRow>`
    SELECT * FROM scenario_move WHERE scenario_id = ${scenarioId} ORDER BY made_at DESC, to_version DESC, from_version DESC LIMIT ${most}`.execute(
    db,
  )
  return found.rows
}

/** Scenarios with people to be moved of whom no page was worked off since an instant; those at rest are none. Of several moves each waits for its turn. */
export async function listStalled(db: Db, since: Date): Promise<string[]> {
  const found = await sql<{ id: string }>`SELECT s.id FROM scenario s WHERE s.state <> 'paused'
      AND EXISTS (SELECT 1 FROM scenario_move m WHERE m.scenario_id = s.id AND m.state = 'running')
      AND NOT EXISTS (SELECT 1 FROM scenario_move m WHERE m.scenario_id = s.id AND coalesce(m.worked_at, m.made_at) >= ${since}) ORDER BY 1`.execute(
    db,
  )
  return found.rows.map((row) => row.id)
}

export async function hasRunningMove(db: Db, scenarioId: string): Promise<boolean> {
  const found = await sql`SELECT 1 FROM scenario_move WHERE scenario_id = ${scenarioId} AND state = 'running' LIMIT 1`.execute(db)
  return found.rows.length > 0
}

/** The oldest move of a scenario that is not over, locked; undefined when there is none, or when the scenario rests. */
export async function lockMove(db: Db, scenarioId: string): Promise<MoveRow | undefined> {
  const found = await sql<MoveRow>`SELECT m.* FROM scenario_move m JOIN scenario s ON s.id = m.scenario_id
    WHERE m.scenario_id = ${scenarioId} AND m.state = 'running' AND s.state <> 'paused' ORDER BY m.made_at, m.id LIMIT 1 FOR UPDATE OF m`.execute(
    db,
  )
  return found.rows[0]
}

/** The next people of a move behind its mark, in key order. In the first round whoever has news is left out: it is heard where it happened. */
export async function listToMove(db: Db, move: MoveRow, limit: number): Promise<Subject[]> {
  const found = await sql<{ bucket: number; person_id: string }>`
    SELECT r.bucket, r.person_id FROM run r WHERE r.scenario_id = ${move.scenario_id} AND r.status = 'active' AND r.version = ${move.from_version}
      AND (r.bucket, r.person_id) > (${move.mark_bucket}::smallint, ${move.mark_id}::uuid)
      AND (${move.round > 1} OR NOT EXISTS (SELECT 1 FROM news n WHERE n.bucket = r.bucket AND n.person_id = r.person_id))
    ORDER BY r.bucket, r.person_id LIMIT ${limit}`.execute(db)
  return found.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}

/** The runs of these people, whose pulses are locked, that are still on the version they are moved from. */
export async function loadToMove(db: Db, move: MoveRow, subjects: readonly Subject[]): Promise<RunRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<RunRow>`
    SELECT r.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN run r ON r.bucket = x.b AND r.person_id = x.i
    WHERE r.scenario_id = ${move.scenario_id} AND r.status = 'active' AND r.version = ${move.from_version} ORDER BY r.bucket, r.person_id, r.id`.execute(
    db,
  )
  return found.rows
}

/** A run that goes over to another version where it stands, or at another step with the instant it waited for. */
export interface Carried {
  readonly run: RunRow
  readonly step: string | null
  readonly steps: number
}

/** Puts runs on another version. By which one they entered is not forgotten. */
export async function carryRuns(db: Db, carried: readonly Carried[], version: number): Promise<void> {
  const runs = carried.map(({ run }) => run)
  await sql`UPDATE run r SET version = ${version}, entry_version = coalesce(r.entry_version, r.version), step = x.step, steps = x.steps
    FROM unnest(${runs.map((r) => r.bucket)}::smallint[], ${runs.map((r) => r.person_id)}::uuid[], ${runs.map((r) => r.id)}::uuid[],
      ${carried.map((c) => c.step)}::text[], ${carried.map((c) => c.steps)}::smallint[]) x(b, i, id, step, steps)
    WHERE r.bucket = x.b AND r.person_id = x.i AND r.id = x.id`.execute(db)
}

/** How far a move is after a page. */
export async function updateMove(
  db: Db,
  id: string,
  to: Pick<MoveRow, 'moved' | 'ended' | 'round' | 'mark_bucket' | 'mark_id' | 'state' | 'done_at' | 'worked_at'>,
): Promise<void> {
  await sql`UPDATE scenario_move SET moved = ${to.moved}, ended = ${to.ended}, round = ${to.round}, mark_bucket = ${to.mark_bucket}, mark_id = ${to.mark_id},
    state = ${to.state}, done_at = ${to.done_at}, worked_at = ${to.worked_at} WHERE id = ${id}`.execute(db)
}

/** How many people stand at each step of a version. */
export async function countStanding(db: Db, scenarioId: string, version: number): Promise<Map<string, number>> {
  const found = await sql<{ step: string; n: number }>`
    SELECT step, count(*)::int AS n FROM run WHERE scenario_id = ${scenarioId} AND status = 'active' AND version = ${version} AND step IS NOT NULL GROUP BY 1`.execute(
    db,
  )
  return new Map(found.rows.map((row) => [row.step, row.n]))
}

/** Versions on which somebody is on the way. */
export async function listPeopled(db: Db, scenarioId: string): Promise<number[]> {
  const found = await sql<{ version: number }>`
    SELECT DISTINCT version FROM run WHERE scenario_id = ${scenarioId} AND status = 'active' ORDER BY 1`.execute(db)
  return found.rows.map((row) => row.version)
}

/** A version becomes the live one; `whole` says that the draft is the same as it. */
export async function setLiveVersion(db: Db, row: { id: string; version: number; by: string; whole: boolean }, now: Date): Promise<void> {
  await sql`UPDATE scenario SET state = 'live', live_version = ${row.version}, live_revision = CASE WHEN ${row.whole} THEN revision ELSE NULL END,
    changed_at = ${now}, changed_by = ${row.by} WHERE id = ${row.id}`.execute(db)
}

/** @returns whether there is such a version */
export async function updateNote(db: Db, scenarioId: string, version: number, note: string): Promise<boolean> {
  const changed = await sql`UPDATE scenario_version SET note = ${note} WHERE scenario_id = ${scenarioId} AND version = ${version}`.execute(
    db,
  )
  return Number(changed.numAffectedRows ?? 0) > 0
}
