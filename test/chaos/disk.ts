// I7: the disk is full. Nothing is acknowledged that is not kept, and once there is room again the product goes on by itself.
import { ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../world.ts'
import { openEmbeddedArena } from './arena.ts'
import { compare } from './ingest.ts'
import type { Row } from './row.ts'
import { makeSite, newLedger, post } from './sender.ts'

const SIZE = '260m'

/** A small disk of our own; null where mounting is not permitted. */
export function mountDisk(): { folder: string; unmount(): void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'hagukumi-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0711`, 'tmpfs', folder])
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return null
  }
  return {
    folder,
    unmount: () => {
      spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Takes all that is free, and what becomes free while it does. */
function fill(filler: string): void {
  const block = Buffer.alloc(64 * 1024)
  for (;;) {
    try {
      appendFileSync(filler, block)
    } catch {
      return
    }
  }
}

export const fullDisk: Row = {
  id: 'I7',
  title: 'I7 a full disk is answered with 503 and no false 2xx; with room again the product goes on by itself and has lost nothing',
  async run(_ground, scale, seed) {
    const disk = mountDisk()
    if (!disk) throw new Error('mounting a small disk is not permitted here')
    const arena = await openEmbeddedArena(seed, disk.folder)
    try {
      const rounds = scale === 'full' ? 20 : 2
      const product = await arena.product()
      const writeKey = await makeSite(product, await arena.key('admin'))
      const ledger = newLedger()
      const filler = join(disk.folder, 'filler')
      let n = 0
      let refused = 0
      for (let round = 0; round < rounds; round++) {
        await post(
          product.url,
          writeKey,
          Array.from({ length: 50 }, () => n++),
          ledger,
        )
        fill(filler)
        const until503 = ledger.acknowledged.size
        // What still fits into the log file that is open is kept; after that nothing may be acknowledged.
        for (let tries = 0; tries < 400 && ledger.open.size < 2_000; tries++)
          await post(
            product.url,
            writeKey,
            Array.from({ length: 200 }, () => n++),
            ledger,
          )
        ok(ledger.open.size > 0, `nothing was refused although the disk is full (${ledger.acknowledged.size - until503} events fitted)`)
        refused += ledger.open.size
        truncateSync(filler, 0)
        await until(
          async () => {
            await post(product.url, writeKey, [...ledger.open].slice(0, 200), ledger)
            return ledger.open.size === 0
          },
          { within: 90_000, every: 100, what: `the product to go on by itself; it said:\n${product.output().slice(-1_500)}\n` },
        )
        ok(product.alive(), 'the product lives on')
      }
      await compare(arena, ledger)
      await product.stop()
      return `disk full ${rounds} times: ${refused} events refused and sent again, ${ledger.acknowledged.size} acknowledged, 0 lost`
    } finally {
      await arena.close()
      disk.unmount()
    }
  },
}
