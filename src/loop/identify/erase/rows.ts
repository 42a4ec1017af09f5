// All rows of people, in every room: what an erasure, an expiry and an import taken back have in common.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { deleteRows } from '../change/queries.ts'
import { noteDeleted } from './queries.ts'

type Keys = ReadonlyMap<string, readonly string[]>
const NONE: Keys = new Map()

/** Deletes what every declared table has of people who go, and notes that somebody has to look once more: see again.ts. */
export async function deletePeople(ctx: Ctx, subjects: readonly Subject[], keys: Keys = NONE): Promise<void> {
  await deleteAllRows(ctx, subjects)
  await noteDeleted(
    ctx.db,
    subjects.map((one) => one.id),
    keys,
    ctx.now,
  )
}

/**
 * A statement for each table. From the highest room down to the person: whoever still writes a row of theirs is waited for there, and what
 * they told the journal is gone with it.
 */
export async function deleteAllRows(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  for (const table of ctx.house.ports.personTables.toReversed())
    if (table.erase === 'delete') await deleteRows(ctx.db, table.table, subjects)
}
