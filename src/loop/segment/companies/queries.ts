import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { CompanyFact } from '#loop/identify/companies/facts.ts'
import { type AskedAt, conditionSql, truthSql } from '#loop/score/condition/queries.ts'
import { valueTypeOf } from '../compile/decide.ts'
import type { Rule } from '../rules/contract.ts'
import type { CompanySegmentTable } from './tables.ts'

export type SegmentRow = Selectable<CompanySegmentTable>

/** A rule over company facts as a condition on `company c`. Leaves that ask something else are nobody's; a fact that is gone is a value nobody has. */
export function compileRule(rule: Rule, facts: ReadonlyMap<string, CompanyFact>, at: AskedAt): RawBuilder<boolean> {
  if (rule.kind === 'not') return sql<boolean>`NOT ${compileRule(rule.rule, facts, at)}`
  if (rule.kind === 'and' || rule.kind === 'or') {
    const parts = rule.rules.map((part) => compileRule(part, facts, at))
    if (!parts.length) return truthSql(rule.kind === 'and')
    return sql<boolean>`(${sql.join(parts, rule.kind === 'and' ? sql` AND ` : sql` OR `)})`
  }
  if (rule.kind !== 'fact') return truthSql(false)
  const fact = facts.get(rule.fact)
  return fact ? conditionSql(fact.sql('c'), valueTypeOf(fact.type), rule.is, at) : conditionSql(sql`NULL::text`, 'text', rule.is, at)
}

export async function listSegments(db: Db, id: string | null = null): Promise<SegmentRow[]> {
  const query = db.selectFrom('company_segment').selectAll().where('removed_at', 'is', null).orderBy('created_at').orderBy('id')
  return (id === null ? query : query.where('id', '=', id)).execute()
}

/** @returns false when the name is taken */
export async function insertSegment(db: Db, row: { id: string; name: string; rule: Rule; at: Date; by: string }): Promise<boolean> {
  const made = await sql`INSERT INTO company_segment (id, name, rule, made_by, created_at, changed_at)
    VALUES (${row.id}, ${row.name}, ${JSON.stringify(row.rule)}::jsonb, ${row.by}, ${row.at}, ${row.at}) ON CONFLICT DO NOTHING`.execute(db)
  return Number(made.numAffectedRows ?? 0) === 1
}

