// Whoever has very many rows is moved in pages, both people parked meanwhile: a transaction of seconds would hold everybody up.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { park } from '#kernel/journal.ts'
import type { Json } from '#kernel/json.ts'
import { UNDER_WAY } from '#kernel/parked.ts'
import * as runs from './runs.queries.ts'

/** More rows than this go in pages. */
export const PAGED_FROM = 50_000

const REASON = `${UNDER_WAY}many rows are on their way / 統合の途中です`

/**
 * Begins a move in pages when there are very many rows (`known`: counted before, for an undo). Both pulses must be locked.
 * @returns false when there are few: the caller does it at once
 */
export async function beginPages(
  ctx: Ctx,
  act: 'merge' | 'undo',
  lose: Subject,
  keep: Subject,
  given: Json,
  known?: number,
): Promise<boolean> {
  const total = known ?? (await runs.countJournal(ctx.db, lose, PAGED_FROM + 1))
  if (total <= (ctx.house.ports.pagedFrom ?? PAGED_FROM)) return false
  const exact = known ?? (await runs.countJournal(ctx.db, lose, 100_000_000))
  await runs.insertRun(ctx.db, { id: ctx.id(), act, keep, lose, given, total: exact, at: ctx.now })
  for (const subject of [lose, keep]) await park(ctx, subject, REASON)
  return true
}

/** @throws Refusal `merge.running` while rows of one of these people are on their way */
export async function refuseRunning(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  const running = await runs.runningOf(
    ctx.db,
    subjects.map((subject) => subject.id),
  )
  if (running.size)
    refuse('conflict', 'merge.running', {
      message:
        'この人の統合が進行中です。終わってからもう一度お試しください / A merge of this person is under way: try again when it is through.',
    })
}

/** What is under way, for the page that shows it. */
export async function openRuns(ctx: Ctx) {
  return (await runs.listOpen(ctx.db)).map((run) => ({
    id: run.id,
    act: run.act,
    keep: run.keep_id,
    lose: run.lose_id,
    total: run.total,
    moved: run.moved,
    startedAt: run.started_at.toISOString(),
    fault: run.fault,
  }))
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** From how many rows on people move in pages; tests set it low. */
    readonly pagedFrom?: number
  }
}
