import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import { byPeople } from '../machines.queries.ts'

export interface EventRow {
  readonly id: string
  readonly name: string
  readonly occurred_at: Date
  readonly historic: boolean
  readonly props: JsonObject
  readonly key: string
}

/** Which events of somebody: names that begin one way or do not, and names left out. */
export interface EventFilter {
  readonly only?: readonly string[]
  readonly not?: readonly string[]
  readonly without: readonly string[]
  /** What people did alone. */
  readonly people?: boolean
}

/** A page of a person's journal, newest first. */
export async function listEvents(
  db: Db,
  subject: Subject,
  filter: EventFilter,
  after: { key: string; id: string } | null,
  limit: number,
): Promise<EventRow[]> {
  const starts = (list: readonly string[]) => sql`EXISTS (SELECT 1 FROM unnest(${[...list]}::text[]) s WHERE starts_with(j.name, s))`
  const only = filter.only ? sql`AND ${starts(filter.only)}` : sql``
  const not = filter.not ? sql`AND NOT ${starts(filter.not)}` : sql``
  const people = filter.people ? sql`AND ${byPeople('j')}` : sql``
  const beyond = after ? sql`AND (j.occurred_at, j.id) < (${after.key}::timestamptz, ${after.id}::uuid)` : sql``
  const result = await sql<EventRow>`SELECT j.id, j.name, j.occurred_at, j.historic, j.props, j.occurred_at::text AS key FROM journal j
    WHERE j.bucket = ${subject.bucket} AND j.person_id = ${subject.id} AND j.name <> ALL(${[...filter.without]}::text[]) ${only} ${not} ${people} ${beyond}
    ORDER BY j.occurred_at DESC, j.id DESC LIMIT ${limit}`.execute(db)
  return result.rows
}

/** The leavings of pages between two instants, at most some hundreds. */
export async function listLeaves(db: Db, subject: Subject, from: Date, to: Date): Promise<{ at: Date; props: JsonObject }[]> {
  const result = await sql<{
    at: Date
    props: JsonObject
  }>`/* list_leaves */ SELECT occurred_at AS at, props FROM journal WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} AND name = 'page.left'
    AND occurred_at BETWEEN ${from} AND ${to} ORDER BY occurred_at LIMIT 500`.execute(db)
  return result.rows
}

/** The newest events of these names, up to so many of each. */
export async function listNamed(
  db: Db,
  subject: Subject,
  names: readonly string[],
  most: number,
): Promise<{ name: string; at: Date; props: JsonObject }[]> {
  const result = await sql<{
    name: string
    at: Date
    props: JsonObject
  }>`/* list_named */ SELECT e.* FROM unnest(${[...names]}::text[]) n(name) CROSS JOIN LATERAL
    (SELECT j.name, j.occurred_at AS at, j.props FROM journal j WHERE j.bucket = ${subject.bucket} AND j.person_id = ${subject.id} AND j.name = n.name
      ORDER BY j.occurred_at DESC LIMIT ${most}::int) e`.execute(db)
  return result.rows
}

/** The first look at each page among the newest views, with the title it had; at most some hundreds. */
export async function listPages(db: Db, subject: Subject, most: number): Promise<{ name: string; at: Date; props: JsonObject }[]> {
  const result = await sql<{ url: string | null; title: string | null; at: Date }>`/* list_pages */
    SELECT DISTINCT ON (v.url) v.url, v.title, v.at FROM (
      SELECT j.props->>'url' AS url, j.props->>'title' AS title, j.occurred_at AS at FROM journal j
      WHERE j.bucket = ${subject.bucket} AND j.person_id = ${subject.id} AND j.name = 'page.viewed' ORDER BY j.occurred_at DESC LIMIT ${most}::int) v
    ORDER BY v.url, v.at LIMIT 300`.execute(db)
  return result.rows.map(({ url, title, at }) => ({ name: 'page.viewed', at, props: { url, title } }))
}
