// People of a scenario as they are listed, what holds them on their way, and runs as hands act on them.
import { type RawBuilder, sql } from 'kysely'
import { columnsOf, subjectOf } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { type Graph, storedGraph } from '../graph/contract.ts'
import type { RunRow } from '../run/row.ts'
import type { RunHow } from '../tables.ts'
import type { MailWay } from './contract.ts'
import type { HeldRow } from './decide.ts'

interface SomeRun {
  readonly personId: string
  readonly runId: string
}

/** @param step only mails and calls of that step count; null: of any */
export async function loadHeld(db: Db, runs: readonly SomeRun[], step: string | null): Promise<Map<string, HeldRow>> {
  const { buckets, ids } = columnsOf(runs.map(({ personId }) => subjectOf(personId)))
  const found = await sql<HeldRow>`/* load_held */
    SELECT x.r AS run_id, q.parked_reason AS parked,
      EXISTS (SELECT 1 FROM news n WHERE n.bucket = x.b AND n.person_id = x.i) AS has_news,
      d.status AS mail_status, d.reason AS mail_reason, d.not_before AS mail_until, d.step AS mail_step,
      c.state AS call_state, c.reason AS call_reason, c.step AS call_step
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${runs.map(({ runId }) => runId)}::uuid[]) x(b, i, r)
    LEFT JOIN pulse q ON q.bucket = x.b AND q.person_id = x.i
    LEFT JOIN LATERAL (SELECT m.status, m.reason, m.not_before, substr(m.what, 42) AS step FROM delivery m
      WHERE m.bucket = x.b AND m.person_id = x.i AND m.what >= 'run:' || x.r || ':' AND m.what < 'run:' || x.r || ';'
        AND (${step}::text IS NULL OR m.what = 'run:' || x.r || ':' || ${step}::text)
      ORDER BY m.status = 'sent', m.created_at DESC LIMIT 1) d ON true
    LEFT JOIN LATERAL (SELECT k.state, k.reason, k.step FROM scenario_call k
      WHERE k.run_id = x.r AND (${step}::text IS NULL OR k.step = ${step}::text) ORDER BY k.state = 'taken', k.at DESC LIMIT 1) c ON true`.execute(
    db,
  )
  return new Map(found.rows.map((row) => [row.run_id, row]))
}

/** Runs of a scenario by person and id, however they stand. Their people's pulses are locked. */
export async function loadRuns(db: Db, scenarioId: string, runs: readonly SomeRun[]): Promise<RunRow[]> {
  const { buckets, ids } = columnsOf(runs.map(({ personId }) => subjectOf(personId)))
  const found = await sql<RunRow>`/* load_runs_of_people */
    SELECT r.* FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${runs.map(({ runId }) => runId)}::uuid[]) x(b, i, r0)
    JOIN run r ON r.bucket = x.b AND r.person_id = x.i AND r.id = x.r0 WHERE r.scenario_id = ${scenarioId} ORDER BY r.bucket, r.person_id, r.id`.execute(
    db,
  )
  return found.rows
}

/** Opens runs again that a hand took out; those whose person has entered again since stay as they are. @returns the ids of those opened */
export async function reopenRuns(db: Db, runs: readonly RunRow[]): Promise<Set<string>> {
  const opened = await sql<{ id: string }>`/* reopen_runs */
    UPDATE run r SET status = 'active', how = NULL, ended_at = NULL
    FROM unnest(${runs.map((r) => r.bucket)}::smallint[], ${runs.map((r) => r.person_id)}::uuid[], ${runs.map((r) => r.id)}::uuid[]) x(b, i, id)
    WHERE r.bucket = x.b AND r.person_id = x.i AND r.id = x.id AND r.how = 'stopped' AND NOT EXISTS (
      SELECT 1 FROM run o WHERE o.bucket = r.bucket AND o.person_id = r.person_id AND o.scenario_id = r.scenario_id AND o.status = 'active')
    RETURNING r.id`.execute(db)
  return new Set(opened.rows.map((row) => row.id))
}

