// Entries of versions with what came of them, summed in the database; what is counted and who is listed share their conditions.
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { CompareNumber } from './contract.ts'
import type { Cell, Units } from './decide.ts'

interface Ask {
  readonly id: string
  readonly versions: readonly number[]
  readonly days: number
  readonly now: Date
}

/** Runs that began by one of these versions; whoever was held back, or became another, did not begin. */
const begun = ({ id, versions }: Pick<Ask, 'id' | 'versions'>): RawBuilder<boolean> =>
  sql`(r.scenario_id = ${id} AND coalesce(r.entry_version, r.version) = ANY(${[...versions]}::int[])
    AND r.how IS DISTINCT FROM 'held' AND r.how IS DISTINCT FROM 'merged')`
const isOld = ({ days, now }: Ask): RawBuilder<boolean> => sql`r.entered_at <= ${now}::timestamptz - ${days}::int * interval '24 hours'`

/** Entries that are old enough, and what each won: a deal counts once, for the last entry before it was won. */
const outcomes = (ask: Ask): RawBuilder<unknown> => sql`
    entry AS MATERIALIZED (SELECT coalesce(r.entry_version, r.version) AS version, r.bucket, r.person_id, r.id, r.entered_at AS at,
        coalesce(r.how = 'goal' AND r.ended_at <= r.entered_at + ${ask.days}::int * interval '24 hours', false) AS reached
      FROM run r WHERE ${begun(ask)} AND ${isOld(ask)}),
    won AS (SELECT DISTINCT ON (d.id) e.id AS run, coalesce(d.amount, 0)::float8 AS amount
      FROM entry e JOIN deal_person x ON x.bucket = e.bucket AND x.person_id = e.person_id JOIN deal d ON d.id = x.deal_id
      WHERE d.state = 'won' AND d.removed_at IS NULL AND d.closed_at > e.at AND d.closed_at <= e.at + ${ask.days}::int * interval '24 hours'
      ORDER BY d.id, e.at DESC, e.id),
    outcome AS (SELECT run, count(*)::float8 AS deals, sum(amount) AS yen FROM won GROUP BY 1)`

/** The stage of a lead at an instant: the last change until then, or what the first one after it came from. */
const stageAt = sql`coalesce(
    (SELECT j.props->>'to' FROM journal j WHERE j.bucket = e.bucket AND j.person_id = e.person_id AND j.name = 'stage.changed' AND j.occurred_at <= e.at
      ORDER BY j.occurred_at DESC, j.received_at DESC LIMIT 1),
    (SELECT j.props->>'from' FROM journal j WHERE j.bucket = e.bucket AND j.person_id = e.person_id AND j.name = 'stage.changed' AND j.occurred_at > e.at
      ORDER BY j.occurred_at, j.received_at LIMIT 1),
    (SELECT l.stage FROM lead_stage l WHERE l.bucket = e.bucket AND l.person_id = e.person_id), 'new')`

/** `[version, stratum, n, goal, deals, deals², yen, yen²]` of a unit. */
type CellRow = readonly [number, string, number, number, number, number, number, number]

/** Entries that are old enough, by company (or person without one), and by version, stage at entry and first source; units alike are one row. */
export async function sumUnits(db: Db, ask: Ask): Promise<Units[]> {
  const found = await sql<{ units: number; cells: CellRow[] }>`
    WITH ${outcomes(ask)},
    told AS (SELECT e.version, ${stageAt} || ' ' || coalesce(p.source_first, '') AS stratum, coalesce(p.company_id, p.id) AS unit, e.reached,
        coalesce(o.deals, 0) AS deals, coalesce(o.yen, 0) AS yen
      FROM entry e JOIN person p ON p.bucket = e.bucket AND p.id = e.person_id LEFT JOIN outcome o ON o.run = e.id),
    cell AS (SELECT unit, version, stratum, count(*) AS n, count(*) FILTER (WHERE reached) AS goal,
        sum(deals) AS deals, sum(deals * deals) AS deals2, sum(yen) AS yen, sum(yen * yen) AS yen2
      FROM told GROUP BY 1, 2, 3),
    one AS (SELECT jsonb_agg(jsonb_build_array(version, stratum, n, goal, deals, deals2, yen, yen2) ORDER BY version, stratum) AS cells FROM cell GROUP BY unit)
    SELECT cells, count(*)::int AS units FROM one GROUP BY 1 ORDER BY 1`.execute(db)
  return found.rows.map(({ units, cells }) => ({ units, cells: cells.map(cellOf) }))
}

const cellOf = ([version, key, n, goal, deals, deals2, yen, yen2]: CellRow): Cell => ({
  version,
  key,
  n,
  sums: { goal: { sum: goal, square: goal }, deals: { sum: deals, square: deals2 }, yen: { sum: yen, square: yen2 } },
})

export interface EntryCount {
  readonly version: number
  readonly entries: number
  readonly young: number
  readonly moved: number
}

