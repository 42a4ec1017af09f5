import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import { columnsOf } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { NewEvent } from '#kernel/journal.ts'
import type { OpenVisit } from './decide.ts'
import type { PageGroupTable, SiteTable } from './tables.ts'

export type SiteRow = SiteTable
export type PageGroupRow = PageGroupTable

export function listSites(db: Db, withArchived: boolean): Promise<SiteRow[]> {
  const query = db.selectFrom('site').selectAll().orderBy('created_at').orderBy('id')
  return (withArchived ? query : query.where('archived_at', 'is', null)).execute()
}

export function findSite(db: Db, id: string): Promise<SiteRow | undefined> {
  return db.selectFrom('site').selectAll().where('id', '=', id).executeTakeFirst()
}

export function findSiteByKey(db: Db, writeKey: string): Promise<SiteRow | undefined> {
  return db.selectFrom('site').selectAll().where('write_key', '=', writeKey).where('archived_at', 'is', null).executeTakeFirst()
}

export async function insertSite(db: Db, row: SiteRow): Promise<void> {
  await db.insertInto('site').values(row).execute()
}

export function updateSite(db: Db, id: string, change: Partial<SiteRow>): Promise<SiteRow | undefined> {
  return db.updateTable('site').set(change).where('id', '=', id).returningAll().executeTakeFirst()
}

/** Notes that sites were seen, unless another process did so a moment ago. */
export async function touchSites(db: Db, seen: readonly { id: string; url: string | null }[], at: Date): Promise<void> {
  await sql`/* touch_sites */ UPDATE site s SET seen_at = ${at}, seen_url = coalesce(x.url, s.seen_url)
    FROM unnest(${seen.map((s) => s.id)}::uuid[], ${seen.map((s) => s.url)}::text[]) x(id, url)
    WHERE s.id = x.id AND (s.seen_at IS NULL OR s.seen_at < ${at})`.execute(db)
}

export function listPageGroups(db: Db): Promise<PageGroupRow[]> {
  return db.selectFrom('page_group').selectAll().orderBy('position').orderBy('id').execute()
}

export async function insertPageGroup(db: Db, row: PageGroupRow): Promise<void> {
  await db.insertInto('page_group').values(row).execute()
}

export function updatePageGroup(db: Db, id: string, change: Partial<PageGroupRow>): Promise<PageGroupRow | undefined> {
  return db.updateTable('page_group').set(change).where('id', '=', id).returningAll().executeTakeFirst()
}

export async function deletePageGroup(db: Db, id: string): Promise<boolean> {
  const result = await db.deleteFrom('page_group').where('id', '=', id).executeTakeFirst()
  return Number(result.numDeletedRows) > 0
}

/** Who is known under these ids of the sender's own. */
export async function findExternals(db: Db, ids: readonly string[]): Promise<Map<string, Subject>> {
  const found = await sql<{ value: string; bucket: number; person_id: string }>`/* find_externals */
    SELECT value, bucket, person_id FROM identity WHERE kind = 'external' AND value = ANY(${ids}::text[])`.execute(db)
  return new Map(found.rows.map((row) => [row.value, { bucket: row.bucket, id: row.person_id }]))
}

/** Keys of the custom fields that traits may fill. */
export async function customFieldKeys(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('field_definition').select('key').where('entity', '=', 'lead').where('archived_at', 'is', null).execute()
  return new Set(rows.map((row) => row.key))
}

/** Message ids of identify calls that were not seen before; the others have had their effect. */
export async function newMessages(db: Db, ids: readonly string[], at: Date): Promise<Set<string>> {
  const fresh = await sql<{ id: string }>`/* new_messages */ INSERT INTO identify_message (id, at)
    SELECT DISTINCT i, ${at}::timestamptz FROM unnest(${ids}::uuid[]) g(i) ORDER BY 1 ON CONFLICT DO NOTHING RETURNING id`.execute(db)
  return new Set(fresh.rows.map((row) => row.id))
}

