import { type RawBuilder, sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { CompanyCandidateTable, CompanyRow } from './tables.ts'

/** Companies by their domains. */
export async function findByDomains(db: Db, domains: readonly string[]): Promise<Map<string, string>> {
  if (!domains.length) return new Map()
  const found = await sql<{ domain: string; company_id: string }>`/* companies_by_domain */
    SELECT domain, company_id FROM company_domain WHERE domain = ANY(${[...new Set(domains)]}::text[])`.execute(db)
  return new Map(found.rows.map((row) => [row.domain, row.company_id]))
}

/** Companies by their corporate numbers. */
export async function findByNumbers(db: Db, numbers: readonly string[]): Promise<Map<string, string>> {
  if (!numbers.length) return new Map()
  const found = await sql<{ corporate_number: string; id: string }>`/* companies_by_number */
    SELECT corporate_number, id FROM company WHERE corporate_number = ANY(${[...new Set(numbers)]}::text[]) AND merged_into IS NULL`.execute(
    db,
  )
  return new Map(found.rows.map((row) => [row.corporate_number, row.id]))
}

const MOST_OF_A_NAME = 5

/** Companies by name keys, the oldest few of each. */
export async function findByNameKeys(db: Db, keys: readonly string[]): Promise<Map<string, string[]>> {
  if (!keys.length) return new Map()
  const found = await sql<{ key: string; ids: string[] }>`/* companies_by_name */
    SELECT k.key, array_agg(k.company_id ORDER BY k.company_id)::text[] AS ids FROM company_name_key k
    WHERE k.key = ANY(${[...new Set(keys)]}::text[]) GROUP BY k.key`.execute(db)
  return new Map(found.rows.map((row) => [row.key, row.ids.slice(0, MOST_OF_A_NAME)]))
}

const asRows = (rows: readonly CompanyRow[]): string => JSON.stringify([...rows].sort((a, b) => (a.id < b.id ? -1 : 1)))

/** New companies; one whose corporate number somebody has already is left out. @returns the ids that were made */
export async function insertCompanies(db: Db, rows: readonly CompanyRow[]): Promise<Set<string>> {
  if (!rows.length) return new Set()
  const made = await sql<{ id: string }>`/* insert_companies */
    INSERT INTO company SELECT x.* FROM jsonb_populate_recordset(NULL::company, ${asRows(rows)}::jsonb) x ON CONFLICT DO NOTHING RETURNING id`.execute(
    db,
  )
  return new Set(made.rows.map((row) => row.id))
}

/** Takes back companies that lost a race for their domain, in the transaction that made them. */
export async function deleteCompanies(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length) await sql`DELETE FROM company WHERE id = ANY(${[...ids]}::uuid[])`.execute(db)
}

/** Saves a company's own fields; the row must be locked. */
export const updateCompany = (db: Db, row: CompanyRow, at: Date): Promise<void> => updateCompanies(db, [row], at)

/** Saves companies' own fields; the rows must be locked. */
export async function updateCompanies(db: Db, rows: readonly CompanyRow[], at: Date): Promise<void> {
  await sql`/* update_company */ UPDATE company c SET name = x.name, kana = x.kana, english_name = x.english_name, aliases = x.aliases,
      corporate_number = x.corporate_number, website = x.website, phone = x.phone, phone_typed = x.phone_typed, postal_code = x.postal_code,
      prefecture = x.prefecture, city = x.city, address = x.address, industry = x.industry, employee_band = x.employee_band,
      fiscal_month = x.fiscal_month, owner_id = x.owner_id, tags = x.tags, attrs = x.attrs, note = x.note, merged_into = x.merged_into,
      sort_name = x.sort_name, search_text = x.search_text, changed_at = ${at}, version = c.version + 1
    FROM jsonb_populate_recordset(NULL::company, ${asRows(rows)}::jsonb) x WHERE c.id = x.id`.execute(db)
}

