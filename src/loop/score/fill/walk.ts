// What score and segment fills share: walking over all people in pages, each a short transaction under the pulse locks.
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { atInstant, readClock, withTx } from '#kernel/db/tx.ts'
import { lockPulses, settle } from '#kernel/journal.ts'
import { listPeople, loadDue } from './queries.ts'

const FILLER: Actor = { kind: 'system', name: 'fill' }
/** Few enough that a reaction of one of them waits for a fraction of a second. */
const PAGE = 1000

/**
 * Walks over everybody in key order, with the planner settings of the claimers: the tables it fills have no statistics yet.
 * @param page works on one page under its locks and says when each of its people is next due; null stops the walk
 * @param from the bucket to begin with, where an earlier run was interrupted
 * @returns whether the walk came to its end
 */
export async function walkPeople(
  house: House,
  from: number,
  page: (ctx: Ctx, people: readonly Subject[], bucket: number) => Promise<ReadonlyMap<string, Date> | null>,
): Promise<boolean> {
  let after: Subject | null = from > 0 ? { bucket: from - 1, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' } : null
  for (;;) {
    const last: Subject | null | undefined = await withTx(
      house,
      FILLER,
      async (ctx) => {
        const people = await listPeople(ctx.db, after, PAGE)
        const end = people.at(-1)
        return end ? onePage(ctx, people, end, page) : null
      },
      { claim: true },
    )
    if (last === undefined) return false
    if (last === null) return true
    after = last
  }
}

async function onePage(
  ctx: Ctx,
  people: readonly Subject[],
  end: Subject,
  page: Parameters<typeof walkPeople>[2],
): Promise<Subject | undefined> {
  await lockPulses(ctx, people)
  const later = atInstant(ctx, await readClock(ctx))
  const due = await page(later, people, end.bucket)
  if (!due) return undefined
  const have = await loadDue(later.db, people)
  const sooner = people.flatMap((subject) => {
    const [next, old] = [due.get(subject.id), have.get(subject.id)]
    return next && (!old || next < old) ? [{ subject, dueAt: next, eventIds: [] }] : []
  })
  if (sooner.length) await settle(later, sooner)
  return end
}