/** Which of these runs left a step without its work being done, by what they were told then. */
export async function listUndone(db: Db, runs: readonly RunRow[], step: string): Promise<Set<string>> {
  const found = await sql<{ id: string }>`/* list_undone */
    SELECT h.run_id AS id FROM unnest(${runs.map((r) => r.bucket)}::smallint[], ${runs.map((r) => r.person_id)}::uuid[], ${runs.map((r) => r.id)}::uuid[]) x(b, i, id)
    JOIN run_step h ON h.bucket = x.b AND h.person_id = x.i AND h.run_id = x.id
    WHERE h.step = ${step} AND h.because ->> 'kind' IN ('done', 'late') AND (h.because ? 'outcome' OR h.because ->> 'kind' = 'late')`.execute(
    db,
  )
  return new Set(found.rows.map((row) => row.id))
}

/** Writes what came of a step that was tried again. */
export async function setOutcomes(db: Db, runs: readonly RunRow[], step: string, becauses: readonly string[]): Promise<void> {
  await sql`/* set_outcomes */
    UPDATE run_step h SET because = x.because FROM unnest(${runs.map((r) => r.bucket)}::smallint[], ${runs.map((r) => r.person_id)}::uuid[],
      ${runs.map((r) => r.id)}::uuid[], ${[...becauses]}::jsonb[]) x(b, i, id, because)
    WHERE h.bucket = x.b AND h.person_id = x.i AND h.run_id = x.id AND h.step = ${step}`.execute(db)
}

export interface PersonAtRow {
  readonly person_id: string
  readonly run_id: string
  readonly name: string
  readonly company_name: string | null
  readonly is_lead: boolean
  readonly version: number
  readonly step: string | null
  readonly at: Date
  readonly due_at: Date | null
  readonly because: unknown
}

interface PageAsk {
  readonly id: string
  readonly step: string
  readonly after: { at: Date; id: string } | null
  readonly limit: number
}

/** People who stand at a step, the longest there first. */
export async function listStanding(db: Db, { id, step, after, limit }: PageAsk): Promise<PersonAtRow[]> {
  const found = await sql<PersonAtRow>`
    SELECT r.person_id, r.id AS run_id, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, p.identified_at IS NOT NULL AS is_lead,
      r.version, r.step, r.arrived_at AS at, r.due_at, NULL AS because
    FROM run r JOIN person p ON p.bucket = r.bucket AND p.id = r.person_id
    WHERE r.scenario_id = ${id} AND r.step = ${step} AND r.status = 'active'
      AND (${after === null} OR (r.arrived_at, r.id) > (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY r.arrived_at, r.id LIMIT ${limit}`.execute(db)
  return found.rows
}

