import { type RawBuilder, type Selectable, sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { Step } from './decide.ts'
import type { CampaignMemberTable, CampaignTable } from './tables.ts'

export type CampaignRow = Selectable<CampaignTable>
export type MemberRow = Selectable<CampaignMemberTable>

const json = (value: unknown) => sql<Json>`${JSON.stringify(value)}::jsonb`
/** Days as text, whatever time zone the process has. */
const COLUMNS = sql`c.id, c.name, c.kind, c.starts_on::text AS starts_on, c.ends_on::text AS ends_on, c.source, c.note, c.statuses, c.created_at, c.made_by, c.removed_at`

export async function insertCampaign(
  db: Db,
  row: Omit<CampaignRow, 'statuses' | 'removed_at'> & { statuses: readonly string[] },
): Promise<void> {
  await db
    .insertInto('campaign')
    .values({ ...row, statuses: json(row.statuses), removed_at: null })
    .execute()
}

export async function updateCampaign(
  db: Db,
  id: string,
  change: Partial<Omit<CampaignRow, 'id' | 'statuses'>> & { statuses?: readonly string[] },
): Promise<void> {
  const { statuses, ...plain } = change
  await db
    .updateTable('campaign')
    .set({ ...plain, ...(statuses ? { statuses: json(statuses) } : {}) })
    .where('id', '=', id)
    .execute()
}

/** A campaign, also one that was removed; locked when it is to be changed. */
export async function findCampaign(db: Db, id: string, lock = false): Promise<CampaignRow | undefined> {
  const result =
    await sql<CampaignRow>`SELECT ${COLUMNS} FROM campaign c WHERE c.id = ${id}::uuid ${lock ? sql`FOR UPDATE` : sql``}`.execute(db)
  return result.rows[0]
}

/** Campaigns, those without a date first, then the newest. */
export async function listCampaigns(
  db: Db,
  filter: { kind?: string | undefined; q?: string | undefined },
  after: { day: string; id: string } | null,
  limit: number,
): Promise<(CampaignRow & { day: string; members: number })[]> {
  const result = await sql<CampaignRow & { day: string; members: number }>`
    SELECT ${COLUMNS}, coalesce(c.starts_on, 'infinity'::date)::text AS day,
      (SELECT count(*)::int FROM campaign_member m WHERE m.campaign_id = c.id) AS members
    FROM campaign c WHERE c.removed_at IS NULL
      ${filter.kind ? sql`AND c.kind = ${filter.kind}` : sql``}
      ${filter.q ? sql`AND position(lower(${filter.q}) IN lower(c.name)) > 0` : sql``}
      ${after ? sql`AND (coalesce(c.starts_on, 'infinity'::date), c.id) < (${after.day}::date, ${after.id}::uuid)` : sql``}
    ORDER BY coalesce(c.starts_on, 'infinity'::date) DESC, c.id DESC LIMIT ${limit}`.execute(db)
  return result.rows
}

/** The newest campaigns with their statuses, for pickers and facts. */
export async function namesOfCampaigns(db: Db, limit: number): Promise<{ id: string; name: string; statuses: string[] }[]> {
  const result = await sql<{ id: string; name: string; statuses: string[] }>`/* names_of_campaigns */
    SELECT id, name, statuses FROM campaign WHERE removed_at IS NULL ORDER BY coalesce(starts_on, 'infinity'::date) DESC, id DESC LIMIT ${limit}`.execute(
    db,
  )
  return result.rows
}

/** How many members stand at each status. */
/** Campaigns that are there, with their statuses. */
export async function statusesOfCampaigns(db: Db, ids: readonly string[]): Promise<Map<string, readonly string[]>> {
  const found = await sql<{ id: string; statuses: string[] }>`/* statuses_of_campaigns */
    SELECT id, statuses FROM campaign WHERE id = ANY(${[...ids]}::uuid[]) AND removed_at IS NULL`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.statuses]))
}

export async function countByStatus(db: Db, id: string): Promise<{ status: string; n: number }[]> {
  const result = await sql<{
    status: string
    n: number
  }>`SELECT status, count(*)::int AS n FROM campaign_member WHERE campaign_id = ${id}::uuid GROUP BY 1`.execute(db)
  return result.rows
}