/** How many entered by each version, and how many of them are too young to be counted, or were moved later. */
export async function countEntries(db: Db, ask: Ask): Promise<EntryCount[]> {
  const found = await sql<EntryCount>`
    SELECT coalesce(r.entry_version, r.version) AS version, count(*)::int AS entries, count(*) FILTER (WHERE r.entry_version IS NOT NULL)::int AS moved,
      count(*) FILTER (WHERE NOT ${isOld(ask)})::int AS young
    FROM run r WHERE ${begun(ask)} GROUP BY 1`.execute(db)
  return found.rows
}

/** How many of the entries that are old enough bought something. */
export async function countBuyers(db: Db, ask: Ask): Promise<Map<number, number>> {
  const found = await sql<{ version: number; n: number }>`
    WITH ${outcomes(ask)} SELECT e.version, count(*)::int AS n FROM entry e JOIN outcome o ON o.run = e.id GROUP BY 1`.execute(db)
  return new Map(found.rows.map(({ version, n }) => [version, n]))
}

export interface StepCount {
  readonly version: number
  readonly step: string
  readonly came: number
}

/** Who was never moved: only of them the steps of one version tell. */
const unmoved = sql<boolean>`(r.entry_version IS NULL)`

/** How many runs that were never moved came to each step; the step '' counts all of them. */
export async function countSteps(db: Db, ask: Pick<Ask, 'id' | 'versions'>): Promise<StepCount[]> {
  const found = await sql<StepCount>`
    WITH mine AS MATERIALIZED (SELECT bucket, person_id, id, version, step FROM run r WHERE ${begun(ask)} AND ${unmoved}),
    came AS (SELECT m.version, m.id, s.step FROM mine m JOIN run_step s ON s.bucket = m.bucket AND s.person_id = m.person_id AND s.run_id = m.id
      UNION SELECT version, id, step FROM mine WHERE step IS NOT NULL)
    SELECT version, step, count(*)::int AS came FROM came GROUP BY 1, 2
    UNION ALL SELECT version, '', count(*)::int FROM mine GROUP BY 1`.execute(db)
  return found.rows
}

export interface PageOf {
  readonly after: { readonly at: Date; readonly id: string } | null
  readonly limit: number
}

export interface MeasuredRow {
  readonly person_id: string
  readonly run: string
  readonly name: string
  readonly company_name: string | null
  readonly is_lead: boolean
  readonly at: Date
  readonly yen: number | null
}

/** People of rows `bucket, person_id, run, at, yen`, the last first, behind a position. */
export const measuredRows = (rows: RawBuilder<unknown>, { after, limit }: PageOf): RawBuilder<MeasuredRow> => sql<MeasuredRow>`
  SELECT x.person_id, x.run, concat_ws(' ', p.family_name, p.given_name) AS name, p.company_name, p.identified_at IS NOT NULL AS is_lead, x.at, x.yen
  FROM (${rows}) x JOIN person p ON p.bucket = x.bucket AND p.id = x.person_id
  WHERE (${after === null} OR (x.at, x.run) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
  ORDER BY x.at DESC, x.run DESC LIMIT ${limit}`

interface CompareAsk extends Ask {
  /** Of the two that are compared, the one whose people are asked for. */
  readonly version: number
  readonly of: CompareNumber
  readonly step: string | null
}

/** Who stands behind a number of a version; must be those whom the counts above count. */
export async function listCompared(db: Db, ask: CompareAsk, page: PageOf): Promise<MeasuredRow[]> {
  const mine = { ...ask, versions: [ask.version] }
  const entries = (when: RawBuilder<boolean>) => sql`
    SELECT r.bucket, r.person_id, r.id AS run, r.entered_at AS at, NULL::float8 AS yen FROM run r WHERE ${begun(mine)} AND ${when}`
  const counted = (when: RawBuilder<boolean>) => sql`
    WITH ${outcomes(ask)} SELECT e.bucket, e.person_id, e.id AS run, e.at, o.yen FROM entry e LEFT JOIN outcome o ON o.run = e.id
    WHERE e.version = ${ask.version} AND ${when}`
  const rows: Readonly<Record<CompareNumber, RawBuilder<unknown>>> = {
    entries: entries(sql`true`),
    young: entries(sql`NOT ${isOld(ask)}`),
    moved: entries(sql`r.entry_version IS NOT NULL`),
    counted: counted(sql`true`),
    reached: counted(sql`e.reached`),
    buyers: counted(sql`o.run IS NOT NULL`),
    came: entries(sql`${unmoved} AND (r.step = ${ask.step} OR EXISTS (SELECT 1 FROM run_step s
      WHERE s.bucket = r.bucket AND s.person_id = r.person_id AND s.run_id = r.id AND s.step = ${ask.step}))`),
  }
  return (await measuredRows(rows[ask.of], page).execute(db)).rows
}
