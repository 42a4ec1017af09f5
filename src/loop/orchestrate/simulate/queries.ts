// Simulations as they are kept: what was asked, sums, and a sample of people, for 30 days.
import { sql } from 'kysely'
import { bucketOf } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import type { SimulationState } from './tables.ts'

export interface SimulationRow {
  readonly id: string
  readonly scenario_id: string
  readonly state: SimulationState
  readonly asked: Json
  readonly result: Json | null
  readonly progress: number
  readonly events: number
  readonly failure: string | null
  readonly made_by: string
  readonly made_at: Date
  readonly started_at: Date | null
  readonly ended_at: Date | null
}

export async function insertSimulation(db: Db, row: { id: string; scenarioId: string; asked: Json; by: string; at: Date }): Promise<void> {
  await sql`INSERT INTO simulation (id, scenario_id, state, asked, made_by, made_at)
    VALUES (${row.id}, ${row.scenarioId}, 'waiting', ${JSON.stringify(row.asked)}::jsonb, ${row.by}, ${row.at})`.execute(db)
}

const COLUMNS = sql`s.id, s.scenario_id, s.state, s.asked, s.progress, s.events, s.failure, s.made_by, s.made_at, s.started_at, s.ended_at`

/** Simulations of a scenario, the newest first, without their results. */
export async function listSimulations(db: Db, scenarioId: string, most: number): Promise<SimulationRow[]> {
  const found = await sql<SimulationRow>`SELECT ${COLUMNS}, NULL::jsonb AS result FROM simulation s
    WHERE s.scenario_id = ${scenarioId} ORDER BY s.made_at DESC, s.id DESC LIMIT ${most}`.execute(db)
  return found.rows
}

export async function findSimulation(db: Db, id: string): Promise<SimulationRow | undefined> {
  return (await sql<SimulationRow>`SELECT ${COLUMNS}, s.result FROM simulation s WHERE s.id = ${id}`.execute(db)).rows[0]
}

/** Begins one that waits; one whose worker died begins anew. @returns what was asked, nothing when there is nothing to do */
export async function begin(db: Db, id: string, at: Date): Promise<{ asked: Json; scenario_id: string } | undefined> {
  const found = await sql<{
    asked: Json
    scenario_id: string
  }>`UPDATE simulation SET state = 'running', started_at = ${at}, progress = 0, events = 0
    WHERE id = ${id} AND state IN ('waiting', 'running') RETURNING asked, scenario_id`.execute(db)
  return found.rows[0]
}

/** Notes how far it has come. @returns false when somebody stopped it meanwhile */
export async function noteProgress(db: Db, id: string, progress: number, events: number): Promise<boolean> {
  const done = await sql`UPDATE simulation SET progress = ${progress}, events = ${events} WHERE id = ${id} AND state = 'running'`.execute(
    db,
  )
  return Number(done.numAffectedRows ?? 0) === 1
}

/** Ends one that is under way. @returns false when it is not any more */
export async function end(
  db: Db,
  id: string,
  how: { state: SimulationState; result?: Json; events?: number; failure?: string },
  at: Date,
): Promise<boolean> {
  const done =
    await sql`UPDATE simulation SET state = ${how.state}, ended_at = ${at}, result = ${how.result === undefined ? null : JSON.stringify(how.result)}::jsonb,
    failure = ${how.failure ?? null}, events = coalesce(${how.events ?? null}::bigint, events), progress = CASE WHEN ${how.state}::text = 'done' THEN 100 ELSE progress END
    WHERE id = ${id} AND state IN ('waiting', 'running')`.execute(db)
  return Number(done.numAffectedRows ?? 0) === 1
}

export async function deleteSimulation(db: Db, id: string): Promise<boolean> {
  return Number((await sql`DELETE FROM simulation WHERE id = ${id}`.execute(db)).numAffectedRows ?? 0) === 1
}

/** Old ones go, their people with them, some at a time. @returns how many */
export async function deleteOld(db: Db, before: Date, most: number): Promise<number> {
  const done =
    await sql`DELETE FROM simulation WHERE id IN (SELECT id FROM simulation WHERE made_at < ${before} ORDER BY made_at LIMIT ${most})`.execute(
      db,
    )
  return Number(done.numAffectedRows ?? 0)
}

export interface DayLine {
  readonly part: string
  readonly day: number
  readonly step: string
  readonly way: string
  readonly n: number
}

export async function insertDays(db: Db, id: string, lines: readonly DayLine[]): Promise<void> {
  await sql`INSERT INTO simulation_day (simulation_id, part, day, step, way, n)
    SELECT ${id}::uuid, x.* FROM unnest(${lines.map((l) => l.part)}::text[], ${lines.map((l) => l.day)}::smallint[], ${lines.map((l) => l.step)}::text[],
      ${lines.map((l) => l.way)}::text[], ${lines.map((l) => l.n)}::int[]) x`.execute(db)
}

