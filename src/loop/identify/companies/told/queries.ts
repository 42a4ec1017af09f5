import { sql } from 'kysely'
import { bySubject, columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { CompanyChange } from '../decide.ts'

/** What was said of somebody's company, and by which act. */
export interface ToldRow {
  readonly bucket: number
  readonly person_id: string
  readonly attrs: JsonObject
  readonly cause: string
}

/** Keeps what was said beside people who are with no company yet, by the acts that said it. */
export async function keepTold(db: Db, rows: readonly ToldRow[], at: Date): Promise<void> {
  if (!rows.length) return
  const sorted = rows.toSorted((a, b) => bySubject({ bucket: a.bucket, id: a.person_id }, { bucket: b.bucket, id: b.person_id }))
  await sql`/* keep_company_told */ INSERT INTO company_told (bucket, person_id, attrs, at, cause)
    SELECT x.bucket, x.person_id, x.attrs, ${at}::timestamptz, x.cause FROM jsonb_to_recordset(${JSON.stringify(sorted)}::jsonb)
      x(bucket smallint, person_id uuid, attrs jsonb, cause uuid)
    ON CONFLICT (bucket, person_id, cause) DO UPDATE SET attrs = company_told.attrs || excluded.attrs, at = excluded.at`.execute(db)
}

/** Takes what was said of the companies of these people, what was said last first. */
export async function takeTold(db: Db, subjects: readonly Subject[]): Promise<ToldRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const taken = await sql<
    ToldRow & { at: Date }
  >`/* take_company_told */ DELETE FROM company_told t USING unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    WHERE t.bucket = x.b AND t.person_id = x.i RETURNING t.bucket, t.person_id, t.attrs, t.cause, t.at`.execute(db)
  return taken.rows.sort((a, b) => b.at.getTime() - a.at.getTime() || (a.cause < b.cause ? 1 : -1))
}

export interface ToldChange {
  readonly id: string
  readonly cause: string
  readonly company_id: string
  readonly changes: readonly CompanyChange[]
}

export async function insertChanges(db: Db, rows: readonly ToldChange[], at: Date): Promise<void> {
  if (!rows.length) return
  await sql`/* insert_company_told_changes */ INSERT INTO company_told_change (id, cause, company_id, at, changes)
    SELECT x.id, x.cause, x.company_id, ${at}::timestamptz, x.changes FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      x(id uuid, cause uuid, company_id uuid, changes jsonb)`.execute(db)
}

/** Takes some of what an act changed, the last first. */
export async function takeChanges(db: Db, cause: string, most: number): Promise<ToldChange[]> {
  const taken = await sql<ToldChange>`DELETE FROM company_told_change WHERE id IN
      (SELECT id FROM company_told_change WHERE cause = ${cause} ORDER BY id DESC LIMIT ${most})
    RETURNING id, cause, company_id, changes`.execute(db)
  return taken.rows.sort((a, b) => (a.id < b.id ? 1 : -1))
}

/** Some of what an act said and nobody heard yet goes; waits for whoever hears it just now. @returns false when nothing was left */
export async function dropTold(db: Db, cause: string, most: number): Promise<boolean> {
  const dropped = await sql`DELETE FROM company_told t
    USING (SELECT bucket, person_id FROM company_told WHERE cause = ${cause} LIMIT ${most} FOR UPDATE) x
    WHERE t.bucket = x.bucket AND t.person_id = x.person_id AND t.cause = ${cause}`.execute(db)
  return Number(dropped.numAffectedRows ?? 0) > 0
}

/** What was changed before a day can no longer be taken back. */
export async function dropChanges(db: Db, before: Date): Promise<void> {
  await sql`DELETE FROM company_told_change WHERE at < ${before}`.execute(db)
}