export async function deleteOldMessages(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('identify_message').where('at', '<', before).execute()
}

/** Visits that lie near given spans of time, by person. */
export async function visitsNear(db: Db, spans: readonly { subject: Subject; from: Date; to: Date }[]): Promise<Map<string, OpenVisit[]>> {
  const { buckets, ids } = columnsOf(spans.map((span) => span.subject))
  const found = await sql<{ person_id: string; id: string; started_at: Date; last_at: Date }>`/* visits_near */
    SELECT v.person_id, v.id, v.started_at, v.last_at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${spans.map((s) => s.from)}::timestamptz[], ${spans.map((s) => s.to)}::timestamptz[]) x(b, i, f, t)
    JOIN visit v ON v.bucket = x.b AND v.person_id = x.i AND v.last_at >= x.f AND v.started_at <= x.t`.execute(db)
  const byPerson = new Map<string, OpenVisit[]>()
  for (const row of found.rows) {
    const list = byPerson.get(row.person_id) ?? []
    list.push({ id: row.id, startedAt: row.started_at, lastAt: row.last_at })
    byPerson.set(row.person_id, list)
  }
  return byPerson
}

/** One visit as a batch saw it. */
export interface VisitSeen {
  readonly subject: Subject
  readonly id: string
  readonly siteId: string
  readonly device: string
  readonly startedAt: Date
  readonly lastAt: Date
  readonly slot: Date | null
  readonly historic: boolean
  readonly landing: string | null
  readonly referrer: string | null
  readonly channel: string
  readonly keyword: string | null
  readonly utm: Readonly<Record<string, string>>
  readonly clickId: string | null
  readonly deviceClass: string
  readonly url: string | null
  readonly title: string | null
}

/** Writes visits; writing the same again changes nothing. Returns the ids of those that began now. Rows must be in key order. */
export async function saveVisits(db: Db, visits: readonly VisitSeen[]): Promise<Set<string>> {
  const column = <T>(of: (visit: VisitSeen) => T): T[] => visits.map(of)
  const saved = await sql<{ id: string; fresh: boolean }>`/* save_visits */
    INSERT INTO visit AS v (bucket, person_id, id, site_id, device, started_at, last_at, slot, historic, landing, referrer, channel, keyword, utm, click_id, device_class, url, title)
    SELECT * FROM unnest(${column((v) => v.subject.bucket)}::smallint[], ${column((v) => v.subject.id)}::uuid[], ${column((v) => v.id)}::uuid[], ${column((v) => v.siteId)}::uuid[],
      ${column((v) => v.device)}::text[], ${column((v) => v.startedAt)}::timestamptz[], ${column((v) => v.lastAt)}::timestamptz[], ${column((v) => v.slot)}::timestamptz[],
      ${column((v) => v.historic)}::boolean[], ${column((v) => v.landing)}::text[], ${column((v) => v.referrer)}::text[], ${column((v) => v.channel)}::text[], ${column((v) => v.keyword)}::text[],
      ${column((v) => JSON.stringify(v.utm))}::jsonb[], ${column((v) => v.clickId)}::text[], ${column((v) => v.deviceClass)}::text[], ${column((v) => v.url)}::text[], ${column((v) => v.title)}::text[])
    ON CONFLICT (bucket, person_id, id) DO UPDATE SET
      started_at = least(v.started_at, excluded.started_at), last_at = greatest(v.last_at, excluded.last_at), slot = greatest(v.slot, excluded.slot),
      url = CASE WHEN excluded.last_at >= v.last_at THEN coalesce(excluded.url, v.url) ELSE v.url END,
      title = CASE WHEN excluded.last_at >= v.last_at THEN coalesce(excluded.title, v.title) ELSE v.title END
    RETURNING id, (xmax = 0) AS fresh`.execute(db)
  return new Set(saved.rows.filter((row) => row.fresh).map((row) => row.id))
}

export interface Count {
  readonly id: string
  readonly day: string
  readonly siteId: string | null
  readonly reason: string
  readonly detail: string
  readonly n: number
}

