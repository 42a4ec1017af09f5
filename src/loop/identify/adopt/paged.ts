// One step of a move in pages; the job repeats it until nothing is left.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { lockPulses, moveJournal, wake } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import type { FieldChange } from '../fields/decide.ts'
import { lockPeople } from '../queries.ts'
import { adoptionById } from './queries.ts'
import * as runs from './runs.queries.ts'
import { adoptNow, mergeNow, undoNow } from './service.ts'

const PAGE = 5_000

interface Given {
  readonly byHand?: boolean
  readonly chosen?: readonly string[]
  readonly actor: string
  readonly causeId?: string
  readonly changes?: readonly FieldChange[]
  readonly weak?: boolean
  readonly adoption?: string
}

/**
 * Moves a page; the last page does the rest and ends the run. Killed at any moment, the next call goes on: pages are transactions, and
 * each row remembers where it came from.
 * @returns whether there is more to do
 */
export async function step(ctx: Ctx, id: string): Promise<boolean> {
  const run = await runs.takeRun(ctx.db, id)
  if (!run) return false
  const keep = { bucket: run.keep_bucket, id: run.keep_id }
  const lose = { bucket: run.lose_bucket, id: run.lose_id }
  await lockPulses(ctx, [keep, lose])
  const given = run.given as unknown as Given
  const moved = run.act === 'merge' ? await moveJournal(ctx, lose, keep, { all: true, most: PAGE }) : await pageBack(ctx, keep, lose, given)
  if (moved) await runs.noteMoved(ctx.db, id, moved)
  if (moved === PAGE) return true
  await finish(ctx, run, keep, lose, given, run.moved + moved)
  await announce(ctx, 'leads', { ids: [keep.id, lose.id] })
  return false
}

async function pageBack(ctx: Ctx, keep: Subject, lose: Subject, given: Given): Promise<number> {
  const adoption = await adoptionById(ctx.db, given.adoption ?? '')
  if (!adoption) return 0
  const taken = adoption.taken as unknown as { aliases: string[] }
  return moveJournal(ctx, keep, lose, { origin: lose.id, also: taken.aliases, via: [], since: adoption.at, most: PAGE })
}

async function finish(ctx: Ctx, run: runs.MergeRun, keep: Subject, lose: Subject, given: Given, before: number): Promise<void> {
  const fault = await wayOut(ctx, run, keep, lose)
  if (fault) {
    // What pages brought already goes home: nobody is left half moved.
    if (run.act === 'merge') await moveJournal(ctx, keep, lose, { origin: lose.id, via: [], since: run.started_at })
  } else if (run.act === 'undo') await undoNow(ctx, given.adoption ?? '', given.actor)
  else if (given.byHand) await mergeNow(ctx, { keep, lose, chosen: given.chosen, before, actor: given.actor })
  else
    await adoptNow(ctx, {
      from: lose,
      to: keep,
      causeId: given.causeId ?? run.id,
      byHand: false,
      changes: given.changes ?? [],
      weak: given.weak === true,
      actor: given.actor,
      before,
    })
  await runs.finishRun(ctx.db, run.id, ctx.now, fault)
  await wake(ctx, [keep, lose], ctx.now, true)
}

/** Why a run cannot end as it was meant: one of the two is gone, or the visitor has become somebody of their own. */
async function wayOut(ctx: Ctx, run: runs.MergeRun, keep: Subject, lose: Subject): Promise<string | null> {
  const people = await lockPeople(ctx.db, [keep, lose])
  const mover = people.get(lose.id)
  if (!people.has(keep.id)) return 'keeper gone'
  if (run.act === 'undo') return mover ? 'released already' : null
  if (!mover) return 'loser gone'
  const { byHand } = run.given as unknown as Given
  return !byHand && mover.identified_at !== null ? 'named meanwhile' : null
}
