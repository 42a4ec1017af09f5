// Workload 11: from nothing to a login page that answers, with the raw initdb and start of the same binaries as the control.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '#kernel/db/embedded.ts'
import { answers, startProduct } from '../test/product.ts'
import { build } from '../tools/build.ts'
import { type Bench, type Line, median, memoryOfTree } from './measure.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'hagukumi-bench-'))

async function ms(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

interface Start {
  readonly first: number
  readonly later: number
  readonly idle: number
}

async function productStart(): Promise<Start> {
  const dataDir = folder()
  try {
    const cold = performance.now()
    const product = await startProduct({ dataDir })
    await loginPage(product.url)
    const first = performance.now() - cold
    await product.stop()
    const warm = performance.now()
    const again = await startProduct({ dataDir })
    await loginPage(again.url)
    const later = performance.now() - warm
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const idle = memoryOfTree(again.pid, dataDir)
    await again.stop()
    return { first, later, idle }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function loginPage(url: string): Promise<void> {
  const response = await fetch(url, { headers: { accept: 'text/html' } })
  if (!response.ok || !(await answers(url))) throw new Error(`the login page answered ${response.status}`)
  await response.text()
}

async function rawStart(): Promise<{ first: number; later: number }> {
  const dataDir = folder()
  try {
    const first = await ms(() => startEmbedded({ dataDir }))
    await (await startEmbedded({ dataDir })).stop()
    const later = await ms(() => startEmbedded({ dataDir }))
    await (await startEmbedded({ dataDir })).stop()
    return { first, later }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

export const start: Bench = {
  id: '11',
  title: 'Cold start of the embedded default',
  async run({ small }): Promise<Line[]> {
    await build()
    const rounds = small ? 2 : 5
    const [ours, raw]: [Start[], { first: number; later: number }[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      ours.push(await productStart())
      raw.push(await rawStart())
      process.stderr.write('.')
    }
    process.stderr.write('\n')
    const of = <T>(list: readonly T[], pick: (item: T) => number): number => median(list.map(pick))
    const [first, later, idle] = [of(ours, (item) => item.first), of(ours, (item) => item.later), of(ours, (item) => item.idle)]
    const [rawFirst, rawLater] = [of(raw, (item) => item.first), of(raw, (item) => item.later)]
    const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`
    return [
      {
        id: '11',
        what: 'first start until the login page answers',
        product: seconds(first),
        control: seconds(rawFirst),
        ratio: (first / rawFirst).toFixed(1),
        goal: '≤ 3 s',
        reached: first <= 3_000,
      },
      {
        id: '11',
        what: 'later start; idle memory of everything',
        product: `${seconds(later)} · ${idle.toFixed(0)} MB`,
        control: seconds(rawLater),
        ratio: (later / rawLater).toFixed(1),
        goal: '≤ 1.5 s, ≤ 250 MB',
        reached: later <= 1_500 && idle <= 250,
      },
    ]
  },
}
