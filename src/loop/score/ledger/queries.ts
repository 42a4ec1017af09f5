// The ledger and its sums, always for many people at once. "Pairs" are (person, version) or (person, version, rule).
import { sql } from 'kysely'
import { DAY } from '#kernel/clock.ts'
import { column, instantArray, instantColumn, plainArray, textArray } from '#kernel/db/arrays.ts'
import { bySubject, columnsOf, keyBytes, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Entry, Sums } from '../decide.ts'
import type { Heat, Rank } from '../rules/contract.ts'

/** A version of a model, as rows name it. */
export interface VersionKey {
  readonly model: string
  readonly version: number
}

export interface ScoreRow extends VersionKey {
  readonly subject: Subject
  readonly attributePlus: number
  readonly attributeMinus: number
  readonly behaviourPlus: number
  readonly behaviourMinus: number
  readonly total: number
  readonly recent: number
  readonly heat: Heat
  readonly heatSince: Date
  readonly rank: Rank | null
  readonly rankSince: Date | null
  readonly decayed: number
  readonly decayedAt: Date | null
  readonly attributesDueAt: Date | null
  readonly nextChangeAt: Date | null
  readonly changedAt: Date
}

/** A row of `score` as it lies in the table. */
export interface ScoreRaw {
  readonly bucket: number
  readonly person_id: string
  readonly model: string
  readonly version: number
  readonly attribute_plus: number
  readonly attribute_minus: number
  readonly behaviour_plus: number
  readonly behaviour_minus: number
  readonly total: number
  readonly recent: number
  readonly heat: Heat
  readonly heat_since: Date
  readonly rank: Rank | null
  readonly rank_since: Date | null
  readonly decayed: number
  readonly decayed_at: Date | null
  readonly attributes_due_at: Date | null
  readonly next_change_at: Date | null
  readonly changed_at: Date
}

/** The sums of people under all versions there are. */
export async function loadScores(db: Db, subjects: readonly Subject[]): Promise<ScoreRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found =
    await sql<ScoreRaw>`/* load_scores */ SELECT s.* FROM score s JOIN unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) ON s.bucket = x.b AND s.person_id = x.i`.execute(
      db,
    )
  return found.rows.map(scoreOf)
}

/** How many of the versions people have a row of, and when time alone changes one of them; nobody for whom all are there and none changes. */
export async function loadTimers(
  db: Db,
  subjects: readonly Subject[],
  versions: readonly VersionKey[],
): Promise<Map<string, { personId: string; rows: number; next: Date | null }>> {
  if (!subjects.length) return new Map()
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string; rows: number; next: Date | null }>`/* load_score_timers */
    SELECT x.i AS person_id, t.rows, t.next FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    CROSS JOIN LATERAL (SELECT count(*)::integer AS rows, min(s.next_change_at) AS next FROM score s
      JOIN unnest(${textArray(versions, (v) => v.model)}::text[], ${plainArray(versions, (v) => v.version)}::integer[]) o(m, v) ON s.model = o.m AND s.version = o.v
      WHERE s.bucket = x.b AND s.person_id = x.i) t
    WHERE t.next IS NOT NULL OR t.rows < ${versions.length}::integer`.execute(db)
  return new Map(found.rows.map(({ person_id: personId, rows, next }) => [personId, { personId, rows, next }]))
}

export function scoreOf(row: ScoreRaw): ScoreRow {
  return {
    subject: { bucket: row.bucket, id: row.person_id },
    model: row.model,
    version: row.version,
    attributePlus: row.attribute_plus,
    attributeMinus: row.attribute_minus,
    behaviourPlus: row.behaviour_plus,
    behaviourMinus: row.behaviour_minus,
    total: row.total,
    recent: row.recent,
    heat: row.heat,
    heatSince: row.heat_since,
    rank: row.rank,
    rankSince: row.rank_since,
    decayed: row.decayed,
    decayedAt: row.decayed_at,
    attributesDueAt: row.attributes_due_at,
    nextChangeAt: row.next_change_at,
    changedAt: row.changed_at,
  }
}

/** A ledger line with its owner and version. */
export interface OwnedEntry extends VersionKey, Entry {
  readonly subject: Subject
}

/** Adds lines; those that are there already stay as they are. */
export async function insertEntries(db: Db, entries: readonly OwnedEntry[]): Promise<void> {
  if (!entries.length) return
  const sorted = [...entries].sort((a, b) => bySubject(a.subject, b.subject) || (a.eventId < b.eventId ? -1 : 1))
  await sql`/* insert_score_entries */ INSERT INTO score_entry (bucket, person_id, model, version, rule_id, event_id, kind, delta, at, expires_at, because)
    SELECT * FROM unnest(${plainArray(sorted, (e) => e.subject.bucket)}::smallint[], ${plainArray(sorted, (e) => e.subject.id)}::uuid[], ${textArray(sorted, (e) => e.model)}::text[],
      ${plainArray(sorted, (e) => e.version)}::integer[], ${plainArray(sorted, (e) => e.ruleId)}::uuid[], ${plainArray(sorted, (e) => e.eventId)}::uuid[], ${plainArray(sorted, (e) => e.kind)}::text[],
      ${plainArray(sorted, (e) => e.delta)}::integer[], ${instantArray(sorted, (e) => e.at)}::timestamptz[], ${instantArray(sorted, (e) => e.expiresAt)}::timestamptz[],
      ${textArray(sorted, (e) => (e.because ? JSON.stringify(e.because) : null))}::jsonb[])
    ON CONFLICT DO NOTHING`.execute(db)
}

