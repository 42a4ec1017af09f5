import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { LastRuns } from './decide.ts'
import type { BackupRunTable } from './tables.ts'

export type RunRow = BackupRunTable

export async function insertRun(db: Db, row: { id: string; how: RunRow['how']; by: string; now: Date }): Promise<void> {
  await db
    .insertInto('backup_run')
    .values({
      id: row.id,
      how: row.how,
      status: 'running',
      started_at: row.now,
      seen_at: row.now,
      made_by: row.by,
      finished_at: null,
      snapshot_at: null,
      file: null,
      bytes: 0,
      rows: 0,
      rows_estimate: 0,
      failure: null,
      removed_at: null,
    })
    .execute()
}

export async function updateRun(db: Db, id: string, change: Partial<Omit<RunRow, 'id'>>): Promise<void> {
  await db.updateTable('backup_run').set(change).where('id', '=', id).execute()
}

export async function findRun(db: Db, id: string): Promise<RunRow | undefined> {
  return db.selectFrom('backup_run').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function listRuns(db: Db, limit: number): Promise<RunRow[]> {
  return db.selectFrom('backup_run').selectAll().orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
}

/** Daily backups whose files were not removed, newest first. */
export async function listDaily(db: Db): Promise<RunRow[]> {
  return db
    .selectFrom('backup_run')
    .selectAll()
    .where('how', '=', 'schedule')
    .where('status', '=', 'done')
    .where('removed_at', 'is', null)
    .orderBy('started_at', 'desc')
    .execute()
}

export async function lastDaily(db: Db): Promise<LastRuns> {
  const found = await sql<LastRuns>`SELECT max(started_at) FILTER (WHERE status = 'done') AS done, max(started_at) AS tried FROM backup_run
    WHERE how = 'schedule'`.execute(db)
  return found.rows[0] ?? { done: null, tried: null }
}

/** Snapshot of the newest whole backup, whoever made it. */
export async function lastBackupAt(db: Db): Promise<Date | null> {
  const found = await sql<{ at: Date | null }>`SELECT max(snapshot_at) AS at FROM backup_run WHERE status = 'done'`.execute(db)
  return found.rows[0]?.at ?? null
}

/** One backup at a time: the lock goes with the transaction. @returns whether another one is being started at this very moment */
export async function lockStart(db: Db): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(7212005)`.execute(db)
}

export async function findRunning(db: Db): Promise<RunRow | undefined> {
  return db.selectFrom('backup_run').selectAll().where('status', '=', 'running').orderBy('started_at', 'desc').executeTakeFirst()
}

export async function countHeldJobs(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM held_job`.execute(db)
  return found.rows[0]?.n ?? 0
}
