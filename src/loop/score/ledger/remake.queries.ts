// Behaviour lines of the ledger made anew from the journal.
import { type RawBuilder, sql } from 'kysely'
import { DAY } from '#kernel/clock.ts'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { filtersSql } from '../condition/queries.ts'
import { GIVEN_EVENT, mostOf } from '../decide.ts'
import { type BehaviourRule, GIVEN_POINTS } from '../rules/contract.ts'
import type { VersionKey } from './queries.ts'

/** Makes the lines of a behaviour rule anew from the journal for given people: what the whole journal earns, no more and no less. */
export async function remakeRule(db: Db, key: VersionKey, rule: BehaviourRule, subjects: readonly Subject[]): Promise<void> {
  const people = peopleSql(subjects)
  await deleteLines(db, key, people, sql`AND e.rule_id = ${rule.id}::uuid`)
  await insertRule(db, key, rule, people)
}

/** The same for all behaviour rules at once, and for points given by hand or by a scenario. */
export async function remakeAll(db: Db, key: VersionKey, rules: readonly BehaviourRule[], subjects: readonly Subject[]): Promise<void> {
  const people = peopleSql(subjects)
  await deleteLines(db, key, people, sql`AND e.kind = 'behaviour'`)
  for (const rule of rules) await insertRule(db, key, rule, people)
  await insertGiven(db, key, people)
}

function peopleSql(subjects: readonly Subject[]): RawBuilder<unknown> {
  const { buckets, ids } = columnsOf(subjects)
  return sql`unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)`
}

async function insertRule(db: Db, key: VersionKey, rule: BehaviourRule, people: RawBuilder<unknown>): Promise<void> {
  const expires =
    rule.expiresDays === null ? sql`NULL::timestamptz` : sql`j.occurred_at + ${rule.expiresDays * DAY}::float8 * interval '1 millisecond'`
  await sql`INSERT INTO score_entry (bucket, person_id, model, version, rule_id, event_id, kind, delta, at, expires_at)
    SELECT x.b, x.i, ${key.model}, ${key.version}, ${rule.id}::uuid, j.id, 'behaviour', ${rule.points}, j.occurred_at, ${expires}
    FROM ${people} CROSS JOIN LATERAL (SELECT j.id, j.occurred_at FROM journal j WHERE j.bucket = x.b AND j.person_id = x.i AND j.name = ${rule.match.event}
      AND ${filtersSql(rule.match)} ORDER BY j.occurred_at, j.id LIMIT ${mostOf(rule)}::bigint) j
    ORDER BY 1, 2, 6 ON CONFLICT DO NOTHING`.execute(db)
}

/**
 * Person after person, by their key: planned while the ledger was small, a join would read all of it for each page of people (measured
 * while a new version was filled: nine tenths of its time). Under the pulse locks rows stay where they are.
 */
async function deleteLines(db: Db, key: VersionKey, people: RawBuilder<unknown>, which: RawBuilder<unknown>): Promise<void> {
  await sql`DELETE FROM score_entry WHERE ctid = ANY(ARRAY(SELECT h.at FROM ${people} CROSS JOIN LATERAL (SELECT e.ctid AS at FROM score_entry e
    WHERE e.bucket = x.b AND e.person_id = x.i AND e.model = ${key.model} AND e.version = ${key.version} ${which} OFFSET 0) h))`.execute(db)
}

async function insertGiven(db: Db, key: VersionKey, people: RawBuilder<unknown>): Promise<void> {
  await sql`INSERT INTO score_entry (bucket, person_id, model, version, rule_id, event_id, kind, delta, at, because)
    SELECT x.b, x.i, ${key.model}, ${key.version}, ${GIVEN_POINTS}::uuid, j.id, 'behaviour', greatest(-10000, least(10000, (j.props->>'points')::integer)), j.occurred_at,
      jsonb_build_object('reason', j.props->'reason')
    FROM ${people} JOIN journal j ON j.bucket = x.b AND j.person_id = x.i AND j.name = ${GIVEN_EVENT} AND j.props->>'model' = ${key.model}
    WHERE CASE WHEN jsonb_typeof(j.props->'points') = 'number' THEN (j.props->>'points') ~ '^-?[0-9]{1,9}$' ELSE false END
    ORDER BY 1, 2, 6 ON CONFLICT DO NOTHING`.execute(db)
}
