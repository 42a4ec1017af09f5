import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import { copyIn } from '#kernel/db/copy.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { ImportMappingTable, ImportPageTable, ImportRowTable, ImportRunTable, ImportStatus, ImportTouchTable } from './tables.ts'

const json = (value: unknown) => sql<Json>`${JSON.stringify(value)}::jsonb`

export async function insertRun(
  db: Db,
  row: Pick<ImportRunTable, 'id' | 'name' | 'bytes' | 'encoding' | 'delimiter' | 'rows_estimate' | 'created_at' | 'made_by' | 'target'> & {
    columns: readonly string[]
    sheets: readonly string[]
  },
): Promise<void> {
  const zero = {
    rows_done: 0,
    inserted: 0,
    updated: 0,
    returned: 0,
    skipped: 0,
    rejected: 0,
    failure: null,
    started_at: null,
    finished_at: null,
  }
  const none = { sheet: 0, rows_total: null, mark: 0, found: null, leg_at: null, leg_rows: 0, last_at: null, undone: null }
  await db
    .insertInto('import_run')
    .values({
      ...row,
      ...zero,
      ...none,
      status: 'uploaded',
      columns: json(row.columns),
      sheets: json(row.sheets),
      mapping: json([]),
      options: json({}),
    })
    .execute()
}

