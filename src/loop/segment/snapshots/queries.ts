import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { JsonObject } from '#kernel/json.ts'

export interface SnapshotRow {
  readonly id: string
  readonly name: string
  readonly note: string
  readonly taken_from: JsonObject
  readonly people: number
  readonly left: number
  readonly taken_at: Date
  readonly taken_by: string
}

/** Dated lists with how many of their people are leads today; one, or all, the newest first. */
export async function listSnapshots(db: Db, most: number, id: string | null = null): Promise<SnapshotRow[]> {
  const found = await sql<SnapshotRow>`SELECT s.id, s.name, s.note, s.taken_from, s.people, s.taken_at, s.taken_by,
      (SELECT count(*)::integer FROM snapshot_member m JOIN person p ON p.bucket = m.bucket AND p.id = m.person_id AND p.identified_at IS NOT NULL
        WHERE m.snapshot_id = s.id) AS "left"
    FROM snapshot s WHERE s.removed_at IS NULL AND (${id}::uuid IS NULL OR s.id = ${id}::uuid) ORDER BY s.taken_at DESC, s.id DESC LIMIT ${most}`.execute(
    db,
  )
  return found.rows
}

/** Names of the dated lists, for rules. */
export async function namesOfSnapshots(db: Db, most: number): Promise<{ id: string; name: string; taken_at: Date }[]> {
  return db
    .selectFrom('snapshot')
    .select(['id', 'name', 'taken_at'])
    .where('removed_at', 'is', null)
    .orderBy('taken_at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
}

export async function insertSnapshot(
  db: Db,
  row: { id: string; name: string; note: string; taken_from: JsonObject; at: Date; by: string },
): Promise<void> {
  await sql`INSERT INTO snapshot (id, name, note, taken_from, taken_at, taken_by)
    VALUES (${row.id}, ${row.name}, ${row.note}, ${JSON.stringify(row.taken_from)}::jsonb, ${row.at}, ${row.by})`.execute(db)
}

/** Puts everybody on the list whom the condition over `person p` means, in one statement. @returns how many */
export async function fillSnapshot(db: Db, id: string, condition: RawBuilder<unknown>, at: Date): Promise<number> {
  const done = await sql`INSERT INTO snapshot_member (bucket, person_id, snapshot_id, added_at)
    SELECT p.bucket, p.id, ${id}::uuid, ${at} FROM person p WHERE ${condition} ORDER BY p.bucket, p.id`.execute(db)
  const people = Number(done.numAffectedRows ?? 0)
  await db.updateTable('snapshot').set({ people }).where('id', '=', id).execute()
  return people
}

/** Leads who satisfy all conditions. */
export const leadsWho = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  sql.join([sql`p.identified_at IS NOT NULL`, ...conditions], sql` AND `)

export async function renameSnapshot(db: Db, id: string, change: { name?: string; note?: string }): Promise<void> {
  if (Object.keys(change).length) await db.updateTable('snapshot').set(change).where('id', '=', id).execute()
}

/** @returns whether there was one to remove or restore */
export async function setRemoved(db: Db, id: string, at: Date | null): Promise<boolean> {
  const done = await db
    .updateTable('snapshot')
    .set({ removed_at: at })
    .where('id', '=', id)
    .where('removed_at', at ? 'is' : 'is not', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows) === 1
}

/** Lists removed before then go for good, their people with them. */
export async function deleteRemoved(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('snapshot').where('removed_at', '<', before).execute()
}

/** Whether the person under the alias is on a list. */
export const isOn = (person: string, id: string): RawBuilder<unknown> => {
  const p = sql.id(person)
  return sql`EXISTS (SELECT 1 FROM snapshot_member m WHERE m.bucket = ${p}.bucket AND m.person_id = ${p}.id AND m.snapshot_id = ${id}::uuid)`
}

/** Who of the people is on a list. */
export async function onList(db: Db, id: string, subjects: readonly Subject[]): Promise<Set<string>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ person_id: string }>`SELECT m.person_id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    JOIN snapshot_member m ON m.bucket = x.b AND m.person_id = x.i AND m.snapshot_id = ${id}::uuid`.execute(db)
  return new Set(found.rows.map((row) => row.person_id))
}
