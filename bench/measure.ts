// How everything here is measured: two sides in turn (A B A B A B), medians, per CPU-second with wall time beside it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One run of one side. */
export interface Sample {
  /** Things done: events, steps, mails. */
  readonly count: number
  readonly wallMs: number
  /** CPU of the side's own processes and of the database, in ms. */
  readonly cpuMs: number
  /** Latencies in ms, when the workload has them. */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
}

export interface Side {
  readonly name: string
  run(): Promise<Sample>
  /** Warms it up; left out: a run that is not counted. */
  warm?(): Promise<unknown>
}

/** One line of the ratio table. */
export interface Line {
  readonly id: string
  readonly what: string
  readonly product: string
  readonly control: string
  readonly ratio: string
  readonly goal: string
  readonly reached: boolean | null
}

export interface BenchOptions {
  /** Scaled down to a minute or two altogether; ratios only. */
  readonly small: boolean
  /** The size the goals are named for, where the usual one is smaller: minutes and several GB. */
  readonly full: boolean
}

export interface Bench {
  readonly id: string
  readonly title: string
  run(options: BenchOptions): Promise<Line[]>
}

const TICK_MS = 10 // USER_HZ is 100 on Linux

function statOf(pid: number): { parent: number; cpuMs: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const own = Number(fields[11]) + Number(fields[12])
    const reaped = Number(fields[13]) + Number(fields[14])
    return { parent: Number(fields[1]), cpuMs: (own + reaped) * TICK_MS }
  } catch {
    return null
  }
}

/** CPU time in ms of these processes and all that descend from them, dead children included. Linux only; 0 elsewhere. */
export function cpuOf(pids: readonly number[]): number {
  const wanted = new Set(pids)
  let sum = 0
  let all: { pid: number; parent: number; cpuMs: number }[] = []
  try {
    all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const stat = statOf(Number(name))
        return stat ? [{ pid: Number(name), ...stat }] : []
      })
  } catch {
    return 0
  }
  for (let grew = true; grew; ) {
    grew = false
    for (const each of all) {
      if (!wanted.has(each.parent) || wanted.has(each.pid)) continue
      wanted.add(each.pid)
      grew = true
    }
  }
  for (const each of all) if (wanted.has(each.pid)) sum += each.cpuMs
  return sum
}

/** Resident memory of one process in MB: now, or its peak. */
export function memoryOf(pid: number, what: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  try {
    const kb = new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kb ?? 0) / 1024
  } catch {
    return 0
  }
}

/**
 * Memory in MB of a process and of the embedded server below `dataDir`: proportional share, since the server's processes share
 * their buffers (Pss; resident size where the kernel does not tell).
 */
export function memoryOfTree(pid: number, dataDir: string): number {
  const server = readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]
  const own = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && (name === String(pid) || name === server || statOf(Number(name))?.parent === Number(server)),
  )
  return own.reduce((sum, name) => sum + shareOf(Number(name)), 0)
}

function shareOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return memoryOf(pid)
  }
}

export const median = (list: readonly number[]): number => {
  const sorted = [...list].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** The value below which the share `q` of the list lies. */
export const quantile = (list: readonly number[], q: number): number =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))] ?? 0

/** Medians of a side over its rounds. */
export interface Result {
  /** Things per CPU-second and per second of wall time. */
  readonly perCpu: number
  readonly perWall: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Largest distance of a run from the median, as a share: above 0.3 the figures mean little. */
  readonly spread: number
}

function resultOf(samples: readonly Sample[]): Result {
  const perCpu = samples.map((sample) => sample.count / Math.max(sample.cpuMs / 1000, 0.001))
  const middle = median(perCpu)
  const pick = (key: 'p50' | 'p95' | 'p99'): number => median(samples.map((sample) => sample[key] ?? 0))
  return {
    perCpu: middle,
    perWall: median(samples.map((sample) => sample.count / (sample.wallMs / 1000))),
    p50: pick('p50'),
    p95: pick('p95'),
    p99: pick('p99'),
    spread: Math.max(...perCpu.map((value) => Math.abs(value - middle) / middle)),
  }
}

/** Runs the sides in turn, each `rounds` times after one warm-up, and answers their medians in the same order. */
export async function compareAll(sides: readonly Side[], rounds = 3): Promise<Result[]> {
  const samples = sides.map((): Sample[] => [])
  for (const side of sides) await (side.warm ? side.warm() : side.run())
  for (let round = 0; round < rounds; round++) {
    for (const [at, side] of sides.entries()) samples[at]?.push(await side.run())
    process.stderr.write('.')
  }
  const results = samples.map(resultOf)
  // Said at once: a long bench that is stopped has told what it knew.
  process.stderr.write(`\n${sides.map(({ name }, at) => `${name} ${rate(results[at]?.perCpu ?? 0)}/CPU-s`).join(', ')}\n`)
  return results
}

/** Two sides in turn. */
export async function compare(a: Side, b: Side, rounds = 3): Promise<{ a: Result; b: Result }> {
  const [first, second] = await compareAll([a, b], rounds)
  if (!first || !second) throw new Error('a side was not measured')
  return { a: first, b: second }
}

/** Runs and measures: wall, and CPU of the processes given. */
export async function timed(pids: readonly number[], work: () => Promise<number>): Promise<Sample> {
  const [cpu, from] = [cpuOf(pids), performance.now()]
  const count = await work()
  return { count, wallMs: performance.now() - from, cpuMs: cpuOf(pids) - cpu }
}

export const rate = (value: number): string => (value >= 1000 ? `${(value / 1000).toFixed(1)}k` : value.toFixed(value < 10 ? 2 : 0))
