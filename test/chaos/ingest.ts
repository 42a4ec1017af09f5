// I1 and D8: whatever was answered with 2xx is there exactly once, however often the product is killed.
import { deepEqual, equal, match } from 'node:assert/strict'
import type { Product } from '../product.ts'
import { spawnProduct } from '../product.ts'
import { type Arena, openArena, openEmbeddedArena } from './arena.ts'
import type { Row } from './row.ts'
import { type Ledger, makeSite, newLedger, post, pour } from './sender.ts'

/** What the journal holds against the ledger: every acknowledged number once, no number twice. */
export async function compare(arena: Arena, ledger: Ledger): Promise<void> {
  const { rows } = await arena.pool.query<{ n: number; times: number }>(
    `SELECT (props->>'n')::int AS n, count(*)::int AS times FROM journal WHERE name = 'custom.chaos' GROUP BY 1`,
  )
  const stored = new Map(rows.map((row) => [row.n, row.times]))
  deepEqual(
    [...ledger.acknowledged].filter((n) => !stored.has(n)),
    [],
    'acknowledged events are missing',
  )
  deepEqual(
    rows.filter((row) => row.times !== 1),
    [],
    'events are stored more than once',
  )
  deepEqual([...ledger.strange], [], 'answers that are neither 2xx nor 503')
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

interface Kills {
  readonly kills: number
  readonly lanes: number
  readonly per: number
}

/** Kills under load `kills` times. After each restart all open events and a share of the acknowledged ones are posted again. */
async function killUnderLoad(arena: Arena, { kills, lanes, per }: Kills, between?: (kill: number) => Promise<void>): Promise<Ledger> {
  const ledger = newLedger()
  let number = 0
  let product: Product = await arena.product()
  const writeKey = await makeSite(product, await arena.key('admin'))
  for (let kill = 0; kill < kills; kill++) {
    const load = pour(product.url, writeKey, ledger, () => number++, { lanes, per })
    await pause(100 + arena.draw() * 500)
    await product.kill()
    await load.stop()
    await between?.(kill)
    product = await arena.product()
    const again = [...ledger.open, ...[...ledger.acknowledged].filter(() => arena.draw() < 0.05)]
    for (let at = 0; at < again.length; at += 100) await post(product.url, writeKey, again.slice(at, at + 100), ledger)
  }
  equal(ledger.open.size, 0, 'what was open is acknowledged after the last restart')
  await product.stop()
  return ledger
}

export const killedIngest: Row = {
  id: 'I1',
  title: 'I1 every event answered with 2xx is in the journal exactly once, although the server is killed under load again and again',
  async run(ground, scale, seed) {
    const arena = await openArena(ground, seed)
    const plan = scale === 'full' ? { kills: 200, lanes: 32, per: 20 } : { kills: 10, lanes: 16, per: 1 }
    try {
      const ledger = await killUnderLoad(arena, plan)
      await compare(arena, ledger)
      return `${plan.kills} kills, ${ledger.acknowledged.size} events acknowledged, 0 missing, 0 double`
    } finally {
      await arena.close()
    }
  },
}

export const embeddedKilled: Row = {
  id: 'D8',
  title: 'D8 a second product on the same data folder is refused by name, and kills of product and database lose nothing acknowledged',
  async run(_ground, scale, seed) {
    const arena = await openEmbeddedArena(seed)
    const kills = scale === 'full' ? 500 : 10
    try {
      const first = await arena.product()
      const second = await spawnProduct({ dataDir: arena.dataDir })
      equal(await second.ended(), 1, 'the second product ends by itself')
      match(second.output(), /is running on .* already \(process \d+\)/)
      equal((await fetch(`${first.url}/health`)).status, 200, 'the first is not disturbed')
      await first.stop()
      const ledger = await killUnderLoad(arena, { kills, lanes: 8, per: 1 }, async (kill) => {
        if (kill % 2 === 1) await killPostmaster(arena)
      })
      const reader = await arena.product()
      await compare(arena, ledger)
      await reader.stop()
      return `${kills} kills (every second one of the database too), ${ledger.acknowledged.size} acknowledged, 0 missing, 0 double`
    } finally {
      await arena.close()
    }
  },
}

/** SIGKILL to the embedded server this arena started, found by its own pid file. */
async function killPostmaster(arena: Arena): Promise<void> {
  const { readFileSync } = await import('node:fs')
  const pid = Number(readFileSync(`${arena.dataDir}/pg/postmaster.pid`, 'utf8').split('\n')[0])
  process.kill(pid, 'SIGKILL')
}
