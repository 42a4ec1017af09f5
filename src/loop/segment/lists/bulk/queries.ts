import { type RawBuilder, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { BulkActTable, BulkState } from './tables.ts'

export type BulkRow = Omit<BulkActTable, 'done' | 'changed' | 'mark_bucket' | 'mark_id' | 'restored' | 'kept'> & {
  done: number
  changed: number
  mark_bucket: number
  mark_id: string
  restored: number
  kept: number
}

const asJson = (value: Json | null) => (value === null ? null : (sql`${JSON.stringify(value)}::jsonb` as never))

/** A new act. */
export async function insertAct(
  db: Db,
  row: { id: string; kind: string; act: Json; filter: Json | null; by: string; byId: string | null; at: Date; undoUntil: Date },
): Promise<void> {
  await db
    .insertInto('bulk_act')
    .values({
      id: row.id,
      kind: row.kind,
      act: asJson(row.act) as never,
      filter: asJson(row.filter),
      state: 'waiting',
      made_by: row.by,
      made_by_id: row.byId,
      at: row.at,
      undo_until: row.undoUntil,
      total: null,
      ended_at: null,
      failure: null,
      undone_by: null,
      undone_at: null,
    })
    .execute()
}

/** Acts, the newest first. */
export function listActs(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<BulkRow[]> {
  let query = db.selectFrom('bulk_act').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit)
  if (after) query = query.where(sql<boolean>`(at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`)
  return query.execute()
}

export const findAct = (db: Db, id: string): Promise<BulkRow | undefined> =>
  db.selectFrom('bulk_act').selectAll().where('id', '=', id).executeTakeFirst()

/** The same, locked: one worker at a time takes a page, and cancelling waits for the page under way. */
export const lockAct = (db: Db, id: string): Promise<BulkRow | undefined> =>
  db.selectFrom('bulk_act').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** Writes down the leads that were chosen. @returns how many there are */
export async function addChosen(db: Db, id: string, subjects: readonly Subject[], at: Date): Promise<number> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql`INSERT INTO bulk_person (bucket, person_id, act_id, at) SELECT p.bucket, p.id, ${id}::uuid, ${at}::timestamptz
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN person p ON p.bucket = x.b AND p.id = x.i AND p.identified_at IS NOT NULL
    ON CONFLICT DO NOTHING`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

/** Writes down all leads that the conditions match now: the act is about these, whoever matches later. @returns how many there are */
export async function addMatching(db: Db, id: string, conditions: readonly RawBuilder<unknown>[], at: Date): Promise<number> {
  await sql`SELECT set_config('statement_timeout', '600000', true)`.execute(db)
  const where = sql.join([sql`p.identified_at IS NOT NULL`, ...conditions], sql` AND `)
  const result = await sql`INSERT INTO bulk_person (bucket, person_id, act_id, at)
    SELECT p.bucket, p.id, ${id}::uuid, ${at}::timestamptz FROM person p WHERE ${where} ORDER BY p.bucket, p.id ON CONFLICT DO NOTHING`.execute(
    db,
  )
  return Number(result.numAffectedRows ?? 0)
}

export interface BulkPerson extends Subject {
  readonly changes: Json | null
}

/** The next people of an act in key order; when it is taken back, only those whom it changed. */
export async function nextPeople(
  db: Db,
  id: string,
  after: { bucket: number; id: string },
  changedOnly: boolean,
  limit: number,
): Promise<BulkPerson[]> {
  const some = changedOnly ? sql`AND changes IS NOT NULL` : sql``
  const result = await sql<BulkPerson>`SELECT bucket, person_id AS id, changes FROM bulk_person WHERE act_id = ${id}::uuid
    AND (bucket, person_id) > (${after.bucket}::smallint, ${after.id}::uuid) ${some} ORDER BY bucket, person_id LIMIT ${limit}`.execute(db)
  return result.rows
}

/** Keeps what was there before. */
export async function keepChanges(db: Db, id: string, kept: readonly { subject: Subject; changes: Json }[]): Promise<void> {
  if (!kept.length) return
  const { buckets, ids } = columnsOf(kept.map((one) => one.subject))
  await sql`UPDATE bulk_person t SET changes = x.c::jsonb FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${kept.map((one) => JSON.stringify(one.changes))}::text[]) x(b, i, c)
    WHERE t.bucket = x.b AND t.person_id = x.i AND t.act_id = ${id}::uuid`.execute(db)
}

/** Moves an act on. */
export async function moveAct(
  db: Db,
  id: string,
  step: {
    state?: BulkState
    mark?: Subject
    total?: number
    done?: number
    changed?: number
    restored?: number
    kept?: number
    endedAt?: Date
    failure?: string
    undoneBy?: string
    undoneAt?: Date
  },
): Promise<void> {
  const set = {
    ...(step.state ? { state: step.state } : {}),
    ...(step.mark ? { mark_bucket: step.mark.bucket, mark_id: step.mark.id } : {}),
    ...(step.total === undefined ? {} : { total: step.total }),
    ...(step.endedAt ? { ended_at: step.endedAt } : {}),
    ...(step.failure === undefined ? {} : { failure: step.failure }),
    ...(step.undoneBy ? { undone_by: step.undoneBy } : {}),
    ...(step.undoneAt ? { undone_at: step.undoneAt } : {}),
    done: sql<number>`done + ${step.done ?? 0}`,
    changed: sql<number>`changed + ${step.changed ?? 0}`,
    restored: sql<number>`restored + ${step.restored ?? 0}`,
    kept: sql<number>`kept + ${step.kept ?? 0}`,
  }
  await db.updateTable('bulk_act').set(set).where('id', '=', id).execute()
}

/** Forgets what somebody typed for acts that can no longer be taken back: values, and the filter but for that there was one. */
export async function forgetTyped(db: Db, now: Date): Promise<void> {
  await sql`UPDATE bulk_act SET act = act - '{value,add,remove}'::text[], filter = CASE WHEN filter IS NOT NULL THEN '{}'::jsonb END
    WHERE undo_until <= ${now} AND state IN ('done', 'cancelled', 'failed', 'undone') AND (act ?| '{value,add,remove}'::text[] OR filter <> '{}')`.execute(
    db,
  )
}

/** Forgets the values of acts that can no longer be taken back, some at a time. @returns how many rows went */
export async function forgetOld(db: Db, now: Date, most: number): Promise<number> {
  const result = await sql`DELETE FROM bulk_person t USING (SELECT x.ctid FROM bulk_person x JOIN bulk_act a ON a.id = x.act_id
    WHERE a.undo_until <= ${now} AND a.state IN ('done', 'cancelled', 'failed', 'undone') LIMIT ${most}) gone WHERE t.ctid = gone.ctid`.execute(
    db,
  )
  return Number(result.numAffectedRows ?? 0)
}
