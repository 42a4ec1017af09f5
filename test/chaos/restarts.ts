// S6: the database goes away in the middle of a newsletter, politely and not, again and again.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { startEmbedded } from '#kernel/db/embedded.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { openJobs } from '#kernel/jobs.ts'
import { makeLog } from '#kernel/log.ts'
import type { Sink } from '../sink.ts'
import { until } from '../world.ts'
import { type Arena, openEmbeddedArena } from './arena.ts'
import { LANES, makeMailing, settled, startMailing, startServer, statesOf, toServer } from './mailing.ts'
import type { Row } from './row.ts'
import { extraCopies } from './sending.ts'

/** Fast; immediate, which is a crash that was announced; and killed. */
const WAYS = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const
type Way = (typeof WAYS)[number]

/** Ends the database server of this arena and starts it again; nothing is mended by hand. */
async function restart(arena: Arena, way: Way): Promise<void> {
  const pid = Number(readFileSync(`${arena.dataDir}/pg/postmaster.pid`, 'utf8').split('\n')[0])
  process.kill(pid, way)
  await until(async () => !isRunning(pid), { within: 30_000, every: 20, what: 'the database to stop' })
  await startEmbedded({ dataDir: arena.dataDir })
}

/** A zombie nobody has buried yet runs no more. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch {
    return false
  }
}

/** How long nothing was sent from now on, in ms; null when there was nothing left to send. */
async function silence(arena: Arena, sink: Sink, mailing: string): Promise<number | null> {
  const [before, from] = [sink.taken.length, performance.now()]
  return until(
    async () => {
      if (sink.taken.length > before) return { ms: performance.now() - from }
      const { sent = 0, unknown = 0, ...open } = await statesOf(arena, mailing).catch(() => ({ busy: 1 }) as Record<string, number>)
      return sent + unknown > 0 && Object.keys(open).length === 0 ? { ms: null } : undefined
    },
    { within: 60_000, every: 50, what: 'the sending to go on' },
  ).then(({ ms }) => ms)
}

export const restartedDatabase: Row = {
  id: 'S6',
  title:
    'S6 the database is stopped, crashed and killed in the middle of a newsletter: nobody is lost, nobody gets two, and the sending goes on by itself',
  async run(_ground, scale, seed) {
    const { people, restarts } = scale === 'full' ? { people: 20_000, restarts: 50 } : { people: 800, restarts: 3 }
    const arena = await openEmbeddedArena(seed)
    const sink = await startServer(undefined, scale === 'full' ? 80 : 40)
    try {
      await migrate(arena.pool)
      await (await openJobs(arena.pool, [], makeLog('silent'))).stop()
      const mailing = await makeMailing(arena, people)
      const sender = await arena.product({ run: 'worker', databaseUrl: arena.databaseUrl, env: toServer(sink.port) })
      await startMailing(arena, mailing, people)
      let longest = 0
      let during = 0
      for (let i = 0; i < restarts; i++) {
        const before = sink.taken.length
        await until(async () => sink.taken.length > before || undefined, { within: 20_000 }).catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, arena.draw() * 200))
        await restart(arena, WAYS[i % WAYS.length] as Way)
        const ms = await silence(arena, sink, mailing)
        if (ms === null) continue
        during++
        longest = Math.max(longest, ms)
      }
      ok(sender.alive(), 'the worker outlived its database')
      ok(during > restarts / 2, `only ${during} restarts fell into the sending`)
      ok(longest <= 30_000, `nothing was sent for ${Math.round(longest)} ms`)
      const states = await settled(arena, mailing, people, 300_000)
      const unknown = states['unknown'] ?? 0
      deepEqual(extraCopies(sink), [], 'copies beyond the first')
      ok(unknown <= restarts * LANES, `${unknown} unknown after ${restarts} restarts at ${LANES} connections`)
      equal((states['sent'] ?? 0) + unknown, people, JSON.stringify(states))
      await sender.stop()
      return `${restarts} restarts (${during} amid the sending), ${people} mails: ${JSON.stringify(states)}, 0 extra, 0 lost; sending went on after ${(longest / 1_000).toFixed(1)} s at most`
    } finally {
      await arena.close()
      await sink.close()
    }
  },
}