/** Takes domains that nobody has; waits for whoever is taking the same ones. @returns those that were won */
export async function insertDomains(db: Db, rows: readonly { domain: string; companyId: string }[], at: Date): Promise<Set<string>> {
  if (!rows.length) return new Set()
  const sorted = [...rows].sort((a, b) => (a.domain < b.domain ? -1 : 1))
  const won = await sql<{ domain: string }>`/* insert_company_domains */
    INSERT INTO company_domain (domain, company_id, since) SELECT d, c, ${at}::timestamptz
    FROM unnest(${sorted.map((row) => row.domain)}::text[], ${sorted.map((row) => row.companyId)}::uuid[]) WITH ORDINALITY x(d, c, n) ORDER BY n
    ON CONFLICT DO NOTHING RETURNING domain`.execute(db)
  return new Set(won.rows.map((row) => row.domain))
}

export async function deleteDomains(db: Db, companyId: string, domains: readonly string[]): Promise<void> {
  await sql`DELETE FROM company_domain WHERE company_id = ${companyId} AND domain = ANY(${[...domains]}::text[])`.execute(db)
}

/** The domains of companies, oldest first. */
export async function listDomains(db: Db, ids: readonly string[]): Promise<Map<string, string[]>> {
  const found = await sql<{ company_id: string; domains: string[] }>`SELECT company_id, array_agg(domain ORDER BY since, domain) AS domains
    FROM company_domain WHERE company_id = ANY(${[...ids]}::uuid[]) GROUP BY company_id`.execute(db)
  return new Map(found.rows.map((row) => [row.company_id, row.domains]))
}

/** The name keys of companies become these. */
export async function setNameKeys(db: Db, rows: readonly { companyId: string; keys: readonly string[] }[]): Promise<void> {
  const pairs = rows.flatMap(({ companyId, keys }) => keys.map((key) => ({ companyId, key })))
  await sql`DELETE FROM company_name_key WHERE company_id = ANY(${rows.map((row) => row.companyId)}::uuid[])`.execute(db)
  await sql`INSERT INTO company_name_key (key, company_id) SELECT k, c FROM unnest(${pairs.map((pair) => pair.key)}::text[], ${pairs.map((pair) => pair.companyId)}::uuid[]) x(k, c)
    ORDER BY 1, 2 ON CONFLICT DO NOTHING`.execute(db)
}

/** Companies by id, as they stand, locked in the order of their ids when they are to be changed. */
export async function selectCompanies(db: Db, ids: readonly string[], lock = false): Promise<Map<string, CompanyRow>> {
  if (!ids.length) return new Map()
  const query = db
    .selectFrom('company')
    .selectAll()
    .where('id', 'in', [...new Set(ids)])
    .orderBy('id')
  const rows = await (lock ? query.forUpdate() : query).execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** Where ids lead to after all merges. */
export async function findHeirs(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await sql<{ from: string; id: string }>`/* company_heirs */ WITH RECURSIVE way AS (
      SELECT c.id AS "from", c.id, c.merged_into FROM company c WHERE c.id = ANY(${[...new Set(ids)]}::uuid[])
      UNION ALL SELECT w."from", c.id, c.merged_into FROM way w JOIN company c ON c.id = w.merged_into)
    SELECT "from", id FROM way WHERE merged_into IS NULL`.execute(db)
  return new Map(found.rows.map((row) => [row.from, row.id]))
}

export interface Link {
  readonly bucket: number
  readonly person_id: string
  readonly company_id: string
  readonly role: string
  readonly linked_by: string
  readonly since: Date
  readonly until: Date | null
}

/** The companies people are with now, newest link first. */
export async function openLinks(db: Db, subjects: readonly Subject[]): Promise<Link[]> {
  if (!subjects.length) return []
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<Link>`/* open_company_links */ SELECT l.bucket, l.person_id, l.company_id, l.role, l.linked_by, l.since, l.until
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN company_person l ON l.bucket = x.b AND l.person_id = x.i
    WHERE l.until IS NULL ORDER BY l.since DESC, l.company_id`.execute(db)
  return found.rows
}

export interface NewLink {
  readonly subject: Subject
  readonly companyId: string
  readonly by: string
  readonly engagement: number
  readonly score: number
}

/** Opens links; one that was there before is opened again and keeps its role and first day. */
export async function putLinks(db: Db, links: readonly NewLink[], at: Date): Promise<void> {
  if (!links.length) return
  const sorted = [...links].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((link) => link.subject))
  await sql`/* put_company_links */ INSERT INTO company_person (bucket, person_id, company_id, linked_by, since, engagement, score)
    SELECT b, i, c, l, ${at}::timestamptz, e, s FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((link) => link.companyId)}::uuid[],
      ${sorted.map((link) => link.by)}::text[], ${sorted.map((link) => link.engagement)}::float8[], ${sorted.map((link) => link.score)}::float8[]) x(b, i, c, l, e, s)
    ON CONFLICT (bucket, person_id, company_id) DO UPDATE SET until = NULL, linked_by = excluded.linked_by, engagement = excluded.engagement, score = excluded.score`.execute(
    db,
  )
}

