// The product's own PostgreSQL: a real server as a child process, from the binaries in the npm registry.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg, { type PoolConfig } from 'pg'
import { randomToken } from '../chance.ts'
import { type Account, assertReachable, databaseAccount, installBinaries, socketFolder } from './binaries.ts'

export interface EmbeddedOptions {
  /** Folder for the cluster (`pg`), the socket and the server's log; made when absent. */
  readonly dataDir: string
  /** Only tests switch it off: without fsync a power cut loses acknowledged data. */
  readonly fsync?: boolean
}

export interface Embedded {
  /** How to connect to one of its databases. */
  config(database: string): PoolConfig
  /** Whether this process started the server or found it running. */
  readonly started: boolean
  /** Fast shutdown; returns when the server is gone. */
  stop(): Promise<void>
}

const USER = 'hagukumi'
const PORT = 5432
const PATIENCE = 30_000

/**
 * Starts the server on `dataDir`, or attaches to the one that an earlier, killed process left running.
 * @throws Error with one sentence that says what to do (folder not enterable, disk full, server did not start)
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const account = databaseAccount()
  mkdirSync(options.dataDir, { recursive: true, mode: account ? 0o711 : 0o700 })
  if (account) {
    chmodSync(options.dataDir, 0o711)
    assertReachable(options.dataDir, account)
  }
  const binaries = await installBinaries(options.dataDir, account)
  const cluster = join(options.dataDir, 'pg')
  const password = passwordOf(options.dataDir)
  if (!existsSync(join(cluster, 'PG_VERSION'))) initialise(binaries, cluster, password, account, options)
  const running = readState(cluster)
  const attached = running?.ready && isAlive(running.pid) && (await isHeard(running))
  if (!attached) await launch(binaries, cluster, account, options)
  const state = readState(cluster)
  if (!state) throw new Error('The embedded database started and vanished; see pg.log in the data folder.')
  const config = (database: string): PoolConfig => ({ host: state.socket || '127.0.0.1', port: state.port, user: USER, password, database })
  return { config, started: !attached, stop: () => shutDown(cluster) }
}

/** Makes a database when it is not there yet. */
export async function ensureDatabase(embedded: Embedded, name: string): Promise<void> {
  const client = new pg.Client(embedded.config('postgres'))
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

function passwordOf(dataDir: string): string {
  const file = join(dataDir, 'pg.password')
  if (!existsSync(file)) writeFileSync(file, randomToken(), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

function initialise(binaries: string, cluster: string, password: string, account: Account | null, options: EmbeddedOptions): void {
  rmSync(cluster, { recursive: true, force: true }) // only a half-made cluster can be here: PG_VERSION is the first file of a whole one
  mkdirSync(cluster, { mode: 0o700 })
  const pwfile = join(options.dataDir, 'pg.init')
  writeFileSync(pwfile, password, { mode: 0o600 })
  if (account) {
    chownSync(cluster, account.uid, account.gid)
    chownSync(pwfile, account.uid, account.gid)
  }
  const args = [
    '-D',
    cluster,
    '-U',
    USER,
    '--pwfile',
    pwfile,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]
  if (options.fsync === false) args.push('--no-sync')
  const run = spawnSync(join(binaries, 'bin', 'initdb'), args, { cwd: '/', encoding: 'utf8', ...account })
  rmSync(pwfile, { force: true })
  if (run.status !== 0) {
    rmSync(cluster, { recursive: true, force: true })
    throw new Error(
      `The embedded database could not be initialised: ${whyIn(run.stderr || String(run.error))} Free disk space or set DATABASE_URL to a PostgreSQL of your own.`,
    )
  }
}

async function launch(binaries: string, cluster: string, account: Account | null, options: EmbeddedOptions): Promise<void> {
  const socket = socketFolder(options.dataDir, account)
  const deadline = performance.now() + PATIENCE
  for (;;) {
    const child = spawnServer(binaries, cluster, socket, account, options)
    const outcome = await waitReady(cluster, child, deadline)
    if (outcome === 'ready') return
    if (performance.now() > deadline || !isPassing(outcome)) {
      throw new Error(`The embedded database did not start: ${whyIn(outcome)} See ${join(options.dataDir, 'pg.log')}.`)
    }
    await pause(300)
  }
}

interface Child {
  exited: boolean
  readonly pid: number | undefined
  readonly logFrom: number
  readonly logFile: string
}

function spawnServer(binaries: string, cluster: string, socket: string, account: Account | null, options: EmbeddedOptions): Child {
  const logFile = join(options.dataDir, 'pg.log')
  const out = openSync(logFile, 'a', 0o600)
  const logFrom = readFileSync(logFile).length
  const settings: Record<string, string> = {
    listen_addresses: process.platform === 'win32' ? '127.0.0.1' : '',
    port: String(PORT),
    unix_socket_directories: process.platform === 'win32' ? '' : socket,
    max_connections: '80',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    fsync: options.fsync === false ? 'off' : 'on',
    synchronous_commit: options.fsync === false ? 'off' : 'on',
    full_page_writes: options.fsync === false ? 'off' : 'on',
  }
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  // A session of its own: Ctrl-C in the terminal must reach the product, which then stops the server in order.
  const child = spawn(join(binaries, 'bin', 'postgres'), args, { cwd: '/', stdio: ['ignore', out, out], detached: true, ...account })
  closeSync(out)
  const state: Child = { exited: false, pid: child.pid, logFrom, logFile }
  child.on('exit', () => {
    state.exited = true
  })
  child.on('error', () => {
    state.exited = true
  })
  child.unref()
  return state
}

/** A socket that accepts is not a server that is ready: line 8 of postmaster.pid says so. @returns 'ready', or what was said instead */
async function waitReady(cluster: string, child: Child, deadline: number): Promise<string> {
  while (performance.now() < deadline) {
    const state = readState(cluster)
    if (state?.ready && state.pid === child.pid) return 'ready'
    if (child.exited) return readFileSync(child.logFile).subarray(child.logFrom).toString('utf8')
    await pause(10)
  }
  return 'it was not ready within 30 seconds.'
}

interface State {
  readonly pid: number
  readonly port: number
  readonly socket: string
  readonly ready: boolean
}

function readState(cluster: string): State | null {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), socket: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
  } catch {
    return null
  }
}

/** A zombie (state Z) is dead although its pid still answers. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z' && /postgres/.test(stat)
  } catch {
    return process.platform !== 'linux'
  }
}

/** Whether somebody listens: a server that was just killed is still there for a moment, by its name and by what it last said of itself. */
async function isHeard({ socket, port }: State): Promise<boolean> {
  const line = socket ? connect(join(socket, `.s.PGSQL.${port}`)) : connect(port, '127.0.0.1')
  try {
    await once(line, 'connect')
    return true
  } catch (error) {
    return !['ECONNREFUSED', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')
  } finally {
    line.destroy()
  }
}

async function shutDown(cluster: string): Promise<void> {
  const state = readState(cluster)
  if (!state || !isAlive(state.pid)) return
  process.kill(state.pid, 'SIGINT') // fast shutdown
  const deadline = performance.now() + PATIENCE
  while (isAlive(state.pid) && performance.now() < deadline) await pause(20)
}

/**
 * Whether a start failed only because the server before it is not wholly gone: killed, it may stand as a zombie with its lock file for a second
 * or two, and its sessions hold the shared memory until they see it. They write to the same log, so all that was said since is looked through.
 */
export const isPassing = (said: string): boolean =>
  /lock file|could not (bind|create lock)|another postmaster|shared memory block/.test(said)

/**
 * The line in which a program of PostgreSQL says why it gave up, at most 300 characters: hints, the cleaning up and the last words of a dead
 * server's sessions say nothing of it.
 */
export function whyIn(text: string): string {
  const lines = text.trim().split('\n')
  const said = (sign: RegExp) => lines.findLast((line) => sign.test(line) && !/terminating connection/.test(line))
  return (said(/FATAL|PANIC/) ?? said(/error:|could not|cannot|denied/i) ?? lines.at(-1) ?? '').trim().slice(0, 300)
}
