// What is left of imports, of those that are over and of people who are erased.
import { DAY } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { listFiles, removeFile } from './file.ts'
import { emptyRows, forgetShown, listOpen, lockOldRows, lockRowsOf } from './keeping.queries.ts'
import { WORKER } from './work.ts'

/** A file of which no import is known may be one that is just being uploaded. */
const UPLOAD_MS = DAY

/** Removes files that no import needs any more: whoever was killed between the end of an import and this left one. */
export async function removeLeft(house: House): Promise<void> {
  const ids = await listFiles(house)
  const { open, now } = await withRead(house, WORKER, async (ctx) => ({ open: await listOpen(ctx.db, ids), now: ctx.now.getTime() }))
  for (const id of ids) if (!open.has(id) && now - bornAt(id) > UPLOAD_MS) await removeFile(house, id)
}

/** The time part of a UUIDv7. */
const bornAt = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

/** Empties rows that imports did not take, where their time is over, some at a time. @returns how many */
export async function forgetRows(ctx: Ctx, before: Date, most: number): Promise<number> {
  const rows = await lockOldRows(ctx.db, before, most)
  if (rows.length) await emptyRows(ctx.db, rows)
  return rows.length
}

/** Takes what rows and trials say of people who are erased, and were known by these keys, out of what is kept of imports. */
export async function forgetPeople(ctx: Ctx, keys: readonly string[]): Promise<void> {
  const rows = await lockRowsOf(ctx.db, keys)
  if (rows.length) await emptyRows(ctx.db, rows)
  await forgetShown(ctx.db, keys)
}