export interface Counted {
  readonly personId: string
  readonly model: string
  readonly version: number
  readonly ruleId: string
  readonly n: number
  readonly latest: Date | null
}

/** How many lines a rule has for a person, and the latest. */
export async function countEntries(db: Db, pairs: readonly (VersionKey & { subject: Subject; ruleId: string })[]): Promise<Counted[]> {
  if (!pairs.length) return []
  const { buckets, ids } = columnsOf(pairs.map((pair) => pair.subject))
  const found = await sql<{
    person_id: string
    model: string
    version: number
    rule_id: string
    n: number
    latest: Date | null
  }>`/* count_score_entries */
    SELECT x.i AS person_id, x.m AS model, x.v AS version, x.r AS rule_id, count(e.at)::integer AS n, max(e.at) AS latest
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${pairs.map((p) => p.model)}::text[], ${pairs.map((p) => p.version)}::integer[], ${pairs.map((p) => p.ruleId)}::uuid[]) x(b, i, m, v, r)
    LEFT JOIN score_entry e ON e.bucket = x.b AND e.person_id = x.i AND e.model = x.m AND e.version = x.v AND e.rule_id = x.r
    GROUP BY 1, 2, 3, 4`.execute(db)
  return found.rows.map((row) => ({
    personId: row.person_id,
    model: row.model,
    version: row.version,
    ruleId: row.rule_id,
    n: row.n,
    latest: row.latest,
  }))
}

/** Attribute lines that have not ended. */
export async function loadAttributes(db: Db, pairs: readonly (VersionKey & { subject: Subject })[]) {
  const { buckets, ids } = columnsOf(pairs.map((pair) => pair.subject))
  const found = await sql<{
    person_id: string
    model: string
    version: number
    rule_id: string
    event_id: string
  }>`/* load_score_attributes */
    SELECT e.person_id, e.model, e.version, e.rule_id, e.event_id
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${pairs.map((p) => p.model)}::text[], ${pairs.map((p) => p.version)}::integer[]) x(b, i, m, v)
    JOIN score_entry e ON e.bucket = x.b AND e.person_id = x.i AND e.model = x.m AND e.version = x.v AND e.kind = 'attribute' AND e.ended_at IS NULL`.execute(
    db,
  )
  return found.rows.map((row) => ({
    personId: row.person_id,
    model: row.model,
    version: row.version,
    ruleId: row.rule_id,
    eventId: row.event_id,
  }))
}

/** Ends attribute lines: the attribute no longer holds. */
export async function endEntries(
  db: Db,
  lines: readonly (VersionKey & { subject: Subject; ruleId: string; eventId: string })[],
  at: Date,
): Promise<void> {
  if (!lines.length) return
  const { buckets, ids } = columnsOf(lines.map((line) => line.subject))
  await sql`/* end_score_entries */ UPDATE score_entry e SET ended_at = ${at}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${lines.map((l) => l.model)}::text[], ${lines.map((l) => l.version)}::integer[], ${lines.map((l) => l.ruleId)}::uuid[],
      ${lines.map((l) => l.eventId)}::uuid[]) x(b, i, m, v, r, e)
    WHERE e.bucket = x.b AND e.person_id = x.i AND e.model = x.m AND e.version = x.v AND e.rule_id = x.r AND e.event_id = x.e`.execute(db)
}

