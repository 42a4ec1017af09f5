import { type RawBuilder, sql } from 'kysely'
import { plainArray, textArray } from '#kernel/db/arrays.ts'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { SettingRow } from '#kernel/settings.ts'
import { NO_SOURCE } from '../../tables.ts'
import { HELD_COUNTS, type HeldCount } from './contract.ts'
import type { Rival } from './decide.ts'

/** A commercial mail that began to leave. */
export interface Sent {
  readonly id: string
  readonly at: Date
}

export type SentRow = Sent & { readonly person_id: string }

/** Commercial mails that began to leave since an instant, by person; only of those people who have had more than `above` of them. */
export async function recentSends(
  db: Db,
  subjects: readonly Subject[],
  { since, above }: { readonly since: Date; readonly above: number },
): Promise<Map<string, Sent[]>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<SentRow>`/* recent_sends */
    SELECT x.i AS person_id, d.id, d.at FROM (SELECT DISTINCT b, i FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) y(b, i)) x
    ${hadMoreThan(sql`${above}::bigint`, since)}`.execute(db)
  return byPerson(found.rows)
}

/** Whoever has had more than so many, and each of them; an index holds just these. */
function hadMoreThan(above: RawBuilder<unknown>, since: Date): RawBuilder<unknown> {
  const had = sql`FROM delivery WHERE bucket = x.b AND person_id = x.i AND reached_at >= ${since} AND purpose = 'marketing' AND status IN ('transmitting', 'sent', 'unknown') AND marked_at >= ${since}`
  return sql`CROSS JOIN LATERAL (SELECT 1 ${had} OFFSET ${above} LIMIT 1) more CROSS JOIN LATERAL (SELECT id, marked_at AS at ${had} OFFSET 0) d`
}

/** A row of `rulesAsk`: a setting, the stop of an address, or a mail somebody has had. */
export type RuleRow =
  | (SettingRow & { readonly address_hash: null; readonly person_id: null })
  | { readonly key: null; readonly address_hash: string; readonly level: number; readonly person_id: null }
  | (SentRow & { readonly key: null; readonly address_hash: null })

export interface RulesAsk {
  readonly subjects: readonly Subject[]
  readonly since: Date
  /** Settings to read. */
  readonly keys: readonly string[]
  /** Which of them holds the caps. */
  readonly capsKey: string
  /** Of the addresses. */
  readonly hashes: readonly string[]
}

/**
 * What rules mails that were just marked, in one statement behind the mark. What somebody has had is told where it is more than one of the
 * caps, with the mails being marked: below that no cap can be reached, whenever they were.
 */
export function rulesAsk({ subjects, since, keys, capsKey, hashes }: RulesAsk): RawBuilder<RuleRow> {
  return sql<RuleRow>`/* rules_at_mark */
    SELECT key, value, NULL::text AS address_hash, NULL::smallint AS level, NULL::uuid AS person_id, NULL::uuid AS id, NULL::timestamptz AS at
      FROM setting WHERE key = ANY(${textArray(keys, (key) => key)}::text[])
    UNION ALL SELECT NULL, NULL, address_hash, level, NULL, NULL, NULL FROM suppression WHERE address_hash = ANY(${textArray(hashes, (hash) => hash)}::text[])
    UNION ALL SELECT NULL, NULL, NULL, NULL, x.i, d.id, d.at FROM (SELECT * FROM (SELECT least(${capOf('perDay')}, ${capOf('perWeek')}) AS most FROM setting WHERE key = ${capsKey}) c WHERE c.most IS NOT NULL OFFSET 0) c
      CROSS JOIN (SELECT DISTINCT b, i FROM unnest(${plainArray(subjects, (s) => s.bucket)}::smallint[], ${plainArray(subjects, (s) => s.id)}::uuid[]) y(b, i)) x
      ${hadMoreThan(sql`c.most`, since)}`
}

const capOf = (name: 'perDay' | 'perWeek') =>
  sql`CASE WHEN jsonb_typeof(value -> ${name}::text) = 'number' THEN (value ->> ${name}::text)::numeric::bigint END`

/** Commercial mails of these people that wait and could leave now, by person. Those of paused newsletters stand in nobody's way. */
export async function waitingRivals(db: Db, subjects: readonly Subject[], now: Date): Promise<Map<string, Rival[]>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<Rival & { person_id: string }>`/* waiting_rivals */
    SELECT x.i AS person_id, d.id, d.priority, d.since FROM (SELECT DISTINCT b, i FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) y(b, i)) x
    CROSS JOIN LATERAL (SELECT id, source, priority, created_at AS since FROM delivery WHERE bucket = x.b AND person_id = x.i
      AND reached_at = 'infinity' AND purpose = 'marketing' AND status IN ('queued', 'deferred') AND not_before <= ${now} OFFSET 0) d
    WHERE (d.source = ${NO_SOURCE} OR EXISTS (SELECT 1 FROM newsletter n WHERE n.id = d.source AND n.status = 'sending'))`.execute(db)
  return byPerson(found.rows)
}

