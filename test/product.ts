// The product as its users start it: a process of its own on a port of its own, which a test may kill.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, until } from './world.ts'

export const root = join(import.meta.dirname, '..')
/** What `npm start` runs, after `node`. */
const COMMAND = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }).scripts.start
  .split(' ')
  .slice(1)
export const SECRET_KEY = 'a-secret-key-of-tests-with-more-than-32-characters'

export interface ProductOptions {
  /** Where secret, uploads and (without `databaseUrl`) the embedded database lie. */
  readonly dataDir: string
  readonly databaseUrl?: string
  readonly run?: 'all' | 'web' | 'worker'
  readonly port?: number
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Build what browsers load when it changed; rows that only speak HTTP leave it as it is. */
  readonly build?: boolean
  /** How long it may take to answer, in ms. */
  readonly within?: number
}

export interface Product {
  readonly pid: number
  readonly port: number
  readonly url: string
  /** Both output streams so far. */
  output(): string
  /** Whether the process is still there. */
  alive(): boolean
  signal(name: NodeJS.Signals): void
  /** SIGKILL; returns when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; returns the exit code. */
  stop(): Promise<number | null>
  /** Returns when the process has ended by itself. */
  ended(): Promise<number | null>
}

/** Starts the product without waiting for it to be ready. */
export async function spawnProduct(options: ProductOptions): Promise<Product> {
  mkdirSync(options.dataDir, { recursive: true })
  const port = options.port ?? (await freePort())
  const logFile = join(options.dataDir, `product-${port}.log`)
  const out = openSync(logFile, 'a')
  const child = spawn(process.execPath, [...COMMAND, ...(options.run ? [`--run=${options.run}`] : []), ...(options.args ?? [])], {
    cwd: root,
    stdio: ['ignore', out, out],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: String(port),
      DATA_DIR: options.dataDir,
      SECRET_KEY,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      LOG_LEVEL: 'warn',
      ...(options.build ? {} : { SKIP_BUILD: '1' }),
      ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
      ...options.env,
    },
  })
  closeSync(out)
  return faceOf(child, port, logFile)
}

function faceOf(child: ChildProcess, port: number, logFile: string): Product {
  const gone = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => resolve(code))
    child.on('error', () => resolve(null))
  })
  const alive = (): boolean => child.exitCode === null && child.signalCode === null
  return {
    pid: child.pid ?? 0,
    port,
    url: `http://127.0.0.1:${port}`,
    output: () => readFileSync(logFile, 'utf8'),
    alive,
    signal: (name) => void child.kill(name),
    kill: async () => {
      if (alive()) child.kill('SIGKILL')
      await gone
    },
    stop: async () => {
      if (alive()) child.kill('SIGTERM')
      return gone
    },
    ended: () => gone,
  }
}

/** Starts the product and waits until it answers (or, a worker, says that it runs). Throws with its output when it ends before. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const product = await spawnProduct(options)
  const ready = options.run === 'worker' ? async () => product.output().includes('worker is running') : () => answers(product.url)
  await until(
    async () => {
      if (!product.alive()) throw new Error(`the product ended before it was ready:\n${product.output().slice(-2_000)}`)
      return ready()
    },
    { within: options.within ?? 120_000, every: 25, what: 'the product to answer' },
  )
  return product
}

/** Whether /health says ok. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })
    return response.ok
  } catch {
    return false
  }
}
