import { type RawBuilder, type Selectable, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import type { PersonTable } from '../personTables.ts'
import type { AdoptionTable } from '../tables.ts'

export type Adoption = Selectable<AdoptionTable>

/** An adoption by its id, undone or not. */
export async function adoptionById(db: Db, id: string): Promise<Adoption | undefined> {
  return db.selectFrom('adoption').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The adoption by which somebody is somebody else now. */
export async function adoptionOf(db: Db, oldId: string): Promise<Adoption | undefined> {
  return db.selectFrom('adoption').selectAll().where('old_id', '=', oldId).where('undone_at', 'is', null).executeTakeFirst()
}

/** A row of a declared table as jsonb; only adoption looks at rows this way. */
export type AnyRow = JsonObject

/** The columns of a table's primary key besides (bucket, person_id), from the catalog. */
export async function keyColumns(db: Db, table: string): Promise<string[]> {
  const result = await sql<{
    name: string
  }>`/* key_columns */ SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
    WHERE i.indrelid = ${table}::regclass AND i.indisprimary AND a.attname NOT IN ('bucket', 'person_id') ORDER BY a.attnum`.execute(db)
  return result.rows.map((row) => row.name)
}

const patchTo = (to: Subject): JsonObject => ({ bucket: to.bucket, person_id: to.id })

/**
 * Moves the rows of a declared table to another key, except those that may not move now. Rows whose place is taken there are not
 * inserted but answered (as they were), for the caller to let them meet.
 */
export async function moveRows(db: Db, table: PersonTable, from: Subject, to: Subject): Promise<AnyRow[]> {
  const movable = table.inFlight ? sql`NOT (t.${sql.id(table.inFlight.column)} = ANY(${table.inFlight.values}))` : sql`true`
  const patched = table.origin
    ? sql`to_jsonb(d) || ${JSON.stringify(patchTo(to))}::jsonb || jsonb_build_object('origin_person_id', coalesce(d.origin_person_id, ${from.id}::uuid))`
    : sql`to_jsonb(d) || ${JSON.stringify(patchTo(to))}::jsonb`
  return shift(db, table, sql`t.bucket = ${from.bucket} AND t.person_id = ${from.id} AND ${movable}`, patched)
}

/** Brings back what `origin` once brought, its own earlier companions (`also`) included. */
export async function moveBack(db: Db, table: PersonTable, from: Subject, to: Subject, also: readonly string[]): Promise<AnyRow[]> {
  const where = sql`t.bucket = ${from.bucket} AND t.person_id = ${from.id} AND t.origin_person_id = ANY(${[to.id, ...also]}::uuid[])`
  const patched = sql`to_jsonb(d) || ${JSON.stringify(patchTo(to))}::jsonb || jsonb_build_object('origin_person_id', NULLIF(d.origin_person_id, ${to.id}::uuid))`
  return shift(db, table, where, patched)
}

async function shift(db: Db, table: PersonTable, where: RawBuilder<unknown>, patched: RawBuilder<unknown>): Promise<AnyRow[]> {
  const name = sql.table(table.table)
  const result = await sql<{
    row: AnyRow
  }>`WITH d AS (DELETE FROM ${name} t WHERE ${where} RETURNING t.*), p AS (SELECT to_jsonb(d) AS was, ${patched} AS becomes FROM d),
    i AS (INSERT INTO ${name} OVERRIDING SYSTEM VALUE SELECT x.* FROM p, jsonb_populate_record(NULL::${name}, p.becomes) x ON CONFLICT DO NOTHING RETURNING to_jsonb(${name}.*) AS row)
    SELECT p.was AS row FROM p WHERE NOT EXISTS (SELECT 1 FROM i WHERE i.row = p.becomes)`.execute(db)
  return result.rows.map((found) => found.row)
}

/** The rows of one key; all of them, or those that stand in the place of given rows. */
export async function rowsAt(db: Db, table: string, at: Subject): Promise<AnyRow[]> {
  const result = await sql<{
    row: AnyRow
  }>`SELECT to_jsonb(t) AS row FROM ${sql.table(table)} t WHERE t.bucket = ${at.bucket} AND t.person_id = ${at.id}`.execute(db)
  return result.rows.map((found) => found.row)
}

/** Takes all rows of a key out, answering them. */
export async function takeRows(db: Db, table: string, at: Subject): Promise<AnyRow[]> {
  const result = await sql<{
    row: AnyRow
  }>`DELETE FROM ${sql.table(table)} t WHERE t.bucket = ${at.bucket} AND t.person_id = ${at.id} RETURNING to_jsonb(t) AS row`.execute(db)
  return result.rows.map((found) => found.row)
}

/** The rows at a key that have the same rest of the primary key as the given ones. */
export async function rowsInPlaceOf(
  db: Db,
  table: string,
  at: Subject,
  rows: readonly AnyRow[],
  key: readonly string[],
): Promise<AnyRow[]> {
  const result = await sql<{
    row: AnyRow
  }>`SELECT to_jsonb(t) AS row FROM jsonb_populate_recordset(NULL::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb) x
    JOIN ${sql.table(table)} t ON t.bucket = ${at.bucket} AND t.person_id = ${at.id} AND ${sameKey(key)}`.execute(db)
  return result.rows.map((found) => found.row)
}

/** Deletes the rows at a key that have the same rest of the primary key as the given ones. */
export async function deleteInPlaceOf(db: Db, table: string, at: Subject, rows: readonly AnyRow[], key: readonly string[]): Promise<void> {
  await sql`DELETE FROM ${sql.table(table)} t USING jsonb_populate_recordset(NULL::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb) x
    WHERE t.bucket = ${at.bucket} AND t.person_id = ${at.id} AND ${sameKey(key)}`.execute(db)
}

const sameKey = (key: readonly string[]): RawBuilder<unknown> =>
  key.length
    ? sql.join(
        key.map((name) => sql`t.${sql.id(name)} = x.${sql.id(name)}`),
        sql` AND `,
      )
    : sql`true`

/** Puts rows (back) at a key; rows whose place is taken are left out. */
export async function putRows(db: Db, table: string, at: Subject, rows: readonly AnyRow[]): Promise<void> {
  if (!rows.length) return
  const given = JSON.stringify(rows.map((row) => ({ ...row, ...patchTo(at) })))
  await sql`INSERT INTO ${sql.table(table)} OVERRIDING SYSTEM VALUE SELECT x.* FROM jsonb_populate_recordset(NULL::${sql.table(table)}, ${given}::jsonb) x ON CONFLICT DO NOTHING`.execute(
    db,
  )
}

/** Takes a person's row out, exactly as it is (microseconds included). */
export async function takePerson(db: Db, subject: Subject): Promise<AnyRow | null> {
  const result = await sql<{
    row: AnyRow
  }>`DELETE FROM person p WHERE bucket = ${subject.bucket} AND id = ${subject.id} RETURNING to_jsonb(p) AS row`.execute(db)
  return result.rows[0]?.row ?? null
}

/** Puts a person's row back as it was. */
export async function putPerson(db: Db, row: AnyRow): Promise<void> {
  await sql`INSERT INTO person SELECT x.* FROM jsonb_populate_record(NULL::person, ${JSON.stringify(row)}::jsonb) x`.execute(db)
}

/** The old ids that lead to any of these people now. */
export async function aliasesOfAll(db: Db, subjects: readonly Subject[]): Promise<{ oldId: string; id: string }[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{
    oldId: string
    id: string
  }>`SELECT a.old_id AS "oldId", a.person_id AS id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN person_alias a ON a.bucket = x.b AND a.person_id = x.i AND a.undone_at IS NULL`.execute(db)
  return found.rows
}

/** The old ids that lead to this person now. */
export async function aliasesOf(db: Db, subject: Subject): Promise<string[]> {
  const rows = await db
    .selectFrom('person_alias')
    .select('old_id')
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .where('undone_at', 'is', null)
    .execute()
  return rows.map((row) => row.old_id)
}

/** Makes old ids lead to a person. */
export async function setAliases(db: Db, oldIds: readonly string[], to: Subject, at: Date): Promise<void> {
  if (!oldIds.length) return
  await sql`INSERT INTO person_alias (old_id, bucket, person_id, at) SELECT o, ${to.bucket}, ${to.id}::uuid, ${at}::timestamptz FROM unnest(${[...oldIds].sort()}::uuid[]) o
    ON CONFLICT (old_id) DO UPDATE SET bucket = excluded.bucket, person_id = excluded.person_id, at = excluded.at, undone_at = NULL`.execute(
    db,
  )
}

export async function undoAlias(db: Db, oldId: string, at: Date): Promise<void> {
  await db.updateTable('person_alias').set({ undone_at: at }).where('old_id', '=', oldId).execute()
}

export async function insertAdoption(db: Db, row: Adoption): Promise<void> {
  const json = (value: Json) => sql<Json>`${JSON.stringify(value)}::jsonb`
  await db
    .insertInto('adoption')
    .values({ ...row, person: json(row.person), taken: json(row.taken), changes: json(row.changes) })
    .execute()
}

/** An adoption that may still be undone, locked. */
export async function lockAdoption(db: Db, id: string): Promise<Adoption | undefined> {
  return db.selectFrom('adoption').selectAll().where('id', '=', id).where('undone_at', 'is', null).forUpdate().executeTakeFirst()
}

export async function closeAdoption(db: Db, id: string, at: Date, by: string): Promise<void> {
  await db.updateTable('adoption').set({ undone_at: at, undone_by: by }).where('id', '=', id).execute()
}

/** A pair whose merge was undone waits for a human again. */
export async function reopenPair(db: Db, one: Subject, other: Subject): Promise<void> {
  const [a, b] = one.id < other.id ? [one, other] : [other, one]
  await db
    .updateTable('merge_candidate')
    .set({ settled_at: null, settled_by: null, verdict: null })
    .where('bucket', '=', a.bucket)
    .where('person_id', '=', a.id)
    .where('other_id', '=', b.id)
    .where('verdict', '=', 'merged')
    .execute()
}

/** The adoptions of a person, newest first; undone ones too. */
export async function listAdoptions(db: Db, subject: Subject): Promise<Adoption[]> {
  return db
    .selectFrom('adoption')
    .selectAll()
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(50)
    .execute()
}

/** Which of these subjects are signposts: their person row is gone and an alias says where it went. */
export async function findSignposts(db: Db, subjects: readonly Subject[]): Promise<{ from: Subject; to: Subject }[]> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ ob: number; oid: string; bucket: number; person_id: string }>`/* find_signposts */
    SELECT x.b AS ob, x.i AS oid, a.bucket, a.person_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN person_alias a ON a.old_id = x.i AND a.undone_at IS NULL`.execute(
    db,
  )
  return result.rows.map((row) => ({ from: { bucket: row.ob, id: row.oid }, to: { bucket: row.bucket, id: row.person_id } }))
}

/** Forgets pairs that named somebody. */
export async function deletePairsWith(db: Db, ids: readonly string[]): Promise<void> {
  await db
    .deleteFrom('merge_candidate')
    .where('other_id', 'in', [...ids])
    .execute()
}

/** Forgets that these people once went into others. @returns into whom */
export async function deleteAdoptionsOf(db: Db, ids: readonly string[]): Promise<{ subject: Subject; oldId: string }[]> {
  const gone = await db
    .deleteFrom('adoption')
    .where('old_id', 'in', [...ids])
    .returning(['bucket', 'person_id', 'old_id'])
    .execute()
  return gone.map((row) => ({ subject: { bucket: row.bucket, id: row.person_id }, oldId: row.old_id }))
}