export function byPerson<T extends { readonly person_id: string }>(rows: readonly T[]): Map<string, T[]> {
  return Map.groupBy(rows, (row) => row.person_id)
}

/** The companies of these people, by person; people without one are absent. */
export async function companiesOf(db: Db, subjects: readonly Subject[]): Promise<Map<string, string>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; company_id: string }>`/* companies_of_mails */
    SELECT p.id, p.company_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN person p ON p.bucket = x.b AND p.id = x.i
    WHERE p.company_id IS NOT NULL`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.company_id]))
}

/** How many commercial mails these companies have had on a day. `hold` locks the rows until commit, in key order. */
export async function companyCounts(db: Db, companies: readonly string[], day: string, hold: boolean): Promise<Map<string, number>> {
  if (!companies.length) return new Map()
  const sorted = [...new Set(companies)].sort()
  if (hold)
    await sql`/* open_company_days */ INSERT INTO mail_company_day (company_id, day, n) SELECT c, ${day}::date, 0 FROM unnest(${sorted}::uuid[]) c ORDER BY c
      ON CONFLICT DO NOTHING`.execute(db)
  const found = hold
    ? await sql<{ company_id: string; n: number }>`/* hold_company_days */
        SELECT company_id, n FROM mail_company_day WHERE day = ${day}::date AND company_id = ANY(${sorted}::uuid[]) ORDER BY company_id FOR UPDATE`.execute(
        db,
      )
    : await sql<{ company_id: string; n: number }>`/* read_company_days */
        SELECT company_id, n FROM mail_company_day WHERE day = ${day}::date AND company_id = ANY(${sorted}::uuid[])`.execute(db)
  return new Map(found.rows.map((row) => [row.company_id, row.n]))
}

/** Writes held counts back. */
export async function setCompanyCounts(db: Db, counts: ReadonlyMap<string, number>, day: string): Promise<void> {
  await sql`/* set_company_days */ UPDATE mail_company_day m SET n = x.n FROM unnest(${[...counts.keys()]}::uuid[], ${[...counts.values()]}::int[]) x(c, n)
    WHERE m.company_id = x.c AND m.day = ${day}::date AND m.n <> x.n`.execute(db)
}

/** Gives back the places these mails took from their companies, each on the day it was marked. */
export async function returnPlaces(
  db: Db,
  rows: readonly { readonly subject: Subject; readonly id: string }[],
  zone: string,
): Promise<void> {
  const { buckets, ids } = columnsOf(rows.map((row) => row.subject))
  await sql`/* return_company_places */ WITH held AS MATERIALIZED (
      SELECT m.company_id, m.day, x.n FROM (SELECT p.company_id, (d.marked_at AT TIME ZONE ${zone})::date AS day, count(*)::int AS n
          FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${rows.map((row) => row.id)}::uuid[]) y(b, i, d)
          JOIN delivery d ON d.bucket = y.b AND d.person_id = y.i AND d.id = y.d JOIN person p ON p.bucket = y.b AND p.id = y.i WHERE p.company_id IS NOT NULL GROUP BY 1, 2) x
      JOIN mail_company_day m ON m.company_id = x.company_id AND m.day = x.day ORDER BY 1, 2 FOR UPDATE OF m)
    UPDATE mail_company_day m SET n = greatest(0, m.n - held.n) FROM held WHERE m.company_id = held.company_id AND m.day = held.day`.execute(
    db,
  )
}

/** Counts of days long past are of no use to anybody. */
export async function forgetCompanyDays(db: Db, before: string): Promise<void> {
  await sql`DELETE FROM mail_company_day WHERE day < ${before}::date`.execute(db)
}

/** A held row that does not leave now. */
export interface Held {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly fence: number
  /** null: given up. */
  readonly until: Date | null
  readonly reason: string
}

/** Gives held rows back to wait, or gives them up; whoever held them can settle them no more. What was not begun counts for nothing. */
export async function postponeRows(db: Db, worker: string, rows: readonly Held[]): Promise<void> {
  await sql`/* postpone_deliveries */
    UPDATE delivery d SET status = CASE WHEN x.u IS NULL THEN 'suppressed' ELSE 'deferred' END, reason = x.r, not_before = coalesce(x.u, d.not_before),
      fence = d.fence + 1, worker = NULL, marked_at = NULL
    FROM unnest(${rows.map((r) => r.bucket)}::smallint[], ${rows.map((r) => r.person_id)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.fence)}::bigint[],
      ${rows.map((r) => r.until)}::timestamptz[], ${rows.map((r) => r.reason)}::text[]) x(b, i, d, f, u, r)
    WHERE d.bucket = x.b AND d.person_id = x.i AND d.id = x.d AND d.fence = x.f AND d.worker = ${worker} AND d.status IN ('claimed', 'transmitting')`.execute(
    db,
  )
}

