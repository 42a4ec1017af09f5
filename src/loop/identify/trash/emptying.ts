// The page of the trash: who lies there, back again, and emptying it at once as a job that says how far it is.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf } from '#kernel/db/buckets.ts'
import { announce } from '#kernel/live.ts'
import type { Emptying } from './contract.ts'
import { emptyTrash } from './jobs.ts'
import { beginEmptying, readEmptying } from './progress.ts'
import * as queries from './queries.ts'
import { byWhom, restore } from './service.ts'

/** Who lies in the trash, the last put there first. */
export async function list(ctx: Ctx, { cursor, limit }: { cursor?: string | undefined; limit: number }) {
  const rows = await queries.listTrash(ctx.db, decodeCursor(cursor), limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows.slice(0, limit).map(({ company_name, at, until, ...row }) => ({
      ...row,
      companyName: company_name,
      at: at.toISOString(),
      until: until.toISOString(),
    })),
    next: last ? encodeCursor(last.at, last.id) : null,
  }
}

/** How many lie there; the last emptying while it goes on, and for a day after. */
export async function state(ctx: Ctx): Promise<{ n: number; emptying: Emptying | null }> {
  const last = await readEmptying(ctx)
  const isOld = last?.endedAt && Date.parse(last.endedAt) < ctx.now.getTime() - DAY
  return { n: await queries.countDue(ctx.db, { by: 'at', at: ctx.now }), emptying: isOld ? null : last }
}

/** Takes leads out of the trash, as they were. */
export async function putBack(ctx: Ctx, { ids }: { ids: readonly string[] }): Promise<{ restored: number }> {
  const back = await restore(
    ctx,
    ids.map((id) => ({ bucket: bucketOf(id), id })),
    { actId: null },
  )
  await announce(ctx, 'leads', { ids: [...back].slice(0, 50) })
  return { restored: back.size }
}

/** Begins to erase everybody who lies in the trash at this moment. Whoever is put there later stays. */
export async function empty(ctx: Ctx): Promise<{ n: number }> {
  const total = await queries.countDue(ctx.db, { by: 'at', at: ctx.now })
  if (!total) return { n: 0 }
  const by = byWhom(ctx)
  await beginEmptying(ctx, total, by)
  await ctx.house.jobs.enqueue(ctx, emptyTrash, { before: ctx.now.toISOString(), by })
  return { n: total }
}
