// Whom a newsletter is for: in one of some segments and in none of others.
import { type RawBuilder, sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

export interface PageAsk {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly after: Subject | null
  readonly limit: number
  /** About how many the audience are; null when nobody has counted. */
  readonly size: number | null
}

/**
 * The next page of people who are in one of `include` and in none of `exclude`, in key order; each once, as a lead. Either all people are
 * walked along, each asked by key, or for each page all members are read and put in order: whichever is less for the audience as a whole.
 * Nothing is left to the planner, who does not know a young segment yet: it read all members for each page of a large one.
 */
export async function pageAudience(db: Db, ask: PageAsk): Promise<Subject[]> {
  const found = await ((await isReadWhole(db, ask)) ? pageOfMembers(ask) : pageOfPeople(ask)).execute(db)
  return found.rows
}

/** The members are counted once more where that is cheap: an audience may be small by whom it leaves out, or have grown since it was counted. */
export async function isReadWhole(db: Db, ask: PageAsk): Promise<boolean> {
  const people = await estimatePeople(db)
  return isSmall(ask, people) && isSmall({ limit: ask.limit, size: await sizeOfAudience(db, ask.include) }, people)
}

/** All members for each page are fewer than all people once. @param people 0 while nobody has counted them */
export const isSmall = ({ size, limit }: Pick<PageAsk, 'size' | 'limit'>, people: number): boolean =>
  size !== null && size * (size / limit + 1) < people

async function estimatePeople(db: Db): Promise<number> {
  const found = await sql<{
    n: number
  }>`/* estimate_people */ SELECT greatest(reltuples, 0)::float8 AS n FROM pg_class WHERE oid = 'person'::regclass`.execute(db)
  return found.rows[0]?.n ?? 0
}

const behind = ({ after }: Pick<PageAsk, 'after'>) =>
  sql`(${after?.bucket ?? -1}::smallint, ${after?.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)`
const segmentsAsked = ({ include, exclude }: Pick<PageAsk, 'include' | 'exclude'>) => sql`
    WITH wanted AS MATERIALIZED (SELECT id, live_version FROM segment WHERE id = ANY(${include}::uuid[])),
      unwanted AS MATERIALIZED (SELECT id, live_version FROM segment WHERE id = ANY(${exclude}::uuid[]))`

/** Whether somebody is in one of some segments: one look by the whole key for each. */
const isIn = (
  segments: 'wanted' | 'unwanted',
  bucket: RawBuilder<unknown>,
  person: RawBuilder<unknown>,
) => sql`(SELECT true AS yes FROM ${sql.id(segments)} s
      CROSS JOIN LATERAL (SELECT is_in FROM membership WHERE bucket = ${bucket} AND person_id = ${person} AND segment_id = s.id AND version = s.live_version OFFSET 0) m
      WHERE m.is_in LIMIT 1)`

export const pageOfPeople = (ask: Omit<PageAsk, 'size'>): RawBuilder<Subject> => sql`/* page_audience */${segmentsAsked(ask)}
    SELECT p.bucket, p.id FROM person p
      CROSS JOIN LATERAL ${isIn('wanted', sql`p.bucket`, sql`p.id`)} y LEFT JOIN LATERAL ${isIn('unwanted', sql`p.bucket`, sql`p.id`)} n ON true
    WHERE p.identified_at IS NOT NULL AND (p.bucket, p.id) > ${behind(ask)} AND n.yes IS NULL
    ORDER BY p.bucket, p.id LIMIT ${ask.limit}`

export const pageOfMembers = (ask: Omit<PageAsk, 'size'>): RawBuilder<Subject> => sql`/* page_members */${segmentsAsked(ask)},
      members AS MATERIALIZED (SELECT DISTINCT m.bucket, m.person_id FROM wanted s CROSS JOIN LATERAL (SELECT bucket, person_id FROM membership
        WHERE segment_id = s.id AND version = s.live_version AND is_in OFFSET 0) m WHERE (m.bucket, m.person_id) > ${behind(ask)})
    SELECT p.bucket, p.id FROM (SELECT bucket, person_id FROM members ORDER BY 1, 2) x
      CROSS JOIN LATERAL (SELECT bucket, id FROM person WHERE bucket = x.bucket AND id = x.person_id AND identified_at IS NOT NULL OFFSET 0) p
      LEFT JOIN LATERAL ${isIn('unwanted', sql`x.bucket`, sql`x.person_id`)} n ON true
    WHERE n.yes IS NULL ORDER BY x.bucket, x.person_id LIMIT ${ask.limit}`

const MOST_COUNTED = 100_000

/** About how many are in these segments, for whoever pages through them without having counted; from `most` on it is said to be that many. */
export async function sizeOfAudience(db: Db, include: readonly string[], most = MOST_COUNTED): Promise<number> {
  const found = await sql<{
    n: number
  }>`SELECT count(*)::int AS n FROM (SELECT 1 FROM segment s CROSS JOIN LATERAL (SELECT 1 FROM membership
    WHERE segment_id = s.id AND version = s.live_version AND is_in OFFSET 0) m WHERE s.id = ANY(${include}::uuid[]) LIMIT ${most}) x`.execute(
    db,
  )
  return found.rows[0]?.n ?? 0
}

/** What decides whether a person may be reached. */
export interface AudienceState {
  readonly status: string
  readonly has_mail: boolean
  readonly mail_stop: number
  readonly has_basis: boolean
  readonly topic: boolean
  readonly paused: boolean
}

interface AudienceGroup extends AudienceState {
  readonly named: boolean
  readonly company: boolean
  readonly n: number
}

interface AudienceAsk {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly topicId: string | null
  readonly now: Date
}

const membersOf = (segments: readonly string[]) =>
  sql`m.bucket, m.person_id FROM membership m JOIN segment s ON s.id = m.segment_id AND s.live_version = m.version WHERE m.is_in AND m.segment_id = ANY(${segments}::uuid[])`

/** Everybody in one of `include` and in none of `exclude`, once; nobody is in one segment twice. */
const crowd = ({ include, exclude }: AudienceAsk) =>
  sql`(SELECT ${include.length > 1 ? sql`DISTINCT` : sql``} ${membersOf(include)} ${exclude.length ? sql`EXCEPT SELECT ${membersOf(exclude)}` : sql``})`

/** A person asked for by key costs as much as this many who are passed while everybody is read. */
const KEY_COST = 8

/**
 * Reads a large audience beside everybody, each table once; the planner takes any audience for a small one and asks for each of a million
 * by key, in no order: five times the work, and more than a statement may take. What it may do besides is given back to it at the end.
 */
async function readLarge<T>(db: Db, include: readonly string[], read: () => Promise<T>): Promise<T> {
  const enough = Math.ceil((await estimatePeople(db)) / KEY_COST)
  if ((await sizeOfAudience(db, include, enough)) < enough) return read()
  await sql`SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_sort = off; SET LOCAL work_mem = '32MB'`.execute(
    db,
  )
  const found = await read()
  await sql`SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT; SET LOCAL enable_sort TO DEFAULT; SET LOCAL work_mem TO DEFAULT`.execute(
    db,
  )
  return found
}

/** The audience grouped by what decides whether a person may be reached, and by what a greeting needs. */
export async function groupAudience(db: Db, ask: AudienceAsk): Promise<AudienceGroup[]> {
  const found = await readLarge(db, ask.include, () => groupsOf(ask).execute(db))
  return found.rows
}

/** Without a topic nobody is asked for it: a join that can find nothing keeps a large audience from being read by several processes at once. */
const groupsOf = (ask: AudienceAsk) => sql<AudienceGroup>`
    SELECT p.status, p.mail IS NOT NULL AS has_mail, p.mail_stop, p.mail_basis > 0 AND coalesce(c.given, false) AS has_basis, ${ask.topicId ? sql`t.topic_id IS NOT NULL` : sql`false`} AS topic, coalesce(pause.until > ${ask.now}::timestamptz, false) AS paused,
      coalesce(p.family_name, '') <> '' AS named, coalesce(p.company_name, '') <> '' AS company, count(*)::int AS n
    FROM ${crowd(ask)} a
    JOIN person p ON p.bucket = a.bucket AND p.id = a.person_id AND p.identified_at IS NOT NULL
    ${ask.topicId ? sql`LEFT JOIN topic_stop t ON t.bucket = p.bucket AND t.person_id = p.id AND t.topic_id = ${ask.topicId}::uuid` : sql``}
    LEFT JOIN consent_state c ON c.bucket = p.bucket AND c.person_id = p.id AND c.purpose = 'marketing' AND c.topic_id = '00000000-0000-0000-0000-000000000000'
    LEFT JOIN consent_state pause ON pause.bucket = p.bucket AND pause.person_id = p.id AND pause.purpose = 'pause' AND NOT pause.given
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`

/** People of the receiving domain that has the most of the audience. */
export async function largestDomain(db: Db, ask: AudienceAsk): Promise<number> {
  const domains = sql<{ n: number }>`SELECT count(*)::int AS n FROM ${crowd(ask)} a
    JOIN person p ON p.bucket = a.bucket AND p.id = a.person_id AND p.identified_at IS NOT NULL AND p.mail IS NOT NULL AND p.mail_stop = 0 AND p.mail_basis > 0
    GROUP BY split_part(p.mail, '@', 2) ORDER BY 1 DESC LIMIT 1`
  const found = await readLarge(db, ask.include, () => domains.execute(db))
  return found.rows[0]?.n ?? 0
}
