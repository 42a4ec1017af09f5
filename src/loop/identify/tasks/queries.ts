import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { TaskRow } from './tables.ts'

/** A new task. */
export async function insertTask(db: Db, row: TaskRow): Promise<void> {
  await db
    .insertInto('task')
    .values({ ...row, results: sql`${JSON.stringify(row.results)}::jsonb` })
    .execute()
}

/** New tasks of many people; one that is there already stays as it is. @returns the ids that are new */
export async function insertTasks(db: Db, rows: readonly TaskRow[]): Promise<Set<string>> {
  const made = await sql<{
    id: string
  }>`/* insert_tasks */ INSERT INTO task SELECT x.* FROM jsonb_populate_recordset(NULL::task, ${JSON.stringify(rows)}::jsonb) x
    ORDER BY bucket, person_id, id ON CONFLICT DO NOTHING RETURNING id`.execute(db)
  return new Set(made.rows.map((row) => row.id))
}

/** One task, locked until commit when asked to. */
export async function findTask(db: Db, subject: Subject, id: string, lock: boolean): Promise<TaskRow | undefined> {
  const found = db
    .selectFrom('task')
    .selectAll()
    .where('bucket', '=', subject.bucket)
    .where('person_id', '=', subject.id)
    .where('id', '=', id)
  return (lock ? found.forUpdate() : found).executeTakeFirst()
}

/** Saves a task. It must be locked. */
export async function updateTask(db: Db, row: TaskRow): Promise<void> {
  const { bucket, person_id, id, results: _results, ...rest } = row
  await db.updateTable('task').set(rest).where('bucket', '=', bucket).where('person_id', '=', person_id).where('id', '=', id).execute()
}

export interface TaskFilter {
  readonly state: 'open' | 'done'
  /** null: nobody's; absent: anybody's. */
  readonly assignee?: string | null | undefined
  readonly subject?: Subject | undefined
}

/** The place of a task in its list: open ones by due date with the undated last, done ones newest first. */
export interface TaskPlace {
  readonly key: string
  readonly id: string
}

/** A page of tasks. */
export async function listTasks(
  db: Db,
  filter: TaskFilter,
  after: TaskPlace | null,
  limit: number,
): Promise<(TaskRow & { key: string })[]> {
  const open = filter.state === 'open'
  const by = open ? sql`coalesce(due_at, 'infinity'::timestamptz)` : sql`done_at`
  const whose =
    filter.assignee === undefined
      ? sql``
      : filter.assignee === null
        ? sql`AND assignee_id IS NULL`
        : sql`AND assignee_id = ${filter.assignee}`
  const about = filter.subject ? sql`AND bucket = ${filter.subject.bucket} AND person_id = ${filter.subject.id}` : sql``
  const beyond = after
    ? open
      ? sql`AND (${by}, id) > (${after.key}::timestamptz, ${after.id}::uuid)`
      : sql`AND (${by}, id) < (${after.key}::timestamptz, ${after.id}::uuid)`
    : sql``
  const order = open ? sql`${by}, id` : sql`${by} DESC, id DESC`
  const result = await sql<TaskRow & { key: string }>`SELECT *, ${by}::text AS key FROM task
    WHERE done_at IS ${open ? sql`NULL` : sql`NOT NULL`} AND removed_at IS NULL ${whose} ${about} ${beyond} ORDER BY ${order} LIMIT ${limit}`.execute(
    db,
  )
  return result.rows
}

/** Marks the tasks of these people that fell due as told. @returns them */
export async function tellDue(db: Db, subjects: readonly Subject[], at: Date): Promise<TaskRow[]> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<TaskRow>`/* tell_due_tasks */ UPDATE task t SET told_at = ${at}::timestamptz
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) WHERE t.bucket = x.b AND t.person_id = x.i
      AND t.done_at IS NULL AND t.told_at IS NULL AND t.removed_at IS NULL AND t.due_at <= ${at} RETURNING t.*`.execute(db)
  return result.rows
}

/** The next instant a task of these people falls due, by person; absent when none does. */
export async function nextDue(db: Db, subjects: readonly Subject[]): Promise<Map<string, Date>> {
  const { buckets, ids } = columnsOf(subjects)
  const result = await sql<{ person_id: string; at: Date }>`/* next_due_tasks */ SELECT t.person_id, min(t.due_at) AS at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) JOIN task t ON t.bucket = x.b AND t.person_id = x.i
    WHERE t.done_at IS NULL AND t.told_at IS NULL AND t.removed_at IS NULL AND t.due_at IS NOT NULL GROUP BY 1`.execute(db)
  return new Map(result.rows.map((row) => [row.person_id, row.at]))
}