/** The sums of the ledger at `now` for (person, version) pairs; zeros where there is no line. */
export async function sumEntries(
  db: Db,
  pairs: readonly (VersionKey & { subject: Subject; recentDays: number; halfLifeDays: number | null })[],
  now: Date,
): Promise<(Sums & VersionKey & { personId: string })[]> {
  const { buckets, ids } = keyBytes(pairs, ({ subject }) => subject)
  const model = column(pairs, (p) => p.model, textArray)
  const version = column(pairs, (p) => p.version)
  const from = instantColumn(pairs, (p) => new Date(now.getTime() - p.recentDays * DAY))
  const half = column(pairs, (p) => p.halfLifeDays)
  const found = await sql<{
    person_id: string
    model: string
    version: number
    ap: number
    am: number
    bp: number
    bm: number
    recent: number
    decayed: number
    oldest_recent: Date | null
    next_expiry: Date | null
  }>`/* sum_score_entries */
    SELECT x.i AS person_id, x.m AS model, x.v AS version,
      coalesce(sum(e.delta) FILTER (WHERE e.kind = 'attribute' AND e.delta > 0), 0)::integer AS ap,
      coalesce(sum(e.delta) FILTER (WHERE e.kind = 'attribute' AND e.delta < 0), 0)::integer AS am,
      coalesce(sum(e.delta) FILTER (WHERE e.kind = 'behaviour' AND e.delta > 0), 0)::integer AS bp,
      coalesce(sum(e.delta) FILTER (WHERE e.kind = 'behaviour' AND e.delta < 0), 0)::integer AS bm,
      coalesce(sum(e.delta) FILTER (WHERE e.kind = 'behaviour' AND e.at > x.f), 0)::integer AS recent,
      coalesce(sum(e.delta * power(0.5::float8, greatest(0, extract(epoch FROM ${now}::timestamptz - e.at)) / (x.h * 86400))) FILTER (WHERE e.kind = 'behaviour' AND x.h IS NOT NULL), 0)::float8 AS decayed,
      min(e.at) FILTER (WHERE e.kind = 'behaviour' AND e.at > x.f) AS oldest_recent,
      min(e.expires_at) AS next_expiry
    FROM (SELECT b, i, coalesce(m, ${model.one}::text) AS m, coalesce(v, ${version.one}::integer) AS v, coalesce(f, ${from.one}::timestamptz) AS f, coalesce(h, ${half.one}::float8) AS h
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${model.list}::text[], ${version.list}::integer[], ${from.list}::timestamptz[], ${half.list}::float8[]) x(b, i, m, v, f, h) OFFSET 0) x
    LEFT JOIN score_entry e ON e.bucket = x.b AND e.person_id = x.i AND e.model = x.m AND e.version = x.v AND e.ended_at IS NULL
      AND (e.expires_at IS NULL OR e.expires_at > ${now})
    GROUP BY 1, 2, 3`.execute(db)
  return found.rows.map((row) => ({
    personId: row.person_id,
    model: row.model,
    version: row.version,
    attributePlus: row.ap,
    attributeMinus: row.am,
    behaviourPlus: row.bp,
    behaviourMinus: row.bm,
    recent: row.recent,
    decayed: row.decayed,
    oldestRecent: row.oldest_recent,
    nextExpiry: row.next_expiry,
  }))
}

/**
 * The most points that people had within one window at a time, since the last time a whole window brought none: what keeps them hot.
 * Read from the ledger, so that a full recompute finds the same.
 */
export async function peaksOf(
  db: Db,
  pairs: readonly (VersionKey & { subject: Subject; recentDays: number })[],
  now: Date,
): Promise<(VersionKey & { personId: string; peak: number })[]> {
  if (!pairs.length) return []
  const found = await sql<{ person_id: string; model: string; version: number; peak: number }>`/* peak_score_entries */
    SELECT x.i AS person_id, x.m AS model, x.v AS version, k.peak
    FROM unnest(${plainArray(pairs, (p) => p.subject.bucket)}::smallint[], ${plainArray(pairs, (p) => p.subject.id)}::uuid[], ${textArray(pairs, (p) => p.model)}::text[],
      ${plainArray(pairs, (p) => p.version)}::integer[], ${plainArray(pairs, (p) => p.recentDays)}::integer[]) x(b, i, m, v, d)
    CROSS JOIN LATERAL (SELECT max(t.points)::integer AS peak FROM (
        SELECT sum(h.delta) OVER (ORDER BY h.at RANGE BETWEEN make_interval(secs => x.d * 86400 - 0.000001) PRECEDING AND CURRENT ROW) AS points,
          count(*) FILTER (WHERE h.is_first) OVER (ORDER BY h.at DESC, h.event_id DESC, h.rule_id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS silences
        FROM (SELECT e.at, e.event_id, e.rule_id, e.delta, e.at - lag(e.at) OVER (ORDER BY e.at, e.event_id, e.rule_id) >= make_interval(secs => x.d * 86400) AS is_first
          FROM score_entry e WHERE e.bucket = x.b AND e.person_id = x.i AND e.model = x.m AND e.version = x.v AND e.kind = 'behaviour' AND e.at <= ${now}
            AND e.ended_at IS NULL AND (e.expires_at IS NULL OR e.expires_at > ${now})) h) t
      WHERE t.silences = 0) k WHERE k.peak IS NOT NULL`.execute(db)
  return found.rows.map((row) => ({ personId: row.person_id, model: row.model, version: row.version, peak: row.peak }))
}

/** Points that events brought under the live rules of the main score, by event id; for a timeline. */
export async function pointsOfEvents(db: Db, subject: Subject, eventIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ event_id: string; points: number }>`SELECT e.event_id, sum(e.delta)::int AS points
    FROM score_entry e JOIN score_model m ON m.name = e.model AND m.live_version = e.version
    WHERE e.bucket = ${subject.bucket} AND e.person_id = ${subject.id} AND e.model = 'main' AND e.event_id = ANY(${eventIds}::uuid[]) GROUP BY 1`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.event_id, row.points]))
}
