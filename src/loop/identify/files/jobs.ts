import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { oldNames, remove } from './disk.ts'
import * as queries from './queries.ts'

const PAGE = 500
const system = { kind: 'system', name: 'worker' } as const

/** Takes the bytes off the disk whose rows went: first the file, then the note of it, so that a crash between the two costs nothing. */
async function takeGone(house: House): Promise<number> {
  const gone = await withRead(house, system, (ctx) => queries.findGone(ctx.db, PAGE))
  for (const one of gone) if (!one.used) await remove(house, one.stored)
  if (gone.length)
    await withTx(house, system, (ctx) =>
      queries.forgetGone(
        ctx.db,
        gone.map((one) => one.stored),
      ),
    )
  return gone.length
}

/** Every few minutes: what was removed a day ago, and what went with its person, leaves the disk too. */
export const filesGone = defineJob({
  name: 'files.gone',
  schema: z.object({}),
  cron: '*/5 * * * *',
  run: async (house) => {
    await withTx(house, system, (ctx) => queries.deleteRemoved(ctx.db, new Date(ctx.now.getTime() - DAY)))
    for (let n = PAGE; n === PAGE; ) n = await takeGone(house)
  },
})

/** Every night: bytes older than a day that no row knows (uploads that were cut off). */
export const filesStray = defineJob({
  name: 'files.stray',
  schema: z.object({}),
  cron: '40 18 * * *',
  run: async (house) => {
    const before = await withRead(house, system, async (ctx) => new Date(ctx.now.getTime() - DAY))
    const old = await oldNames(house, before)
    for (let from = 0; from < old.length; from += PAGE) {
      const some = old.slice(from, from + PAGE)
      const used = await withRead(house, system, (ctx) => queries.namesInUse(ctx.db, some))
      for (const stored of some) if (!used.has(stored)) await remove(house, stored)
    }
  },
})

export const jobs = [filesGone, filesStray]
