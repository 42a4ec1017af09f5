// Who came to a wait for the best hour, and what came of it; what is counted and who is listed share their rows.
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import { type MeasuredRow, measuredRows, type PageOf } from '../queries.ts'
import type { TimingArm, TimingNumber } from './contract.ts'

export interface Ask {
  readonly id: string
  readonly step: string
  /** Those in which the step waits for the best hour with the control share that is shown. */
  readonly versions: readonly number[]
  readonly days: number
  readonly now: Date
}

/**
 * Everybody who came to the step, by their first time: whoever went on at once as control, and all others as treated, also those who ended while
 * they waited or wait still: left out, they would make the treated look better. The mail is the first one behind the step.
 */
const told = ({ id, step, versions, days, now }: Ask): RawBuilder<unknown> => sql`
  came AS (SELECT DISTINCT ON (c.bucket, c.person_id) c.* FROM (
      SELECT h.bucket, h.person_id, h.run_id, h.ordinal, h.arrived_at AS at, h.because ->> 'arm' = 'control' AS control FROM run_step h
        WHERE h.scenario_id = ${id} AND h.step = ${step}
      UNION ALL SELECT s.bucket, s.person_id, s.id, NULL, s.arrived_at, false FROM run s
        WHERE s.scenario_id = ${id} AND s.step = ${step} AND s.status = 'active') c
    ORDER BY c.bucket, c.person_id, c.at, c.run_id),
  told AS (SELECT c.bucket, c.person_id, c.run_id AS run, c.at, coalesce(c.control, false) AS control,
      c.at > ${now}::timestamptz - ${days}::int * interval '24 hours' AS young,
      coalesce(m.sent_at <= u.until, false) AS sent, coalesce(m.opened_at <= u.until, false) OR coalesce(m.clicked_at <= u.until, false) AS opened,
      coalesce(m.clicked_at <= u.until, false) AS clicked, coalesce(r.how = 'goal' AND r.ended_at <= u.until, false) AS reached
    FROM came c JOIN run r ON r.bucket = c.bucket AND r.person_id = c.person_id AND r.id = c.run_id
    CROSS JOIN LATERAL (SELECT c.at + ${days}::int * interval '24 hours' AS until) u
    LEFT JOIN LATERAL (SELECT d.sent_at, d.opened_at, d.clicked_at FROM run_step f
        JOIN delivery d ON d.bucket = f.bucket AND d.person_id = f.person_id AND d.what = 'run:' || f.run_id || ':' || f.step
      WHERE f.bucket = c.bucket AND f.person_id = c.person_id AND f.run_id = c.run_id AND f.ordinal > c.ordinal ORDER BY f.ordinal LIMIT 1) m ON true
    WHERE coalesce(r.entry_version, r.version) = ANY(${[...versions]}::int[]) AND r.how IS DISTINCT FROM 'merged')`

export interface ArmRow {
  readonly control: boolean
  readonly people: number
  readonly young: number
  readonly sent: number
  readonly opened: number
  readonly clicked: number
  readonly reached: number
  readonly since: Date
}

/** Of the rows of `told`, those behind a number; young ones are in none of them. */
const BEHIND: Readonly<Record<TimingNumber, RawBuilder<boolean>>> = {
  people: sql`NOT young`,
  sent: sql`NOT young AND sent`,
  opened: sql`NOT young AND opened`,
  clicked: sql`NOT young AND clicked`,
  reached: sql`NOT young AND reached`,
}

/** The figures of both arms; an arm nobody came to is absent. */
export async function countArms(db: Db, ask: Ask): Promise<ArmRow[]> {
  const tally = (of: TimingNumber) => sql`count(*) FILTER (WHERE ${BEHIND[of]})::int`
  const found = await sql<ArmRow>`
    WITH ${told(ask)}
    SELECT control, ${tally('people')} AS people, ${tally('sent')} AS sent, ${tally('opened')} AS opened, ${tally('clicked')} AS clicked,
      ${tally('reached')} AS reached, count(*) FILTER (WHERE young)::int AS young, min(at) AS since FROM told GROUP BY 1`.execute(db)
  return found.rows
}

/** The people behind a number of an arm. */
export async function listArm(db: Db, ask: Ask, arm: TimingArm, of: TimingNumber, page: PageOf): Promise<MeasuredRow[]> {
  const rows = sql`WITH ${told(ask)} SELECT bucket, person_id, run, at, NULL::float8 AS yen FROM told
    WHERE ${BEHIND[of]} AND control = ${arm === 'control'}`
  return (await measuredRows(rows, page).execute(db)).rows
}