/** The people of a campaign, the last changed first. */
export async function listMembers(
  db: Db,
  id: string,
  status: string | undefined,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<(MemberRow & { family_name: string | null; given_name: string | null; company_name: string | null; mail: string | null })[]> {
  const result = await sql<
    MemberRow & { family_name: string | null; given_name: string | null; company_name: string | null; mail: string | null }
  >`
    SELECT m.*, p.family_name, p.given_name, p.company_name, p.mail FROM campaign_member m JOIN person p ON p.bucket = m.bucket AND p.id = m.person_id
    WHERE m.campaign_id = ${id}::uuid ${status === undefined ? sql`` : sql`AND m.status = ${status}`}
      ${after ? sql`AND (m.status_at, m.person_id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``}
    ORDER BY m.status_at DESC, m.person_id DESC LIMIT ${limit}`.execute(db)
  return result.rows
}

/** The campaigns of one person, the last joined first. */
export async function listOfPerson(db: Db, subject: Subject): Promise<(MemberRow & { name: string; kind: string; statuses: string[] })[]> {
  const result = await sql<MemberRow & { name: string; kind: string; statuses: string[] }>`
    SELECT m.*, c.name, c.kind, c.statuses FROM campaign_member m JOIN campaign c ON c.id = m.campaign_id AND c.removed_at IS NULL
    WHERE m.bucket = ${subject.bucket} AND m.person_id = ${subject.id} ORDER BY m.joined_at DESC, m.campaign_id DESC LIMIT 200`.execute(db)
  return result.rows
}

/** The memberships of these people in one campaign, locked in key order. */
export async function lockMembers(db: Db, id: string, subjects: readonly Subject[]): Promise<Map<string, MemberRow>> {
  if (!subjects.length) return new Map()
  const { buckets, ids } = columnsOf([...subjects].sort(bySubject))
  const result =
    await sql<MemberRow>`/* lock_members */ SELECT m.* FROM campaign_member m JOIN unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    ON m.bucket = x.b AND m.person_id = x.i WHERE m.campaign_id = ${id}::uuid ORDER BY m.bucket, m.person_id FOR UPDATE OF m`.execute(db)
  return new Map(result.rows.map((row) => [row.person_id, row]))
}

/** Writes memberships; those that exist take the new status and keep when they joined. */
export async function upsertMembers(db: Db, id: string, steps: readonly Step[], at: Date): Promise<void> {
  if (!steps.length) return
  const sorted = [...steps].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((step) => step.subject))
  await sql`/* upsert_members */ INSERT INTO campaign_member (bucket, person_id, campaign_id, status, joined_at, status_at)
    SELECT b, i, ${id}::uuid, s, ${at}::timestamptz, ${at}::timestamptz FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((step) => step.to)}::text[])
      WITH ORDINALITY x(b, i, s, ord) ORDER BY ord
    ON CONFLICT (bucket, person_id, campaign_id) DO UPDATE SET status = excluded.status, status_at = excluded.status_at`.execute(db)
}

/** Takes people out. @returns who was in */
export async function deleteMembers(db: Db, id: string, subjects: readonly Subject[]): Promise<Subject[]> {
  if (!subjects.length) return []
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ bucket: number; person_id: string }>`/* delete_members */ DELETE FROM campaign_member m
    USING unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) WHERE m.bucket = x.b AND m.person_id = x.i AND m.campaign_id = ${id}::uuid
    RETURNING m.bucket, m.person_id`.execute(db)
  return result.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}

/** The status a person has in a campaign, as an expression over the person row. */
export const statusIn = (person: string, id: string): RawBuilder<unknown> =>
  sql`(SELECT m.status FROM campaign_member m WHERE m.bucket = ${sql.id(person)}.bucket AND m.person_id = ${sql.id(person)}.id AND m.campaign_id = ${id}::uuid)`

/** How many campaigns a person is in, as an expression over the person row. */
export const campaignsOf = (person: string): RawBuilder<unknown> =>
  sql`(SELECT count(*) FROM campaign_member m JOIN campaign c ON c.id = m.campaign_id AND c.removed_at IS NULL
    WHERE m.bucket = ${sql.id(person)}.bucket AND m.person_id = ${sql.id(person)}.id)`

/** The status of many people in one campaign. */
export async function statusesOf(db: Db, id: string, subjects: readonly Subject[]): Promise<Map<string, string>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{
    person_id: string
    status: string
  }>`/* statuses_of */ SELECT m.person_id, m.status FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN campaign_member m ON m.bucket = x.b AND m.person_id = x.i AND m.campaign_id = ${id}::uuid`.execute(db)
  return new Map(result.rows.map((row) => [row.person_id, row.status]))
}

/** How many campaigns each of many people is in. */
export async function countsOf(db: Db, subjects: readonly Subject[]): Promise<Map<string, number>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{
    person_id: string
    n: number
  }>`/* counts_of_campaigns */ SELECT m.person_id, count(*)::int AS n FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN campaign_member m ON m.bucket = x.b AND m.person_id = x.i JOIN campaign c ON c.id = m.campaign_id AND c.removed_at IS NULL GROUP BY 1`.execute(
    db,
  )
  return new Map(result.rows.map((row) => [row.person_id, row.n]))
}
