// What screens ask: who is here now, which visits, which pages. Queries over the visits of this room and the people below it.
import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import { TRACK_EVENTS } from '../contract.ts'

export interface LiveRow {
  bucket: number
  person_id: string
  id: string
  site_id: string
  site: string
  family_name: string | null
  given_name: string | null
  mail: string | null
  company_name: string | null
  identified_at: Date | null
  started_at: Date
  last_at: Date
  url: string | null
  title: string | null
  channel: string
  keyword: string | null
  device_class: string
  pages: number
  visits: number
}

/** Visits with an event since `since`, newest first, each with the person and what was seen. `slot` finds them, `last_at` decides. */
export async function liveVisits(db: Db, since: Date, siteId: string | null, most: number): Promise<LiveRow[]> {
  const found = await sql<LiveRow>`/* live_visits */
    SELECT v.bucket, v.person_id, v.id, v.site_id, s.name AS site, p.family_name, p.given_name, p.mail, p.company_name, p.identified_at,
      v.started_at, v.last_at, v.url, v.title, v.channel, v.keyword, v.device_class,
      (SELECT count(*)::int FROM journal j WHERE j.bucket = v.bucket AND j.person_id = v.person_id AND j.name = 'page.viewed'
        AND j.occurred_at BETWEEN v.started_at AND v.last_at) AS pages,
      (SELECT count(*)::int FROM visit w WHERE w.bucket = v.bucket AND w.person_id = v.person_id) AS visits
    FROM (SELECT * FROM visit WHERE slot >= date_trunc('minute', ${since}::timestamptz) AND last_at >= ${since} AND (${siteId}::uuid IS NULL OR site_id = ${siteId}::uuid)
      ORDER BY last_at DESC LIMIT ${most}) v
    JOIN site s ON s.id = v.site_id
    JOIN person p ON p.bucket = v.bucket AND p.id = v.person_id
    ORDER BY v.last_at DESC, v.id`.execute(db)
  return found.rows
}

export interface VisitRow {
  id: string
  started_at: Date
  last_at: Date
  historic: boolean
  landing: string | null
  referrer: string | null
  channel: string
  keyword: string | null
  utm: Record<string, string>
  device_class: string
  pages: number
  engaged: number
}

/** A person's visits, newest first; what happened in them is counted over the journal, where nothing is counted twice. */
export async function visitsOf(db: Db, of: Subject, before: { at: Date; id: string } | null, most: number): Promise<VisitRow[]> {
  const found = await sql<VisitRow>`/* visits_of */
    SELECT v.id, v.started_at, v.last_at, v.historic, v.landing, v.referrer, v.channel, v.keyword, v.utm, v.device_class, e.pages, e.engaged
    FROM (SELECT * FROM visit WHERE bucket = ${of.bucket} AND person_id = ${of.id}
      AND (${before?.at ?? null}::timestamptz IS NULL OR (started_at, id) < (${before?.at ?? null}::timestamptz, ${before?.id ?? null}::uuid))
      ORDER BY started_at DESC, id DESC LIMIT ${most}) v,
    LATERAL (SELECT (count(*) FILTER (WHERE j.name = 'page.viewed'))::int AS pages,
        coalesce(sum(CASE WHEN jsonb_typeof(j.props->'more') = 'number' THEN greatest(0, least((j.props->>'more')::numeric, 86400)) ELSE 0 END) FILTER (WHERE j.name = 'page.left'), 0)::int AS engaged
      FROM journal j WHERE j.bucket = v.bucket AND j.person_id = v.person_id AND j.name IN ('page.viewed', 'page.left')
        AND j.occurred_at BETWEEN v.started_at AND v.last_at AND j.props->>'visit' = v.id::text) e
    ORDER BY v.started_at DESC, v.id DESC`.execute(db)
  return found.rows
}

const OF_VISITORS = [...TRACK_EVENTS, 'form.submitted', 'lead.named']

export interface EventRow {
  id: string
  name: string
  occurred_at: Date
  historic: boolean
  page_group: string | null
  props: JsonObject
}

/** What a person did on the sites and in their own systems, newest first; what rules and colleagues did stands on the lead's page. */
export async function eventsOf(db: Db, of: Subject, before: { at: Date; id: string } | null, most: number): Promise<EventRow[]> {
  const found = await sql<EventRow>`/* tracked_events_of */
    SELECT id, name, occurred_at, historic, page_group, props FROM journal
    WHERE bucket = ${of.bucket} AND person_id = ${of.id} AND (name = ANY(${OF_VISITORS}::text[]) OR name LIKE 'custom.%')
      AND (${before?.at ?? null}::timestamptz IS NULL OR (occurred_at, id) < (${before?.at ?? null}::timestamptz, ${before?.id ?? null}::uuid))
    ORDER BY occurred_at DESC, id DESC LIMIT ${most}`.execute(db)
  return found.rows
}
