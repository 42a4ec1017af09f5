// What a restore has still to do once its rows are there: files in their place, stops and erasures told again. Repeatable until it is done;
// the product does it before it serves, so a restore that was killed here ends at the next start.
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Actor, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { noteHold, readHold } from '#kernel/hold.ts'
import { reapplyTopics } from '#loop/deliver/restore/service.ts'
import { partFromAll } from '#loop/identify/adopt/service.ts'
import { eraseLead } from '#loop/identify/change/service.ts'
import { resolveSubject } from '#loop/identify/service.ts'
import { reapplyStops } from '#loop/identify/stopLog/service.ts'
import { markOfHouse } from '../archive/key.ts'
import { sinceOf, standing } from '../stops/decide.ts'
import { logFile, readStopLog } from '../stops/file.ts'
import { swapKey } from './swapKey.ts'

const RESTORER: Actor = { kind: 'system', name: 'restore' }

export interface Settled {
  readonly stops: number
  readonly topics: number
  readonly erased: number
  readonly hadLog: boolean
}

/**
 * Ends a restore that was begun. @returns what was told again; null when there was nothing to do
 * @throws Error when the key that belongs to the data was not in place yet: it is now, and the process must start again
 */
export async function settleRestore(house: House, secretKeyFile: string | null): Promise<Settled | null> {
  const hold = await withTx(house, RESTORER, readHold)
  if (hold?.about.settled !== false) return null
  const next = secretKeyFile ? `${secretKeyFile}.next` : null
  if (next && secretKeyFile && hold.about.keyMark !== markOfHouse(house) && existsSync(next)) {
    await swapKey(secretKeyFile)
    throw new Error('The secret key of the restored backup was put in place. Start again.')
  }
  if (typeof hold.about.staged === 'string') await placeFiles(house.dataDir, hold.about.staged)
  const told = await tellAgain(house, new Date(String(hold.about.snapshotAt)))
  await withTx(house, RESTORER, (ctx) => noteHold(ctx, { settled: true, ...told }))
  return told
}

/** Each folder takes the place of the one that was there. */
async function placeFiles(dataDir: string, staged: string): Promise<void> {
  const from = join(dataDir, staged)
  for (const name of await readdir(from).catch(() => [])) {
    const place = join(dataDir, name)
    const old = join(dataDir, `replaced-${name}`)
    await rm(old, { recursive: true, force: true })
    if (existsSync(place)) await rename(place, old)
    await rename(join(from, name), place)
    await rm(old, { recursive: true, force: true })
  }
  await rm(from, { recursive: true, force: true })
}

async function tellAgain(house: House, snapshotAt: Date): Promise<Settled> {
  const { stops, topics, erased } = standing(await readStopLog(house.dataDir, sinceOf(snapshotAt)))
  const told = await withTx(house, RESTORER, async (ctx) => ({
    stops: await reapplyStops(ctx, stops),
    topics: await reapplyTopics(ctx, topics),
  }))
  let gone = 0
  for (const id of erased) {
    gone += await withTx(house, RESTORER, async (ctx) => {
      const subject = await resolveSubject(ctx, id)
      if (!subject) return 0
      // They were taken for somebody when the backup was made, and no more when they were erased: who that is has not asked to go.
      if (subject.id !== id && !erased.includes(subject.id)) await partFromAll(ctx, id)
      await eraseLead(ctx, { id })
      return 1
    })
  }
  return { ...told, erased: gone, hadLog: existsSync(logFile(house.dataDir)) }
}