/** Everything that waits by caps or hours is looked at again. @returns how many */
export async function releasePostponed(db: Db, now: Date): Promise<number> {
  const done = await sql<{
    n: number
  }>`WITH free AS (UPDATE delivery SET not_before = ${now} WHERE standing = 'open' AND status IN ('queued', 'deferred') AND reason IN ('capped', 'quiet')
    AND not_before > ${now} RETURNING 1) SELECT count(*)::int AS n FROM free`.execute(db)
  return done.rows[0]?.n ?? 0
}

/** What `countPostponed` counts. */
const COUNTED = {
  capped: (now: Date) =>
    sql<boolean>`d.standing = 'open' AND d.status IN ('queued', 'deferred') AND d.reason = 'capped' AND d.not_before > ${now}`,
  quiet: (now: Date) =>
    sql<boolean>`d.standing = 'open' AND d.status IN ('queued', 'deferred') AND d.reason = 'quiet' AND d.not_before > ${now}`,
  givenUp: (_now: Date, since: Date) => sql<boolean>`d.standing = 'suppressed' AND d.reason = 'capped' AND d.created_at >= ${since}`,
} as const satisfies Record<HeldCount, (now: Date, since: Date) => RawBuilder<boolean>>

const tally = (of: HeldCount, now: Date, since: Date) =>
  sql`(SELECT count(*)::int FROM delivery d WHERE ${COUNTED[of](now, since)}) AS ${sql.id(of)}`

export async function countPostponed(db: Db, now: Date, since: Date): Promise<Record<HeldCount, number>> {
  const found = await sql<Record<HeldCount, number>>`SELECT ${sql.join(HELD_COUNTS.map((of) => tally(of, now, since)))}`.execute(db)
  return found.rows[0] ?? { capped: 0, quiet: 0, givenUp: 0 }
}

export interface HeldPersonRow extends HeldRow {
  readonly person_id: string
  readonly person: string
  readonly company_name: string | null
  readonly is_lead: boolean
}

interface HeldAsk {
  readonly of: HeldCount
  readonly now: Date
  readonly since: Date
  readonly after: { readonly at: Date; readonly id: string } | null
  readonly limit: number
}

/** The mails behind one of those counts with their people, behind a position. */
export async function listPostponed(db: Db, { of, now, since, after, limit }: HeldAsk): Promise<HeldPersonRow[]> {
  const position = { at: after?.at ?? null, id: after?.id ?? null }
  const order =
    of === 'givenUp'
      ? { behind: sql`(d.created_at, d.id) < (${position.at}::timestamptz, ${position.id}::uuid)`, by: sql`d.created_at DESC, d.id DESC` }
      : { behind: sql`(d.not_before, d.id) > (${position.at}::timestamptz, ${position.id}::uuid)`, by: sql`d.not_before, d.id` }
  const found = await sql<HeldPersonRow>`
    SELECT d.id, t.name, n.name AS "from", d.status, d.reason, d.created_at AS since, d.not_before AS until, d.person_id,
      concat_ws(' ', p.family_name, p.given_name) AS person, p.company_name, p.identified_at IS NOT NULL AS is_lead
    FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id
      JOIN template_version v ON v.id = d.version_id JOIN template t ON t.id = v.template_id LEFT JOIN newsletter n ON n.id = d.source
    WHERE ${COUNTED[of](now, since)} AND (${after === null} OR ${order.behind}) ORDER BY ${order.by} LIMIT ${limit}`.execute(db)
  return found.rows
}

export interface HeldRow {
  readonly id: string
  readonly name: string
  readonly from: string | null
  readonly status: string
  readonly reason: string
  readonly since: Date
  readonly until: Date
}

/** The last mails of somebody that have not reached them, or wait for a reason. */
export async function listHeld(db: Db, subject: Subject, most: number): Promise<HeldRow[]> {
  const found = await sql<HeldRow>`
    SELECT d.id, t.name, n.name AS "from", d.status, d.reason, d.created_at AS since, d.not_before AS until
    FROM delivery d JOIN template_version v ON v.id = d.version_id JOIN template t ON t.id = v.template_id LEFT JOIN newsletter n ON n.id = d.source
    WHERE d.bucket = ${subject.bucket} AND d.person_id = ${subject.id} AND d.reason IS NOT NULL
      AND d.status IN ('queued', 'deferred', 'suppressed', 'refused', 'unknown') ORDER BY d.created_at DESC, d.id DESC LIMIT ${most}`.execute(
    db,
  )
  return found.rows
}
