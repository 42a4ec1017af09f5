// D1: an import is killed again and again; every row is accounted for, nobody is there twice, and it goes on by itself.
import { deepEqual, equal } from 'node:assert/strict'
import type { Product } from '../product.ts'
import { until } from '../world.ts'
import { type Arena, openArena } from './arena.ts'
import type { Row } from './row.ts'
import { callApi } from './sender.ts'

interface Run {
  readonly id: string
  readonly status: string
  readonly rowsDone: number
  readonly inserted: number
  readonly updated: number
  readonly skipped: number
  readonly rejected: number
  readonly encoding: string
  readonly delimiter: string
  readonly mapping: string[]
}

/** Every tenth row names somebody again, every hundredth cannot be taken. */
function fileOf(rows: number): string {
  const lines = ['メールアドレス,会社名,姓,名']
  for (let n = 0; n < rows; n++) {
    if (n % 100 === 99) lines.push(`no address ${n},見本社,見本,太郎`)
    else lines.push(`lead${n % 10 === 9 ? n - 5 : n}@example.jp,株式会社見本${n % 500},見本,${n}号`)
  }
  return `${lines.join('\n')}\n`
}

async function upload(product: Product, key: string, content: string): Promise<string> {
  const response = await fetch(`${product.url}/api/imports/upload?name=chaos.csv`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream', 'idempotency-key': `chaos-${content.length}` },
    body: content,
  })
  equal(response.status, 201, 'the upload is taken')
  return ((await response.json()) as { id: string }).id
}

const OPTIONS = { basis: 'card', basisText: '試験', policy: 'fill' }

/** Kills the product `kills` times while it imports. @returns the run when it is over */
async function killWhileImporting(arena: Arena, key: string, rows: number, kills: number): Promise<Run> {
  let product = await arena.product()
  const id = await upload(product, key, fileOf(rows))
  const seen = await callApi<Run>(product, key, 'GET', `/imports/${id}`)
  const { encoding, delimiter, mapping } = seen
  await callApi(product, key, 'POST', `/imports/${id}/start`, { encoding, delimiter, mapping, options: OPTIONS })
  for (let kill = 0; kill < kills; kill++) {
    await new Promise((resolve) => setTimeout(resolve, 100 + arena.draw() * 900))
    await product.kill()
    product = await arena.product()
  }
  const ended = await until(
    async () => {
      const run = await callApi<Run>(product, key, 'GET', `/imports/${id}`)
      return run.status === 'done' && run
    },
    { within: 600_000, every: 200, what: 'the import to go on by itself and end' },
  )
  await product.stop()
  return ended
}

export const killedImport: Row = {
  id: 'D1',
  title:
    'D1 an import killed again and again goes on by itself: inserted, updated, skipped and rejected are all its rows, and nobody is there twice',
  async run(ground, scale, seed) {
    const arena = await openArena(ground, seed)
    const { rows, kills } = scale === 'full' ? { rows: 1_000_000, kills: 100 } : { rows: 20_000, kills: 5 }
    try {
      const run = await killWhileImporting(arena, await arena.key('admin'), rows, kills)
      equal(run.rowsDone, rows, 'every row was looked at')
      equal(run.inserted + run.updated + run.skipped + run.rejected, rows, 'every row is accounted for')
      equal(run.rejected, rows / 100, 'exactly the bad rows are rejected')
      const twice = await arena.pool.query('SELECT mail FROM person WHERE mail IS NOT NULL GROUP BY mail HAVING count(*) > 1')
      deepEqual(twice.rows, [], 'nobody is there twice')
      const there = await arena.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM person WHERE mail LIKE 'lead%@example.jp'")
      equal(there.rows[0]?.n, run.inserted, 'as many people as were counted')
      const told = await arena.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM journal WHERE name = 'lead.created'")
      equal(told.rows[0]?.n, run.inserted, 'each was told of once')
      const kept = await arena.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM import_row')
      equal(kept.rows[0]?.n, run.skipped + run.rejected, 'each row not taken is kept with its reason')
      return `${kills} kills, ${rows} rows: ${run.inserted} new, ${run.updated} updated, ${run.skipped} skipped, ${run.rejected} rejected, 0 double`
    } finally {
      await arena.close()
    }
  },
}
