// Workload 7: a file of leads, from its start to the last row written, against the barest ways to get the same file into a table: COPY into
// an unlogged one, and two stages (parse and COPY to a staging table, then one merge).
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Arena } from '../test/chaos/arena.ts'
import { seeded } from '../test/world.ts'
import { type Bench, type Line, median, rate, type Sample, timed } from './measure.ts'
import { openPlace, type Place } from './place.ts'
import { copyFile, mergeFile, prepareTables } from './raw/import.ts'

const HEAD = 'メールアドレス,会社名,姓,名,部署,役職,電話番号,都道府県,獲得日,備考'
const NAMES = ['佐藤', '鈴木', '髙橋', '田中', '伊藤', '渡辺', '山本', '中村']
const TITLES = ['部長', '課長', '主任', '担当', '取締役']

/** Writes rows as a list of a trade fair has them, some cells quoted because of their commas; the same for the same seed. */
async function writeRows(path: string, rows: number, seed: number): Promise<void> {
  const draw = seeded(seed)
  const one = (list: readonly string[]): string => list[Math.floor(draw() * list.length)] ?? ''
  const file = await open(path, 'w')
  let text = `${HEAD}\n`
  for (let n = 0; n < rows; n++) {
    const company = `株式会社見本${Math.floor(draw() * 20_000)}`
    const phone = `03-${1000 + Math.floor(draw() * 8999)}-${1000 + Math.floor(draw() * 8999)}`
    text += `lead${seed}x${n}@example${n % 97}.jp,${company},${one(NAMES)},太郎${n % 50},"営業本部, 第${n % 9}課",${one(TITLES)},${phone},東京都,2026/4/${(n % 28) + 1},"ブース来訪, 資料希望"\n`
    if (text.length < 1_000_000 && n < rows - 1) continue
    await file.write(text)
    text = ''
  }
  await file.close()
}

interface Stage {
  readonly place: Place
  readonly arena: Arena
  readonly rawArena: Arena
  readonly rows: number
}

interface Importer {
  readonly pid: number
  /** Imports a file. @returns how many were new, and by how many MB the process grew at its peak */
  take(path: string): Promise<{ inserted: number; grown: number }>
  stop(): Promise<void>
}

async function startImporter(arena: Arena): Promise<Importer> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'importer.ts')], {
    env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: arena.databaseUrl, DATA_DIR: arena.dataDir },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (word: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error('bench/importer.ts ended')
      if (String(value).startsWith(word)) return String(value)
    }
  }
  await next('ready')
  return {
    pid: child.pid ?? 0,
    take: async (path) => {
      child.stdin.write(`${path}\n`)
      const [, inserted, grown] = (await next('done')).split(' ')
      return { inserted: Number(inserted), grown: Number(grown) }
    },
    stop: () =>
      new Promise((resolve) => {
        child.on('exit', () => resolve())
        child.stdin.end()
      }),
  }
}

const perCpu = (samples: readonly Sample[]): number => median(samples.map((one) => one.count / Math.max(one.cpuMs / 1000, 0.001)))
const perWall = (samples: readonly Sample[]): number => median(samples.map((one) => one.count / (one.wallMs / 1000)))
const spreadOf = (samples: readonly Sample[]): number => {
  const all = samples.map((one) => one.count / one.cpuMs)
  return Math.max(...all.map((value) => Math.abs(value - median(all)) / median(all)))
}

/** Both controls and the product in turn, each on a file of its own. */
async function measure(stage: Stage, rounds: number): Promise<Line[]> {
  const { place, arena, rawArena, rows } = stage
  const importer = await startImporter(arena)
  const seen = { product: [] as (Sample & { grown: number })[], copy: [] as Sample[], merge: [] as Sample[] }
  await prepareTables(rawArena.pool)
  for (let round = 0; round <= rounds; round++) {
    const path = join(rawArena.dataDir, `bench-${round}.csv`)
    await writeRows(path, rows, round + 1)
    const own = [process.pid, place.postmaster]
    const copied = await timed(own, () => copyFile(rawArena.pool, path, rows))
    let grown = 0
    const ours = await timed([importer.pid, place.postmaster], async () => {
      const taken = await importer.take(path)
      if (taken.inserted !== rows) throw new Error(`${taken.inserted} of ${rows} rows were taken`)
      grown = taken.grown
      return rows
    })
    const merged = await timed(own, () => mergeFile(rawArena.pool, path, rows))
    if (round === 0) continue // warm-up
    seen.copy.push(copied)
    seen.product.push({ ...ours, grown })
    seen.merge.push(merged)
    process.stderr.write('.')
  }
  process.stderr.write('\n')
  await importer.stop()
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
