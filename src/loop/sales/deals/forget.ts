// What a deal keeps of somebody who is erased: where there is no company it was called by them.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { blot } from '#kernel/journal.ts'
import { loadPeople } from '#loop/identify/service.ts'
import { personName } from '../people.ts'
import { dealName, UNNAMED } from './decide.ts'
import { peopleOf, renameCalledBy } from './queries.ts'

/** What tells of a deal by its name. */
const TOLD = ['created', 'changed', 'stage_changed', 'won', 'lost', 'reopened', 'joined', 'parted', 'removed', 'restored'].map(
  (what) => `deal.${what}`,
)

/** Deals that are called by these people are called by nobody, also in what the others in them were told. A name that a colleague chose stays. */
export async function forgetNames(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  const rows = await loadPeople(ctx, subjects)
  const people = subjects.flatMap((subject) => {
    const row = rows.get(subject.id)
    return row ? [{ subject, name: dealName(null, personName(row)) }] : []
  })
  const deals = await renameCalledBy(ctx.db, people, UNNAMED)
  if (!deals.length) return
  const told = (await peopleOf(ctx.db, deals)).map(({ bucket, person_id: id, deal_id: deal }) => ({
    subject: { bucket, id },
    where: { deal },
  }))
  await blot(ctx, told, { names: TOLD, prop: 'dealName' })
}