export interface PersonLine {
  readonly personId: string
  readonly part: string
  readonly place: string
  readonly at: Date
  readonly id: string
  readonly note: JsonObject
}

/** People behind numbers; whoever is gone meanwhile is left out. */
export async function insertPeople(db: Db, id: string, lines: readonly PersonLine[]): Promise<void> {
  await sql`INSERT INTO simulation_person (bucket, person_id, simulation_id, part, place, at, id, note)
    SELECT x.b, x.i, ${id}::uuid, x.p, x.l, x.t, x.d, x.n FROM unnest(${lines.map((l) => bucketOf(l.personId))}::smallint[], ${lines.map((l) => l.personId)}::uuid[],
      ${lines.map((l) => l.part)}::text[], ${lines.map((l) => l.place)}::text[], ${lines.map((l) => l.at)}::timestamptz[], ${lines.map((l) => l.id)}::uuid[],
      ${lines.map((l) => JSON.stringify(l.note))}::jsonb[]) x(b, i, p, l, t, d, n)
    JOIN person q ON q.bucket = x.b AND q.id = x.i ORDER BY x.b, x.i, x.d`.execute(db)
}

/** Ways taken until the end of a day, and on that day. */
export async function sumDays(
  db: Db,
  id: string,
  day: number,
): Promise<{ part: 'a' | 'b'; step: string; way: string; total: number; today: number }[]> {
  const found = await sql<{ part: 'a' | 'b'; step: string; way: string; total: number; today: number }>`
    SELECT part, step, way, sum(n)::int AS total, coalesce(sum(n) FILTER (WHERE day = ${day}::int), 0)::int AS today
    FROM simulation_day WHERE simulation_id = ${id} AND day <= ${day}::int GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`.execute(db)
  return found.rows
}

export interface PeopleAsk {
  readonly id: string
  readonly part: string
  readonly place: string
  readonly until: Date | null
  readonly after: { at: Date; id: string } | null
  readonly limit: number
}

export interface ShownRow {
  readonly id: string
  readonly person_id: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly mail: string | null
  readonly company_name: string | null
  readonly is_lead: boolean
  readonly at: Date
  readonly note: JsonObject
}

/**
 * Places that are several: `mail * sent` of all mails, `mail <step> held` and `mail * held` for whatever reason, `with *` all other mail.
 * @returns how they begin and, of mails, their fate; null for a place that is one
 */
function severalOf(place: string): { readonly begins: string; readonly fate: string | null } | null {
  if (place === 'with *') return { begins: 'with ', fate: null }
  const [kind, step, fate, ...rest] = place.split(' ')
  if (kind !== 'mail' || !step || !fate || rest.length || (step !== '*' && fate !== 'held')) return null
  return { begins: step === '*' ? 'mail ' : `mail ${step} `, fate }
}

/** People behind a number, the earliest first. */
export async function listPeople(db: Db, ask: PeopleAsk): Promise<ShownRow[]> {
  const several = severalOf(ask.place)
  const isThere = several
    ? sql`starts_with(s.place, ${several.begins}) AND (${several.fate}::text IS NULL OR split_part(s.place, ' ', 3) = ${several.fate}::text)`
    : sql`s.place = ${ask.place}`
  const found =
    await sql<ShownRow>`SELECT s.id, s.person_id, p.family_name, p.given_name, p.mail, p.company_name, p.identified_at IS NOT NULL AS is_lead, s.at, s.note
    FROM simulation_person s JOIN person p ON p.bucket = s.bucket AND p.id = s.person_id
    WHERE s.simulation_id = ${ask.id} AND s.part = ${ask.part} AND ${isThere} AND (${ask.until}::timestamptz IS NULL OR s.at < ${ask.until}::timestamptz)
      AND (${ask.after === null} OR (s.at, s.id) > (${ask.after?.at ?? null}::timestamptz, ${ask.after?.id ?? null}::uuid))
    ORDER BY s.at, s.id LIMIT ${ask.limit}`.execute(db)
  return found.rows
}

/** What mails can be of, by id: newsletters and scenarios. */
export async function loadSources(
  db: Db,
  ids: readonly string[],
): Promise<{ id: string; name: string; kind: 'newsletter' | 'scenario' }[]> {
  const found = await sql<{ id: string; name: string; kind: 'newsletter' | 'scenario' }>`
    SELECT id, name, 'scenario' AS kind FROM scenario WHERE id = ANY(${[...ids]}::uuid[])
    UNION ALL SELECT id, name, 'newsletter' FROM newsletter WHERE id = ANY(${[...ids]}::uuid[])`.execute(db)
  return found.rows
}