export function findRun(db: Db, id: string): Promise<ImportRunTable | undefined> {
  return db.selectFrom('import_run').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The run, locked until commit: whoever writes rows holds it. */
export function lockRun(db: Db, id: string): Promise<ImportRunTable | undefined> {
  return db.selectFrom('import_run').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function listRuns(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<ImportRunTable[]> {
  const query = db.selectFrom('import_run').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
  return (after ? query.where(sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`) : query).execute()
}

/** Runs that somebody is at, or was when they died. */
export function listMoving(db: Db): Promise<Pick<ImportRunTable, 'id' | 'status'>[]> {
  return db.selectFrom('import_run').select(['id', 'status']).where('status', 'in', ['checking', 'running', 'undoing']).execute()
}

export interface Plan {
  readonly target: string
  readonly encoding: string
  readonly delimiter: string
  readonly sheet: number
  readonly columns: readonly string[]
  readonly mapping: readonly string[]
  readonly options: object
}

/** Writes down how a run is to be done; `status` says whether it is tried or done. */
export async function planRun(db: Db, id: string, plan: Plan, status: 'checking' | 'running', at: Date): Promise<void> {
  await db
    .updateTable('import_run')
    .set({
      ...plan,
      columns: json(plan.columns),
      mapping: json(plan.mapping),
      options: json(plan.options),
      status,
      rows_done: 0,
      mark: 0,
      found: null,
      failure: null,
      leg_at: at,
      leg_rows: 0,
      last_at: at,
      ...(status === 'running' ? { started_at: at } : {}),
    })
    .where('id', '=', id)
    .execute()
}

export interface Counts {
  readonly rows: number
  readonly inserted: number
  readonly updated: number
  readonly returned: number
  readonly skipped: number
  readonly rejected: number
}

/** Moves a run forward, in the transaction that wrote its rows. */
export async function moveRun(db: Db, id: string, n: Counts, mark: number, at: Date): Promise<void> {
  await sql`/* move_import */ UPDATE import_run SET rows_done = rows_done + ${n.rows}, inserted = inserted + ${n.inserted}, updated = updated + ${n.updated}, returned = returned + ${n.returned},
    skipped = skipped + ${n.skipped}, rejected = rejected + ${n.rejected}, mark = ${mark}, last_at = ${at} WHERE id = ${id}`.execute(db)
}

export type RunChange = Partial<
  Pick<ImportRunTable, 'rows_total' | 'rows_done' | 'mark' | 'status' | 'finished_at' | 'failure' | 'leg_at' | 'leg_rows' | 'last_at'>
> & {
  readonly found?: object | null
  readonly undone?: object
}

/** Changes a run that stands at one of these statuses. @returns false when it does not */
export async function changeRun(db: Db, id: string, from: readonly ImportStatus[], change: RunChange): Promise<boolean> {
  const { found, undone, ...plain } = change
  const result = await db
    .updateTable('import_run')
    .set({
      ...plain,
      ...(found === undefined ? {} : { found: found === null ? null : json(found) }),
      ...(undone === undefined ? {} : { undone: json(undone) }),
    })
    .where('id', '=', id)
    .where('status', 'in', from)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Keeps rows that were not taken. */
export async function insertRows(
  db: Db,
  rows: readonly (Omit<ImportRowTable, 'cells' | 'keys'> & { cells: readonly string[]; keys: readonly string[] })[],
): Promise<void> {
  await copyIn(
    db,
    'import_row',
    ['import_id', 'line', 'outcome', 'reason', 'cells', 'keys'],
    rows.map((row) => [row.import_id, row.line, row.outcome, row.reason, JSON.stringify(row.cells), row.keys.length ? row.keys : null]),
  )
}

/** Rows that were not taken, by line. */
export function listRows(
  db: Db,
  id: string,
  afterLine: number,
  limit: number,
  outcome?: 'rejected' | 'skipped',
): Promise<ImportRowTable[]> {
  const query = db
    .selectFrom('import_row')
    .selectAll()
    .where('import_id', '=', id)
    .where('line', '>', afterLine)
    .orderBy('line')
    .limit(limit)
  return (outcome ? query.where('outcome', '=', outcome) : query).execute()
}

export async function insertPage(db: Db, row: Pick<ImportPageTable, 'import_id' | 'page' | 'made'> & { joined: boolean }): Promise<void> {
  await db
    .insertInto('import_page')
    .values({ ...row, undone_at: null })
    .execute()
}

export type Touch = Pick<ImportTouchTable, 'bucket' | 'person_id' | 'import_id' | 'line' | 'at' | 'changes' | 'keys' | 'member' | 'back'>

export async function insertTouches(db: Db, rows: readonly Touch[]): Promise<void> {
  await copyIn(
    db,
    'import_touch',
    ['bucket', 'person_id', 'import_id', 'line', 'at', 'changes', 'keys', 'member', 'back'],
    rows.map((row) => [
      row.bucket,
      row.person_id,
      row.import_id,
      row.line,
      row.at,
      JSON.stringify(row.changes),
      JSON.stringify(row.keys),
      row.member === null ? null : JSON.stringify(row.member),
      row.back,
    ]),
  )
}

/** What undoing has still to take back of known people: the last row first, so that each finds what it left behind. */
export function nextTouches(db: Db, id: string, limit: number): Promise<ImportTouchTable[]> {
  return db
    .selectFrom('import_touch')
    .selectAll()
    .where('import_id', '=', id)
    .where('undone_at', 'is', null)
    .orderBy('line', 'desc')
    .limit(limit)
    .execute()
}

export async function markTouches(db: Db, id: string, lines: readonly number[], at: Date): Promise<void> {
  await db
    .updateTable('import_touch')
    .set({ undone_at: at })
    .where('import_id', '=', id)
    .where('line', 'in', [...lines])
    .execute()
}

/** The next page of what the import made and undoing has not looked at. */
export function nextPage(db: Db, id: string): Promise<ImportPageTable | undefined> {
  return db
    .selectFrom('import_page')
    .selectAll()
    .where('import_id', '=', id)
    .where('undone_at', 'is', null)
    .orderBy('page', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export async function markPage(db: Db, id: string, page: number, at: Date): Promise<void> {
  await db.updateTable('import_page').set({ undone_at: at }).where('import_id', '=', id).where('page', '=', page).execute()
}

/** How many rows undoing has to look at. */
export async function countUndo(db: Db, id: string): Promise<number> {
  const result = await sql<{ n: number }>`SELECT (SELECT count(*) FROM import_touch WHERE import_id = ${id}::uuid)::int
    + coalesce((SELECT sum(cardinality(made)) FROM import_page WHERE import_id = ${id}::uuid), 0)::int AS n`.execute(db)
  return result.rows[0]?.n ?? 0
}

/** A journal row of `x` that is an act of the person or of a colleague. What a company tells its people by itself names nobody who did it. */
const isAct = (derived: readonly string[]) =>
  sql`j.bucket = x.b AND j.person_id = x.i AND NOT j.historic AND j.name <> ALL(${derived}::text[])
    AND NOT (j.name = 'company.changed' AND NOT j.props ? 'by')`

/** Which of these people did something of their own, were changed by somebody, or came up in another import since this one took them in. */
export async function findLively(db: Db, id: string, subjects: readonly Subject[], derived: readonly string[]): Promise<Set<string>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ id: string }>`SELECT x.i AS id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    WHERE EXISTS (SELECT 1 FROM journal j WHERE ${isAct(derived)})
      OR EXISTS (SELECT 1 FROM import_touch t WHERE t.bucket = x.b AND t.person_id = x.i AND t.import_id <> ${id}::uuid AND t.undone_at IS NULL)
      OR EXISTS (SELECT 1 FROM identity d WHERE d.bucket = x.b AND d.person_id = x.i AND d.kind = 'device')`.execute(db)
  return new Set(result.rows.map((row) => row.id))
}

/** Which of these people did something of their own, or were changed by somebody, since an instant. */
export async function findActive(db: Db, subjects: readonly Subject[], since: Date, derived: readonly string[]): Promise<Set<string>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ id: string }>`SELECT x.i AS id FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
    WHERE EXISTS (SELECT 1 FROM journal j WHERE ${isAct(derived)} AND j.received_at > ${since})`.execute(db)
  return new Set(result.rows.map((row) => row.id))
}

export function findMapping(db: Db, key: string): Promise<ImportMappingTable | undefined> {
  return db.selectFrom('import_mapping').selectAll().where('headers_key', '=', key).executeTakeFirst()
}

export async function saveMapping(
  db: Db,
  row: { key: string; target: string; mapping: readonly string[]; options: object; at: Date },
): Promise<void> {
  const kept = { target: row.target, mapping: json(row.mapping), options: json(row.options), used_at: row.at }
  await db
    .insertInto('import_mapping')
    .values({ headers_key: row.key, ...kept })
    .onConflict((on) => on.column('headers_key').doUpdateSet(kept))
    .execute()
}