/** People who left a step by a way, the last first. */
export async function listPassed(db: Db, { id, step, way, after, limit }: PageAsk & { readonly way: string }): Promise<PersonAtRow[]> {
  const found = await sql<PersonAtRow>`
    SELECT h.person_id, h.run_id, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, p.identified_at IS NOT NULL AS is_lead,
      r.version, r.step, h.left_at AS at, r.due_at, h.because
    FROM run_step h JOIN run r ON r.bucket = h.bucket AND r.person_id = h.person_id AND r.id = h.run_id
    JOIN person p ON p.bucket = h.bucket AND p.id = h.person_id
    WHERE h.scenario_id = ${id} AND h.step = ${step} AND h.way = ${way}
      AND (${after === null} OR (h.left_at, h.run_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY h.left_at DESC, h.run_id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

/** People who entered (`how` is null; who was held back did not), or whose run ended in a way, the last first. */
export async function listRuns(
  db: Db,
  { id, how, after, limit }: Omit<PageAsk, 'step'> & { readonly how: string | null },
): Promise<PersonAtRow[]> {
  const found = await sql<PersonAtRow>`
    SELECT r.person_id, r.id AS run_id, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, p.identified_at IS NOT NULL AS is_lead,
      r.version, r.step, r.entered_at AS at, r.due_at, NULL AS because
    FROM run r JOIN person p ON p.bucket = r.bucket AND p.id = r.person_id
    WHERE r.scenario_id = ${id} AND CASE WHEN ${how}::text IS NULL THEN r.how IS DISTINCT FROM 'held' ELSE r.how = ${how} END
      AND (${after === null} OR (r.entered_at, r.id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY r.entered_at DESC, r.id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

export interface PersonRunRow {
  readonly id: string
  readonly scenario_id: string
  readonly scenario: string
  readonly version: number
  readonly step: string | null
  readonly due_at: Date | null
  readonly entered_at: Date
  readonly ended_at: Date | null
  readonly how: RunHow | null
  readonly graph: Graph
}

/** The runs of one person, the newest first. */
export async function listRunsOf(db: Db, person: { bucket: number; id: string }, most: number): Promise<PersonRunRow[]> {
  const found = await sql<PersonRunRow>`
    SELECT r.id, r.scenario_id, s.name AS scenario, r.version, r.step, r.due_at, r.entered_at, r.ended_at, r.how, v.graph
    FROM run r JOIN scenario s ON s.id = r.scenario_id JOIN scenario_version v ON v.scenario_id = r.scenario_id AND v.version = r.version
    WHERE r.bucket = ${person.bucket} AND r.person_id = ${person.id} ORDER BY r.entered_at DESC, r.id LIMIT ${most}`.execute(db)
  return found.rows.map((row) => ({ ...row, graph: storedGraph(row.graph) }))
}

export interface PassedStepRow {
  readonly run_id: string
  readonly step: string
  readonly way: string
  readonly arrived_at: Date
  readonly left_at: Date
  readonly because: unknown
}

/** The histories of one person's runs, in order. */
export async function listPassedOf(db: Db, person: { bucket: number; id: string }, runs: readonly string[]): Promise<PassedStepRow[]> {
  const found = await sql<PassedStepRow>`
    SELECT run_id, step, way, arrived_at, left_at, because FROM run_step
    WHERE bucket = ${person.bucket} AND person_id = ${person.id} AND run_id = ANY(${[...runs]}::uuid[]) ORDER BY run_id, ordinal`.execute(
    db,
  )
  return found.rows
}

/** Which mails of a step stand behind each of its numbers, and since when. Must count what `countMails` counts. */
const MAILED: Readonly<Record<MailWay, { readonly at: RawBuilder<Date>; readonly when: RawBuilder<boolean> }>> = {
  'mail.sent': { at: sql`coalesce(d.sent_at, h.left_at)`, when: sql`d.status = 'sent'` },
  'mail.opened': { at: sql`d.opened_at`, when: sql`d.opened_at IS NOT NULL` },
  'mail.clicked': { at: sql`d.clicked_at`, when: sql`d.clicked_at IS NOT NULL` },
  'mail.held': { at: sql`h.left_at`, when: sql`d.status NOT IN ('sent', 'queued', 'claimed', 'transmitting', 'deferred')` },
}

/** People by what became of their mail of a step, the last first. */
export async function listMailed(db: Db, { id, step, way, after, limit }: PageAsk & { readonly way: MailWay }): Promise<PersonAtRow[]> {
  const { at, when } = MAILED[way]
  const found = await sql<PersonAtRow>`
    SELECT h.person_id, h.run_id, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, p.identified_at IS NOT NULL AS is_lead,
      r.version, r.step, ${at} AS at, r.due_at, h.because
    FROM run_step h JOIN delivery d ON d.bucket = h.bucket AND d.person_id = h.person_id AND d.what = 'run:' || h.run_id || ':' || h.step
    JOIN run r ON r.bucket = h.bucket AND r.person_id = h.person_id AND r.id = h.run_id
    JOIN person p ON p.bucket = h.bucket AND p.id = h.person_id
    WHERE h.scenario_id = ${id} AND h.step = ${step} AND ${when}
      AND (${after === null} OR (${at}, h.run_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY ${at} DESC, h.run_id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}
