// What the journal, the ledger and the outbox hold of many people, a statement for each kind. Reads only.
import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import { filtersSql } from '#loop/score/condition/queries.ts'
import type { Stream } from '#loop/segment/live/decide.ts'
import { BY_PEOPLE } from '../../run/silence.queries.ts'

/** An instant as milliseconds: dates are the dearest part of reading a row. */
const ms = (column: RawBuilder<unknown>) => sql`floor(extract(epoch FROM ${column}) * 1000)::float8`

export interface LyingRow {
  readonly person_id: string
  readonly name: string
  readonly occurred: number
  readonly received: number
  readonly page_group: string | null
  readonly props: JsonObject
}

/** Events of these people that rules count, since as long ago as the longest of them looks back before `from`. */
export async function loadLying(db: Db, subjects: readonly Subject[], streams: readonly Stream[], from: number): Promise<LyingRow[]> {
  if (!streams.length) return []
  const { buckets, ids } = columnsOf(subjects)
  const each = streams.map(({ match, back }) => {
    const since = back === null ? sql`` : sql`AND j.occurred_at > ${new Date(from - back)}::timestamptz`
    return sql`SELECT j.person_id, j.name, ${ms(sql`j.occurred_at`)} AS occurred, ${ms(sql`j.received_at`)} AS received, j.page_group, j.props, j.id
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN journal j ON j.bucket = x.b AND j.person_id = x.i
      WHERE j.name = ${match.event} ${since} AND ${filtersSql(match)}`
  })
  const found =
    await sql<LyingRow>`SELECT DISTINCT ON (u.person_id, u.id) u.person_id, u.name, u.occurred, u.received, u.page_group, u.props
    FROM (${sql.join(each, sql` UNION ALL `)}) u`.execute(db)
  return found.rows
}

export interface ChangeRow {
  readonly person_id: string
  readonly name: string
  readonly at: number
  readonly props: JsonObject
}

/** Events of these names since `from`: changes of what rules ask. Oldest first. */
export async function loadChanges(db: Db, subjects: readonly Subject[], names: readonly string[], from: number): Promise<ChangeRow[]> {
  if (!names.length) return []
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<ChangeRow>`SELECT j.person_id, j.name, ${ms(sql`j.received_at`)} AS at, j.props
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN journal j ON j.bucket = x.b AND j.person_id = x.i
    WHERE j.name = ANY(${[...names]}::text[]) AND j.received_at > ${new Date(from)}::timestamptz ORDER BY j.received_at, j.hop`.execute(db)
  return found.rows
}

export interface StayRow {
  readonly person_id: string
  readonly segment_id: string
  readonly from: number
  readonly to: number | null
}

/** When these people were in these segments. */
export async function loadStays(db: Db, subjects: readonly Subject[], segments: readonly string[], from: number): Promise<StayRow[]> {
  if (!segments.length) return []
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<StayRow>`SELECT h.person_id, h.segment_id, ${ms(sql`h.entered_at`)} AS "from", ${ms(sql`h.left_at`)} AS "to"
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN segment_stay h ON h.bucket = x.b AND h.person_id = x.i
    WHERE h.segment_id = ANY(${[...segments]}::uuid[]) AND (h.left_at IS NULL OR h.left_at > ${new Date(from)}::timestamptz)`.execute(db)
  return found.rows
}

export interface WordRow {
  readonly person_id: string
  readonly at: number
  readonly purpose: string
  readonly given: boolean
  readonly basis: string
  readonly until: number | null
}

/** The ledger of these people as far as it decides whether mail may go, oldest first. */
export async function loadWords(db: Db, subjects: readonly Subject[]): Promise<WordRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<WordRow>`SELECT c.person_id, ${ms(sql`c.at`)} AS at, c.purpose, c.given, c.basis, ${ms(sql`c.until`)} AS until
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN consent_entry c ON c.bucket = x.b AND c.person_id = x.i
    WHERE c.purpose IN ('marketing', 'pause') AND c.topic_id IS NULL ORDER BY c.at, c.id`.execute(db)
  return found.rows
}

