// Workload 7: a file of leads, from its start to the last row written, against the barest ways to get the same file into a table: COPY into
// an unlogged one, and two stages (parse and COPY to a staging table, then one merge).
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Arena } from '../test/chaos/arena.ts'
import { callApi } from '../test/chaos/sender.ts'
import type { Product } from '../test/product.ts'
import { seeded, until } from '../test/world.ts'
import { type Bench, type Line, median, memoryOf, rate, type Sample, timed } from './measure.ts'
import { openPlace, type Place } from './place.ts'
import { copyFile, mergeFile, prepareTables } from './raw/import.ts'

const HEAD = 'メールアドレス,会社名,姓,名,部署,役職,電話番号,都道府県,獲得日,備考'
const NAMES = ['佐藤', '鈴木', '髙橋', '田中', '伊藤', '渡辺', '山本', '中村']
const TITLES = ['部長', '課長', '主任', '担当', '取締役']

/** Rows as a list of a trade fair has them, some cells quoted because of their commas; the same for the same seed. */
function fileOf(rows: number, seed: number): string {
  const draw = seeded(seed)
  const one = (list: readonly string[]): string => list[Math.floor(draw() * list.length)] ?? ''
  const lines = [HEAD]
  for (let n = 0; n < rows; n++) {
    const company = `株式会社見本${Math.floor(draw() * 20_000)}`
    const phone = `03-${1000 + Math.floor(draw() * 8999)}-${1000 + Math.floor(draw() * 8999)}`
    lines.push(
      `lead${seed}x${n}@example${n % 97}.jp,${company},${one(NAMES)},太郎${n % 50},"営業本部, 第${n % 9}課",${one(TITLES)},${phone},東京都,2026/4/${(n % 28) + 1},"ブース来訪, 資料希望"`,
    )
  }
  return `${lines.join('\n')}\n`
}

interface Run {
  readonly status: string
  readonly inserted: number
  readonly encoding: string
  readonly delimiter: string
  readonly mapping: string[]
}

interface Stage {
  readonly place: Place
  readonly arena: Arena
  readonly rawArena: Arena
  readonly rows: number
}

/** One import by a worker of its own, upload and reading of the file included; the worker's birth is not. */
async function importOnce({ place, arena, rows }: Stage, product: Product, key: string, seed: number): Promise<Sample & { grown: number }> {
  const body = fileOf(rows, seed)
  const before = memoryOf(product.pid, 'VmRSS')
  const sample = await timed([product.pid, place.postmaster], async () => {
    const response = await fetch(`${product.url}/api/imports/upload?name=bench.csv`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream', 'idempotency-key': `bench-${seed}` },
      body,
    })
    const { id } = (await response.json()) as { id: string }
    const { encoding, delimiter, mapping } = await callApi<Run>(product, key, 'GET', `/imports/${id}`)
    await callApi(product, key, 'POST', `/imports/${id}/start`, {
      encoding,
      delimiter,
      mapping,
      options: { basis: 'card', basisText: '展示会' },
    })
    const run = await until(
      async () => {
        const now = await callApi<Run>(product, key, 'GET', `/imports/${id}`)
        return now.status === 'done' && now
      },
      { within: 1_800_000, every: 100, what: 'the import' },
    )
    if (run.inserted !== rows) throw new Error(`${run.inserted} of ${rows} rows were taken`)
    return rows
  })
  await arena.pool.query('DELETE FROM news')
  return { ...sample, grown: memoryOf(product.pid, 'VmHWM') - before }
}

const perCpu = (samples: readonly Sample[]): number => median(samples.map((one) => one.count / Math.max(one.cpuMs / 1000, 0.001)))
const perWall = (samples: readonly Sample[]): number => median(samples.map((one) => one.count / (one.wallMs / 1000)))
const spreadOf = (samples: readonly Sample[]): number => {
  const all = samples.map((one) => one.count / one.cpuMs)
  return Math.max(...all.map((value) => Math.abs(value - median(all)) / median(all)))
}

/** Both controls and the product in turn. `web`: reactions to the people who came are another workload's. */
async function measure(stage: Stage, rounds: number): Promise<Line[]> {
  const { place, arena, rawArena, rows } = stage
  const product = await arena.product({ run: 'all', env: { NODE_ENV: 'production' } })
  const key = await arena.key('admin')
  const seen = { product: [] as (Sample & { grown: number })[], copy: [] as Sample[], merge: [] as Sample[] }
  await prepareTables(rawArena.pool)
  for (let round = 0; round <= rounds; round++) {
    const path = join(rawArena.dataDir, `bench-${round}.csv`)
    writeFileSync(path, fileOf(rows, round + 100))
    const own = [process.pid, place.postmaster]
    const copied = await timed(own, () => copyFile(rawArena.pool, path, rows))
    const ours = await importOnce(stage, product, key, round + 1)
    const merged = await timed(own, () => mergeFile(rawArena.pool, path, rows))
    if (round === 0) continue // warm-up
    seen.copy.push(copied)
    seen.product.push(ours)
    seen.merge.push(merged)
    process.stderr.write('.')
  }
  process.stderr.write('\n')
  await product.stop()
  return linesOf(rows, seen)
}

function linesOf(
  rows: number,
  seen: { product: readonly (Sample & { grown: number })[]; copy: readonly Sample[]; merge: readonly Sample[] },
): Line[] {
  const grown = Math.max(...seen.product.map((one) => one.grown))
  const ours = perCpu(seen.product)
  const line = (what: string, control: readonly Sample[], goal: number): Line => {
    const ratio = ours / perCpu(control)
    return {
      id: '7',
      what: `import of ${rate(rows)} rows: ${what}`,
      product: `${rate(ours)}/CPU-s · ${rate(perWall(seen.product))}/s · +${grown.toFixed(0)} MB`,
      control: `${rate(perCpu(control))}/CPU-s · ${rate(perWall(control))}/s`,
      ratio: `${ratio.toFixed(3)} (spread ${Math.round(Math.max(spreadOf(seen.product), spreadOf(control)) * 100)} %)`,
      goal: `≥ ${goal}, + ≤ 64 MB`,
      reached: ratio >= goal && grown <= 64,
    }
  }
  return [line('against raw COPY into an unlogged table', seen.copy, 0.05), line('against parse, COPY and one merge', seen.merge, 0.4)]
}

export const imports: Bench = {
  id: '7',
  title: 'Import',
  async run({ small }) {
    const place = await openPlace()
    const [arena, rawArena] = [await place.arena(), await place.arena()]
    try {
      return await measure({ place, arena, rawArena, rows: small ? 50_000 : 1_000_000 }, small ? 2 : 3)
    } finally {
      await arena.close()
      await rawArena.close()
      await place.close()
    }
  },
}
