// Decided deals, and what the journal knew of their people before the outcome. Nothing after it is read.
import { sql } from 'kysely'
import { DAY } from '#kernel/clock.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import { filtersSql } from '#loop/score/condition/queries.ts'
import { mostOf } from '#loop/score/decide.ts'
import type { BehaviourRule } from '#loop/score/rules/contract.ts'

/** A person of a decided deal. */
export interface Decided {
  readonly deal_id: string
  readonly won: boolean
  readonly decided_at: Date
  readonly bucket: number
  readonly person_id: string
}

/** The people of the deals decided last, newest first. */
export async function listDecided(db: Db, most: number): Promise<Decided[]> {
  const found = await sql<Decided>`SELECT d.id AS deal_id, d.state = 'won' AS won, d.closed_at AS decided_at, x.bucket, x.person_id
    FROM (SELECT id, state, closed_at FROM deal WHERE state IN ('won', 'lost') AND removed_at IS NULL ORDER BY closed_at DESC LIMIT ${most}) d
    JOIN deal_person x ON x.deal_id = d.id ORDER BY d.closed_at DESC, d.id, x.bucket, x.person_id`.execute(db)
  return found.rows
}

/** What deals are called. */
export async function listNames(db: Db, ids: readonly string[]): Promise<Map<string, { name: string; company: string | null }>> {
  const found = await sql<{
    id: string
    name: string
    company_name: string | null
  }>`SELECT id, name, company_name FROM deal WHERE id = ANY(${[...ids]}::uuid[])`.execute(db)
  return new Map(found.rows.map((row) => [row.id, { name: row.name, company: row.company_name }]))
}

const columnsOf = (people: readonly Decided[]) => ({
  buckets: people.map((one) => one.bucket),
  ids: people.map((one) => one.person_id),
  ats: people.map((one) => one.decided_at),
})

/** How many events of a rule counted for each of the people at the outcome: in their order, 0 where none. */
export async function countBefore(db: Db, people: readonly Decided[], rule: BehaviourRule): Promise<number[]> {
  const { buckets, ids, ats } = columnsOf(people)
  const young =
    rule.expiresDays === null ? sql`` : sql`AND j.occurred_at > x.at - ${rule.expiresDays * DAY}::float8 * interval '1 millisecond'`
  const found = await sql<{ o: number; n: number }>`SELECT x.o::integer - 1 AS o, e.n
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${ats}::timestamptz[]) WITH ORDINALITY x(b, i, at, o)
    CROSS JOIN LATERAL (SELECT count(*)::integer AS n FROM (SELECT 1 FROM journal j WHERE j.bucket = x.b AND j.person_id = x.i AND j.name = ${rule.match.event}
      AND j.occurred_at < x.at ${young} AND ${filtersSql(rule.match)} LIMIT ${mostOf(rule)}::bigint) few) e WHERE e.n > 0`.execute(db)
  const counts = people.map(() => 0)
  for (const row of found.rows) counts[row.o] = row.n
  return counts
}

/** Who of the people had a fact's value changed at or after the outcome: what it was before is not known any more. */
export async function changedSince(db: Db, people: readonly Decided[], fact: string, after: readonly string[]): Promise<boolean[]> {
  const { buckets, ids, ats } = columnsOf(people)
  const found = await sql<{
    o: number
  }>`SELECT x.o::integer - 1 AS o FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${ats}::timestamptz[]) WITH ORDINALITY x(b, i, at, o)
    WHERE EXISTS (SELECT 1 FROM journal j WHERE j.bucket = x.b AND j.person_id = x.i AND j.name = ANY(${[...after]}::text[]) AND j.occurred_at >= x.at
      AND (j.name <> 'field.changed' OR j.props->'fields' ? ${fact}))`.execute(db)
  const changed = people.map(() => false)
  for (const row of found.rows) changed[row.o] = true
  return changed
}

/** Points given by hand or by a scenario before the outcome. */
export async function givenBefore(db: Db, people: readonly Decided[], model: string): Promise<number[]> {
  const { buckets, ids, ats } = columnsOf(people)
  const found = await sql<{ o: number; props: JsonObject }>`SELECT x.o::integer - 1 AS o, j.props
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${ats}::timestamptz[]) WITH ORDINALITY x(b, i, at, o)
    JOIN journal j ON j.bucket = x.b AND j.person_id = x.i AND j.name = 'points.added' AND j.occurred_at < x.at AND j.props->>'model' = ${model}`.execute(
    db,
  )
  const points = people.map(() => 0)
  for (const row of found.rows) points[row.o] = (points[row.o] ?? 0) + (Number(row.props['points']) || 0)
  return points
}
