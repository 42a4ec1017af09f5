// Where benchmarks run: one embedded server with fsync on, as in production, and helper processes that end with it.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Arena, openArena } from '../test/chaos/arena.ts'
import { makeTemplate, runStatement, startTestServer, type TestServer } from '../test/server.ts'
import { freePort } from '../test/world.ts'

export interface Place {
  readonly server: TestServer
  readonly template: string
  /** The database server's process, for its CPU. */
  readonly postmaster: number
  arena(): Promise<Arena>
  close(): Promise<void>
}

/** Starts the database server of a benchmark and migrates its template. */
export async function openPlace(): Promise<Place> {
  const server = await startTestServer({ fsync: true })
  const template = `bench_${randomBytes(4).toString('hex')}`
  await makeTemplate(server.admin, template)
  const postmaster = server.dataDir ? Number(readFileSync(join(server.dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]) : 0
  return {
    server,
    template,
    postmaster,
    arena: () => openArena({ admin: server.admin, template }, 1),
    close: async () => {
      await runStatement(server.admin, `DROP DATABASE ${template} WITH (FORCE)`)
      await server.stop()
    },
  }
}

export interface Helper {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

/** Starts one of bench/raw as a process of its own and waits until it says `ready`. */
export async function startRaw(name: string, env: Readonly<Record<string, string>>): Promise<Helper> {
  const port = await freePort()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'raw', `${name}.ts`)], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await ready(child, name)
  return {
    pid: child.pid ?? 0,
    port,
    stop: () =>
      new Promise((resolve) => {
        child.on('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

function ready(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      if (String(chunk).includes('ready')) resolve()
    })
    child.on('exit', (code) => reject(new Error(`bench/raw/${name}.ts ended with ${code}`)))
  })
}
