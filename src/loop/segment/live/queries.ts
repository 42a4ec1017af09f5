// Facts and memberships of the people of a pass, in a handful of set-based reads and writes.
import { type RawBuilder, sql } from 'kysely'
import { column, instantArray, instantColumn, plainArray, textArray } from '#kernel/db/arrays.ts'
import { uuidBytes } from '#kernel/db/binary.ts'
import { bySubject, columnsOf, keyBytes, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { filterSql, formOf, operandOf } from '#loop/score/condition/queries.ts'
import { precededSql } from '../compile/queries.ts'
import type { Reason } from '../rules/contract.ts'
import type { Stream } from './decide.ts'

/** One (person, stream) pair to read. */
export interface Asked {
  readonly subject: Subject
  readonly stream: Stream
}

/** Of the most filters a match can have: columns of the pairs asked for. */
const PROPS = [sql`p1`, sql`p2`, sql`p3`, sql`p4`]
const OPERANDS = [sql`v1`, sql`v2`, sql`v3`, sql`v4`]
const NONE = sql`NULL`

/**
 * The newest `most` matching instants of each pair, newest first. Streams whose filters have one form share a statement, so a pass
 * needs as many statements as there are forms among the rules it touches, not as many as there are rules.
 */
export async function loadStreams(db: Db, asked: readonly Asked[], now: Date): Promise<Map<string, Map<string, number[]>>> {
  return loadByForm(db, asked, now, sql`DESC`)
}

/** The first matching instant of each pair. */
export async function loadFirsts(db: Db, asked: readonly Asked[], now: Date): Promise<Map<string, Map<string, number[]>>> {
  return loadByForm(db, asked, now, sql`ASC`)
}

async function loadByForm(
  db: Db,
  asked: readonly Asked[],
  now: Date,
  order: RawBuilder<unknown>,
): Promise<Map<string, Map<string, number[]>>> {
  const forms = new Map<string, Asked[]>()
  for (const one of asked) {
    const form = formsOf(one.stream)
    const list = forms.get(form)
    if (list) list.push(one)
    else forms.set(form, [one])
  }
  const found = new Map<string, Map<string, number[]>>()
  for (const group of forms.values())
    for (const { o, t } of (await readForm(db, group, now, order)).rows) {
      const { subject, stream } = group[o] as Asked
      const streams = found.get(subject.id) ?? new Map<string, number[]>()
      if (!streams.size) found.set(subject.id, streams)
      const times = streams.get(stream.key)
      if (times) times.push(t.getTime())
      else streams.set(stream.key, [t.getTime()])
    }
  // They come as they were read, but SQL does not promise it; sorting what is in order costs nothing.
  for (const streams of found.values()) for (const times of streams.values()) if (times.length > 1) times.sort((a, b) => b - a)
  return found
}

/** Pairs of events are rare in rules and stand each for itself. */
function formsOf({ match, after, key }: Stream): string {
  return after ? key : match.filters.map((filter) => `${filter.op}${filter.prop === 'pageGroup' ? '@' : ''}`).join(',')
}

function readForm(db: Db, group: readonly Asked[], now: Date, order: RawBuilder<unknown>) {
  const { filters = [] } = group[0]?.stream.match ?? {}
  const after = group[0]?.stream.after
  const { buckets, ids } = keyBytes(group, ({ subject }) => subject)
  const from = column(
    group,
    ({ stream: { back } }) => (back === null ? '-infinity' : new Date(now.getTime() - back).toISOString()),
    textArray,
  )
  const name = column(group, (one) => one.stream.match.event, textArray)
  const most = column(group, (one) => one.stream.most)
  const given = filters.flatMap((_, i) => [
    sql`${textArray(group, ({ stream }) => stream.match.filters[i]?.prop)}::text[]`,
    sql`${textArray(group, ({ stream }) => operandIn(stream, i))}::jsonb[]`,
  ])
  const columns = filters.flatMap((_, i) => [PROPS[i] ?? NONE, OPERANDS[i] ?? NONE])
  const tests = filters.map((filter, i) => sql`AND ${filterSql(formOf(filter), sql`x.${PROPS[i] ?? NONE}`, sql`x.${OPERANDS[i] ?? NONE}`)}`)
  const comma = (parts: readonly RawBuilder<unknown>[]) => (parts.length ? sql`, ${sql.join(parts)}` : sql``)
  return sql<{ o: number; t: Date }>`/* load_streams ~ */ SELECT x.o::integer - 1 AS o, q.t
    FROM (SELECT b, i, coalesce(n, ${name.one}::text) AS n, coalesce(f, ${from.one}::timestamptz) AS f, coalesce(k, ${most.one}::bigint) AS k${comma(columns)}, o
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${name.list}::text[], ${from.list}::timestamptz[], ${most.list}::bigint[]${comma(given)})
        WITH ORDINALITY x(b, i, n, f, k${comma(columns)}, o) OFFSET 0) x,
    LATERAL (SELECT j.occurred_at AS t FROM journal j WHERE j.bucket = x.b AND j.person_id = x.i AND j.name = x.n
      AND j.occurred_at > x.f AND (j.props->>'agent') IS DISTINCT FROM 'machine' ${tests.length ? sql.join(tests, sql` `) : sql``} ${after ? precededSql(after) : sql``} ORDER BY j.occurred_at ${order} LIMIT x.k) q`.execute(
    db,
  )
}

function operandIn(stream: Stream, i: number): string | null {
  const filter = stream.match.filters[i]
  return filter ? operandOf(filter) : null
}

export interface MembershipRow {
  readonly subject: Subject
  readonly segmentId: string
  readonly version: number
  readonly isIn: boolean
  readonly since: Date
  readonly nextChangeAt: Date | null
  readonly because: readonly Reason[]
}

/** A membership as reactions read it. */
export type Kept = Omit<MembershipRow, 'because' | 'subject'> & { readonly personId: string }

const kept = sql`m.person_id AS "personId", m.segment_id AS "segmentId", m.version, m.is_in AS "isIn", m.since, m.next_change_at AS "nextChangeAt"`

/** All membership rows of people. */
export async function loadMemberships(db: Db, subjects: readonly Subject[]): Promise<readonly Kept[]> {
  if (!subjects.length) return []
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<Kept>`/* load_memberships */ SELECT ${kept}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN membership m ON m.bucket = x.b AND m.person_id = x.i`.execute(db)
  return found.rows
}

/** Those that time alone will change. */
export async function loadTimed(db: Db, subjects: readonly Subject[]): Promise<readonly Kept[]> {
  if (!subjects.length) return []
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<Kept>`/* load_timed_memberships */ SELECT ${kept}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN membership m ON m.bucket = x.b AND m.person_id = x.i AND m.next_change_at IS NOT NULL`.execute(
    db,
  )
  return found.rows
}

export async function upsertMemberships(db: Db, rows: readonly MembershipRow[]): Promise<void> {
  if (!rows.length) return
  const sorted = [...rows].sort((a, b) => bySubject(a.subject, b.subject) || (a.segmentId < b.segmentId ? -1 : 1) || a.version - b.version)
  const { buckets, ids } = keyBytes(sorted, ({ subject }) => subject)
  const segment = column(sorted, (r) => r.segmentId)
  const version = column(sorted, (r) => r.version)
  const isIn = column(sorted, (r) => r.isIn)
  const since = instantColumn(sorted, (r) => r.since)
  const next = instantColumn(sorted, (r) => r.nextChangeAt)
  const because = becauseColumn(sorted)
  await sql`/* upsert_memberships */ INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, next_change_at, because)
    SELECT b, i, coalesce(s, ${segment.one}::uuid), coalesce(v, ${version.one}::integer), coalesce(y, ${isIn.one}::boolean), coalesce(t, ${since.one}::timestamptz), coalesce(n, ${next.one}::timestamptz), coalesce(w, ${because.one}::jsonb)
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${segment.list}::uuid[], ${version.list}::integer[], ${isIn.list}::boolean[],
      ${since.list}::timestamptz[], ${next.list}::timestamptz[], ${because.list}::jsonb[]) x(b, i, s, v, y, t, n, w)
    ON CONFLICT (bucket, person_id, segment_id, version) DO UPDATE SET is_in = excluded.is_in, since = excluded.since, next_change_at = excluded.next_change_at,
      because = excluded.because`.execute(db)
}

/** Reasons as JSON; those who were judged alike share them, and they are written once. */
function becauseColumn(rows: readonly { readonly because: readonly Reason[] }[]) {
  const texts = new Map<readonly Reason[], string>()
  for (const { because } of rows) if (!texts.has(because)) texts.set(because, JSON.stringify(because))
  return column(rows, ({ because }) => texts.get(because), textArray)
}

type MembershipKey = Pick<MembershipRow, 'subject' | 'segmentId' | 'version'>

export async function deleteMemberships(db: Db, keys: readonly MembershipKey[]): Promise<void> {
  if (!keys.length) return
  const sorted = [...keys].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = keyBytes(sorted, ({ subject }) => subject)
  const segment = column(sorted, (k) => k.segmentId)
  const version = column(sorted, (k) => k.version)
  await sql`/* delete_memberships */ DELETE FROM membership m
    USING (SELECT b, i, coalesce(s, ${segment.one}::uuid) AS s, coalesce(v, ${version.one}::integer) AS v
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${segment.list}::uuid[], ${version.list}::integer[]) x(b, i, s, v)) x
    WHERE m.bucket = x.b AND m.person_id = x.i AND m.segment_id = x.s AND m.version = x.v`.execute(db)
}

export interface Stay {
  readonly subject: Subject
  readonly segmentId: string
  readonly at: Date
  readonly id: string
  readonly because: readonly Reason[]
}

/**
 * Since when people are in segments by the history; stays brought by an adoption count. LATERAL, since a plain join that was planned
 * while the table was empty reads all open stays for each key for ever (measured: 167 ms a pass instead of 1).
 */
export async function loadOpenStays(db: Db, keys: readonly { subject: Subject; segmentId: string }[]): Promise<Map<string, Date>> {
  if (!keys.length) return new Map()
  const { buckets, ids } = keyBytes(keys, ({ subject }) => subject)
  const segment = column(keys, (k) => k.segmentId)
  const found = await sql<{
    person_id: string
    segment_id: string
    since: Date
  }>`/* load_open_stays */ SELECT x.i AS person_id, x.s AS segment_id, h.since
    FROM (SELECT b, i, coalesce(s, ${segment.one}::uuid) AS s FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${segment.list}::uuid[]) x(b, i, s)) x
    CROSS JOIN LATERAL (SELECT min(o.entered_at) AS since FROM segment_stay o
      WHERE o.bucket = x.b AND o.person_id = x.i AND o.segment_id = x.s AND o.left_at IS NULL) h
    WHERE h.since IS NOT NULL`.execute(db)
  return new Map(found.rows.map((row) => [`${row.person_id}/${row.segment_id}`, row.since]))
}

export async function insertStays(db: Db, stays: readonly Stay[]): Promise<void> {
  if (!stays.length) return
  const sorted = [...stays].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = keyBytes(sorted, ({ subject }) => subject)
  const segment = column(sorted, (s) => s.segmentId)
  const at = instantColumn(sorted, (s) => s.at)
  const because = becauseColumn(sorted)
  await sql`/* insert_stays */ INSERT INTO segment_stay (bucket, person_id, segment_id, entered_at, id, because)
    SELECT b, i, coalesce(s, ${segment.one}::uuid), coalesce(t, ${at.one}::timestamptz), n, coalesce(w, ${because.one}::jsonb)
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${segment.list}::uuid[], ${at.list}::timestamptz[], ${uuidBytes(sorted, (s) => s.id)}::uuid[], ${because.list}::jsonb[]) x(b, i, s, t, n, w)
    ON CONFLICT DO NOTHING`.execute(db)
}

/**
 * Ends stays. Said so that no index by segment is taken: a plan made while the segment was empty would read all its stays for each person.
 * @returns of which there was none, as `person/segment`
 */
export async function closeStays(db: Db, ends: readonly Omit<Stay, 'id'>[]): Promise<Set<string>> {
  if (!ends.length) return new Set()
  const sorted = [...ends].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = keyBytes(sorted, ({ subject }) => subject)
  const segment = column(sorted, (e) => e.segmentId)
  const at = instantColumn(sorted, (e) => e.at)
  const because = becauseColumn(sorted)
  const missed = await sql<{
    person_id: string
    segment_id: string
  }>`/* close_stays */ WITH x AS (SELECT b, i, coalesce(s, ${segment.one}::uuid) AS s, coalesce(t, ${at.one}::timestamptz) AS t, coalesce(w, ${because.one}::jsonb) AS w
      FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${segment.list}::uuid[], ${at.list}::timestamptz[], ${because.list}::jsonb[]) x(b, i, s, t, w)),
    closed AS (UPDATE segment_stay h SET left_at = x.t, left_because = x.w FROM x
      WHERE h.bucket = x.b AND h.person_id = x.i AND h.segment_id IS NOT DISTINCT FROM x.s AND h.left_at IS NULL
      RETURNING h.person_id, h.segment_id)
    SELECT i AS person_id, s AS segment_id FROM x WHERE ((i, s) IN (SELECT person_id, segment_id FROM closed)) IS NOT TRUE`.execute(db)
  return new Set(missed.rows.map((row) => `${row.person_id}/${row.segment_id}`))
}

/** Stays that began with an edit and are over before the edit's telling came to them. */
export async function insertBriefStays(db: Db, stays: readonly (Stay & { readonly from: Date })[]): Promise<void> {
  if (!stays.length) return
  const sorted = [...stays].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = keyBytes(sorted, ({ subject }) => subject)
  await sql`/* insert_brief_stays */ INSERT INTO segment_stay (bucket, person_id, segment_id, entered_at, left_at, id, because, left_because, entered_by_edit)
    SELECT b, i, s, f, greatest(f, t), n, '[]', w, true FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${plainArray(sorted, (s) => s.segmentId)}::uuid[], ${instantArray(sorted, (s) => s.from)}::timestamptz[],
      ${instantArray(sorted, (s) => s.at)}::timestamptz[], ${uuidBytes(sorted, (s) => s.id)}::uuid[], ${textArray(sorted, (s) => JSON.stringify(s.because))}::jsonb[]) x(b, i, s, f, t, n, w) ON CONFLICT DO NOTHING`.execute(
    db,
  )
}
