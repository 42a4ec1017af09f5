// The files of imports that are over.
import { DAY } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { listFiles, removeFile } from './file.ts'
import { listOpen } from './keeping.queries.ts'
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
