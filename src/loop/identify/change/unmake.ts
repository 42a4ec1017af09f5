import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { deletePairsWith } from '../adopt/queries.ts'
import { markCompanies } from '../companies/making/service.ts'
import { deletePeople } from '../erase/rows.ts'
import { companiesOf } from './queries.ts'

/**
 * Takes people away whose making was a mistake (an import that is taken back): they never acted, so nothing of theirs is kept. Their pulses
 * and rows must be locked. The stop of an address stays, as it does for an erased person.
 */
export async function unmake(ctx: Ctx, people: readonly Subject[]): Promise<void> {
  if (!people.length) return
  await deletePairsWith(
    ctx.db,
    people.map((one) => one.id),
  )
  await markCompanies(ctx, await companiesOf(ctx.db, people), ['people'])
  await deletePeople(ctx, people)
}
