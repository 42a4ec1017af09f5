// Scenarios themselves: drafts, versions, and the numbers and people shown on the canvas.
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import { type Graph, storedGraph } from './graph/contract.ts'
import type { ScenarioState } from './tables.ts'

/** A condition: the person under this alias is on the way through a scenario. */
export const isRunning = (person: string): RawBuilder<unknown> =>
  sql`EXISTS (SELECT 1 FROM run r WHERE r.bucket = ${sql.id(person)}.bucket AND r.person_id = ${sql.id(person)}.id AND r.status = 'active')`

export interface ScenarioRow {
  readonly id: string
  readonly name: string
  readonly state: ScenarioState
  readonly draft: Graph
  readonly revision: number
  readonly live_version: number | null
  readonly live_revision: number | null
  readonly created_at: Date
  readonly changed_at: Date
  readonly changed_by: string
  readonly archived_at: Date | null
}

export interface ListedRow extends ScenarioRow {
  readonly active: number
  readonly entered: number
  readonly ended: number
  readonly reached: number
}

/** A draft that was saved by an older release, with what it has no words for. */
const drafted = <R extends { readonly draft: Graph }>(row: R): R => ({ ...row, draft: storedGraph(row.draft) })
const graphed = <R extends { readonly graph: Graph }>(row: R): R => ({ ...row, graph: storedGraph(row.graph) })

export interface ListAsk {
  readonly after: { at: Date; id: string } | null
  readonly limit: number
  readonly search: string | null
}

/** Scenarios not put away, last changed first, with their numbers. */
export async function listScenarios(db: Db, { after, limit, search }: ListAsk): Promise<ListedRow[]> {
  const like = search === null ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const found = await sql<ListedRow>`
    SELECT s.*, (SELECT count(*) FROM run r WHERE r.scenario_id = s.id AND r.status = 'active')::int AS active, t.entered, t.ended, t.reached
    FROM scenario s LEFT JOIN LATERAL (
      SELECT coalesce(sum(n) FILTER (WHERE step = 'start' AND way = 'next'), 0)::int AS entered, coalesce(sum(n) FILTER (WHERE step = 'end'), 0)::int AS ended,
        coalesce(sum(n) FILTER (WHERE step = 'end' AND way = 'goal'), 0)::int AS reached
      FROM scenario_tally WHERE scenario_id = s.id AND step IN ('start', 'end')) t ON true
    WHERE s.archived_at IS NULL AND (${like}::text IS NULL OR s.name ILIKE ${like})
      AND (${after === null} OR (s.changed_at, s.id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY s.changed_at DESC, s.id DESC LIMIT ${limit}`.execute(db)
  return found.rows.map(drafted)
}

export async function findScenario(db: Db, id: string): Promise<ScenarioRow | undefined> {
  const found = await sql<ScenarioRow>`SELECT * FROM scenario WHERE id = ${id}`.execute(db)
  return found.rows.map(drafted)[0]
}

/** The scenario, locked against a second editor until commit. */
export async function lockScenario(db: Db, id: string): Promise<ScenarioRow | undefined> {
  const found = await sql<ScenarioRow>`SELECT * FROM scenario WHERE id = ${id} FOR UPDATE`.execute(db)
  return found.rows.map(drafted)[0]
}

export async function insertScenario(db: Db, row: { id: string; name: string; draft: Graph; by: string }, now: Date): Promise<void> {
  await sql`INSERT INTO scenario (id, name, state, draft, created_at, changed_at, changed_by)
    VALUES (${row.id}, ${row.name}, 'draft', ${JSON.stringify(row.draft)}::jsonb, ${now}, ${now}, ${row.by})`.execute(db)
}

export async function updateDraft(
  db: Db,
  row: { id: string; name: string; draft: Graph; by: string; differs: boolean },
  now: Date,
): Promise<void> {
  await sql`UPDATE scenario SET name = ${row.name}, draft = ${JSON.stringify(row.draft)}::jsonb, revision = revision + (CASE WHEN ${row.differs} OR name <> ${row.name} THEN 1 ELSE 0 END),
    live_revision = live_revision + (CASE WHEN NOT ${row.differs} AND name <> ${row.name} AND live_revision = revision THEN 1 ELSE 0 END),
    changed_at = ${now}, changed_by = ${row.by} WHERE id = ${row.id}`.execute(db)
}