/** Adds counts as rows of their own: no batch waits for another one's row. */
export async function addCounts(db: Db, counts: readonly Count[]): Promise<void> {
  await sql`/* add_counts */ INSERT INTO ingest_count (id, day, site_id, reason, detail, n)
    SELECT * FROM unnest(${counts.map((c) => c.id)}::uuid[], ${counts.map((c) => c.day)}::date[], ${counts.map((c) => c.siteId)}::uuid[],
      ${counts.map((c) => c.reason)}::text[], ${counts.map((c) => c.detail)}::text[], ${counts.map((c) => c.n)}::bigint[])`.execute(db)
}

/** Makes one row of the many that lie for a day, site and reason. */
export async function foldCounts(db: Db, before: string): Promise<void> {
  await sql`WITH many AS (
      SELECT day, site_id, reason, detail FROM ingest_count WHERE id < ${before}::uuid AND NOT fixed GROUP BY 1, 2, 3, 4 HAVING count(*) > 1
    ), gone AS (
      DELETE FROM ingest_count c USING many m
      WHERE c.day = m.day AND c.site_id IS NOT DISTINCT FROM m.site_id AND c.reason = m.reason AND c.detail = m.detail AND c.id < ${before}::uuid AND NOT c.fixed RETURNING c.*
    )
    INSERT INTO ingest_count (id, day, site_id, reason, detail, n)
    SELECT (array_agg(id ORDER BY id))[1], day, site_id, reason, detail, sum(n) FROM gone GROUP BY 2, 3, 4, 5
    ON CONFLICT (id) DO NOTHING`.execute(db)
}

export async function sumCounts(db: Db, from: string, until: string) {
  const found = await sql<{ day: string; site_id: string | null; reason: string; detail: string; n: number }>`
    SELECT day::text, site_id, reason, detail, sum(n)::bigint AS n FROM ingest_count WHERE day BETWEEN ${from}::date AND ${until}::date
    GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 5 DESC, 3, 4 LIMIT 5000`.execute(db)
  return found.rows
}

/** Sets the totals of a replayed log: the same log gives the same ids, a log that has grown the larger totals. */
export async function setFixedCounts(db: Db, counts: readonly Count[]): Promise<void> {
  await sql`INSERT INTO ingest_count AS c (id, day, site_id, reason, detail, n, fixed)
    SELECT i, d, s, r, t, n, true FROM unnest(${counts.map((c) => c.id)}::uuid[], ${counts.map((c) => c.day)}::date[], ${counts.map((c) => c.siteId)}::uuid[],
      ${counts.map((c) => c.reason)}::text[], ${counts.map((c) => c.detail)}::text[], ${counts.map((c) => c.n)}::bigint[]) x(i, d, s, r, t, n) ORDER BY i
    ON CONFLICT (id) DO UPDATE SET n = greatest(c.n, excluded.n)`.execute(db)
}

/** Of events whose ids are taken, those that say something else than the one that was kept. Visit and client time are ours and may differ. @returns their places */
export async function findConflicts(db: Db, events: readonly NewEvent[]): Promise<Set<number>> {
  const found = await sql<{
    ord: number
  }>`/* find_conflicts */ SELECT x.ord FROM unnest(${events.map((e) => e.subject.bucket)}::smallint[], ${events.map((e) => e.subject.id)}::uuid[],
      ${events.map((e) => e.id)}::uuid[], ${events.map((e) => e.name)}::text[], ${events.map((e) => JSON.stringify(e.props))}::jsonb[]) WITH ORDINALITY AS x(b, p, i, n, v, ord)
    JOIN journal j ON j.bucket = x.b AND j.person_id = x.p AND j.id = x.i
    WHERE j.name <> x.n OR j.props - '{visit,client_at}'::text[] <> x.v - '{visit,client_at}'::text[]`.execute(db)
  return new Set(found.rows.map((row) => Number(row.ord) - 1))
}