/** Ends the open links of people, except those to the company given. */
export async function closeLinks(db: Db, rows: readonly { subject: Subject; except: string | null }[], at: Date): Promise<void> {
  if (!rows.length) return
  const sorted = [...rows].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((row) => row.subject))
  await sql`/* close_company_links */ UPDATE company_person l SET until = ${at}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((row) => row.except)}::uuid[]) x(b, i, c)
    WHERE l.bucket = x.b AND l.person_id = x.i AND l.until IS NULL AND l.company_id IS DISTINCT FROM x.c`.execute(db)
}

/** The company on people's own rows; they must be locked. */
export async function setPersonCompany(db: Db, rows: readonly { subject: Subject; companyId: string | null }[]): Promise<void> {
  if (!rows.length) return
  const sorted = [...rows].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((row) => row.subject))
  await sql`/* set_person_company */ UPDATE person p SET company_id = x.c, version = p.version + 1
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((row) => row.companyId)}::uuid[]) x(b, i, c)
    WHERE p.bucket = x.b AND p.id = x.i AND p.company_id IS DISTINCT FROM x.c`.execute(db)
}

/** New figures of people, where they differ. @returns the companies touched */
export async function setEngagement(db: Db, rows: readonly { subject: Subject; engagement: number; score: number }[]): Promise<string[]> {
  if (!rows.length) return []
  const sorted = [...rows].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((row) => row.subject))
  const found = await sql<{
    company_id: string
  }>`/* set_company_engagement */ UPDATE company_person l SET engagement = x.e, score = x.s
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((row) => row.engagement)}::float8[], ${sorted.map((row) => row.score)}::float8[]) x(b, i, e, s)
    WHERE l.bucket = x.b AND l.person_id = x.i AND l.until IS NULL AND (l.engagement, l.score) IS DISTINCT FROM (x.e, x.s) RETURNING l.company_id`.execute(
    db,
  )
  return [...new Set(found.rows.map((row) => row.company_id))]
}

export async function setRole(db: Db, subject: Subject, companyId: string, role: string): Promise<number> {
  const done = await db
    .updateTable('company_person')
    .set({ role })
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .where('company_id', '=', companyId)
    .where('until', 'is', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows)
}

/** Leads known by name alone. */
export async function putProposals(db: Db, rows: readonly { subject: Subject; nameKey: string }[], at: Date): Promise<void> {
  if (!rows.length) return
  const sorted = [...rows].sort((a, b) => bySubject(a.subject, b.subject))
  const { buckets, ids } = columnsOf(sorted.map((row) => row.subject))
  await sql`/* put_company_proposals */ INSERT INTO company_proposal (bucket, person_id, name_key, at)
    SELECT b, i, k, ${at}::timestamptz FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${sorted.map((row) => row.nameKey)}::text[]) x(b, i, k)
    ON CONFLICT (bucket, person_id) DO UPDATE SET name_key = excluded.name_key, at = excluded.at WHERE company_proposal.name_key <> excluded.name_key`.execute(
    db,
  )
}

export async function deleteProposals(db: Db, subjects: readonly Subject[]): Promise<void> {
  if (!subjects.length) return
  const { buckets, ids } = columnsOf(subjects)
  await sql`/* delete_company_proposals */ DELETE FROM company_proposal p USING unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    WHERE p.bucket = x.b AND p.person_id = x.i`.execute(db)
}

