import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { MergeRunTable } from './tables.ts'

export type MergeRun = Selectable<MergeRunTable>

/** How many journal rows somebody has, counted no further than `most`. */
export async function countJournal(db: Db, { bucket, id }: Subject, most: number): Promise<number> {
  const found = await sql<{ n: number }>`/* count_journal_rows */
    SELECT count(*)::int AS n FROM (SELECT 1 FROM journal WHERE bucket = ${bucket} AND person_id = ${id} LIMIT ${most}) x`.execute(db)
  return found.rows[0]?.n ?? 0
}

/** Writes a run down; somebody who is on their way already stays with the first one. */
export async function insertRun(
  db: Db,
  run: { id: string; act: 'merge' | 'undo'; keep: Subject; lose: Subject; given: Json; total: number; at: Date },
): Promise<void> {
  await sql`INSERT INTO merge_run (id, act, keep_bucket, keep_id, lose_bucket, lose_id, given, total, started_at)
    VALUES (${run.id}, ${run.act}, ${run.keep.bucket}, ${run.keep.id}, ${run.lose.bucket}, ${run.lose.id}, ${JSON.stringify(run.given)}::jsonb, ${run.total}, ${run.at})
    ON CONFLICT (lose_id) WHERE finished_at IS NULL DO NOTHING`.execute(db)
}

/** Those of these people who are being merged, or taken apart, right now. */
export async function runningOf(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const found = await sql<{ keep_id: string; lose_id: string }>`SELECT keep_id, lose_id FROM merge_run
    WHERE finished_at IS NULL AND (keep_id = ANY(${[...ids]}::uuid[]) OR lose_id = ANY(${[...ids]}::uuid[]))`.execute(db)
  return new Set(found.rows.flatMap((row) => [row.keep_id, row.lose_id]))
}

/** Runs under way, oldest first. */
export async function listOpen(db: Db): Promise<MergeRun[]> {
  return db.selectFrom('merge_run').selectAll().where('finished_at', 'is', null).orderBy('started_at').orderBy('id').limit(50).execute()
}

/** A run under way, locked; undefined when another worker has it or it is through. */
export async function takeRun(db: Db, id: string): Promise<MergeRun | undefined> {
  return db
    .selectFrom('merge_run')
    .selectAll()
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
}

export async function noteMoved(db: Db, id: string, n: number): Promise<void> {
  await sql`UPDATE merge_run SET moved = moved + ${n} WHERE id = ${id}`.execute(db)
}

export async function finishRun(db: Db, id: string, at: Date, fault: string | null): Promise<void> {
  await sql`UPDATE merge_run SET finished_at = ${at}, fault = ${fault} WHERE id = ${id}`.execute(db)
}

/** What a run was told goes when one of its people is erased. */
export async function forgetRuns(db: Db, ids: readonly string[]): Promise<void> {
  const people = sql`${[...ids]}::uuid[]`
  await sql`UPDATE merge_run SET given = '{}' WHERE finished_at IS NOT NULL AND (keep_id = ANY(${people}) OR lose_id = ANY(${people}))`.execute(
    db,
  )
}
