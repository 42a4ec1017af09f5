// D6 and S12: a backup made while others write, restored elsewhere by the command line, killed on its way again and again.
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startEmbedded } from '#kernel/db/embedded.ts'
import { root, SECRET_KEY } from '../product.ts'
import { until } from '../world.ts'
import { type Arena, openArena } from './arena.ts'
import { makeMailing, startMailing, startServer, statesOf, toServer } from './mailing.ts'
import type { Row } from './row.ts'
import { makeSite, newLedger, pour } from './sender.ts'

interface Run {
  readonly child: ChildProcess
  /** Exit code (null when killed) and everything it said. */
  readonly ended: Promise<{ code: number | null; said: string }>
}

/** One command of the command line, as an operator types it. */
function cli(dataDir: string, databaseUrl: string | null, args: readonly string[]): Run {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', DATA_DIR: dataDir, SECRET_KEY, LOG_LEVEL: 'warn' }
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: databaseUrl ? { ...env, DATABASE_URL: databaseUrl } : env,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => {
      said += part.toString()
    })
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, said }))) }
}

async function done(run: Run): Promise<string> {
  const { code, said } = await run.ended
  equal(code, 0, said)
  return said
}

/** An installation of its own, embedded database and all. */
async function elsewhere<T>(run: (dataDir: string, query: <R extends object>(text: string) => Promise<R[]>) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-chaos-elsewhere-'))
  try {
    return await run(dataDir, async <R extends object>(text: string) => {
      const embedded = await startEmbedded({ dataDir })
      const client = new pg.Client(embedded.config('hagukumi'))
      await client.connect()
      try {
        return (await client.query<R>(text)).rows
      } finally {
        await client.end()
        await embedded.stop()
      }
    })
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Pours events, makes a backup in the middle of them. @returns what was acknowledged before the backup began */
async function backUpUnderLoad(arena: Arena, file: string, seconds: number) {
  const product = await arena.product()
  const ledger = newLedger()
  let number = 0
  const load = pour(product.url, await makeSite(product, await arena.key('admin')), ledger, () => number++, { lanes: 8, per: 20 })
  await pause(seconds * 1_000)
  const before = new Set(ledger.acknowledged)
  const from = performance.now()
  await done(cli(arena.dataDir, arena.databaseUrl, ['backup', file]))
  const took = performance.now() - from
  const during = ledger.acknowledged.size - before.size
  await load.stop()
  await product.stop()
  return { before, during, took, strange: [...ledger.strange] }
}

export const restoredElsewhere: Row = {
  id: 'D6',
  title:
    'D6 GEN-15 a backup made under load holds every event acknowledged before it once, comes up elsewhere, and restores killed on the way leave nothing half',
  async run(ground, scale, seed) {
    const plan = scale === 'full' ? { seconds: 90, kills: 20 } : { seconds: 1, kills: 1 }
    const arena = await openArena(ground, seed)
    const file = join(arena.dataDir, 'backup.tar')
    try {
      const { before, during, took, strange } = await backUpUnderLoad(arena, file, plan.seconds)
      deepEqual(strange, [], 'answers that are neither 2xx nor 503')
      ok(during > 0, 'events were acknowledged while the backup was made')
      return await elsewhere(async (dataDir, query) => {
        const from = performance.now()
        match(await done(cli(dataDir, null, ['restore', file])), /Sending, webhooks and scenarios are held/)
        const rto = performance.now() - from
        const stored = await query<{ n: number; times: number }>(
          "SELECT (props->>'n')::int AS n, count(*)::int AS times FROM journal WHERE name = 'custom.chaos' GROUP BY 1",
        )
        const there = new Set(stored.map(({ n }) => n))
        deepEqual(
          [...before].filter((n) => !there.has(n)),
          [],
          'acknowledged before the backup, and not in it',
        )
        deepEqual(
          stored.filter(({ times }) => times !== 1),
          [],
          'events that are there more than once',
        )
        const torn = await query(
          'SELECT 1 FROM journal j LEFT JOIN person p ON p.bucket = j.bucket AND p.id = j.person_id LEFT JOIN pulse q ON q.bucket = j.bucket AND q.person_id = j.person_id WHERE p.id IS NULL OR q.person_id IS NULL LIMIT 1',
        )
        deepEqual(torn, [], 'events without their person: the backup is of more than one instant')
        const marked = await query<{ n: number }>(
          "INSERT INTO setting (key, value, changed_at) VALUES ('mark', '1', now()) RETURNING 1 AS n",
        )
        equal(marked.length, 1)
        let killed = 0
        for (let kill = 0; kill < plan.kills; kill++) {
          const run = cli(dataDir, null, ['restore', file, '--replace'])
          await pause(600 + arena.draw() * Math.max(500, rto * 0.8))
          run.child.kill('SIGKILL')
          if ((await run.ended).code === 0)
            await query("INSERT INTO setting (key, value, changed_at) VALUES ('mark', '1', now()) ON CONFLICT DO NOTHING")
          else killed++
          const [state] = await query<{ events: number; mark: number; held: number }>(
            "SELECT (SELECT count(*)::int FROM journal WHERE name = 'custom.chaos') AS events, (SELECT count(*)::int FROM setting WHERE key = 'mark') AS mark, (SELECT count(*)::int FROM hold) AS held",
          )
          equal(state?.events, stored.length, 'all of the old or all of the new')
          equal(state?.held, 1)
          // The new one has no mark: a kill after the commit. It is put there again, so that the next kill can tell.
          if (state?.mark === 0) await query("INSERT INTO setting (key, value, changed_at) VALUES ('mark', '1', now())")
        }
        const megabytes = (statSync(file).size / 1_000_000).toFixed(1)
        return `${stored.length} events, backup ${(took / 1_000).toFixed(1)} s (${megabytes} MB) with ${during} more acknowledged meanwhile; restored in ${(rto / 1_000).toFixed(1)} s; ${killed} of ${plan.kills} restores killed, none half`
      })
    } finally {
      await arena.close()
    }
  },
}

export const restoredMidMailing: Row = {
  id: 'S12',
  title: 'S12 a backup of a newsletter half sent, restored, sends nothing until it is released; what was on its way stands as unknown',
  async run(ground, scale, seed) {
    const { people, wait } = scale === 'full' ? { people: 10_000, wait: 60_000 } : { people: 600, wait: 3_000 }
    const arena = await openArena(ground, seed)
    const sink = await startServer(undefined, scale === 'full' ? 50 : 250)
    const file = join(arena.dataDir, 'backup.tar')
    try {
      const mailing = await makeMailing(arena, people)
      const worker = await arena.product({ run: 'worker', env: toServer(sink.port) })
      await startMailing(arena, mailing, people)
      await until(async () => sink.taken.length > people / 10 || undefined, { within: 60_000 })
      await done(cli(arena.dataDir, arena.databaseUrl, ['backup', file]))
      await worker.kill()
      const sentBefore = sink.taken.length
      ok(sentBefore < people, 'the newsletter was half sent when the installation was lost')
      await runOnRestored(ground, seed, async (other) => {
        await done(cli(other.dataDir, other.databaseUrl, ['restore', file, '--replace']))
        const held = await statesOf(other, mailing)
        deepEqual(Object.keys(held).sort(), ['sent', 'unknown'], 'sent for certain, or unknown')
        await other.product({ run: 'worker', env: toServer(sink.port) })
        await pause(wait)
        equal(sink.taken.length, sentBefore, 'mails left before anybody released them')
        await done(cli(other.dataDir, other.databaseUrl, ['release', 'all']))
        await pause(2_000)
        equal(sink.taken.length, sentBefore, 'what may have arrived is not sent by itself after the release either')
      })
      return `${people} people, ${sentBefore} mails had left when it was lost; 0 left in ${wait / 1_000} s held and 0 by the release`
    } finally {
      await arena.close()
      await sink.close()
    }
  },
}

async function runOnRestored(ground: Parameters<Row['run']>[0], seed: number, run: (arena: Arena) => Promise<void>): Promise<void> {
  const other = await openArena(ground, seed + 1)
  try {
    await run(other)
  } finally {
    await other.close()
  }
}