export interface NewVersion {
  readonly id: string
  readonly version: number
  readonly graph: Graph
  readonly starts: readonly string[]
  readonly waits: readonly string[]
  readonly by: string
  readonly note: string
  /** The older version it brings back. */
  readonly copyOf: number | null
}

export async function insertVersion(db: Db, row: NewVersion, now: Date): Promise<void> {
  await sql`INSERT INTO scenario_version (scenario_id, version, graph, starts, waits, published_at, published_by, note, copy_of)
    VALUES (${row.id}, ${row.version}, ${JSON.stringify(row.graph)}::jsonb, ${[...row.starts]}::text[], ${[...row.waits]}::text[], ${now}, ${row.by}, ${row.note}, ${row.copyOf})`.execute(
    db,
  )
}

export async function setLive(db: Db, id: string, version: number, now: Date, by: string): Promise<void> {
  await sql`UPDATE scenario SET state = 'live', live_version = ${version}, live_revision = revision, changed_at = ${now}, changed_by = ${by} WHERE id = ${id}`.execute(
    db,
  )
}

export async function setState(db: Db, id: string, state: ScenarioState, now: Date, by: string): Promise<void> {
  await sql`UPDATE scenario SET state = ${state}, changed_at = ${now}, changed_by = ${by} WHERE id = ${id}`.execute(db)
}

export async function setArchived(db: Db, id: string, at: Date | null): Promise<void> {
  await sql`UPDATE scenario SET archived_at = ${at} WHERE id = ${id}`.execute(db)
}

export interface VersionRow {
  readonly version: number
  readonly graph: Graph
  readonly published_at: Date
  readonly published_by: string
  readonly note: string
  readonly copy_of: number | null
  readonly active: number
}

/** All versions, the newest first, with the people still on them. */
export async function listVersions(db: Db, id: string): Promise<VersionRow[]> {
  const found = await sql<VersionRow>`
    SELECT v.version, v.graph, v.published_at, v.published_by, v.note, v.copy_of, coalesce(r.n, 0)::int AS active FROM scenario_version v
    LEFT JOIN (SELECT version, count(*) AS n FROM run WHERE scenario_id = ${id} AND status = 'active' GROUP BY 1) r ON r.version = v.version
    WHERE v.scenario_id = ${id} ORDER BY v.version DESC`.execute(db)
  return found.rows.map(graphed)
}

export async function countWays(db: Db, id: string): Promise<{ step: string; way: string; n: number }[]> {
  const found = await sql<{ step: string; way: string; n: number }>`
    SELECT step, way, sum(n)::int AS n FROM scenario_tally WHERE scenario_id = ${id} GROUP BY 1, 2 ORDER BY 1, 2`.execute(db)
  return found.rows
}

export async function countWaiting(db: Db, id: string): Promise<{ step: string; n: number }[]> {
  const found = await sql<{ step: string; n: number }>`
    SELECT step, count(*)::int AS n FROM run WHERE scenario_id = ${id} AND status = 'active' AND step IS NOT NULL GROUP BY 1 ORDER BY 1`.execute(
    db,
  )
  return found.rows
}

export interface MailCount {
  readonly step: string
  readonly sent: number
  readonly opened: number
  readonly clicked: number
  readonly waiting: number
  readonly held: number
}

/** What became of the mails of each mail step: by people, opens and clicks by humans only. */
export async function countMails(db: Db, id: string, steps: readonly string[]): Promise<MailCount[]> {
  const found = await sql<MailCount>`
    SELECT h.step, count(*) FILTER (WHERE d.status = 'sent')::int AS sent, count(d.opened_at)::int AS opened, count(d.clicked_at)::int AS clicked,
      count(*) FILTER (WHERE d.status IN ('queued', 'claimed', 'transmitting', 'deferred'))::int AS waiting,
      count(*) FILTER (WHERE d.status NOT IN ('sent', 'queued', 'claimed', 'transmitting', 'deferred'))::int AS held
    FROM run_step h JOIN delivery d ON d.bucket = h.bucket AND d.person_id = h.person_id AND d.what = 'run:' || h.run_id || ':' || h.step
    WHERE h.scenario_id = ${id} AND h.step = ANY(${[...steps]}::text[]) GROUP BY 1 ORDER BY 1`.execute(db)
  return found.rows
}