export async function lockSegment(db: Db, id: string): Promise<SegmentRow | undefined> {
  return db.selectFrom('company_segment').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** @returns false when the name is taken */
export async function updateSegment(db: Db, row: { id: string; name: string; rule: Rule; at: Date }): Promise<boolean> {
  const taken = await db
    .selectFrom('company_segment')
    .select('id')
    .where('name', '=', row.name)
    .where('removed_at', 'is', null)
    .where('id', '<>', row.id)
    .executeTakeFirst()
  if (taken) return false
  await sql`UPDATE company_segment SET name = ${row.name}, rule = ${JSON.stringify(row.rule)}::jsonb, changed_at = ${row.at} WHERE id = ${row.id}`.execute(
    db,
  )
  return true
}

/** @returns false when its name was given to another meanwhile */
export async function setRemoved(db: Db, id: string, at: Date | null): Promise<boolean> {
  const done = await sql`UPDATE company_segment s SET removed_at = ${at} WHERE s.id = ${id}
    AND (${at !== null} OR NOT EXISTS (SELECT 1 FROM company_segment o WHERE o.name = s.name AND o.removed_at IS NULL AND o.id <> s.id))`.execute(
    db,
  )
  return Number(done.numAffectedRows ?? 0) === 1
}

const among = (ids: readonly string[] | null): RawBuilder<unknown> => (ids ? sql`c.id = ANY(${[...ids]}::uuid[])` : sql`true`)

/**
 * Brings the stays of one segment up to date for some companies, or for all: those who are in and had no open stay enter, the others leave.
 * @returns the companies that came or went
 */
export async function evaluateSegment(
  db: Db,
  segmentId: string,
  condition: RawBuilder<boolean>,
  ids: readonly string[] | null,
  at: Date,
): Promise<string[]> {
  const moved = await sql<{ company_id: string }>`WITH judged AS (
      SELECT c.id, (c.merged_into IS NULL AND ${condition}) AS is_in, s.company_id IS NOT NULL AS was_in
      FROM company c LEFT JOIN company_segment_stay s ON s.segment_id = ${segmentId}::uuid AND s.company_id = c.id AND s.left_at IS NULL WHERE ${among(ids)}),
    came AS (INSERT INTO company_segment_stay (segment_id, company_id, entered_at) SELECT ${segmentId}::uuid, id, ${at}::timestamptz FROM judged WHERE is_in AND NOT was_in ORDER BY id
      ON CONFLICT DO NOTHING RETURNING company_id),
    went AS (UPDATE company_segment_stay s SET left_at = ${at} FROM judged j WHERE s.segment_id = ${segmentId}::uuid AND s.company_id = j.id AND s.left_at IS NULL AND NOT j.is_in RETURNING s.company_id)
    SELECT company_id FROM came UNION ALL SELECT company_id FROM went`.execute(db)
  return moved.rows.map((row) => row.company_id)
}

/** Counts the members of segments anew. */
export async function recount(db: Db, ids: readonly string[]): Promise<void> {
  if (!ids.length) return
  await sql`UPDATE company_segment g SET members = (SELECT count(*) FROM company_segment_stay s WHERE s.segment_id = g.id AND s.left_at IS NULL)
    WHERE g.id = ANY(${[...ids].sort()}::uuid[])`.execute(db)
}

/** How many companies a condition means, and the first of them by score. */
export async function previewRule(
  db: Db,
  condition: RawBuilder<boolean>,
): Promise<{ n: number; some: { id: string; name: string; people: number; score: number }[] }> {
  const n = await sql<{ n: number }>`SELECT count(*) AS n FROM company c WHERE c.merged_into IS NULL AND ${condition}`.execute(db)
  const some = await sql<{ id: string; name: string; people: number; score: number }>`SELECT c.id, c.name, c.people, c.score FROM company c
    WHERE c.merged_into IS NULL AND ${condition} ORDER BY c.score DESC, c.id DESC LIMIT 5`.execute(db)
  return { n: Number(n.rows[0]?.n ?? 0), some: some.rows }
}

/** Who came and went, newest first. */
export async function listStays(
  db: Db,
  segmentId: string,
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<{ company_id: string; name: string; entered_at: Date; left_at: Date | null }[]> {
  const beyond = after ? sql`AND (s.entered_at, s.company_id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const rows = await sql<{
    company_id: string
    name: string
    entered_at: Date
    left_at: Date | null
  }>`SELECT s.company_id, c.name, s.entered_at, s.left_at
    FROM company_segment_stay s JOIN company c ON c.id = s.company_id WHERE s.segment_id = ${segmentId} ${beyond}
    ORDER BY s.entered_at DESC, s.company_id DESC LIMIT ${limit}`.execute(db)
  return rows.rows
}

/** The segments a company is in. */
export async function segmentsOf(db: Db, companyId: string): Promise<{ id: string; name: string; since: Date }[]> {
  const rows = await sql<{ id: string; name: string; since: Date }>`SELECT g.id, g.name, s.entered_at AS since FROM company_segment_stay s
    JOIN company_segment g ON g.id = s.segment_id AND g.removed_at IS NULL WHERE s.company_id = ${companyId} AND s.left_at IS NULL ORDER BY s.entered_at DESC, g.id`.execute(
    db,
  )
  return rows.rows
}

/** The filter of the company list: companies in a segment now. */
export const inSegment = (_ctx: unknown, segmentId: string): RawBuilder<unknown> =>
  sql`EXISTS (SELECT 1 FROM company_segment_stay cs WHERE cs.company_id = c.id AND cs.segment_id = ${segmentId}::uuid AND cs.left_at IS NULL)`

/** The fact of people: whether their company is in a segment, as the list of such segments. */
export const segmentsOfCompanySql = (company: string): RawBuilder<unknown> =>
  sql`ARRAY(SELECT cs.segment_id::text FROM company_segment_stay cs WHERE cs.company_id = ${sql.id(company)}.id AND cs.left_at IS NULL ORDER BY 1)`