export interface SentRow {
  readonly person_id: string
  readonly at: number
  readonly marketing: boolean
  readonly from: string
  readonly what: string
  readonly template: string
  readonly delivery: string
}

/** Mails that really began to leave for these people, whatever they were of, oldest first. */
export async function loadSent(db: Db, subjects: readonly Subject[], from: number): Promise<SentRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found =
    await sql<SentRow>`SELECT d.person_id, ${ms(sql`d.marked_at`)} AS at, d.purpose = 'marketing' AS marketing, d.what, v.template_id AS template, d.id AS delivery,
      coalesce(r.scenario_id, d.source)::text AS "from"
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN delivery d ON d.bucket = x.b AND d.person_id = x.i
    JOIN template_version v ON v.id = d.version_id
    LEFT JOIN run r ON d.what LIKE 'run:%' AND r.bucket = d.bucket AND r.person_id = d.person_id AND r.id = split_part(d.what, ':', 2)::uuid
    WHERE d.marked_at > ${new Date(from)}::timestamptz AND d.status IN ('transmitting', 'sent', 'unknown') ORDER BY d.marked_at`.execute(db)
  return found.rows
}

export interface AnswerRow {
  readonly person_id: string
  readonly name: string
  readonly at: number
  readonly delivery: string
  readonly url: string | null
}

/** What these people did with mails, machines left out. */
export async function loadAnswers(db: Db, subjects: readonly Subject[], from: number): Promise<AnswerRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found =
    await sql<AnswerRow>`SELECT j.person_id, j.name, ${ms(sql`j.received_at`)} AS at, j.props->>'delivery' AS delivery, j.props->>'url' AS url
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN journal j ON j.bucket = x.b AND j.person_id = x.i
    WHERE j.name IN ('mail.opened', 'mail.clicked') AND j.received_at > ${new Date(from)}::timestamptz AND (j.props->>'agent') IS DISTINCT FROM 'machine'
    ORDER BY j.received_at`.execute(db)
  return found.rows
}

export interface StandingRow {
  readonly id: string
  readonly company: string | null
  readonly identified: number | null
  readonly created: number
}

/** Since when these people are leads, and of which company. */
export async function loadStandings(db: Db, subjects: readonly Subject[]): Promise<StandingRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found =
    await sql<StandingRow>`SELECT p.id, p.company_id AS company, ${ms(sql`p.identified_at`)} AS identified, ${ms(sql`p.created_at`)} AS created
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN person p ON p.bucket = x.b AND p.id = x.i`.execute(db)
  return found.rows
}

/** When these people did something themselves, oldest first; machines are not people. */
export async function loadSeen(db: Db, subjects: readonly Subject[]): Promise<{ person_id: string; at: number }[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; at: number }>`SELECT j.person_id, ${ms(sql`j.occurred_at`)} AS at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN journal j ON j.bucket = x.b AND j.person_id = x.i
    WHERE (j.name = ANY(${BY_PEOPLE}::text[]) OR j.name LIKE 'custom.%') AND j.props ->> 'agent' IS DISTINCT FROM 'machine' ORDER BY j.occurred_at`.execute(
    db,
  )
  return found.rows
}

/** When these people opened or clicked mails that went out since then, oldest first. */
export async function loadReads(db: Db, subjects: readonly Subject[], since: number): Promise<{ person_id: string; at: number }[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; at: number }>`SELECT d.person_id, ${ms(sql`v.at`)} AS at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN delivery d ON d.bucket = x.b AND d.person_id = x.i AND d.reached_at >= ${new Date(since)} AND d.sent_at >= ${new Date(since)}
    CROSS JOIN LATERAL (VALUES (d.opened_at), (d.clicked_at)) v(at) WHERE v.at IS NOT NULL ORDER BY v.at`.execute(db)
  return found.rows
}