/** Leads that wait under a name, at most `most`. */
export async function proposedUnder(db: Db, key: string, most: number): Promise<Subject[]> {
  const found = await sql<{ bucket: number; person_id: string }>`SELECT bucket, person_id FROM company_proposal
    WHERE name_key = ${key} ORDER BY bucket, person_id LIMIT ${most}`.execute(db)
  return found.rows.map((row) => ({ bucket: row.bucket, id: row.person_id }))
}

/** Names under which leads wait, of those given. */
export async function waitingNames(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const found = await sql<{
    k: string
  }>`SELECT k FROM unnest(${[...keys]}::text[]) k WHERE EXISTS (SELECT 1 FROM company_proposal p WHERE p.name_key = k)`.execute(db)
  return new Set(found.rows.map((row) => row.k))
}

export type NewCandidate = Pick<CompanyCandidateTable, 'id' | 'kind' | 'name_key' | 'name' | 'company_id' | 'other_id'>

/** Proposals for a human; one that was refused is not made again, one that was agreed to is, when there is something new to agree to. */
export async function putCandidates(db: Db, rows: readonly NewCandidate[], at: Date): Promise<void> {
  if (!rows.length) return
  const keyOf = (row: NewCandidate): string => [row.kind, row.name_key, row.company_id, row.other_id].join('/')
  const once = [...new Map(rows.map((row) => [keyOf(row), row])).values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  await sql`/* put_company_candidates */ INSERT INTO company_candidate (id, kind, name_key, name, company_id, other_id, at)
    SELECT x.id, x.kind, x.name_key, x.name, x.company_id, x.other_id, ${at}::timestamptz FROM jsonb_to_recordset(${JSON.stringify(once)}::jsonb)
      x(id uuid, kind text, name_key text, name text, company_id uuid, other_id uuid)
    ON CONFLICT (kind, name_key, company_id, other_id) DO UPDATE SET settled_at = NULL, settled_by = NULL, verdict = NULL, at = excluded.at
      WHERE company_candidate.verdict IN ('yes', 'moot') AND company_candidate.kind <> 'merge'`.execute(db)
}

/** Open proposals to make a company of these names have become pointless: there is one now. */
export async function closeNewCandidates(db: Db, keys: readonly string[], at: Date): Promise<void> {
  await sql`UPDATE company_candidate SET settled_at = ${at}, verdict = 'moot' WHERE kind = 'new' AND settled_at IS NULL AND name_key = ANY(${[...keys]}::text[])`.execute(
    db,
  )
}

/** Open proposals that name a company which is no more. */
export async function closeCandidatesOf(db: Db, companyId: string, at: Date): Promise<void> {
  await sql`UPDATE company_candidate SET settled_at = ${at}, verdict = 'moot'
    WHERE settled_at IS NULL AND (company_id = ${companyId} OR other_id = ${companyId})`.execute(db)
}

export async function findCandidate(db: Db, id: string) {
  return db.selectFrom('company_candidate').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function settleCandidate(db: Db, id: string, settled: { at: Date; by: string; verdict: 'yes' | 'no' } | null): Promise<void> {
  await db
    .updateTable('company_candidate')
    .set({ settled_at: settled?.at ?? null, settled_by: settled?.by ?? null, verdict: settled?.verdict ?? null })
    .where('id', '=', id)
    .execute()
}

/** Tells the claimer that companies changed. */
export async function insertNews(db: Db, ids: readonly string[], fields: readonly string[]): Promise<void> {
  if (!ids.length) return
  await sql`/* mark_companies */ INSERT INTO company_news (company_id, fields) SELECT c, ${[...fields]}::text[] FROM unnest(${[...new Set(ids)].sort()}::uuid[]) c`.execute(
    db,
  )
  // Scores move all the time: the claimer comes by once a second and takes them together.
  if (fields.every((field) => field === 'score' || field === 'engagement')) return
  await sql`/* notify_companies */ SELECT pg_notify('hagukumi_companies', '')`.execute(db)
}

/** An expression over people (alias `p`: bucket, id) for each of them, in one statement. */
export async function selectOfPeople(db: Db, subjects: readonly Subject[], expression: RawBuilder<unknown>): Promise<Map<string, unknown>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{
    id: string
    value: unknown
  }>`SELECT p.id, ${expression} AS value FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) p(bucket, id)`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.value]))
}