/** A page of people on their way through a scenario, in key order. */
export async function listActivePeople(db: Db, id: string, limit: number): Promise<{ bucket: number; id: string }[]> {
  const found = await sql<{ bucket: number; person_id: string }>`
    SELECT DISTINCT bucket, person_id FROM run WHERE scenario_id = ${id} AND status = 'active' ORDER BY 1, 2 LIMIT ${limit}`.execute(db)
  return found.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}

/** Names of scenarios that run or pause, and whose live version names this segment, wherever in it. Its id stands in nothing else. */
export async function namesReading(db: Db, segment: string): Promise<string[]> {
  const found = await sql<{ name: string }>`
    SELECT s.name FROM scenario s JOIN scenario_version v ON v.scenario_id = s.id AND v.version = s.live_version
    WHERE s.state IN ('live', 'paused') AND s.archived_at IS NULL AND position(${segment} IN v.graph::text) > 0 ORDER BY s.created_at, s.id LIMIT 5`.execute(
    db,
  )
  return found.rows.map((row) => row.name)
}

/** Ids that a scenario refers to, by what they are. */
export interface ReferentIds {
  readonly templates: readonly string[]
  readonly segments: readonly string[]
  readonly campaigns: readonly string[]
  readonly scenarios: readonly string[]
  readonly channels: readonly string[]
}

/** Which of these mail templates, segments and forms are there and not put away. */
export async function findReferents(db: Db, ids: ReferentIds): Promise<Set<string>> {
  const found = await sql<{ id: string }>`
    SELECT id FROM template WHERE id = ANY(${[...ids.templates]}::uuid[]) AND archived_at IS NULL
    UNION ALL SELECT id FROM segment WHERE id = ANY(${[...ids.segments]}::uuid[]) AND archived_at IS NULL
    UNION ALL SELECT id FROM campaign WHERE id = ANY(${[...ids.campaigns]}::uuid[]) AND removed_at IS NULL
    UNION ALL SELECT id FROM scenario WHERE id = ANY(${[...ids.scenarios]}::uuid[]) AND archived_at IS NULL
    UNION ALL SELECT id FROM notice_channel WHERE id = ANY(${[...ids.channels]}::uuid[]) AND archived_at IS NULL`.execute(db)
  return new Set(found.rows.map((row) => row.id))
}

/** Which of these forms, segments and scores there are. */
export async function findNamed(
  db: Db,
  named: { readonly forms: readonly string[]; readonly segments: readonly string[]; readonly scores: readonly string[] },
): Promise<Set<string>> {
  const found = await sql<{ id: string }>`
    SELECT id::text FROM form WHERE id = ANY(${[...named.forms]}::uuid[])
    UNION ALL SELECT id::text FROM segment WHERE id = ANY(${[...named.segments]}::uuid[]) AND archived_at IS NULL
    UNION ALL SELECT name FROM score_model WHERE name = ANY(${[...named.scores]}::text[])`.execute(db)
  return new Set(found.rows.map((row) => row.id))
}

/** Sets the triggers going that time alone pulls. Those of one that runs already keep their place; one that rested makes up for nothing. */
export async function startClocks(db: Db, id: string, triggers: readonly string[], now: Date, runs: boolean): Promise<void> {
  await sql`INSERT INTO scenario_clock (scenario_id, trigger_id, done_until) SELECT ${id}, t, ${now} FROM unnest(${[...triggers]}::text[]) t ORDER BY t
    ON CONFLICT (scenario_id, trigger_id) DO UPDATE SET done_until = CASE WHEN ${runs} THEN scenario_clock.done_until ELSE excluded.done_until END`.execute(
    db,
  )
}
